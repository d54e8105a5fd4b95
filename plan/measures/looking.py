"""Looking into a figure: what it is of, what it is made of, and the rows it stands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from hub.access import Actor
from partnerships.models import Partnership
from plan.measures import taking
from plan.measures.asked import Asked
from plan.measures.buckets import begun
from plan.measures.catalogue import MEASURES, Measure
from plan.measures.period import Period
from plan.measures.reach import may_list
from plan.measures.rows import Case, cases
from plan.models import ExpectedResult, MeasureValue, Plan, ResultMeasure

_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Look:
    """A measure of a result in one period and area. ``value`` is none while it was never taken;
    ``cases`` is none where its rows are not shown one by one."""

    feed: ResultMeasure
    measure: Measure
    value: MeasureValue | None
    cases: Sequence[Case] | None

    @property
    def is_of_older_definition(self) -> bool:
        return self.value is not None and self.value.definition_version != self.measure.version


def looks(
    session: Session,
    actor: Actor,
    plan: Plan,
    result: ExpectedResult,
    period: Period,
    area: str,
    *,
    most: int = _MOST_SHOWN,
) -> list[Look]:
    """Each measure that feeds the result."""
    feeds = session.exec(
        select(ResultMeasure)
        .where(ResultMeasure.result_id == result.id)
        .order_by(col(ResultMeasure.measure))
    ).all()
    values = {one.measure: one for one in values_of(session, [result.id], period, area)}
    return [
        Look(
            feed,
            MEASURES[feed.measure],
            values.get(feed.measure),
            _cases(session, actor, plan, feed, values.get(feed.measure), period, area, most),
        )
        for feed in feeds
        if feed.measure in MEASURES
    ]


def values_of(
    session: Session, results: Sequence[UUID], period: Period, area: str = ""
) -> Sequence[MeasureValue]:
    """What was taken for these results in one period and area."""
    return session.exec(
        select(MeasureValue).where(
            col(MeasureValue.result_id).in_(results),
            MeasureValue.period_start == period.first,
            MeasureValue.period_end == period.last,
            MeasureValue.area == area,
        )
    ).all()


def _cases(
    session: Session,
    actor: Actor,
    plan: Plan,
    feed: ResultMeasure,
    value: MeasureValue | None,
    period: Period,
    area: str,
    most: int,
) -> Sequence[Case] | None:
    rows_of = MEASURES[feed.measure].rows
    if rows_of is None or value is None or (area and MEASURES[feed.measure].take_all is None):
        return None
    asked = _asked(session, plan, feed, period, area, value.computed_at)
    if asked is None:
        return None
    found = cases(session, rows_of(asked), most)
    return found if all(may_list(actor, plan, one.kind) for one in found[:1]) else None


def _asked(
    session: Session, plan: Plan, feed: ResultMeasure, period: Period, area: str, as_of: datetime
) -> Asked | None:
    """The very question that the figure answers."""
    zone = session.exec(
        select(Partnership.id).where(
            Partnership.slug == area, Partnership.municipality_id == plan.municipality_id
        )
    ).first()
    if area and zone is None:
        return None
    zones = frozenset({zone} if zone else set())
    narrowed = dict(taking.narrowed_by(feed))
    return Asked(plan.municipality_id, period, as_of, zones, narrowed)


def areas(session: Session, plan: Plan) -> list[tuple[str, str]]:
    """The zones of the town's map: short name and name."""
    its = select(Partnership.slug, Partnership.name).where(
        Partnership.municipality_id == plan.municipality_id
    )
    return list(session.exec(its.order_by(Partnership.name)))


def periods(plan: Plan) -> list[Period]:
    """The plan whole, its years and its quarters."""
    return begun(plan, plan.ends_on)
