"""Every figure of a plan, measured and typed, in two queries; what one result reached in a stretch
of days is then looked up, not asked for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from hub.db import Condition
from hub.i18n import mark
from plan.measures.period import Period
from plan.models import (
    Entry,
    EntryState,
    EntryStatus,
    ExpectedResult,
    MeasureValue,
    PlanNode,
    ResultKind,
)
from plan.targets import each

_NOT_ADDED_UP = mark("The figures of the lines cannot be added up. Type the figure of the whole.")


@dataclass(frozen=True, slots=True)
class Reached:
    """What was reached; ``None`` is no figure and never nought. ``reason`` says why there is none.

    ``typed`` where somebody typed it, ``provisional`` where nobody approved that.
    """

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    state: EntryState | None = None
    unknown: int = 0
    reason: str = ""
    typed: bool = False
    provisional: bool = False

    @property
    def is_known(self) -> bool:
        return self.value is not None or self.state is not None or self.numerator is not None


@dataclass(frozen=True, slots=True)
class Values:
    """Of a plan, by result."""

    measured: dict[UUID, list[MeasureValue]]
    typed: dict[UUID, list[Entry]]

    def of(self, result: ExpectedResult, period: Period, area: str = "") -> Reached:
        """A measured figure stands before a typed one; where there is none for just these days,
        what was typed for parts of them is added up, if it can be."""
        measured = [
            one
            for one in self.measured.get(result.id, ())
            if one.area == area and _days(one) == period
        ]
        if measured:
            return _measured(max(measured, key=lambda one: one.computed_at))
        typed = [one for one in self.typed.get(result.id, ()) if one.area == area]
        if not any(_is_whole(one) and _lies_in(_days(one), period) for one in typed):
            return self._of_lines(result, period, area)
        # What was typed for the whole stands before what was typed for each zone or worker.
        return _in_days(result, [one for one in typed if _is_whole(one)], period)

    def of_workers(self, result: ExpectedResult, period: Period) -> dict[UUID, Reached]:
        """What was typed for each worker who has a figure in these days."""
        by_worker: dict[UUID, list[Entry]] = defaultdict(list)
        for one in self.typed.get(result.id, ()):
            if one.worker_id is not None and _lies_in(_days(one), period):
                by_worker[one.worker_id].append(one)
        return {worker: _in_days(result, rows, period) for worker, rows in by_worker.items()}

    def _of_lines(self, result: ExpectedResult, period: Period, area: str) -> Reached:
        """The whole, of its zones and workers; of one zone, of its workers."""
        by_line: dict[tuple[str, UUID | None], list[Entry]] = defaultdict(list)
        for one in self.typed.get(result.id, ()):
            if one.area == area or not area:
                by_line[one.area, one.worker_id].append(one)
        reached = [_in_days(result, rows, period) for rows in by_line.values()]
        if result.per == each.WORKER and result.kind is ResultKind.COUNT:
            return _least([one for one in reached if one.typed])
        known = [one for one in reached if one.is_known]
        return _of_all(result, known) if known else Reached()

    def areas(self, result_ids: Iterable[UUID], period: Period) -> set[str]:
        """The zones of the map that have a figure of one of these results."""
        rows = (
            row
            for result_id in result_ids
            for row in (*self.measured.get(result_id, ()), *self.typed.get(result_id, ()))
        )
        return {
            row.area
            for row in rows
            if row.area and _lies_in(_days(row), period) and _has_figure(row)
        }


def of_plan(
    session: Session,
    plan_id: UUID,
    as_of: datetime,
    *,
    approved_only: bool = False,
    area: str = "",
    zones_in: Period | None = None,
) -> Values:
    """What was known at ``as_of``. A correction takes the place of what it names.

    Measured are the figures of the whole town, those of ``area``, and those of every zone for just
    the days of ``zones_in``: all zones in all years are ten times as many, and a page that shows
    one stretch of days would spend most of its time on reading them.
    """
    mine = (
        select(ExpectedResult.id)
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(PlanNode.plan_id == plan_id)
    )
    wanted: Condition = col(MeasureValue.area).in_(("", area))
    if zones_in is not None:
        days = (col(MeasureValue.period_start), col(MeasureValue.period_end))
        wanted = or_(wanted, and_(days[0] == zones_in.first, days[1] == zones_in.last))
    rows_taken = select(MeasureValue).where(col(MeasureValue.result_id).in_(mine), wanted)
    measured: dict[UUID, list[MeasureValue]] = defaultdict(list)
    for row in session.exec(rows_taken):
        measured[row.result_id].append(row)
    typed: dict[UUID, list[Entry]] = defaultdict(list)
    entries = select(Entry).where(col(Entry.result_id).in_(mine), col(Entry.entered_at) <= as_of)
    rows = session.exec(entries.order_by(col(Entry.entered_at), col(Entry.id))).all()
    for entry in _standing(rows, approved_only=approved_only):
        typed[entry.result_id].append(entry)
    return Values(dict(measured), dict(typed))


def _standing(entries: Sequence[Entry], *, approved_only: bool) -> list[Entry]:
    """Of each chain of corrections its last row where that waits for approval, else the newest
    that was approved: a draft is its writer's own, and what was sent back does not count."""
    by_id = {one.id: one for one in entries}
    superseded = {one.supersedes_id for one in entries}
    found: list[Entry] = []
    for last in (one for one in entries if one.id not in superseded):
        one: Entry | None = last
        if approved_only or last.status is not EntryStatus.SUBMITTED:
            while one is not None and one.status is not EntryStatus.APPROVED:
                one = by_id.get(one.supersedes_id) if one.supersedes_id else None
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda one: one.entered_at)


