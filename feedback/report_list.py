"""Lists of reports: cut by a filter, newest first, a page at a time; never counted as a whole.

Each town is asked by itself, along an index of its own in the order of the list, and the answers
are put together: however many reports there are, a page reads about as many rows as it shows.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from feedback import reports_reach
from feedback.models import Report, ReportSource, ReportStatus
from hub.access import Action, Actor
from hub.db import Condition
from partnerships import days
from partnerships.models import Organisation

PAGE = 50
MOST_PRINTED = 500
MOST_ON_MAP = 200
MOST_COUNTED = 100
_AT_ONCE = 500


class Standing(StrEnum):
    """Which states a list shows: those still open, all, or one of them."""

    OPEN = "open"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is cut to. ``street`` is the blind index of one; ``until`` is the last day."""

    status: Standing | ReportStatus = Standing.OPEN
    town: UUID | None = None
    source: ReportSource | None = None
    category: str = ""
    service: UUID | None = None
    is_mine: bool = False
    is_overdue: bool = False
    since: date | None = None
    until: date | None = None
    street: str = ""
    number: int | None = None
    is_placed: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """The place in a list after which a page begins."""

    received_at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.received_at.isoformat()}~{self.id.hex}"

    @classmethod
    def read(cls, typed: str) -> "Mark | None":
        """The mark that an address carries; ``None`` for one that is none."""
        at, _, key = typed.partition("~")
        try:
            moment = datetime.fromisoformat(at.replace(" ", "+"))
            return cls(moment, UUID(key)) if moment.tzinfo is not None else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Page:
    """Some reports, and where the next page begins, if there is one."""

    reports: list[Report]
    next: Mark | None


def page(
    session: Session, actor: Actor, wish: Filter, after: Mark | None = None, rows: int = PAGE
) -> Page:
    """The newest reports within reach that fit, from a mark on."""
    keys = _keys(session, actor, wish, after, rows + 1)
    shown = keys[:rows]
    return Page(_read(session, [one.id for one in shown]), shown[-1] if len(keys) > rows else None)


def _keys(
    session: Session, actor: Actor, wish: Filter, after: Mark | None, most: int
) -> list[Mark]:
    """Where the newest that fit stand in the list. Their rows are read only once it is known which
    of all towns' they are: the texts of the others would be read for nothing."""
    found = (
        [Mark(at, key) for at, key in session.execute(one.limit(most))]
        for one in _by_town(session, actor, wish, after)
    )
    merged = heapq.merge(*found, key=lambda one: (one.received_at, one.id.hex), reverse=True)
    return list(islice(merged, most))


def _read(session: Session, ids: Sequence[UUID]) -> list[Report]:
    found = session.exec(select(Report).where(col(Report.id).in_(ids))) if ids else ()
    by_id = {one.id: one for one in found}
    return [by_id[one] for one in ids]


def placed(session: Session, actor: Actor, wish: Filter) -> Page:
    """The newest of those that have a point, as many as a map can show."""
    return page(session, actor, replace(wish, is_placed=True), rows=MOST_ON_MAP)


def all_of(session: Session, actor: Actor, wish: Filter) -> Iterator[Report]:
    """Every report that fits, newest first, read some hundreds at a time."""
    after: Mark | None = None
    while True:
        some = page(session, actor, wish, after, _AT_ONCE)
        yield from some.reports
        # What was read is not kept: a hundred thousand would fill the memory.
        session.expunge_all()
        if some.next is None:
            return
        after = some.next


def overdue(today: date) -> Condition:
    """The condition on ``Report``: still open after the day by which it was to be done."""
    return and_(col(Report.closed_at).is_(None), col(Report.due_on) < today)


def _by_town(
    session: Session, actor: Actor, wish: Filter, after: Mark | None
) -> Iterator[Select[datetime, UUID]]:
    trusted = {one.id for one in _towns(session, actor, Action.SEE_CONFIDENTIAL_REPORTS)}
    fitting = (*_conditions(wish, actor), *(_after(after) if after else ()))
    for town in _towns(session, actor, Action.SEE_REPORTS):
        if wish.town in (None, town.id):
            its = [col(Report.municipality_id) == town.id, *fitting]
            # What everybody sees needs no asking: it would keep the index from being enough.
            if town.id not in trusted:
                its.append(_open_or_his(actor))
            newest = (col(Report.received_at).desc(), col(Report.id).desc())
            yield select(Report.received_at, Report.id).where(*its).order_by(*newest)


def _towns(session: Session, actor: Actor, action: Action) -> Sequence[Organisation]:
    return reports_reach.towns(session, actor, action)


def _open_or_his(actor: Actor) -> Condition:
    his = col(Report.assigned_to) == actor.account_id
    return or_(col(Report.is_confidential).is_(False), his)


def _after(mark: Mark) -> tuple[Condition, ...]:
    """Written twice: the first finds the place in the index, the second cuts within a moment."""
    received = col(Report.received_at)
    later = or_(received < mark.received_at, col(Report.id) < mark.id)
    return received <= mark.received_at, later


def _conditions(wish: Filter, actor: Actor) -> list[Condition]:
    return [*_of_what(wish), *_of_whom(wish, actor), *_of_when(wish), *_of_standing(wish)]


def _of_what(wish: Filter) -> Iterator[Condition]:
    if wish.source is not None:
        yield col(Report.source) == wish.source
    if wish.category:
        yield col(Report.category) == wish.category
    if wish.street:
        yield col(Report.street_index) == wish.street
    if wish.number is not None:
        yield col(Report.number) == wish.number
    if wish.is_placed:
        yield col(Report.latitude).is_not(None)


def _of_whom(wish: Filter, actor: Actor) -> Iterator[Condition]:
    if wish.service is not None:
        yield col(Report.service_id) == wish.service
    if wish.is_mine:
        yield col(Report.assigned_to) == actor.account_id


def _of_when(wish: Filter) -> Iterator[Condition]:
    if wish.since is not None:
        yield col(Report.received_at) >= days.start_of(wish.since)
    if wish.until is not None:
        yield col(Report.received_at) < days.end_of(wish.until)
    if wish.is_overdue:
        yield overdue(days.today())


def _of_standing(wish: Filter) -> Iterator[Condition]:
    # Asked for by its number, a report is shown whatever became of it.
    if isinstance(wish.status, ReportStatus):
        yield col(Report.status) == wish.status
    elif wish.status is Standing.OPEN and wish.number is None:
        yield col(Report.closed_at).is_(None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody on his first page; each counted to a hundred at most."""

    mine: int
    overdue: int


def waiting(session: Session, actor: Actor) -> Waiting:
    """How many open reports are given to him, and how many are overdue in his towns."""
    mine = Filter(is_mine=True)
    late = Filter(is_overdue=True)
    return Waiting(
        len(_keys(session, actor, mine, None, MOST_COUNTED)),
        len(_keys(session, actor, late, None, MOST_COUNTED)),
    )
