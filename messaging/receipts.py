"""What the carrier says afterwards: folded into the rows in batches, and only ever upwards.

Receipts come late, twice and out of order; a signature has no time in it. So a receipt moves a
delivery to a higher rank or not at all, and a final state stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select, update
from sqlmodel import Session, col

from channels.contract import Meaning
from channels.twilio_errors import receipt_meaning
from hub.columns import UtcDateTime
from hub.db import insert_new, is_one_of
from messaging.audience import OPTED_OUT
from messaging.models import STATE_RANK, Delivery, DeliveryEvent, DeliveryState
from partnerships import contact
from partnerships.models import ContactPoint

_SMS_STATES = {
    "accepted": DeliveryState.ACCEPTED,
    "scheduled": DeliveryState.ACCEPTED,
    "queued": DeliveryState.ACCEPTED,
    "sending": DeliveryState.ACCEPTED,
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.DELIVERED,
    "undelivered": DeliveryState.UNDELIVERED,
    "failed": DeliveryState.UNDELIVERED,
    "canceled": DeliveryState.UNDELIVERED,
}
# "completed" includes voicemail, so only a key press proves that a person heard it.
KEY_PRESSED = "key_pressed"
_VOICE_STATES = {
    "queued": DeliveryState.ACCEPTED,
    "initiated": DeliveryState.ACCEPTED,
    "ringing": DeliveryState.SENT,
    "in-progress": DeliveryState.SENT,
    "answered": DeliveryState.SENT,
    "completed": DeliveryState.UNDELIVERED,
    "busy": DeliveryState.UNDELIVERED,
    "no-answer": DeliveryState.UNDELIVERED,
    "failed": DeliveryState.UNDELIVERED,
    "canceled": DeliveryState.UNDELIVERED,
    KEY_PRESSED: DeliveryState.DELIVERED,
}
_STATES = {"sms": _SMS_STATES, "voice": _VOICE_STATES}
# Why a delivery ended badly: by the carrier's code, else by what it called the ending.
_REASON_OF_CODE = {
    "21610": OPTED_OUT,
    "30003": "unreachable",
    "30004": "blocked",
    "30005": "unknown_number",
    "30006": "land_line",
    "30007": "filtered",
    "30036": "expired",
}
_REASON_OF_STATUS = {
    "completed": "not_confirmed",
    "busy": "busy",
    "no-answer": "no_answer",
    "undelivered": "carrier",
    "failed": "carrier",
    "canceled": "carrier",
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One word of a carrier about one delivery. ``code`` is the carrier's error code, or empty."""

    delivery_id: int
    channel: str
    status: str
    carrier_id: str
    code: str
    at: datetime


def fold(session: Session, receipts: Sequence[Receipt]) -> None:
    """Apply a batch of receipts; applying any of them again changes nothing.

    Receipts for deliveries we do not have, and statuses we do not know, are passed over.
    """
    known = _of_known_deliveries(session, receipts)
    if not known:
        return
    session.execute(insert_new(session, DeliveryEvent), [_event(one) for one in known])
    for state in _MOVES:
        moved = [one for one in known if _state_of(one) is state]
        if moved:
            session.connection().execute(_MOVES[state], [_columns(one) for one in moved])
    for one in known:
        if one.code.isdigit() and receipt_meaning(int(one.code)) is Meaning.OPTED_OUT:
            _close_channel(session, one.delivery_id)


def _of_known_deliveries(session: Session, receipts: Sequence[Receipt]) -> list[Receipt]:
    wanted = {one.delivery_id for one in receipts}
    ids = session.execute(select(col(Delivery.id)).where(col(Delivery.id).in_(wanted))).scalars()
    present = set(ids)
    return [one for one in receipts if one.delivery_id in present and _state_of(one)]


def _state_of(receipt: Receipt) -> DeliveryState | None:
    return _STATES.get(receipt.channel, {}).get(receipt.status)


def _event(receipt: Receipt) -> dict[str, Any]:
    return {
        "delivery_id": receipt.delivery_id,
        "at": receipt.at,
        "source": "receipt",
        "state": receipt.status,
        "carrier_id": receipt.carrier_id,
        "attempt": 0,
        "code": receipt.code or None,
    }


def _columns(receipt: Receipt) -> dict[str, Any]:
    return {
        "delivery_id": receipt.delivery_id,
        "receipt_carrier_id": receipt.carrier_id or None,
        "receipt_code": receipt.code or None,
        "receipt_reason": _REASON_OF_CODE.get(receipt.code)
        or _REASON_OF_STATUS.get(receipt.status),
        "receipt_at": receipt.at,
    }


def _move_to(state: DeliveryState) -> Any:
    """The UPDATE that moves deliveries to ``state`` from any lower, not final one."""
    final = (DeliveryState.DELIVERED, DeliveryState.UNDELIVERED)
    lower = [one for one, rank in STATE_RANK.items() if rank < STATE_RANK[state]]
    at = bindparam("receipt_at", type_=UtcDateTime)
    is_delivered = state is DeliveryState.DELIVERED
    return (
        update(Delivery)
        .where(
            col(Delivery.id) == bindparam("delivery_id"),
            is_one_of(col(Delivery.state), [one for one in lower if one not in final]),
        )
        .values(
            state=state,
            reason=bindparam("receipt_reason"),
            carrier_id=func.coalesce(col(Delivery.carrier_id), bindparam("receipt_carrier_id")),
            carrier_code=func.coalesce(bindparam("receipt_code"), col(Delivery.carrier_code)),
            handed_over_at=func.coalesce(col(Delivery.handed_over_at), at),
            delivered_at=at if is_delivered else col(Delivery.delivered_at),
            # What a worker still holds stays under its lease until it writes down its answer.
            lease_until=case(
                (
                    col(Delivery.state) == DeliveryState.SENDING,
                    col(Delivery.lease_until),
                ),
                else_=None,
            ),
            changed_at=at,
        )
        .execution_options(synchronize_session=False)
    )


_MOVES = {
    state: _move_to(state)
    for state in (
        DeliveryState.ACCEPTED,
        DeliveryState.SENT,
        DeliveryState.UNDELIVERED,
        DeliveryState.DELIVERED,
    )
}


def _close_channel(session: Session, delivery_id: int) -> None:
    delivery = session.get_one(Delivery, delivery_id)
    if delivery.contact_point_id is not None:
        point = session.get_one(ContactPoint, delivery.contact_point_id)
        contact.stop_all(session, point, "carrier_opt_out")
