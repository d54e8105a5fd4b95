"""Taking the measures of a plan: what is asked for more than once is counted once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, insert, or_, text, true
from sqlmodel import Session, col, select

from hub import log, rounds
from hub.columns import new_id
from hub.db import lift_time_limit, row_locks
from partnerships.models import Partnership
from plan.measures.asked import Asked
from plan.measures.catalogue import MEASURES, Measure
from plan.measures.figure import NOT_BY_ZONE, UNKNOWN_FILTER, Figure, Figures
from plan.measures.period import Period
from plan.models import ExpectedResult, MeasureValue, Plan, PlanNode, ResultMeasure

_log = log.get(__name__)

_WHOLE_TOWN = ""
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Feed:
    """A measure as it feeds some results: those that narrow it alike have the same figure."""

    measure: Measure
    filters: tuple[tuple[str, str], ...]
    results: tuple[UUID, ...]

    @property
    def is_known(self) -> bool:
        """Whether it can be narrowed so; if not, a figure would be of more than was asked."""
        return {name for name, _value in self.filters} <= self.measure.filters


@dataclass(frozen=True, slots=True)
class Taken:
    """One figure of a feed. ``area`` is a partnership's short name; empty is the whole town."""

    period: Period
    area: str
    figure: Figure


def take(
    session: Session,
    plan: Plan,
    periods: Sequence[Period],
    as_of: datetime,
    *,
    by_zone: bool = False,
) -> int:
    """Take every measure that feeds a result of the plan, for each period, and for each
    partnership of the town where wanted; return how many figures were kept.

    A figure of the same result, period and area is replaced. A measure that fails keeps the
    figures it had, is logged, and stops no other.
    """
    kept = 0
    for feed in feeds_of(session, plan):
        with (
            rounds.apart("measure_failed", measure=feed.measure.code, plan_id=plan.id),
            session.begin_nested(),
        ):
            kept += keep(
                session, feed, taken(session, plan, feed, periods, as_of, by_zone=by_zone), as_of
            )
    drop_unasked(session, plan)
    return kept


def feeds_of(session: Session, plan: Plan) -> list[Feed]:
    """What feeds the plan's results, each question once."""
    asked = session.exec(
        select(ResultMeasure)
        .join(ExpectedResult, col(ExpectedResult.id) == col(ResultMeasure.result_id))
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(PlanNode.plan_id == plan.id)
        .order_by(col(ResultMeasure.measure), col(ResultMeasure.result_id))
    )
    results: dict[tuple[str, tuple[tuple[str, str], ...]], list[UUID]] = {}
    for one in asked:
        if one.measure in MEASURES:
            results.setdefault((one.measure, narrowed_by(one)), []).append(one.result_id)
        else:
            _log.error("measure_unknown", measure=one.measure, result_id=str(one.result_id))
    return [Feed(MEASURES[code], filters, tuple(fed)) for (code, filters), fed in results.items()]


def narrowed_by(feed: ResultMeasure) -> tuple[tuple[str, str], ...]:
    """Its filters that say something, in one order."""
    said = {
        str(name): str(value) for name, value in feed.filters.items() if value not in ("", None)
    }
    return tuple(sorted(said.items()))


def taken(
    session: Session,
    plan: Plan,
    feed: Feed,
    periods: Sequence[Period],
    as_of: datetime,
    *,
    by_zone: bool,
) -> list[Taken]:
    """The figures of one feed: one question for each period, whatever number of zones there is."""
    _take_time(session)
    zones = _zones(session, plan) if by_zone else {}
    return [
        one
        for period in periods
        for one in _of_period(session, plan, feed, zones, period, as_of, by_zone=by_zone)
    ]


def _take_time(session: Session) -> None:
    lift_time_limit(session)
    if row_locks(session):
        # Distinct people are told apart in memory instead of on disk.
        session.execute(text("SET LOCAL work_mem = '64MB'"))


def _zones(session: Session, plan: Plan) -> Mapping[UUID, str]:
    of_town = select(Partnership.id, Partnership.slug).where(
        Partnership.municipality_id == plan.municipality_id
    )
    return dict(session.exec(of_town).all())


def _of_period(
    session: Session,
    plan: Plan,
    feed: Feed,
    zones: Mapping[UUID, str],
    period: Period,
    as_of: datetime,
    *,
    by_zone: bool,
) -> list[Taken]:
    asked = Asked(plan.municipality_id, period, as_of, filters=dict(feed.filters))
    figures = _figures(session, feed, asked, by_zone=by_zone)
    none = feed.measure.none if feed.measure.take_all else Figure(None, reason=NOT_BY_ZONE)
    if not feed.is_known:
        none = figures[None]
    return [
        Taken(period, _WHOLE_TOWN, figures.get(None, none)),
        *(Taken(period, slug, figures.get(zone, none)) for zone, slug in zones.items()),
    ]


def _figures(session: Session, feed: Feed, asked: Asked, *, by_zone: bool) -> Figures:
    if not feed.is_known:
        return {None: Figure(None, reason=UNKNOWN_FILTER)}
    if by_zone and feed.measure.take_all:
        return feed.measure.take_all(session, asked)
    return {None: feed.measure.take(session, asked)}


def keep(session: Session, feed: Feed, figures: Sequence[Taken], as_of: datetime) -> int:
    """Put the figures in the place of those of the same result, period and area."""
    if not figures:
        return 0
    areas = {one.area for one in figures}
    periods = {one.period for one in figures}
    session.execute(
        delete(MeasureValue)
        .where(
            col(MeasureValue.result_id).in_(feed.results),
            col(MeasureValue.measure) == feed.measure.code,
            or_(*(_is_of(period) for period in periods)),
            # With the zones every area is new; one that is no zone any more has no figure.
            col(MeasureValue.area) == _WHOLE_TOWN if areas == {_WHOLE_TOWN} else true(),
        )
        .execution_options(synchronize_session=False)
    )
    rows = [_row(result, feed.measure, one, as_of) for result in feed.results for one in figures]
    for first in range(0, len(rows), _AT_ONCE):
        session.execute(insert(MeasureValue), rows[first : first + _AT_ONCE])
    return len(rows)


def _is_of(period: Period) -> Any:
    return and_(
        col(MeasureValue.period_start) == period.first,
        col(MeasureValue.period_end) == period.last,
    )


def _row(result: UUID, measure: Measure, one: Taken, as_of: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "result_id": result,
        "measure": measure.code,
        "definition_version": measure.version,
        "period_start": one.period.first,
        "period_end": one.period.last,
        "area": one.area,
        "value": one.figure.value,
        "numerator": one.figure.numerator,
        "denominator": one.figure.denominator,
        "unknown": one.figure.unknown,
        "reason": one.figure.reason,
        "computed_at": as_of,
    }


def drop_unasked(session: Session, plan: Plan) -> None:
    """Drop the figures of measures that feed their result no more."""
    its_results = (
        select(ExpectedResult.id)
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(PlanNode.plan_id == plan.id)
    )
    still_feeds = exists().where(
        col(ResultMeasure.result_id) == col(MeasureValue.result_id),
        col(ResultMeasure.measure) == col(MeasureValue.measure),
    )
    session.execute(
        delete(MeasureValue)
        .where(col(MeasureValue.result_id).in_(its_results), ~still_feeds)
        .execution_options(synchronize_session=False)
    )
