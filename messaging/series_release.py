"""Letting a whole series go its way, and stopping what of it has not left."""

from collections.abc import Sequence

from sqlalchemy import exists
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import Conflict, NotAllowed
from hub.i18n import mark
from messaging import broadcasts, cold_budget, cold_reach, cold_release, cold_series
from messaging.cold import WRITABLE
from messaging.models import (
    HANDED_OVER_STATES,
    Broadcast,
    BroadcastStatus,
    ColdBroadcast,
    ColdMessage,
    ColdSeries,
    ColdStatus,
    Delivery,
    DeliveryState,
    Relay,
    RelayState,
)

_TO_COME = (*WRITABLE, ColdStatus.AWAITING_REVIEW, ColdStatus.SCHEDULED)
_WAITING = (
    BroadcastStatus.AWAITING_APPROVAL,
    BroadcastStatus.RELEASED,
    BroadcastStatus.SENDING,
)
_BEGUN = (
    *HANDED_OVER_STATES,
    DeliveryState.SENDING,
    DeliveryState.UNDELIVERED,
    DeliveryState.FAILED,
)
_OPEN = (RelayState.WAITING, RelayState.SCHEDULED)


def plan(session: Session, actor: Actor, series: ColdSeries) -> int:
    """Plan every part that is still a draft, each for its moment; how many.

    Raises what ``cold_release.release`` raises, and ``Conflict`` for a series without a part or one
    that was stopped.
    """
    _refuse_others(actor, series)
    if series.stopped_at is not None:
        raise Conflict(mark("This series is stopped."))
    drafts = [one for one in cold_series.all_parts(session, series.id) if one.status in WRITABLE]
    if not cold_series.all_parts(session, series.id):
        raise Conflict(mark("Write a part first."))
    for one in drafts:
        # All budgets are held before anything is put on record (see ``messaging.budget_rule``).
        cold_budget.refuse(session, one)
    return sum(cold_release.release(session, actor, one) for one in drafts)


def stop(session: Session, actor: Actor, series: ColdSeries) -> int:
    """Withdraw every part that has not left for everybody, and stop what was let go and of which
    nothing has left yet; how many parts that is. Twice is once.

    What has reached anybody goes on, as with one message: it may be stopped on its own page.
    """
    _refuse_others(actor, series)
    if series.stopped_at is not None:
        return 0
    series.stopped_at, series.stopped_by = clock.now(), actor.account_id
    session.add(series)
    open_parts = [
        one for one in cold_series.all_parts(session, series.id) if _is_open(session, one)
    ]
    for one in open_parts:
        cold_reach.refuse_others(session, actor, one)
    unsent = _unsent(session, series)
    # Every row before the first word in the log, which one writes at a time.
    spared = {one.id: cold_release.take_back(session, actor, one) for one in open_parts}
    broadcasts.cancel_all(session, actor, unsent)
    for one in open_parts:
        cold_release.record_withdrawal(session, actor, one, spared[one.id])
    audit.record(
        session,
        "cold_series.stop",
        ("cold_series", series.id),
        by=actor.account_id,
        parts=len(open_parts),
        broadcasts=len(unsent),
    )
    return len(open_parts)


def _unsent(session: Session, series: ColdSeries) -> Sequence[Broadcast]:
    """What waits for a second person or for the morning, and has reached nobody."""
    its_own = col(Delivery.broadcast_id) == col(Broadcast.id)
    has_begun = exists().where(its_own, col(Delivery.state).in_(_BEGUN))
    waiting = (
        select(Broadcast)
        .join(ColdBroadcast, col(ColdBroadcast.broadcast_id) == col(Broadcast.id))
        .join(ColdMessage, col(ColdMessage.id) == col(ColdBroadcast.message_id))
        .where(
            ColdMessage.series_id == series.id,
            col(Broadcast.status).in_(_WAITING),
            ~has_begun,
        )
        .order_by(col(Broadcast.id))
    )
    return session.exec(waiting).all()


def _is_open(session: Session, part: ColdMessage) -> bool:
    if part.status in _TO_COME:
        return True
    waiting = select(Relay.id).where(Relay.message_id == part.id, col(Relay.state).in_(_OPEN))
    return part.status is ColdStatus.RELEASED and session.exec(waiting).first() is not None


def _refuse_others(actor: Actor, series: ColdSeries) -> None:
    if series.author_id != actor.account_id:
        raise NotAllowed
