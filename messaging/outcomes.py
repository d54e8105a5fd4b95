"""Writing down what the carrier said: by fence, in bulk, with the history beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import Any

from sqlalchemy import bindparam, case, func, update
from sqlmodel import Session, col

from channels.contract import Accepted, Meaning, Refused, Result, Unclear
from hub import clock
from hub.columns import UtcDateTime, word
from hub.db import insert_new, is_one_of
from messaging.audience import OPTED_OUT
from messaging.claims import Claimed
from messaging.models import Delivery, DeliveryEvent, DeliveryState
from partnerships import contact
from partnerships.models import Channel, ContactPoint

# Seconds to wait before the next try; five tries in all (the first is at once).
_WAITS = (5, 30, 120, 300)
_UNFINISHED = (DeliveryState.SENDING, DeliveryState.UNKNOWN)
# The mail server's yes is the last word there is: mail has no receipts, so it ends as sent, and is
# never called delivered.
_ACCEPTED_STATE = {
    Channel.SMS: DeliveryState.ACCEPTED,
    Channel.VOICE: DeliveryState.ACCEPTED,
    Channel.EMAIL: DeliveryState.SENT,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claimed delivery."""

    delivery: Claimed
    state: DeliveryState
    at: datetime
    carrier_id: str | None = None
    segments: int | None = None
    reason: str | None = None
    code: str | None = None
    not_before: datetime | None = None
    closes_channel: bool = False


def outcome_of(delivery: Claimed, result: Result, expires_at: datetime) -> Outcome:
    """The next state of a delivery after the carrier's answer."""
    at = clock.now()
    if isinstance(result, Accepted):
        state = _ACCEPTED_STATE[delivery.channel]
        return Outcome(delivery, state, at, result.carrier_id, result.segments)
    if isinstance(result, Unclear):
        return Outcome(delivery, DeliveryState.UNKNOWN, at, reason=result.cause)
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
    again = _next_try(delivery, refusal, at)
    if again is None or again >= expires_at:
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


def _next_try(delivery: Claimed, refusal: Refused, at: datetime) -> datetime | None:
    if delivery.attempt > len(_WAITS):
        return None
    wait = max(_WAITS[delivery.attempt - 1], refusal.retry_after or 0)
    # Spread, so that a thousand refused at once do not all come back at once.
    return at + timedelta(seconds=wait * uniform(0.8, 1.2))  # noqa: S311 - not a secret


_state = word(DeliveryState)

# Whatever a receipt has already said of the state stands; what the carrier's answer adds (its id,
# the time, the segments) is kept all the same. A claim that lost its fence writes nothing.
_RECORD = (
    update(Delivery)
    .where(
        col(Delivery.id) == bindparam("delivery_id"),
        col(Delivery.fence) == bindparam("claim_fence"),
    )
    .values(
        state=case(
            (is_one_of(col(Delivery.state), _UNFINISHED), bindparam("next_state", type_=_state)),
            else_=col(Delivery.state),
        ),
        reason=case(
            (is_one_of(col(Delivery.state), _UNFINISHED), bindparam("next_reason")),
            else_=col(Delivery.reason),
        ),
        carrier_id=func.coalesce(col(Delivery.carrier_id), bindparam("next_carrier_id")),
        carrier_code=func.coalesce(bindparam("next_code"), col(Delivery.carrier_code)),
        segments=func.coalesce(bindparam("next_segments"), col(Delivery.segments)),
        handed_over_at=func.coalesce(
            col(Delivery.handed_over_at), bindparam("next_handed_over_at", type_=UtcDateTime)
        ),
        delivered_at=func.coalesce(
            col(Delivery.delivered_at), bindparam("next_delivered_at", type_=UtcDateTime)
        ),
        not_before=bindparam("next_not_before", type_=UtcDateTime),
        lease_until=None,
        changed_at=bindparam("at", type_=UtcDateTime),
    )
    .execution_options(synchronize_session=False)
)


def record(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Write a batch of outcomes and their history; two statements whatever its size."""
    if not outcomes:
        return
    connection = session.connection()
    connection.execute(_RECORD, [_columns(one) for one in outcomes])
    session.execute(insert_new(session, DeliveryEvent), [_event(one) for one in outcomes])
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
        "next_carrier_id": one.carrier_id,
        "next_code": one.code,
        "next_segments": one.segments,
        "next_handed_over_at": one.at if handed_over else None,
        "next_delivered_at": one.at if delivered else None,
        "next_not_before": one.not_before,
        "at": one.at,
    }


def _event(one: Outcome) -> dict[str, Any]:
    return {
        "delivery_id": one.delivery.id,
        "at": one.at,
        "source": "carrier",
        "state": one.state,
        "carrier_id": one.carrier_id or "",
        "attempt": one.delivery.attempt,
        "code": one.code,
    }


def _close_channel(session: Session, one: Outcome) -> None:
    delivery = session.get_one(Delivery, one.delivery.id)
    if delivery.contact_point_id is not None:
        point = session.get_one(ContactPoint, delivery.contact_point_id)
        contact.stop_all(session, point, "carrier_opt_out")
