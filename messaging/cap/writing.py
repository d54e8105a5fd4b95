"""A CAP document from an alert: the elements in the order of the schema, times as it wants them."""

import re
from collections.abc import Iterable
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from hub.clock import in_brussels
from messaging.cap.alert import Alert, Area, Circle, Info, Pair, Reference, Ring
from messaging.cap.vocabulary import NAMESPACE

# What XML 1.0 cannot carry at all, however it is written.
# What no XML may hold: control characters, as they come from pasted text.
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(alert: Alert) -> str:
    """The alert as XML text, with its declaration."""
    root = Element(_tag("alert"))
    _add(root, "identifier", alert.identifier)
    _add(root, "sender", alert.sender)
    _add(root, "sent", moment(alert.sent))
    _add(root, "status", alert.status)
    _add(root, "msgType", alert.message_type)
    _add(root, "source", alert.source)
    _add(root, "scope", alert.scope)
    _add(root, "restriction", alert.restriction)
    _add(root, "addresses", alert.addresses)
    for code in alert.codes:
        _add(root, "code", code)
    _add(root, "note", alert.note)
    _add(root, "references", " ".join(map(_reference, alert.references)))
    _add(root, "incidents", " ".join(map(_quoted, alert.incidents)))
    for info in alert.infos:
        _add_info(root, info)
    body = tostring(root, encoding="unicode", default_namespace=NAMESPACE)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def moment(at: datetime) -> str:
    """A moment with its numeric offset: the schema refuses "Z" and parts of a second."""
    return in_brussels(at).isoformat(timespec="seconds")


def _add_info(root: Element, info: Info) -> None:
    added = SubElement(root, _tag("info"))
    _add(added, "language", info.language)
    for category in info.categories:
        _add(added, "category", category)
    _add(added, "event", info.event)
    for response in info.response_types:
        _add(added, "responseType", response)
    _add(added, "urgency", info.urgency)
    _add(added, "severity", info.severity)
    _add(added, "certainty", info.certainty)
    _add(added, "audience", info.audience)
    _add_pairs(added, "eventCode", info.event_codes)
    for name in ("effective", "onset", "expires"):
        at: datetime | None = getattr(info, name)
        _add(added, name, moment(at) if at else "")
    _add(added, "senderName", info.sender_name)
    _add(added, "headline", info.headline)
    _add(added, "description", info.description)
    _add(added, "instruction", info.instruction)
    _add(added, "web", info.web)
    _add(added, "contact", info.contact)
    _add_pairs(added, "parameter", info.parameters)
    for area in info.areas:
        _add_area(added, area)


def _add_area(info: Element, area: Area) -> None:
    added = SubElement(info, _tag("area"))
    _add(added, "areaDesc", area.description)
    for ring in area.polygons:
        _add(added, "polygon", _polygon(ring))
    for circle in area.circles:
        _add(added, "circle", _circle(circle))
    _add_pairs(added, "geocode", area.geocodes)


def _add_pairs(parent: Element, name: str, pairs: Iterable[Pair]) -> None:
    for value_name, value in pairs:
        added = SubElement(parent, _tag(name))
        _add(added, "valueName", value_name)
        _add(added, "value", value)


def _add(parent: Element, name: str, text: str) -> None:
    """What says nothing is left out."""
    if text:
        SubElement(parent, _tag(name)).text = NO_XML.sub("", text)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _polygon(ring: Ring) -> str:
    # A metre on the ground; two decimals, as some write them, would be a kilometre.
    return " ".join(f"{latitude:.5f},{longitude:.5f}" for latitude, longitude in ring)


def _circle(circle: Circle) -> str:
    return f"{circle.latitude:.5f},{circle.longitude:.5f} {circle.kilometres:.3f}"


def _reference(earlier: Reference) -> str:
    return f"{earlier.sender},{earlier.identifier},{moment(earlier.sent)}"


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
