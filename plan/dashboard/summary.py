"""The plan in one drawing for the first page: the newest in force, in the year that goes on."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub import clock
from hub.access import Actor
from plan.dashboard import board, drawings
from plan.dashboard.board import Distribution
from plan.dashboard.reach import newest_in_force
from plan.models import Plan
from plan.standing import spans
from plan.standing.spans import Span


@dataclass(frozen=True, slots=True)
class Summary:
    """What ``plan/dashboard/home_card.html`` shows as ``plan_summary``."""

    plan: Plan
    span: Span
    as_of: datetime
    distribution: Distribution
    pieces: tuple[drawings.Piece, ...]
    without_motivation: int


def of_newest(session: Session, actor: Actor) -> Summary | None:
    """``None`` where no plan within reach is in force."""
    plan, as_of = newest_in_force(session, actor), clock.now()
    if plan is None:
        return None
    span = spans.chosen(plan, "", clock.in_brussels(as_of).date())
    found = board.of_plan(session, plan, span, as_of)
    return Summary(
        plan,
        span,
        as_of,
        found.distribution,
        tuple(drawings.pieces(found.distribution)),
        sum(one.wants_motivation for one in found.shown),
    )
