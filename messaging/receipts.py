"""What the carrier says afterwards: folded into the rows in batches, and only ever upwards.

Receipts come late, twice and out of order; a signature has no time in it. So a receipt moves a
delivery to a higher rank or not at all, and a final state stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, String, case, func, insert, update
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, col

from channels.contract import Meaning
from channels.twilio_errors import receipt_meaning
from hub.columns import UtcDateTime, new_id
from hub.db import is_one_of
from hub.many_rows import ManyRows, NewValues, insert_new_rows
from messaging import dead_numbers
from messaging.audience import OPTED_OUT
from messaging.claims import Locked, lock_in_order
from messaging.models import (
    STATE_RANK,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    UnmatchedReceipt,
)
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
# Ours as well: a call that ended after a machine had taken it.
MACHINE_ANSWERED = "machine_answered"
_VOICE_STATES = {
    "queued": DeliveryState.ACCEPTED,
    "initiated": DeliveryState.ACCEPTED,
    "ringing": DeliveryState.SENT,
    "in-progress": DeliveryState.SENT,
    "answered": DeliveryState.SENT,
    "completed": DeliveryState.UNDELIVERED,
    MACHINE_ANSWERED: DeliveryState.UNDELIVERED,
    "busy": DeliveryState.UNDELIVERED,
    "no-answer": DeliveryState.UNDELIVERED,
    "failed": DeliveryState.UNDELIVERED,
    "canceled": DeliveryState.UNDELIVERED,
    KEY_PRESSED: DeliveryState.DELIVERED,
}
# What the mail door reads from a bounce. One that says "not yet" proves that a server has it.
MAIL_RETURNED, MAIL_DELAYED = "returned", "delayed"
_EMAIL_STATES = {
    MAIL_DELAYED: DeliveryState.SENT,
    MAIL_RETURNED: DeliveryState.UNDELIVERED,
}
# A member answered by text: no machine does that, so it proves more than any receipt.
REPLY, REPLIED = "reply", "replied"
_STATES = {
    REPLY: {REPLIED: DeliveryState.DELIVERED},
    "sms": _SMS_STATES,
    "voice": _VOICE_STATES,
    "whatsapp": _SMS_STATES,
    "email": _EMAIL_STATES,
}
# Why a delivery ended badly: by the carrier's code, else by what it called the ending.
_REASON_OF_CODE = {
    "21610": OPTED_OUT,
    "30003": "unreachable",
    "30004": "blocked",
    "30005": "unknown_number",
    "30006": "land_line",
    "30007": "filtered",
    "30036": "expired",
    "5.1.1": "unknown_address",
    "5.1.2": "unknown_address",
    "5.1.3": "unknown_address",
    "5.1.6": "unknown_address",
    "5.1.10": "unknown_address",
    "5.2.1": "unknown_address",
    "5.2.2": "mailbox_full",
    "63003": "no_whatsapp",
    "63024": "no_whatsapp",
}
_REASON_OF_STATUS = {
    "completed": "not_confirmed",
    MACHINE_ANSWERED: "machine",
    "busy": "busy",
    "no-answer": "no_answer",
    "undelivered": "carrier",
    "failed": "carrier",
    "canceled": "carrier",
    MAIL_RETURNED: "mail_returned",
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

    Receipts for deliveries that are not in the rows are kept apart (``messaging.unmatched``);
    statuses we do not know are passed over.
    """
    present = lock_in_order(session, [one.delivery_id for one in receipts])
    _keep_unmatched(session, [one for one in receipts if one.delivery_id not in present])
    known = sorted(
        (one for one in receipts if one.delivery_id in present and _state_of(one)), key=_rank
    )
    if not known:
        return
    moving = _moving(known, present)
    insert_new_rows(session, DeliveryEvent, [_event(one, one in moving) for one in known])
    replies = [one for one in known if one.channel == REPLY]
    for state in _MOVES:
        moved = [one for one in known if _state_of(one) is state and one.channel != REPLY]
        if moved:
            _MOVES[state].run(session, [_columns(one) for one in moved])
    if replies:
        _MOVE_BY_REPLY.run(session, [_columns(one) for one in replies])
    for one in known:
        if (
            one.code.isdecimal()
            and len(one.code) < 9
            and receipt_meaning(int(one.code)) is Meaning.OPTED_OUT
        ):
            _close_channel(session, one.delivery_id)
    unknown = [one.delivery_id for one in known if one.code == dead_numbers.UNKNOWN_NUMBER]
    dead_numbers.close_dead(session, unknown)


