"""What somebody writes down of a report: made tidy, and refused field by field."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session

from feedback import report_categories, report_services
from feedback.models import Report, ReportSource, ReportStatus
from hub import clock
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, mark
from hub.security import blind_index
from partnerships import ways
from partnerships.models import Organisation
from partnerships.spelling import plain
from partnerships.streets import LONGEST_STREET, index_of
from partnerships.typed_text import tidy

LONGEST_WORDS = 4000
LONGEST_NOTE = 2000
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST_DAY = date(2100, 1, 1)
_POINT = re.compile(r"\s*(\d{1,2}\.\d{1,9})\s*[,; ]\s*(\d{1,2}\.\d{1,9})\s*")
# South, north, west, east.
_AROUND_BELGIUM = (49.3, 51.7, 2.3, 6.6)
_TOO_LONG = mark("At most {count} characters.")

Values = dict[str, Any]
_Check = Callable[[Session, Organisation, Any], Any]


def checked(
    session: Session, town: Organisation, typed: Values, kept: Report | None = None
) -> Values:
    """What was typed, by the fields of ``Report``, ready to be stored; all of ``point`` as
    ``latitude`` and ``longitude``. What ``kept`` has already is taken as it is.

    Raises ``BadInput`` naming every field that cannot be taken.
    """
    found, problems = {}, []
    for name, value in typed.items():
        if kept is not None and name != "point" and getattr(kept, name) == value:
            found[name] = value
            continue
        try:
            found[name] = _CHECKS[name](session, town, value)
        except BadInput as refusal:
            problems += [FieldProblem(name, one.message, one.values) for one in refusal.problems]
    problems += _order_problems(found, kept)
    if problems:
        raise BadInput(*problems)
    return _with_what_finds_it(found)


def note(typed: str) -> str:
    """Words to be added to a report. Raises ``BadInput`` naming ``note``."""
    return _text(LONGEST_NOTE, "note")(typed)


def point(typed: str) -> tuple[float, float] | tuple[None, None]:
    """Latitude and longitude of a place in Belgium; nothing for an empty field. Raises
    ``BadInput`` naming ``point``."""
    if not typed.strip():
        return None, None
    read = _POINT.fullmatch(typed)
    if read is not None:
        latitude, longitude = round(float(read[1]), 5), round(float(read[2]), 5)
        south, north, west, east = _AROUND_BELGIUM
        if south <= latitude <= north and west <= longitude <= east:
            return latitude, longitude
    said = mark("Give a point in Belgium as latitude and longitude, such as 50.64020, 5.57010.")
    raise BadInput(FieldProblem("point", said))


def tidy_lines(typed: str) -> str:
    """Words over several lines, each made tidy; empty ones at both ends are gone."""
    return "\n".join(tidy(line) for line in typed.splitlines()).strip()


def reporter_index(contact: str, name: str) -> str | None:
    """What finds all reports of one reporter (R37): by how he is answered, else by his name."""
    if contact:
        try:
            return blind_index(ways.read("reporter_contact", contact).value)
        except BadInput:
            return blind_index(f"reporter {plain(contact.casefold())}")
    return blind_index(f"reporter {plain(name.casefold())}") if name else None


def _refused(said: str, **values: str | int) -> BadInput:
    return BadInput(FieldProblem("", said, tuple(values.items())))


def _text(most: int, field: str = "") -> Callable[[str], str]:
    def check(typed: str) -> str:
        text = tidy_lines(typed)
        if len(text) > most:
            raise BadInput(FieldProblem(field, _TOO_LONG, (("count", most),)))
        return text

    return check


def _line(most: int) -> _Check:
    def check(_session: Session, _town: Organisation, typed: str) -> str:
        return _text(most)(tidy(typed))

    return check


def _one_of(choices: Any, said: str) -> _Check:
    def check(_session: Session, _town: Organisation, typed: str) -> Any:
        try:
            return choices(typed)
        except ValueError:
            raise _refused(said) from None

    return check


def _words(_session: Session, _town: Organisation, typed: str) -> str:
    text = _text(LONGEST_WORDS)(typed)
    if not text:
        raise _refused(mark("Write down what was reported."))
    return text


def _category(session: Session, town: Organisation, typed: str) -> str:
    offered = report_categories.offered(session, town.id, Language.ENGLISH)
    if typed not in {one.code for one in offered}:
        raise _refused(mark("Choose what it is about."))
    return typed


def _service(session: Session, town: Organisation, typed: Any) -> Any:
    offered = report_services.of_towns(session, [town.id])
    if typed and typed not in {one.id for one in offered if one.is_used}:
        raise _refused(mark("Choose a service from the list."))
    return typed or None


def _worker(session: Session, town: Organisation, typed: Any) -> Any:
    if typed and typed not in {one.id for one in report_services.workers(session, town)}:
        raise _refused(mark("Choose somebody from the list."))
    return typed or None


def _received(_session: Session, _town: Organisation, at: datetime) -> datetime:
    if at > clock.now():
        raise _refused(mark("This moment is still to come."))
    if at < _EARLIEST:
        raise _refused(mark("This is too long ago."))
    return at


def _observed(session: Session, town: Organisation, at: datetime | None) -> datetime | None:
    return _received(session, town, at) if at is not None else None


def _due(_session: Session, _town: Organisation, day: date | None) -> date | None:
    if day is not None and not _EARLIEST.date() <= day < _LATEST_DAY:
        raise _refused(mark("This day is too far away."))
    return day


def _point(_session: Session, _town: Organisation, typed: str) -> Any:
    return point(typed)


def _as_it_is(_session: Session, _town: Organisation, value: Any) -> Any:
    return value


_LANGUAGE = _one_of(lambda typed: Language(typed) if typed else None, mark("Choose a language."))
_CHECKS: dict[str, _Check] = {
    "source": _one_of(ReportSource, mark("Choose how it came in.")),
    "category": _category,
    "words": _words,
    "street": _line(LONGEST_STREET),
    "house_number": _line(20),
    "point": _point,
    "observed_at": _observed,
    "received_at": _received,
    "reporter_name": _line(100),
    "reporter_contact": _line(200),
    "reporter_language": _LANGUAGE,
    "is_confidential": _as_it_is,
    "status": _one_of(ReportStatus, mark("Choose a state.")),
    "service_id": _service,
    "assigned_to": _worker,
    "due_on": _due,
    "external_reference": _line(60),
    "led_to": _line(200),
}


def _order_problems(found: Values, kept: Report | None) -> list[FieldProblem]:
    observed = found.get("observed_at", kept.observed_at if kept else None)
    received = found.get("received_at", kept.received_at if kept else None)
    if observed and received and observed > received:
        said = mark("It cannot be reported before it happened.")
        return [FieldProblem("observed_at", said)]
    return []


def _with_what_finds_it(found: Values) -> Values:
    if "point" in found:
        found["latitude"], found["longitude"] = found.pop("point")
    if "street" in found:
        found["street_index"] = index_of(found["street"])
    if "reporter_contact" in found and "reporter_name" in found:
        contact, name = found["reporter_contact"], found["reporter_name"]
        found["reporter_index"] = reporter_index(contact, name)
    return found
