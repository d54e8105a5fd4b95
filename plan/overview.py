"""The plan as its officer reads it: each indicator with its figure and its suggested colour."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, or_, true
from sqlmodel import Session, col, select

from hub import clock
from hub.access import Action, Actor
from hub.db import Condition
from plan.colours import Suggestion, suggest
from plan.measures import MEASURES, Period, Ratio
from plan.models import (
    ExpectedResult,
    Indicator,
    Plan,
    PlanNode,
    ResultIndicator,
    ResultMeasure,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One expected result, measured."""

    objective: str
    expected: str
    target: float | None
    indicator: Indicator
    ratio: Ratio
    suggestion: Suggestion


def within_reach(actor: Actor) -> Condition:
    """The condition on ``Plan``: of a municipality within reach."""
    reach = actor.reach(Action.SEE_PLAN)
    if reach.everywhere:
        return true()
    return or_(false(), col(Plan.municipality_id).in_(reach.municipalities))


def plans(session: Session, actor: Actor) -> list[Plan]:
    """The plans within reach, the newest first."""
    visible = select(Plan).where(within_reach(actor))
    return list(session.exec(visible.order_by(col(Plan.starts_on).desc())))


def figures(session: Session, plan: Plan, as_of: datetime) -> list[Figure]:
    """Every result of this plan that the hub measures by itself."""
    rows = session.exec(
        select(PlanNode, ExpectedResult, Indicator, ResultMeasure)
        .join(ExpectedResult, col(ExpectedResult.node_id) == col(PlanNode.id))
        .join(ResultIndicator, col(ResultIndicator.result_id) == col(ExpectedResult.id))
        .join(Indicator, col(Indicator.id) == col(ResultIndicator.indicator_id))
        .join(ResultMeasure, col(ResultMeasure.result_id) == col(ExpectedResult.id))
        .where(PlanNode.plan_id == plan.id)
        .order_by(col(PlanNode.ordinal), col(ExpectedResult.ordinal))
    )
    return [
        _figure(session, plan, node, result, indicator, feed, as_of)
        for node, result, indicator, feed in rows
    ]


def _figure(
    session: Session,
    plan: Plan,
    node: PlanNode,
    result: ExpectedResult,
    indicator: Indicator,
    feed: ResultMeasure,
    as_of: datetime,
) -> Figure:
    period = Period(plan.starts_on, plan.ends_on)
    ratio = MEASURES[feed.measure](session, plan.municipality_id, period, as_of)
    closed = clock.in_brussels(as_of).date() > plan.ends_on
    suggestion = suggest(ratio, result.target, closed=closed)
    return Figure(node.label, result.raw, result.target, indicator, ratio, suggestion)