def _keep_unmatched(session: Session, receipts: Sequence[Receipt]) -> None:
    if receipts:
        rows = [{"id": new_id(), **asdict(one)} for one in receipts]
        session.execute(insert(UnmatchedReceipt), rows)


def _state_of(receipt: Receipt) -> DeliveryState | None:
    return _STATES.get(receipt.channel, {}).get(receipt.status)


def _rank(receipt: Receipt) -> int:
    state = _state_of(receipt)
    return STATE_RANK[state] if state else 0


def _moving(known: Sequence[Receipt], present: Mapping[int, Locked]) -> set[Receipt]:
    """Those that change the state of their delivery; the others came after a better word.

    ``known`` is in the order of ranks, in which they are applied.
    """
    now = {number: one.state for number, one in present.items()}
    moving: set[Receipt] = set()
    for one in known:
        state = _state_of(one)
        over = _REPLY_COUNTS_OVER if one.channel == REPLY else ()
        if state and now[one.delivery_id] in _movable(state, *over):
            now[one.delivery_id] = state
            moving.add(one)
    return moving


def _event(receipt: Receipt, is_moving: bool) -> dict[str, Any]:
    return {
        "delivery_id": receipt.delivery_id,
        "at": receipt.at,
        "source": "receipt",
        "state": receipt.status,
        "carrier_id": receipt.carrier_id,
        "attempt": 0,
        "code": receipt.code or None,
        "is_too_late": not is_moving,
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


_COLUMNS: dict[str, TypeEngine[Any]] = {
    "delivery_id": BigInteger(),
    "receipt_carrier_id": String(),
    "receipt_code": String(),
    "receipt_reason": String(),
    "receipt_at": UtcDateTime(),
}


@cache
def _movable(state: DeliveryState, *over: DeliveryState) -> tuple[DeliveryState, ...]:
    """From where a receipt moves a delivery to ``state``: any lower, not final one, or ``over``."""
    final = (DeliveryState.DELIVERED, DeliveryState.UNDELIVERED)
    lower = [one for one, rank in STATE_RANK.items() if rank < STATE_RANK[state]]
    return tuple(one for one in lower if one in over or one not in final)


def _move_to(state: DeliveryState, *over: DeliveryState) -> ManyRows:
    """The UPDATE that moves deliveries to ``state`` from where they may be moved."""
    may_move = list(_movable(state, *over))
    is_delivered = state is DeliveryState.DELIVERED
    is_sending = col(Delivery.state) == DeliveryState.SENDING

    def move(new: NewValues) -> Any:
        return (
            update(Delivery)
            .where(
                col(Delivery.id) == new["delivery_id"],
                is_one_of(col(Delivery.state), may_move),
            )
            .values(
                state=state,
                reason=new["receipt_reason"],
                carrier_id=func.coalesce(col(Delivery.carrier_id), new["receipt_carrier_id"]),
                carrier_code=func.coalesce(new["receipt_code"], col(Delivery.carrier_code)),
                handed_over_at=func.coalesce(col(Delivery.handed_over_at), new["receipt_at"]),
                delivered_at=new["receipt_at"] if is_delivered else col(Delivery.delivered_at),
                # What a worker still holds stays under its lease until it writes down its answer.
                lease_until=case((is_sending, col(Delivery.lease_until)), else_=None),
                changed_at=new["receipt_at"],
            )
            .execution_options(synchronize_session=False)
        )

    return ManyRows(move, _COLUMNS)


_MOVES = {
    state: _move_to(state)
    for state in (
        DeliveryState.ACCEPTED,
        DeliveryState.SENT,
        DeliveryState.UNDELIVERED,
        DeliveryState.DELIVERED,
    )
}


# He was called, did not press the key, and texted back.
_REPLY_COUNTS_OVER = (DeliveryState.UNDELIVERED,)
_MOVE_BY_REPLY = _move_to(DeliveryState.DELIVERED, *_REPLY_COUNTS_OVER)


def _close_channel(session: Session, delivery_id: int) -> None:
    delivery = session.get_one(Delivery, delivery_id)
    if delivery.contact_point_id is not None:
        point = session.get_one(ContactPoint, delivery.contact_point_id)
        contact.stop_all(session, point, "carrier_opt_out")
