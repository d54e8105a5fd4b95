"""Writing down what the carrier said: by fence, in bulk, with the history beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import Any

from sqlalchemy import BigInteger, Integer, String, case, func, null, update
from sqlmodel import Session, col

from channels.contract import Accepted, Meaning, Refused, Result, Unclear
from hub import clock
from hub.columns import UtcDateTime, word
from hub.db import is_one_of
from hub.many_rows import ManyRows, NewValues, insert_new_rows
from messaging.audience import OPTED_OUT
from messaging.claims import Claimed, Locked, lock_in_order
from messaging.models import Delivery, DeliveryEvent, DeliveryState
from partnerships import contact
from partnerships.models import Channel, ContactPoint

# Seconds to wait before the next try; the last one again and again, until the message is too old.
_WAITS = (5, 30, 120, 300)
_UNFINISHED = (DeliveryState.SENDING, DeliveryState.UNKNOWN)
# The mail server's yes is the last word there is: mail has no receipts, so it ends as sent, and is
# never called delivered.
_ACCEPTED_STATE = {
    Channel.SMS: DeliveryState.ACCEPTED,
    Channel.VOICE: DeliveryState.ACCEPTED,
    Channel.EMAIL: DeliveryState.SENT,
    Channel.WHATSAPP: DeliveryState.ACCEPTED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claimed delivery."""

    delivery: Claimed
    state: DeliveryState
    at: datetime
    # The configured carrier that was asked to take it; none when none was.
    carrier: str | None = None
    carrier_id: str | None = None
    segments: int | None = None
    reason: str | None = None
    code: str | None = None
    not_before: datetime | None = None
    closes_channel: bool = False


def outcome_of(
    delivery: Claimed, result: Result, expires_at: datetime, carrier: str | None = None
) -> Outcome:
    """The next state of a delivery after the answer of ``carrier``."""
    at = clock.now()
    if isinstance(result, Accepted):
        state = _ACCEPTED_STATE[delivery.channel]
        return Outcome(delivery, state, at, carrier, result.carrier_id, result.segments)
    if isinstance(result, Unclear):
        return Outcome(delivery, DeliveryState.UNKNOWN, at, carrier, reason=result.cause)
    return _refused(delivery, result, at, expires_at)


def _refused(delivery: Claimed, refusal: Refused, at: datetime, expires_at: datetime) -> Outcome:
    if refusal.meaning is Meaning.OPTED_OUT:
        return Outcome(
            delivery,
            DeliveryState.FAILED,
            at,
            reason=OPTED_OUT,
            code=refusal.code,
            closes_channel=True,
        )
    if refusal.meaning in (Meaning.STOP_POINT, Meaning.FAULT):
        return Outcome(
            delivery, DeliveryState.FAILED, at, reason=refusal.meaning, code=refusal.code
        )
    again = at + timedelta(seconds=_wait(delivery, refusal))
    if again >= expires_at:
        return Outcome(
            delivery, DeliveryState.FAILED, at, reason="tries_used_up", code=refusal.code
        )
    return Outcome(
        delivery,
        DeliveryState.QUEUED,
        at,
        reason=refusal.meaning,
        code=refusal.code,
        not_before=again,
    )


def _wait(delivery: Claimed, refusal: Refused) -> float:
    # "Slow down" is about the sender's pace, which is kept elsewhere: this message is as good as
    # new and comes back with the first that may leave.
    is_paced = refusal.meaning is Meaning.SLOW_DOWN
    tries = 1 if is_paced else min(delivery.attempt, len(_WAITS))
    wait = max(1 if is_paced else _WAITS[tries - 1], refusal.retry_after or 0)
    # Spread, so that a thousand refused at once do not all come back at once; never before the
    # carrier said.
    return wait * uniform(1.0, 1.3)  # noqa: S311 - not a secret


def _update(new: NewValues) -> Any:
    """Whatever a receipt has already said of the state stands; what the carrier's answer adds (its
    id, the time, the segments) is kept all the same. A claim that lost its fence writes nothing."""
    is_open = is_one_of(col(Delivery.state), _UNFINISHED)
    return (
        update(Delivery)
        .where(
            col(Delivery.id) == new["delivery_id"],
            col(Delivery.fence) == new["claim_fence"],
        )
        .values(
            state=case((is_open, new["next_state"]), else_=col(Delivery.state)),
            reason=case((is_open, new["next_reason"]), else_=col(Delivery.reason)),
            carrier=func.coalesce(new["next_carrier"], col(Delivery.carrier)),
            carrier_id=func.coalesce(col(Delivery.carrier_id), new["next_carrier_id"]),
            carrier_code=func.coalesce(new["next_code"], col(Delivery.carrier_code)),
            segments=func.coalesce(new["next_segments"], col(Delivery.segments)),
            handed_over_at=func.coalesce(col(Delivery.handed_over_at), new["next_handed_over_at"]),
            delivered_at=func.coalesce(col(Delivery.delivered_at), new["next_delivered_at"]),
            not_before=case((is_open, new["next_not_before"]), else_=col(Delivery.not_before)),
            lease_until=null(),
            changed_at=new["at"],
        )
        .execution_options(synchronize_session=False)
    )


_RECORD = ManyRows(
    _update,
    {
        "delivery_id": BigInteger(),
        "claim_fence": Integer(),
        "next_state": word(DeliveryState),
        "next_reason": String(),
        "next_carrier": String(),
        "next_carrier_id": String(),
        "next_code": String(),
        "next_segments": Integer(),
        "next_handed_over_at": UtcDateTime(),
        "next_delivered_at": UtcDateTime(),
        "next_not_before": UtcDateTime(),
        "at": UtcDateTime(),
    },
)


def record(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Write a batch of outcomes and their history; three statements whatever its size."""
    if not outcomes:
        return
    locked = lock_in_order(session, [one.delivery.id for one in outcomes])
    _RECORD.run(session, [_columns(one) for one in outcomes])
    events = [_event(one, locked[one.delivery.id]) for one in outcomes]
    insert_new_rows(session, DeliveryEvent, events)
    for one in outcomes:
        if one.closes_channel:
            _close_channel(session, one)


def _columns(one: Outcome) -> dict[str, Any]:
    handed_over = one.carrier_id is not None
    delivered = one.state is DeliveryState.DELIVERED
    return {
        "delivery_id": one.delivery.id,
        "claim_fence": one.delivery.fence,
        "next_state": one.state,
        "next_reason": one.reason,
        "next_carrier": one.carrier,
        "next_carrier_id": one.carrier_id,
        "next_code": one.code,
        "next_segments": one.segments,
        "next_handed_over_at": one.at if handed_over else None,
        "next_delivered_at": one.at if delivered else None,
        "next_not_before": one.not_before,
        "at": one.at,
    }


def _event(one: Outcome, before: Locked) -> dict[str, Any]:
    # Kept all the same: the carrier has said it, and what it calls the message may be asked for.
    is_ours = before.fence == one.delivery.fence and before.state in _UNFINISHED
    return {
        "delivery_id": one.delivery.id,
        "at": one.at,
        "source": "carrier",
        "state": one.state,
        "carrier_id": one.carrier_id or "",
        "attempt": one.delivery.attempt,
        "code": one.code,
        "is_too_late": not is_ours,
    }


def _close_channel(session: Session, one: Outcome) -> None:
    delivery = session.get_one(Delivery, one.delivery.id)
    if delivery.contact_point_id is not None:
        point = session.get_one(ContactPoint, delivery.contact_point_id)
        contact.stop_all(session, point, "carrier_opt_out")
