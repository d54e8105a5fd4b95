"""What was promised to a partnership and kept in a year: feedback in time, messages passed on,
people reached (domain.md 6a (4), indicators I5, I7, I9, I10)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from uuid import UUID

from sqlalchemy import Executable, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from feedback.evaluation_years import Year
from feedback.message_figures import released_in
from hub.db import Condition
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    LaunchDecision,
    LaunchTold,
    Relay,
    RelayState,
    Step,
)
from partnerships.models import CommunicationPlan

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FeedbackFigures:
    """Of the alerts of a year: how many owed feedback, got it, got it within the plan's delay; the
    median of the whole hours it took, ``None`` where nobody got any."""

    owed: int = 0
    given: int = 0
    in_time: int = 0
    median_hours: int | None = None


def feedback(session: Session, partnership_id: UUID, year: Year) -> FeedbackFigures:
    """Feedback on the alerts of the year, whenever it was given."""
    rows = session.execute(_alerts_with_feedback(partnership_id, year)).all()
    took = [(told - released, hours * _HOUR) for released, hours, told in rows if told is not None]
    return FeedbackFigures(
        owed=len(rows),
        given=len(took),
        in_time=sum(one <= promised for one, promised in took),
        median_hours=_median_hours([one for one, _promised in took]),
    )


def _alerts_with_feedback(partnership_id: UUID, year: Year) -> Executable:
    answer = aliased(Broadcast)
    told = (
        select(func.min(answer.released_at))
        .where(
            col(answer.follows_id) == col(Broadcast.id),
            or_(col(answer.step) == Step.FEEDBACK, col(answer.counts_as_feedback)),
            col(answer.released_at).is_not(None),
            col(answer.status) != BroadcastStatus.CANCELLED,
        )
        .scalar_subquery()
    )
    return (
        select(col(Broadcast.released_at), col(CommunicationPlan.feedback_within_hours), told)
        .join(BroadcastPartnership, col(BroadcastPartnership.broadcast_id) == col(Broadcast.id))
        .join(
            CommunicationPlan,
            col(CommunicationPlan.id) == col(BroadcastPartnership.communication_plan_id),
        )
        .where(
            col(BroadcastPartnership.partnership_id) == partnership_id, released_in(year), _is_hot()
        )
    )


def _is_hot() -> Condition:
    return (
        (col(Broadcast.kind) == BroadcastKind.URGENT_ALERT)
        & (col(Broadcast.step) == Step.FIRST)
        & col(Broadcast.is_drill).is_(False)
    )


def _median_hours(took: Sequence[timedelta]) -> int | None:
    return round(median(one / _HOUR for one in took)) if took else None


@dataclass(frozen=True, slots=True)
class RelayFigures:
    """What coordinators did with what was brought to them in a year."""

    asked: int = 0
    passed_on: int = 0
    declined: int = 0
    lapsed: int = 0
    median_hours: int | None = None


def relay(session: Session, partnership_id: UUID, year: Year) -> RelayFigures:
    """Messages that waited for a coordinator; what left without one is not counted."""
    asked = session.scalars(
        select(Relay).where(
            col(Relay.partnership_id) == partnership_id,
            col(Relay.asked_at) >= year.start,
            col(Relay.asked_at) < year.end,
            col(Relay.state).not_in((RelayState.DIRECT, RelayState.WITHDRAWN)),
        )
    ).all()
    states = Counter(one.state for one in asked)
    took = [one.decided_at - one.asked_at for one in asked if one.decided_at and one.asked_at]
    return RelayFigures(
        asked=len(asked),
        passed_on=states[RelayState.RELAYED] + states[RelayState.SCHEDULED],
        declined=states[RelayState.DECLINED],
        lapsed=states[RelayState.LAPSED],
        median_hours=_median_hours(took),
    )


@dataclass(frozen=True, slots=True)
class ReachFigures:
    """Alerts to people: each person counts once for each alert, reached where anything proves it.
    Sent is never reached (I7)."""

    meant: int = 0
    reached: int = 0


def reach(session: Session, partnership_id: UUID, year: Year) -> ReachFigures:
    """Those who got an alert by way of this partnership; whoever is in two counts in one."""
    is_proof = col(Delivery.state) == DeliveryState.DELIVERED
    people = (
        select(func.count().filter(is_proof).label("proofs"))
        .select_from(Delivery)
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(col(Delivery.partnership_id) == partnership_id, released_in(year), _is_hot())
        .group_by(col(Delivery.broadcast_id), col(Delivery.person_id))
        .subquery()
    )
    meant, reached = session.execute(
        select(func.count(), func.count().filter(people.c.proofs > 0)).select_from(people)
    ).one()
    return ReachFigures(meant, reached)


@dataclass(frozen=True, slots=True)
class NotLaunchedFigures:
    """The decisions not to call this partnership that its coordinators were told (R30)."""

    reasons: dict[str, int] = field(default_factory=dict)


def not_launched(session: Session, partnership_id: UUID, year: Year) -> NotLaunchedFigures:
    """By the code of the reason."""
    told = session.scalars(
        select(col(LaunchDecision.reason))
        .join(LaunchTold, col(LaunchTold.decision_id) == col(LaunchDecision.id))
        .where(
            col(LaunchTold.partnership_id) == partnership_id,
            col(LaunchDecision.decided_at) >= year.start,
            col(LaunchDecision.decided_at) < year.end,
        )
    )
    return NotLaunchedFigures({reason.value: count for reason, count in Counter(told).items()})
