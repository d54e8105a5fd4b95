"""Recap lists: on a question or a complaint, what was reported in a street, by a person, in a
period, of a kind (R37).

One town at a time, three years at most. A report that was merged into another stands in it once.
Who looks for a person must be one who reads confidential reports, and it is put on record.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import case, func, or_
from sqlmodel import Session, col, select

from feedback import report_checks, reports_reach
from feedback.models import Report, ReportSource, ReportStatus
from feedback.report_list import Mark
from hub import audit
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships import days
from partnerships.models import Organisation
from partnerships.streets import LONGEST_STREET, index_of

PAGE, MOST_PRINTED, MOST_IN_FILE = 50, 1_000, 10_000
LONGEST_DAYS = 3 * 366
USUAL_DAYS = 365
LONGEST_CONTACT = 200
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What a list is of. ``street`` and ``person`` are blind indexes; the last day is in it."""

    town: Organisation
    since: date
    until: date
    street: str = ""
    person: str = ""
    category: str = ""
    service: UUID | None = None
    source: ReportSource | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some reports, and where the next page begins, if there is one."""

    reports: list[Report]
    next: Mark | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each category in each month; months by their first day."""

    months: list[date]
    by_category: dict[str, list[int]]

    @property
    def total(self) -> int:
        return sum(map(sum, self.by_category.values()))

    @property
    def by_month(self) -> list[int]:
        return [sum(column) for column in zip(*self.by_category.values(), strict=True)] or [
            0 for _month in self.months
        ]


def checked(session: Session, actor: Actor, wish: Wish, street: str, person: str) -> Wish:
    """The wish with the street and the person that were typed. Raises ``BadInput`` naming each
    field that cannot be taken."""
    problems = list(_period_problems(wish))
    if len(street) > LONGEST_STREET:
        problems.append(_too_long("street", LONGEST_STREET))
    if len(person) > LONGEST_CONTACT:
        problems.append(_too_long("person", LONGEST_CONTACT))
    elif person.strip() and not may_look_for_people(session, actor, wish.town):
        said = mark("Only those who read confidential reports may look for a person.")
        problems.append(FieldProblem("person", said))
    street_index = index_of(street) if street.strip() and len(street) <= LONGEST_STREET else ""
    if street_index is None:
        problems.append(FieldProblem("street", mark("This is no name of a street.")))
    if problems:
        raise BadInput(*problems)
    found = report_checks.reporter_index(person.strip(), "") if person.strip() else ""
    return replace(wish, street=street_index or "", person=found or "")


def _period_problems(wish: Wish) -> Iterator[FieldProblem]:
    if wish.until < wish.since:
        yield FieldProblem("until", mark("It ends before it begins."))
    elif (wish.until - wish.since).days > LONGEST_DAYS:
        yield FieldProblem("since", mark("Three years at most."))


def _too_long(field: str, most: int) -> FieldProblem:
    return FieldProblem(field, mark("At most {count} characters."), (("count", most),))


def may_look_for_people(session: Session, actor: Actor, town: Organisation) -> bool:
    """Whether this reader may ask what one person reported in this town."""
    trusted = reports_reach.towns(session, actor, Action.SEE_CONFIDENTIAL_REPORTS)
    return town.id in {one.id for one in trusted}


def page(
    session: Session, actor: Actor, wish: Wish, after: Mark | None = None, rows: int = PAGE
) -> Page:
    """The newest of them, from a mark on."""
    wanted = select(Report).where(*_conditions(session, actor, wish))
    if after is not None:
        received = col(Report.received_at)
        earlier = or_(received < after.received_at, col(Report.id) < after.id)
        wanted = wanted.where(received <= after.received_at, earlier)
    newest = wanted.order_by(col(Report.received_at).desc(), col(Report.id).desc())
    found = list(session.exec(newest.limit(rows + 1)))
    last = found[rows - 1] if len(found) > rows else None
    return Page(found[:rows], Mark(last.received_at, last.id) if last else None)


def in_file(session: Session, actor: Actor, wish: Wish) -> Iterator[Report]:
    """As many as a file holds, the newest first, read some hundreds at a time."""
    after: Mark | None = None
    for _turn in range(MOST_IN_FILE // _AT_ONCE):
        some = page(session, actor, wish, after, _AT_ONCE)
        yield from some.reports
        # What was written is not kept in memory.
        session.expunge_all()
        if some.next is None:
            return
        after = some.next


def _conditions(session: Session, actor: Actor, wish: Wish) -> tuple[Condition, ...]:
    conditions = [
        col(Report.municipality_id) == wish.town.id,
        col(Report.received_at) >= days.start_of(wish.since),
        col(Report.received_at) < days.end_of(wish.until),
        col(Report.status) != ReportStatus.MERGED,
        *_of_what(wish),
    ]
    if not may_look_for_people(session, actor, wish.town):
        his = col(Report.assigned_to) == actor.account_id
        conditions.append(or_(col(Report.is_confidential).is_(False), his))
    return tuple(conditions)


def _of_what(wish: Wish) -> Iterator[Condition]:
    if wish.street:
        yield col(Report.street_index) == wish.street
    if wish.person:
        yield col(Report.reporter_index) == wish.person
    if wish.category:
        yield col(Report.category) == wish.category
    if wish.service is not None:
        yield col(Report.service_id) == wish.service
    if wish.source is not None:
        yield col(Report.source) == wish.source


def counts(session: Session, actor: Actor, wish: Wish) -> Counts:
    """How many there are of each category in each month, counted by the database."""
    months = months_of(wish.since, wish.until)
    received = col(Report.received_at)
    ends = [days.start_of(_next_month(one)) for one in months]
    number = case(
        *((received < end, place) for place, end in enumerate(ends)), else_=len(months) - 1
    ).label("month")
    wanted = (
        select(Report.category, number, func.count())
        .where(*_conditions(session, actor, wish))
        .group_by(col(Report.category), number)
    )
    found: dict[str, list[int]] = {}
    for category, place, count in session.execute(wanted):
        found.setdefault(category, [0] * len(months))[int(place)] = int(count)
    return Counts(months, dict(sorted(found.items(), key=lambda one: -sum(one[1]))))


def months_of(since: date, until: date) -> list[date]:
    """The first days of the months that have a day in the period."""
    months = [since.replace(day=1)]
    while (later := _next_month(months[-1])) <= until:
        months.append(later)
    return months


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def put_on_record(session: Session, actor: Actor, wish: Wish, shown_as: str) -> None:
    """That somebody looked for a person, or took a list away. Nothing personal is in it."""
    if wish.person or shown_as != "page":
        audit.record(
            session,
            "recap.person" if wish.person else "recap.take",
            ("organisation", wish.town.id),
            by=actor.account_id,
            shown_as=shown_as,
        )
