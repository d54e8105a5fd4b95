"""A CAP alert from a document of somebody we do not know: small, plain and of the right shape.

Refused before anything is made of it: more than a megabyte, a document type, entities.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from messaging.cap import rules, structure
from messaging.cap.alert import Alert, Area, Circle, Info, Pair, Reference, Ring
from messaging.cap.vocabulary import NAMESPACE

LARGEST_BYTES = 1024 * 1024

_NOTHING = mark("Choose a file.")
_TOO_LARGE = mark("This file is too large for an alert: at most 1 MB.")
_TRICKS = mark(
    "This file defines a document type or entities: no alert needs them, and it is refused."
)
_NO_XML = mark("This is no XML, or it is damaged.")
_NO_DATE = mark("There is no such date or time.")
_BAD_REFERENCE = mark("Each reference is sender,identifier,sent, with a space between two of them.")
_BAD_POLYGON = mark("Points are latitude,longitude with a space between two of them.")
_BAD_CIRCLE = mark("A circle is latitude,longitude, a space, and its radius in kilometres.")
_NEVER = datetime.min.replace(tzinfo=UTC)
# Of a damaged document every element may be wrong; nobody reads more of them than this.
_MOST_PROBLEMS = 50
# Beyond them a moment has no place on every clock, and no alert was sent.
_FIRST_YEAR, _LAST_YEAR = 1970, 2999
# Quotation marks keep a name with spaces together.
_INCIDENT = re.compile(r'"([^"]*)"|(\S+)')


class Refused(BadInput):
    """A document that is no CAP alert, or breaks a rule; by the path of each element."""


def read(content: bytes) -> Alert:
    """The alert in a document. Raises ``Refused`` naming every element that is wrong."""
    root = parse(content)
    found = structure.problems(root)
    if found:
        raise Refused(*found[:_MOST_PROBLEMS])
    reader = _Reader()
    alert = reader.alert(root)
    found = reader.problems or rules.faults(alert)
    if found:
        raise Refused(*found[:_MOST_PROBLEMS])
    return alert


def parse(content: bytes) -> Element:
    """The document as elements. Raises ``Refused`` for what is too large, tricky or no XML."""
    if not content.strip():
        raise Refused(FieldProblem("file", _NOTHING))
    if len(content) > LARGEST_BYTES:
        raise Refused(FieldProblem("file", _TOO_LARGE))
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise Refused(FieldProblem("file", _TRICKS)) from None
    except (ParseError, ValueError, LookupError):
        raise Refused(FieldProblem("file", _NO_XML)) from None
    return root


class _Reader:
    """Reads elements of the right shape, and keeps what it cannot make sense of."""

    def __init__(self) -> None:
        self.problems: list[FieldProblem] = []

    def alert(self, root: Element) -> Alert:
        return Alert(
            identifier=_text(root, "identifier"),
            sender=_text(root, "sender"),
            # Without it there is a problem, and no alert.
            sent=self._moment(root, "sent", "alert") or _NEVER,
            status=_text(root, "status"),
            message_type=_text(root, "msgType"),
            scope=_text(root, "scope"),
            source=_text(root, "source"),
            restriction=_text(root, "restriction"),
            addresses=_text(root, "addresses"),
            codes=_texts(root, "code"),
            note=_text(root, "note"),
            references=tuple(self._references(_text(root, "references"))),
            incidents=tuple(one or two for one, two in _INCIDENT.findall(_text(root, "incidents"))),
            infos=tuple(
                self._info(one, f"alert.info[{number}]")
                for number, one in enumerate(_all(root, "info"), start=1)
            ),
        )

    def _info(self, info: Element, path: str) -> Info:
        for number, one in enumerate(_all(info, "resource"), start=1):
            there = f"{path}.resource[{number}]"
            self.problems += rules.resource(_text(one, "mimeType"), _text(one, "uri"), there)
        return Info(
            # So says the standard.
            language=_text(info, "language") or "en-US",
            categories=_texts(info, "category"),
            event=_text(info, "event"),
            response_types=_texts(info, "responseType"),
            urgency=_text(info, "urgency"),
            severity=_text(info, "severity"),
            certainty=_text(info, "certainty"),
            audience=_text(info, "audience"),
            event_codes=_pairs(info, "eventCode"),
            effective=self._moment(info, "effective", path),
            onset=self._moment(info, "onset", path),
            expires=self._moment(info, "expires", path),
            sender_name=_text(info, "senderName"),
            headline=_text(info, "headline"),
            description=_text(info, "description"),
            instruction=_text(info, "instruction"),
            web=_text(info, "web"),
            contact=_text(info, "contact"),
            parameters=_pairs(info, "parameter"),
            areas=tuple(
                self._area(one, f"{path}.area[{number}]")
                for number, one in enumerate(_all(info, "area"), start=1)
            ),
        )

    def _area(self, area: Element, path: str) -> Area:
        self.problems += rules.heights(_text(area, "altitude"), _text(area, "ceiling"), path)
        return Area(
            description=_text(area, "areaDesc"),
            polygons=tuple(self._rings(_texts(area, "polygon"), path)),
            circles=tuple(self._circles(_texts(area, "circle"), path)),
            geocodes=_pairs(area, "geocode"),
        )

    def _moment(self, parent: Element, name: str, path: str) -> datetime | None:
        written = _text(parent, name)
        try:
            return _aware(written) if written else None
        except ValueError:
            self.problems.append(FieldProblem(f"{path}.{name}", _NO_DATE))
            return None

    def _references(self, written: str) -> Iterator[Reference]:
        for one in written.split():
            try:
                sender, identifier, sent = one.split(",")
                yield Reference(sender, identifier, _aware(sent))
            except ValueError:
                self.problems.append(FieldProblem("alert.references", _BAD_REFERENCE))

    def _rings(self, written: tuple[str, ...], path: str) -> Iterator[Ring]:
        for number, one in enumerate(written, start=1):
            try:
                yield tuple(_corner(pair) for pair in one.split())
            except ValueError:
                self.problems.append(FieldProblem(f"{path}.polygon[{number}]", _BAD_POLYGON))

    def _circles(self, written: tuple[str, ...], path: str) -> Iterator[Circle]:
        for number, one in enumerate(written, start=1):
            try:
                middle, kilometres = one.split()
                yield Circle(*_corner(middle), float(kilometres))
            except ValueError:
                self.problems.append(FieldProblem(f"{path}.circle[{number}]", _BAD_CIRCLE))


def _aware(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    if at.tzinfo is None or not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise ValueError
    return at


def _corner(pair: str) -> tuple[float, float]:
    latitude, longitude = pair.split(",")
    return float(latitude), float(longitude)


def _all(parent: Element, name: str) -> list[Element]:
    return parent.findall(f"{{{NAMESPACE}}}{name}")


def _text(parent: Element, name: str) -> str:
    return (parent.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()


def _texts(parent: Element, name: str) -> tuple[str, ...]:
    return tuple((one.text or "").strip() for one in _all(parent, name))


def _pairs(parent: Element, name: str) -> tuple[Pair, ...]:
    return tuple((_text(one, "valueName"), _text(one, "value")) for one in _all(parent, name))
