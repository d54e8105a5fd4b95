"""A municipality's document becomes a draft of its plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.models import Organisation
from partnerships.typed_text import tidy
from plan.keeping.storing import Source, store
from plan.models import Plan, PlanMethod
from plan.reading.document import read
from plan.reading.files import LARGEST
from plan.reading.found import PlanRead

LONGEST_TITLE = 200
_LONGEST_FILE_NAME = 120
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_LONGEST_YEARS = 12


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed beside the document; what is empty is taken from the document."""

    town: str = ""
    title: str = ""
    starts_on: str = ""
    ends_on: str = ""
    method: str = ""


def document(content: bytes, name: str) -> PlanRead:
    """The plan in a document. Raises ``BadInput`` naming ``file`` for none and for one too large;
    ``NoPlan`` for one in which no plan was found."""
    if not content:
        raise BadInput(FieldProblem("file", mark("Choose the document first.")))
    if len(content) > LARGEST:
        megabytes = (("megabytes", LARGEST // 1_000_000),)
        raise BadInput(
            FieldProblem("file", mark("A document has at most {megabytes} MB."), megabytes)
        )
    return read(content, name)


def keep(
    session: Session,
    found: PlanRead,
    source: Source,
    wish: Wish,
    towns: Sequence[Organisation],
    by: UUID,
) -> Plan:
    """Keep what was read as a draft. Raises ``BadInput`` naming what neither the document nor the
    form says: ``title``, ``town``, ``starts_on``, ``ends_on``."""
    title, town, days = settled(wish, towns, title=found.title or "", days=(found.start, found.end))
    named = Source(short_name(source.name), source.content)
    return store(
        session,
        found,
        named,
        municipality_id=town,
        title=title,
        days=days,
        by=by,
        method=_method(wish, found),
    )


def method_of(wish: Wish) -> PlanMethod:
    """The method that was chosen; a strategic plan where none was. Raises ``BadInput``."""
    try:
        return PlanMethod(wish.method or PlanMethod.STRATEGIC_PLAN)
    except ValueError:
        raise BadInput(FieldProblem("method", mark("Choose one of the list."))) from None


def _method(wish: Wish, found: PlanRead) -> PlanMethod:
    """As chosen; where nobody chose another than the usual, as the document's shape says."""
    chosen = method_of(wish)
    return PlanMethod(found.method) if chosen is PlanMethod.STRATEGIC_PLAN else chosen


def short_name(file_name: str) -> str:
    """The name of the file as it is kept."""
    return tidy(file_name)[:_LONGEST_FILE_NAME]


def settled(
    wish: Wish,
    towns: Sequence[Organisation],
    *,
    title: str = "",
    days: tuple[date | None, date | None] = (None, None),
) -> tuple[str, UUID, tuple[date, date]]:
    """Title, municipality and period: as typed, else as the document says. Raises ``BadInput``."""
    problems: list[FieldProblem] = []
    name = tidy(wish.title) or tidy(title)
    if not name:
        problems.append(FieldProblem("title", mark("Say what this plan is called.")))
    town = _town(wish.town, towns)
    if town is None:
        problems.append(FieldProblem("town", mark("Choose the municipality.")))
    try:
        period = period_of(wish.starts_on, wish.ends_on, *days)
    except BadInput as refusal:
        problems += refusal.problems
    if problems or town is None:
        raise BadInput(*problems)
    return name[:LONGEST_TITLE], town, period


def _town(typed: str, towns: Sequence[Organisation]) -> UUID | None:
    if not typed and len(towns) == 1:
        return towns[0].id
    return next((one.id for one in towns if str(one.id) == typed), None)


def period_of(
    starts_on: str, ends_on: str, start: date | None = None, end: date | None = None
) -> tuple[date, date]:
    """A plan's first and last day. Raises ``BadInput`` naming ``starts_on`` or ``ends_on``."""
    first, last = _day("starts_on", starts_on, start), _day("ends_on", ends_on, end)
    if last < first:
        raise BadInput(FieldProblem("ends_on", mark("The last day comes before the first.")))
    if last.year - first.year > _LONGEST_YEARS:
        years = (("years", _LONGEST_YEARS),)
        raise BadInput(FieldProblem("ends_on", mark("A plan lasts at most {years} years."), years))
    return first, last


def _day(field: str, typed: str, otherwise: date | None) -> date:
    try:
        day = date.fromisoformat(typed.strip()) if typed.strip() else otherwise
    except ValueError:
        day = None
    if day is None:
        sentence = mark("The document does not say it: give the day.")
        raise BadInput(FieldProblem(field, sentence if not typed.strip() else mark("Give a day.")))
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        years = (("least", _FIRST_YEAR), ("most", _LAST_YEAR))
        raise BadInput(FieldProblem(field, mark("Give a year from {least} to {most}."), years))
    return day
