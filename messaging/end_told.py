"""Whether the end of an alert was told: from then on nobody hears the alert any more.

The end goes to those who got the alert; who that was is settled at its release. An alert, or an
update of it, that reached somebody afterwards would leave him with a danger that is over, and
nobody would tell him.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hub.db import Condition
from messaging.models import (
    ALARMING_STEPS,
    ENDING_STEPS,
    Broadcast,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    Step,
)
from messaging.waiting_rows import change_waiting

Rows = Select[Any]

# Made once: a worker asks before each portion, and making them anew was a tenth of all its work.
_ended, _end = aliased(Broadcast), aliased(Broadcast)

# Why a delivery of the alert was not tried any more.
END_TOLD = "end_told"


def end_is_told(broadcast_id: Any) -> Condition:
    """The condition that the broadcast with this id belongs to an alert whose end was released: an
    all clear, a correction or feedback. What tells an end is itself ended by nothing.

    Cancelling the end does not bring the alert back: its time has passed.
    """
    return exists().where(
        col(_ended.id) == broadcast_id,
        col(_ended.step).in_(ALARMING_STEPS),
        col(_end.follows_id) == func.coalesce(col(_ended.follows_id), col(_ended.id)),
        col(_end.step).in_(ENDING_STEPS),
        col(_end.released_at).is_not(None),
    )


def feedback_stands(alert_id: Any) -> Condition:
    """The condition that the members were told how the alert with this id ended (R27).

    Feedback that was cancelled has left somebody without the end, so the alert waits for another.
    """
    answer = aliased(Broadcast)
    return exists().where(
        col(answer.follows_id) == alert_id,
        or_(col(answer.step) == Step.FEEDBACK, col(answer.counts_as_feedback)),
        col(answer.released_at).is_not(None),
        col(answer.status) != BroadcastStatus.CANCELLED,
    )


def is_corrected(alert_id: Any) -> Condition:
    """The condition that the alert with this id was called a false one."""
    answer = aliased(Broadcast)
    return exists().where(
        col(answer.follows_id) == alert_id,
        col(answer.step) == Step.CORRECTION,
        col(answer.released_at).is_not(None),
    )


def ended_by(broadcast: Broadcast) -> Rows:
    """The alert that this broadcast tells the end of, with all that went out about it before."""
    return alarms_of(broadcast.follows_id)


def alarms_of(alert_id: UUID | None) -> Rows:
    """The alert with this id, with its updates and second tries."""
    return select(col(Broadcast.id)).where(
        or_(
            col(Broadcast.id) == alert_id,
            and_(col(Broadcast.follows_id) == alert_id, col(Broadcast.step).in_(ALARMING_STEPS)),
        )
    )


def stop(session: Session, alerts: Rows) -> int:
    """End what of these alerts still waits to leave; how many deliveries. ``alerts`` selects ids.

    What a worker holds may have left: its person counts as having got the alert.
    """
    return change_waiting(
        session,
        col(Delivery.broadcast_id).in_(alerts),
        state=DeliveryState.CANCELLED,
        reason=END_TOLD,
    )
