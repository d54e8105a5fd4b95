"""The rows a figure stands on: one question gives both, so that whoever looks into a figure finds
exactly what was counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, case, cast, func, literal, null, select
from sqlmodel import Session

from hub.db import Condition
from plan.measures.asked import Asked

Rows = Select[Any]
RowsOf = Callable[[Asked], Rows]


def rows(
    kind: str,
    subject: ColumnElement[Any] | Any,
    at: ColumnElement[Any] | Any,
    *,
    place: ColumnElement[Any] | Any = None,
    counts: Condition | None = None,
    unknown: Condition | None = None,
) -> Rows:
    """One row for each case: what it is, when, and in which partnership; whether it counts in the
    numerator, and whether nobody knows its end."""
    return select(
        literal(kind).label("kind"),
        cast(subject, Uuid).label("subject"),
        at.label("at"),
        cast(null() if place is None else place, Uuid).label("place"),
        _flag(counts, otherwise=1).label("counts"),
        _flag(unknown, otherwise=0).label("unknown"),
    )


def _flag(condition: Condition | None, *, otherwise: int) -> ColumnElement[int]:
    return literal(otherwise) if condition is None else case((condition, 1), else_=0)


@dataclass(frozen=True, slots=True)
class Sums:
    """What rows add up to. ``cases`` are distinct subjects, unless each row is one."""

    cases: int = 0
    counting: int = 0
    unknown: int = 0


# By partnership; ``None`` is all of them together, in which nobody counts twice.
Spread = Mapping[UUID | None, Sums]


def spread(session: Session, asked: Rows, *, each_row: bool = False) -> Spread:
    """What the rows add up to, for each partnership and for all, in one query.

    A subject counts once in each, however many rows it has; in the numerator where any of them
    does, and as unknown where one is and none counts. With ``each_row`` every row is a case.
    """
    found = session.execute(_of_rows(asked) if each_row else _of_subjects(asked)).all()
    if each_row:
        by_place: dict[UUID | None, Sums] = {one.place: _sums(one) for one in found}
        return _with_all(by_place)
    # Rows that are of no partnership add up to the same as all.
    added: dict[UUID | None, Sums] = {
        None if one.is_all else one.place: _sums(one)
        for one in found
        if one.is_all or one.place is not None
    }
    return {None: Sums(), **added}


def _sums(one: Any) -> Sums:
    return Sums(int(one.cases), int(one.counting or 0), int(one.unknown or 0))


def _with_all(by_place: dict[UUID | None, Sums]) -> Spread:
    every = by_place.values()
    return {
        **by_place,
        None: Sums(
            sum(one.cases for one in every),
            sum(one.counting for one in every),
            sum(one.unknown for one in every),
        ),
    }


def _of_rows(asked: Rows) -> Rows:
    each = asked.subquery()
    return select(
        each.c.place,
        func.count().label("cases"),
        func.sum(each.c.counts).label("counting"),
        func.sum(_is_open(each.c)).label("unknown"),
    ).group_by(each.c.place)


def _of_subjects(asked: Rows) -> Any:
    row = asked.subquery()
    here = _once(row.c, row.c.place).group_by(row.c.place).cte("here")
    everywhere = _once(here.c).subquery()
    of_places = _added(here.c, here.c.place, literal(0)).group_by(here.c.place)
    of_all = _added(everywhere.c, cast(null(), Uuid), literal(1))
    return of_places.union_all(of_all)


def _once(columns: Any, *besides: ColumnElement[Any]) -> Rows:
    return select(
        *besides,
        columns.subject,
        func.max(columns.counts).label("counts"),
        func.max(columns.unknown).label("unknown"),
    ).group_by(columns.subject)


def _added(columns: Any, place: ColumnElement[Any], is_all: ColumnElement[int]) -> Rows:
    return select(
        place.label("place"),
        is_all.label("is_all"),
        func.count().label("cases"),
        func.sum(columns.counts).label("counting"),
        func.sum(_is_open(columns)).label("unknown"),
    )


def _is_open(columns: Any) -> ColumnElement[int]:
    return case((and_(columns.counts == 0, columns.unknown == 1), 1), else_=0)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was counted, for whoever looks into a figure."""

    kind: str
    subject: UUID
    at: datetime | date
    counts: bool
    unknown: bool


def cases(session: Session, asked: Rows, limit: int = 200) -> Sequence[Case]:
    """The newest of them, each once."""
    row = asked.subquery()
    newest = func.max(row.c.at).label("at")
    each = (
        select(
            row.c.kind,
            row.c.subject,
            newest,
            func.max(row.c.counts).label("counts"),
            func.max(row.c.unknown).label("unknown"),
        )
        .group_by(row.c.kind, row.c.subject)
        .order_by(newest.desc(), row.c.subject)
        .limit(limit)
    )
    return [
        Case(one.kind, one.subject, one.at, bool(one.counts), bool(one.unknown and not one.counts))
        for one in session.execute(each)
    ]
