"""Who did not get an alert: all that was tried for him has ended, and nothing proves it arrived."""

from typing import Any

from sqlalchemy import Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hub import clock
from messaging.end_told import end_is_told
from messaging.in_order import alert_and_again
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    Step,
)

# A mail that was sent has had its last word, and says nothing of whether it was read: it is no
# reason to send another.
_ENDED = (
    DeliveryState.NO_RECEIPT,
    DeliveryState.UNDELIVERED,
    DeliveryState.FAILED,
    DeliveryState.EXPIRED,
    DeliveryState.CANCELLED,
)
_GOT_IT_OR_MAY_YET = (
    DeliveryState.DELIVERED,
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
    DeliveryState.UNKNOWN,
    DeliveryState.ACCEPTED,
    DeliveryState.SENT,
)
_WORTH_A_NEXT_WAY = (DeliveryState.NO_RECEIPT, DeliveryState.UNDELIVERED, DeliveryState.FAILED)


def missed_among(members: Select[Any], broadcast: Broadcast) -> Select[Any]:
    """Those of ``members`` who did not get the alert that ``broadcast`` is sent again for."""
    member = members.subquery("member")
    return select(member).where(member.c.person_id.in_(_missed(broadcast.follows_id)))


def count(session: Session, alert: Broadcast) -> int:
    """How many people did not get this alert, nor a second try of it."""
    people = _missed(alert.id).subquery("missed")
    found: int = session.execute(select(func.count()).select_from(people)).scalar_one()
    return found


def count_once_over(session: Session, alert: Broadcast) -> int:
    """The same once nobody is tried by himself any more; 0 before, and for what is no alert."""
    is_alert = alert.step is Step.FIRST and alert.kind is BroadcastKind.URGENT_ALERT
    ended = (BroadcastStatus.FINISHED, BroadcastStatus.CANCELLED)
    is_over = alert.status in ended or alert.expires_at <= clock.now()
    if not is_alert or not is_over or alert.released_at is None:
        return 0
    is_ended = session.execute(select(end_is_told(literal(alert.id)))).scalar_one()
    return 0 if is_ended else count(session, alert)


def _missed(alert_id: Any) -> Select[Any]:
    tried = alert_and_again(alert_id)
    other, on = aliased(Delivery), aliased(Broadcast)
    his = and_(col(other.broadcast_id).in_(tried), col(other.person_id) == col(Delivery.person_id))
    # His next way is about to be taken: no second message beside it.
    is_tried_on = and_(
        col(other.state).in_(_WORTH_A_NEXT_WAY),
        col(other.escalated_at).is_(None),
        exists().where(
            col(on.id) == col(other.broadcast_id),
            col(on.kind) == BroadcastKind.URGENT_ALERT,
            col(on.status) == BroadcastStatus.SENDING,
            col(on.expires_at) > clock.now(),
        ),
    )
    return (
        select(col(Delivery.person_id))
        .where(
            col(Delivery.broadcast_id).in_(tried),
            col(Delivery.state).in_(_ENDED),
            ~exists().where(his, or_(col(other.state).in_(_GOT_IT_OR_MAY_YET), is_tried_on)),
        )
        .distinct()
    )
