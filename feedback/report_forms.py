"""What is typed about reports: the form that one is written down on, the one it is followed on, and
the one that a list is cut by."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from feedback.models import Report, ReportSource, ReportStatus
from feedback.report_checks import Values
from feedback.report_list import Filter, Standing
from hub import clock
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web.forms import Form
from partnerships.streets import index_of

FACTS = (
    "source",
    "category",
    "words",
    "street",
    "house_number",
    "point",
    "observed_at",
    "received_at",
    "reporter_name",
    "reporter_contact",
    "reporter_language",
    "is_confidential",
)
COURSE = ("status", "service_id", "assigned_to", "due_on", "external_reference", "led_to")
# What may be said of the course when it is written down.
FIRST_COURSE = ("service_id", "assigned_to", "due_on", "external_reference")
_MOMENTS = ("observed_at", "received_at")
_STREET_INDEX = re.compile(r"[\w-]{1,64}")


def read(form: Form, names: tuple[str, ...]) -> Values:
    """The values of these fields. Raises ``BadInput`` naming those that are no date, time or key
    at all; what they may be is checked by the register."""
    values: Values = {}
    problems: list[FieldProblem] = []
    for name in names:
        try:
            values[name] = _value(form, name)
        except BadInput as refusal:
            problems += refusal.problems
    if problems:
        raise BadInput(*problems)
    return values


def _value(form: Form, name: str) -> Any:
    typed = form.text(name).strip()
    if name in _MOMENTS:
        return form.moment(name) if typed or name == "received_at" else None
    if name == "due_on":
        return _day(name, typed)
    if name in ("service_id", "assigned_to"):
        return _key(name, typed)
    return bool(typed) if name == "is_confidential" else form.text(name)


def _day(name: str, typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        said = mark("Give a day such as 2026-07-21.")
        raise BadInput(FieldProblem(name, said)) from None


def _key(name: str, typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise BadInput(FieldProblem(name, mark("Choose one from the list."))) from None


def typed(form: Form, names: tuple[str, ...]) -> dict[str, str]:
    """What was typed in these fields, to be shown again."""
    return {name: form.text(name) for name in names}


def as_typed(report: Report) -> dict[str, str]:
    """A report as its forms show it."""
    has_point = report.latitude is not None and report.longitude is not None
    return {
        **{name: _shown(getattr(report, name)) for name in (*FACTS, *COURSE) if name != "point"},
        **{name: _local(getattr(report, name)) for name in _MOMENTS},
        "is_confidential": "yes" if report.is_confidential else "",
        "point": f"{report.latitude:.5f}, {report.longitude:.5f}" if has_point else "",
    }


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _local(at: Any) -> str:
    return clock.in_brussels(at).strftime("%Y-%m-%dT%H:%M") if at else ""


def read_filter(values: Callable[[str], str]) -> Filter:
    """The filter that an address carries. What it says wrongly is passed over, not refused: it was
    typed by nobody."""
    return Filter(
        status=_standing(values("status")),
        town=_or_none(UUID, values("town")),
        source=_or_none(ReportSource, values("source")),
        category=values("category")[:60],
        service=_or_none(UUID, values("service")),
        is_mine=bool(values("mine")),
        is_overdue=bool(values("overdue")),
        since=_or_none(date.fromisoformat, values("since")),
        until=_until(values("until")),
        street=values("street") if _STREET_INDEX.fullmatch(values("street")) else "",
        number=_number(values("number")),
    )


def _standing(code: str) -> Standing | ReportStatus:
    return _or_none(Standing, code) or _or_none(ReportStatus, code) or Standing.OPEN


def _or_none(read_it: Callable[[str], Any], value: str) -> Any:
    try:
        return read_it(value) if value else None
    except ValueError:
        return None


def _until(value: str) -> date | None:
    found: date | None = _or_none(date.fromisoformat, value)
    # Its midnight would be after the last day there is.
    return None if found == date.max else found


def _number(value: str) -> int | None:
    # No town has a thousand million reports, and no key is as large.
    plain = value.strip().lstrip("#")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 9 else None


def address_words(wish: Filter) -> str:
    """The filter as the words of an address: nothing in it names a street or a person."""
    said = {
        "status": wish.status,
        "town": wish.town,
        "source": wish.source,
        "category": wish.category,
        "service": wish.service,
        "mine": "1" if wish.is_mine else "",
        "overdue": "1" if wish.is_overdue else "",
        "since": wish.since,
        "until": wish.until,
        "street": wish.street,
        "number": wish.number,
    }
    return urlencode({name: str(value) for name, value in said.items() if value})


def filter_of(form: Form) -> Filter:
    """The filter that was typed: a street is carried on by its index alone."""
    street = form.text("street_name").strip()
    index = index_of(street[:200]) or "" if street else ""
    return read_filter(lambda name: index if name == "street" else form.text(name).strip())
