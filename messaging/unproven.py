"""Deliveries of an alert that nothing proved to have arrived, and that are waited for no longer."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, exists, false, func, or_, select, union_all
from sqlmodel import Session, col

from hub import clock
from hub.db import Condition
from messaging.audience import OPTED_OUT, Rows
from messaging.end_told import end_is_told
from messaging.fan_out import FIRST_ATTEMPT
from messaging.models import (
    ENDED_UNPROVEN,
    IN_DOUBT,
    UNPROVEN,
    WAITING,
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    state_is,
)
from messaging.reached import already_reached
from messaging.skip_reasons import CALLS_CLOSED
from partnerships.models import Channel, CommunicationPlan


def may_escalate() -> Condition:
    """The condition on ``Broadcast`` that its people are still tried by their next ways."""
    return and_(
        col(Broadcast.kind) == BroadcastKind.URGENT_ALERT,
        col(Broadcast.status) == BroadcastStatus.SENDING,
        col(Broadcast.expires_at) > clock.now(),
        col(Broadcast.paused_at).is_(None),
        ~end_is_told(col(Broadcast.id)),
    )


def to_give_up(session: Session, broadcast: Broadcast, at: datetime) -> Rows:
    """The deliveries to be given up: each the newest of its person, as all before it were."""
    waited = _waited(session, broadcast, at, _since())
    # Tried and sent back: his carrier may be away for hours, another way is not. Who still waits
    # for the pace of a sender was not tried, and is not called because of it.
    sent_back = and_(
        col(Delivery.attempts) > 0, _waited(session, broadcast, at, col(Delivery.queued_at))
    )
    state, channel = col(Delivery.state), col(Delivery.channel)
    # Mail proves nothing, so there is nothing to wait for.
    is_mail = and_(state == DeliveryState.SENT, channel == Channel.EMAIL)
    no_proof = or_(_ended(), and_(state == DeliveryState.NO_RECEIPT, waited))
    # Four questions, each of a small index.
    parts = (
        and_(state_is(*ENDED_UNPROVEN), no_proof),
        and_(state_is(*UNPROVEN), or_(is_mail, waited)),
        and_(state_is(*IN_DOUBT), state == DeliveryState.UNKNOWN, waited),
        and_(state_is(*WAITING), sent_back),
    )
    found = union_all(
        *(
            select(col(Delivery.id)).where(
                col(Delivery.broadcast_id) == broadcast.id,
                col(Delivery.escalated_at).is_(None),
                part,
                ~already_reached(),
            )
            for part in parts
        )
    ).subquery("due")
    return select(found.c.id)


def _ended() -> Condition:
    """Ended badly, for good. What fan-out skipped has its reason on record and no next way."""
    closed_meanwhile = and_(
        col(Delivery.state) == DeliveryState.SKIPPED,
        or_(
            and_(col(Delivery.reason) == OPTED_OUT, col(Delivery.attempt_kind) != FIRST_ATTEMPT),
            # His hours began while the call waited its turn: he has other ways.
            col(Delivery.reason) == CALLS_CLOSED,
        ),
    )
    failed = col(Delivery.state).in_((DeliveryState.UNDELIVERED, DeliveryState.FAILED))
    return or_(failed, closed_meanwhile)


def _waited(session: Session, broadcast: Broadcast, at: datetime, since: Any) -> Condition:
    """``since`` is as long ago as the plan of the row's partnership waits for proof."""
    plans = (
        select(col(CommunicationPlan.escalate_after_seconds))
        .join(
            BroadcastPartnership,
            col(BroadcastPartnership.communication_plan_id) == col(CommunicationPlan.id),
        )
        .where(col(BroadcastPartnership.broadcast_id) == broadcast.id)
        .distinct()
    )
    return or_(
        false(),
        *(
            and_(
                since <= at - timedelta(seconds=seconds),
                _waits(broadcast, seconds),
            )
            for seconds in session.execute(plans).scalars()
        ),
    )


def _since() -> Any:
    """When the wait began: a text at its hand-over, a call when it last began to ring."""
    handed_over = func.coalesce(col(Delivery.handed_over_at), col(Delivery.changed_at))
    return case(
        (col(Delivery.channel) == Channel.VOICE, col(Delivery.changed_at)), else_=handed_over
    )


def _waits(broadcast: Broadcast, seconds: int) -> Condition:
    partnerships = (
        select(col(BroadcastPartnership.partnership_id))
        .join(
            CommunicationPlan,
            col(CommunicationPlan.id) == col(BroadcastPartnership.communication_plan_id),
        )
        .where(
            col(BroadcastPartnership.broadcast_id) == broadcast.id,
            col(CommunicationPlan.escalate_after_seconds) == seconds,
        )
    )
    return col(Delivery.partnership_id).in_(partnerships)


def is_unsettled() -> Condition:
    """The condition on ``Broadcast`` that somebody's next way is still to be looked for (H2)."""
    mailed = and_(
        state_is(*UNPROVEN),
        col(Delivery.state) == DeliveryState.SENT,
        col(Delivery.channel) == Channel.EMAIL,
    )
    ended = and_(
        state_is(*ENDED_UNPROVEN),
        or_(_ended(), col(Delivery.state) == DeliveryState.NO_RECEIPT),
    )
    return and_(
        may_escalate(),
        or_(*(_exists_unproven(part) for part in (mailed, ended))),
    )


def _exists_unproven(part: Condition) -> Condition:
    return exists().where(
        col(Delivery.broadcast_id) == col(Broadcast.id),
        col(Delivery.escalated_at).is_(None),
        part,
        ~already_reached(),
    )
