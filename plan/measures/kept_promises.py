"""Whether members were told how it ended, in the time they were promised (R27)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, or_, select
from sqlmodel import Session, col

from hub.columns import UtcDateTime
from hub.db import Condition
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    Step,
)
from partnerships.models import CommunicationPlan
from plan.measures.asked import Asked, here, in_period
from plan.measures.dates import seconds_between
from plan.measures.figure import Ratio
from plan.measures.messages import is_first_and_real
from plan.measures.period import Period
from plan.measures.rows import Rows, rows, spread

_SECONDS_OF_AN_HOUR = 3600


def alerts_with_feedback_in_time(
    session: Session, municipality_id: UUID, period: Period, as_of: datetime
) -> Ratio:
    """The share of ``feedback_in_time`` for a whole town, by its parts."""
    added = spread(session, feedback_in_time(Asked(municipality_id, period, as_of)))[None]
    return Ratio(added.counting, added.cases)


def feedback_in_time(asked: Asked) -> Rows:
    """Urgent alerts that are settled: feedback was given, or the delay of the communication plan
    has passed; and whether feedback was released within that delay.

    Where plans differ, the shortest delay counts. Drills are left out.
    """
    return _alerts(asked, only_settled=True)


def alerts_owed_feedback(asked: Asked) -> Rows:
    """All of them, also those whose delay still runs."""
    return _alerts(asked, only_settled=False)


def _alerts(asked: Asked, *, only_settled: bool) -> Rows:
    promised, told = _promised().subquery(), _told(asked).subquery()
    within = promised.c.hours * _SECONDS_OF_AN_HOUR
    known_at = literal(asked.as_of, UtcDateTime())
    settled = or_(
        told.c.at.is_not(None), seconds_between(col(Broadcast.released_at), known_at) >= within
    )
    counts: Condition = and_(
        told.c.at.is_not(None), seconds_between(col(Broadcast.released_at), told.c.at) <= within
    )
    to = col(BroadcastPartnership.partnership_id)
    alerts = (
        rows("broadcast", col(Broadcast.id), col(Broadcast.released_at), place=to, counts=counts)
        .join(BroadcastPartnership, col(BroadcastPartnership.broadcast_id) == col(Broadcast.id))
        .join(promised, promised.c.broadcast_id == col(Broadcast.id))
        .outerjoin(told, told.c.follows_id == col(Broadcast.id))
        .where(
            col(Broadcast.kind) == BroadcastKind.URGENT_ALERT,
            is_first_and_real(),
            in_period(col(Broadcast.released_at), asked),
            here(to, asked),
        )
    )
    return alerts.where(settled) if only_settled else alerts


def _promised() -> Select[UUID, int]:
    """Within how many hours everyone a broadcast went to was promised its outcome."""
    return (
        select(
            col(BroadcastPartnership.broadcast_id),
            func.min(col(CommunicationPlan.feedback_within_hours)).label("hours"),
        )
        .join(
            CommunicationPlan,
            col(CommunicationPlan.id) == col(BroadcastPartnership.communication_plan_id),
        )
        .group_by(col(BroadcastPartnership.broadcast_id))
    )


def _told(asked: Asked) -> Select[UUID | None, datetime | None]:
    """When the outcome of each alert was first told, as far as it is known."""
    return (
        select(col(Broadcast.follows_id), func.min(col(Broadcast.released_at)).label("at"))
        .where(
            or_(col(Broadcast.step) == Step.FEEDBACK, col(Broadcast.counts_as_feedback)),
            col(Broadcast.released_at) <= asked.as_of,
            # What was cancelled has left somebody untold.
            col(Broadcast.status) != BroadcastStatus.CANCELLED,
        )
        .group_by(col(Broadcast.follows_id))
    )
