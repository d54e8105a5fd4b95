"""What was sent to a person, for himself to read. It holds no name and no number of his."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from hub.i18n import mark
from messaging.models import Broadcast, Delivery
from partnerships.models import Partnership
from partnerships.own_data import Holder

Row = dict[str, Any]


def _sent_to(session: Session, person_id: UUID) -> list[Row]:
    rows = session.exec(
        select(Delivery, Broadcast.kind, Partnership.name)
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .join(Partnership, col(Partnership.id) == col(Delivery.partnership_id))
        .where(Delivery.person_id == person_id)
        .order_by(col(Delivery.id))
    )
    return [_row(delivery, kind, name) for delivery, kind, name in rows]


def _row(delivery: Delivery, kind: str, partnership: str) -> Row:
    return {
        "kind": kind,
        "partnership": partnership,
        "channel": delivery.channel,
        "language": delivery.language,
        "state": delivery.state,
        "reason": delivery.reason,
        "queued_at": delivery.queued_at.isoformat(),
        "handed_over_at": delivery.handed_over_at and delivery.handed_over_at.isoformat(),
        "delivered_at": delivery.delivered_at and delivery.delivered_at.isoformat(),
    }


def _nothing_to_forget(_session: Session, _person_id: UUID) -> None:
    """Deliveries are counted for ever, and once the person is nameless they are nobody's."""


SENT = Holder(mark("Messages to you"), _sent_to, _nothing_to_forget)