def _has_figure(row: MeasureValue | Entry) -> bool:
    """Whether there is one: a measure that found nothing to count (0 of 0) says so, and is none."""
    if isinstance(row, MeasureValue):
        return row.value is not None
    return any(one is not None for one in (row.value, row.numerator, row.state))


def _days(row: MeasureValue | Entry) -> Period:
    return Period(row.period_start, row.period_end)


def _lies_in(part: Period, period: Period) -> bool:
    return period.first <= part.first and part.last <= period.last


def _measured(row: MeasureValue) -> Reached:
    return Reached(
        row.value, row.numerator, row.denominator, unknown=row.unknown, reason=row.reason
    )


def _is_whole(entry: Entry) -> bool:
    return entry.worker_id is None


def _in_days(result: ExpectedResult, typed: list[Entry], period: Period) -> Reached:
    """Of one line: what was typed for just these days, else for parts of them."""
    whole = [one for one in typed if _days(one) == period]
    if whole:
        # More than one service may have typed for the same days.
        return _together(result, _newest_of_each_service(whole))
    parts = _apart([one for one in typed if _lies_in(_days(one), period)])
    return _together(result, parts) if parts else Reached()


def _least(workers: list[Reached]) -> Reached:
    """Each is to reach it, so the one with least speaks for all; one without a figure is not
    nought, he is not known."""
    values = [one.value for one in workers if one.value is not None]
    return Reached(
        min(values, default=None),
        unknown=len(workers) - len(values),
        typed=bool(workers),
        provisional=any(one.provisional for one in workers),
    )


def _of_all(result: ExpectedResult, lines: list[Reached]) -> Reached:
    """Of several zones or workers. Persons counted once in each may be the same ones: they are not
    added up."""
    provisional = any(one.provisional for one in lines)
    if len(lines) == 1:
        return lines[0]
    if result.kind in (ResultKind.YES_NO, ResultKind.EXISTENCE):
        said = {one.state for one in lines}
        state = said.pop() if len(said) == 1 else EntryState.IN_PROGRESS
        return Reached(state=state, typed=True, provisional=provisional)
    if result.aggregation == "distinct":
        return Reached(reason=_NOT_ADDED_UP, typed=True, provisional=provisional)
    shares = result.kind in (ResultKind.RATIO, ResultKind.DELAY)
    if shares and all(one.denominator is not None for one in lines):
        above = sum(one.numerator or 0 for one in lines)
        below = sum(one.denominator or 0 for one in lines)
        value = 100 * above / below if below else None
        return Reached(value, above, below, typed=True, provisional=provisional)
    if result.kind is not ResultKind.COUNT or any(one.value is None for one in lines):
        return Reached(reason=_NOT_ADDED_UP, typed=True, provisional=provisional)
    total = sum(one.value or 0 for one in lines)
    return Reached(total, typed=True, provisional=provisional)


def _newest_of_each_service(entries: list[Entry]) -> list[Entry]:
    return list({one.service_id: one for one in entries}.values())


def _apart(entries: list[Entry]) -> list[Entry]:
    """Those whose days do not overlap those of another, the longest first: a year and a quarter of
    it are not added up."""
    taken: list[Entry] = []
    for one in sorted(entries, key=lambda each: (-_days(each).days, each.entered_at)):
        mine = (one.worker_id, one.service_id)
        if not any(
            _days(one).within(_days(other)) and mine == (other.worker_id, other.service_id)
            for other in taken
        ):
            taken.append(one)
    return sorted(taken, key=lambda each: each.period_end)


def _together(result: ExpectedResult, entries: list[Entry]) -> Reached:
    newest = entries[-1]
    told = Reached(
        state=newest.state,
        typed=True,
        provisional=any(one.status is not EntryStatus.APPROVED for one in entries),
    )
    numerator, denominator = _sum(entries, "numerator"), _sum(entries, "denominator")
    if denominator is not None:
        # Shares are added by their parts, never averaged.
        share = 100 if result.kind in (ResultKind.RATIO, ResultKind.DELAY) else 1
        value = share * numerator / denominator if denominator and numerator is not None else None
        return replace(told, value=value, numerator=numerator, denominator=denominator)
    if len(entries) > 1 and result.kind is not ResultKind.COUNT:
        return replace(told, value=newest.value)
    return replace(told, value=_sum(entries, "value"), numerator=numerator)


def _sum(entries: list[Entry], name: str) -> float | None:
    given = [each for one in entries if (each := getattr(one, name)) is not None]
    return sum(given) if given else None
