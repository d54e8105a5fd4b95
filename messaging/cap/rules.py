"""What CAP 1.2 says in words and its schema cannot: rules between elements, times, and ground.

A fault makes an alert unusable. A doubt does not: other systems break these rules every day, and a
person judges what came; our own documents keep them all.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

import shapely
from shapely.geometry import Polygon

from hub.errors import FieldProblem
from hub.i18n import mark
from messaging.cap.alert import Alert, Area, Circle, Info, Ring

Problems = Iterator[FieldProblem]

_NO_NAME = re.compile(r"[\s,<&]")
# RFC 3066, which CAP names: de, fr-BE, zh-Hant.
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;.*)?")
# The standard sets no bounds; these keep what a stranger writes out of proportion to an alert from
# costing more than its megabyte. The alerts of whole countries stay far below them.
_LONGEST_NAME = 255
_MOST_REFERENCES = 200
_MOST_SHAPES = 500
_FEWEST_POINTS = 4
_FURTHEST_KILOMETRES = 20_038.0  # half way around the earth

_LONG_NAME = mark("At most {count} characters.")
_MANY_REFERENCES = mark("It names more than {count} earlier alerts.")
_MANY_SHAPES = mark("Its areas have more than {count} polygons and circles.")
_BAD_NAME = mark("Spaces, commas, < and & are not allowed in it.")
_NEEDS_RESTRICTION = mark("It must say to whom the alert is kept, because scope is Restricted.")
_NEEDLESS_RESTRICTION = mark("It may stand only where scope is Restricted.")
_NEEDS_ADDRESSES = mark("It must say for whom the alert is, because scope is Private.")
_NEEDS_REFERENCES = mark("It must name the earlier alert, because msgType is {type}.")
_REFERS_TO_ITSELF = mark("An alert cannot refer to itself.")
_REFERS_AHEAD = mark("It refers to an alert that was sent later than this one.")
_BAD_LANGUAGE = mark("“{word}” is no code of a language, such as fr-BE.")
_FEW_POINTS = mark("An area has at least four points, the first and the last being the same.")
_NOT_CLOSED = mark("The last point must be the same as the first.")
_OUT_OF_RANGE = mark(
    "Latitude is between -90 and 90, longitude between -180 and 180, in this order."
)
_CROSSES_ITSELF = mark("Its sides cross each other.")
_BAD_RADIUS = mark("A radius is a number of kilometres, and not below zero.")
_SAME_TEXT = mark("The same text stands under two languages.")
_ENDS_BEFORE = mark("It ends before it begins: expires must be later than effective and sent.")
_BEGINS_BEFORE = mark("It holds before it was sent: effective must not be earlier than sent.")
_NEEDS_ALTITUDE = mark("It needs altitude beside it, and must not be below it.")
_BAD_MEDIA_TYPE = mark("“{word}” is no media type, such as image/jpeg.")
_NOT_ABSOLUTE = mark("It must be a whole address, with https:// or the like before it.")


def faults(alert: Alert) -> list[FieldProblem]:
    """What makes this alert unusable."""
    found = [one for rule in _ALERT_RULES for one in rule(alert)]
    for number, info in enumerate(alert.infos, start=1):
        found += _of_info(info, f"alert.info[{number}]")
    return found


def doubts(alert: Alert) -> list[FieldProblem]:
    """What is against the standard and harms nobody who reads it with his own eyes."""
    found = list(_same_texts(alert))
    for number, info in enumerate(alert.infos, start=1):
        found += _times(info, alert.sent, f"alert.info[{number}]")
    return found


def _names(alert: Alert) -> Problems:
    for element in ("identifier", "sender"):
        name = getattr(alert, element)
        if _NO_NAME.search(name):
            yield FieldProblem(f"alert.{element}", _BAD_NAME)
        if len(name) > _LONGEST_NAME:
            yield FieldProblem(f"alert.{element}", _LONG_NAME, (("count", _LONGEST_NAME),))


def _scope(alert: Alert) -> Problems:
    is_restricted = alert.scope == "Restricted"
    if is_restricted and not alert.restriction:
        yield FieldProblem("alert.restriction", _NEEDS_RESTRICTION)
    if alert.restriction and not is_restricted:
        yield FieldProblem("alert.restriction", _NEEDLESS_RESTRICTION)
    if alert.scope == "Private" and not alert.addresses:
        yield FieldProblem("alert.addresses", _NEEDS_ADDRESSES)


def _references(alert: Alert) -> Problems:
    if alert.message_type != "Alert" and not alert.references:
        wanted = (("type", alert.message_type),)
        yield FieldProblem("alert.references", _NEEDS_REFERENCES, wanted)
    if len(alert.references) > _MOST_REFERENCES:
        most = (("count", _MOST_REFERENCES),)
        yield FieldProblem("alert.references", _MANY_REFERENCES, most)
        return
    for earlier in alert.references:
        if max(len(earlier.sender), len(earlier.identifier)) > _LONGEST_NAME:
            yield FieldProblem("alert.references", _LONG_NAME, (("count", _LONGEST_NAME),))
        if (earlier.sender, earlier.identifier) == (alert.sender, alert.identifier):
            yield FieldProblem("alert.references", _REFERS_TO_ITSELF)
        elif earlier.sent > alert.sent:
            yield FieldProblem("alert.references", _REFERS_AHEAD)


_ALERT_RULES: tuple[Callable[[Alert], Problems], ...] = (_names, _scope, _references)


def _of_info(info: Info, path: str) -> Problems:
    if not _LANGUAGE.fullmatch(info.language):
        yield FieldProblem(f"{path}.language", _BAD_LANGUAGE, (("word", info.language[:20]),))
    if info.web and not is_absolute(info.web):
        yield FieldProblem(f"{path}.web", _NOT_ABSOLUTE)
    if sum(len(area.polygons) + len(area.circles) for area in info.areas) > _MOST_SHAPES:
        yield FieldProblem(f"{path}.area", _MANY_SHAPES, (("count", _MOST_SHAPES),))
        return
    for number, area in enumerate(info.areas, start=1):
        yield from _of_area(area, f"{path}.area[{number}]")


def _of_area(area: Area, path: str) -> Problems:
    for number, ring in enumerate(area.polygons, start=1):
        problem = _of_ring(ring)
        if problem:
            yield FieldProblem(f"{path}.polygon[{number}]", problem)
    for number, circle in enumerate(area.circles, start=1):
        problem = _of_circle(circle)
        if problem:
            yield FieldProblem(f"{path}.circle[{number}]", problem)


def _of_ring(ring: Ring) -> str:
    if len(ring) < _FEWEST_POINTS:
        return _FEW_POINTS
    if ring[0] != ring[-1]:
        return _NOT_CLOSED
    if not all(_on_earth(*corner) for corner in ring):
        return _OUT_OF_RANGE
    is_plain = shapely.is_valid(Polygon([(east, north) for north, east in ring]))
    return "" if is_plain else _CROSSES_ITSELF


def _of_circle(circle: Circle) -> str:
    if not _on_earth(circle.latitude, circle.longitude):
        return _OUT_OF_RANGE
    return "" if 0 <= circle.kilometres <= _FURTHEST_KILOMETRES else _BAD_RADIUS


def _on_earth(latitude: float, longitude: float) -> bool:
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def _times(info: Info, sent: datetime, path: str) -> Problems:
    begins = info.effective or sent
    if begins < sent:
        yield FieldProblem(f"{path}.effective", _BEGINS_BEFORE)
    if info.expires and info.expires <= max(begins, sent):
        yield FieldProblem(f"{path}.expires", _ENDS_BEFORE)


def _same_texts(alert: Alert) -> Problems:
    seen: dict[str, str] = {}
    for number, info in enumerate(alert.infos, start=1):
        text = " ".join(info.description.split()).casefold()
        if text and seen.setdefault(text, info.language) != info.language:
            yield FieldProblem(f"alert.info[{number}].description", _SAME_TEXT)


def heights(altitude: str, ceiling: str, path: str) -> Problems:
    """A ceiling stands above an altitude. Both are numbers as written, or empty."""
    if ceiling and (not altitude or float(ceiling) < float(altitude)):
        yield FieldProblem(f"{path}.ceiling", _NEEDS_ALTITUDE)


def resource(media_type: str, address: str, path: str) -> Problems:
    """A file beside the alert says what it is, and where, in full."""
    if not _MEDIA_TYPE.fullmatch(media_type):
        values = (("word", media_type[:40]),)
        yield FieldProblem(f"{path}.mimeType", _BAD_MEDIA_TYPE, values)
    if address and not is_absolute(address):
        yield FieldProblem(f"{path}.uri", _NOT_ABSOLUTE)


def is_absolute(address: str) -> bool:
    """Whether an address says by itself where it leads."""
    try:
        return bool(urlsplit(address).scheme)
    except ValueError:
        return False
