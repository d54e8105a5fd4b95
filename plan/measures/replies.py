"""Whether members answer what they are told."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlmodel import col

from feedback.models import InboundKind, InboundMessage
from hub.db import Condition
from messaging.models import ALARMING_STEPS, Broadcast, BroadcastKind, Delivery, DeliveryState
from plan.measures.asked import Asked, equals, here, in_period
from plan.measures.dates import seconds_between
from plan.measures.rows import Rows, rows

ANSWERED_WITHIN = timedelta(days=7)


def reply_rate(asked: Asked) -> Rows:
    """People to whom a message that expects a reply was delivered, at least seven days ago; and
    whether they wrote back about it within seven days. STOP and START are no reply, and neither is
    a machine's. An alert expects one; of other kinds only what is asked for by ``kind``."""
    return asked_to_reply(asked).where(col(Broadcast.released_at) <= asked.as_of - ANSWERED_WITHIN)


def asked_to_reply(asked: Asked) -> Rows:
    """All of them, also those who have some of the seven days left."""
    replied = _replied(asked).subquery()
    kind = asked.wants("kind") or BroadcastKind.URGENT_ALERT
    return (
        rows(
            "person",
            col(Delivery.person_id),
            col(Broadcast.released_at),
            place=col(Delivery.partnership_id),
            counts=replied.c.person_id.is_not(None),
        )
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .outerjoin(
            replied,
            (replied.c.person_id == col(Delivery.person_id))
            & (replied.c.broadcast_id == col(Delivery.broadcast_id)),
        )
        .where(
            _expects_a_reply(asked),
            col(Delivery.state) == DeliveryState.DELIVERED,
            here(col(Delivery.partnership_id), asked),
            col(Broadcast.kind) == kind,
            equals(col(Delivery.channel), asked.wants("channel")),
        )
    )


def _expects_a_reply(asked: Asked) -> Condition:
    """What speaks of something that goes on; its end asks nothing of anybody."""
    return and_(
        col(Broadcast.is_drill).is_(False),
        col(Broadcast.step).in_(ALARMING_STEPS),
        in_period(col(Broadcast.released_at), asked),
    )


def _replied(asked: Asked) -> Select[UUID | None, UUID]:
    """Who wrote back in time about which broadcast."""
    return (
        select(col(InboundMessage.person_id), col(Delivery.broadcast_id))
        .join(Delivery, col(Delivery.id) == col(InboundMessage.delivery_id))
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(
            _expects_a_reply(asked),
            col(InboundMessage.kind) == InboundKind.MESSAGE,
            col(InboundMessage.received_at) <= asked.as_of,
            seconds_between(col(Broadcast.released_at), col(InboundMessage.received_at))
            <= ANSWERED_WITHIN.total_seconds(),
        )
        .distinct()
    )
