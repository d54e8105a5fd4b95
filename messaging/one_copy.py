"""One message, one copy for each person: whoever has got it by one partnership gets no second."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, exists, literal, or_, update
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from hub import clock
from hub.db import hold_alone
from messaging.member_ways import Rows
from messaging.models import (
    HANDED_OVER_STATES,
    Broadcast,
    BroadcastStatus,
    ColdBroadcast,
    Delivery,
    DeliveryState,
)
from messaging.skip_reasons import GOT_IT_ELSEWHERE

_LEFT = (*HANDED_OVER_STATES, DeliveryState.SENDING)
_ON_THEIR_WAY = (BroadcastStatus.RELEASED, BroadcastStatus.SENDING)


def without_copies(session: Session, broadcast: Broadcast, wanted: Rows) -> Rows:
    """``wanted``, with a reason for those to whom another coordinator has passed it on.

    The message is held until the end of the unit of work: two coordinators may pass it on at once,
    and each must see what the other's made.
    """
    held = select(ColdBroadcast.message_id).where(ColdBroadcast.broadcast_id == broadcast.id)
    message_id = session.exec(held).first()
    if message_id is None:
        return wanted
    # Not by its row: a coordinator who is passing it on refers to that, after a word in the log.
    hold_alone(session, message_id)
    return _marked(broadcast, message_id, wanted)


def give_back(session: Session, stopped: Broadcast) -> None:
    """Let those have it by another coordinator to whom the copy of ``stopped`` never went.

    After its own row and deliveries, and before any word in the log.
    """
    held = select(ColdBroadcast.message_id).where(ColdBroadcast.broadcast_id == stopped.id)
    message_id = session.exec(held).first()
    if message_id is None:
        return
    hold_alone(session, message_id)
    for other in _others_under_way(session, stopped, message_id):
        if _revived(session, stopped, other, message_id):
            other.status, other.finished_at = BroadcastStatus.SENDING, None
            session.add(other)
            session.flush()


def _others_under_way(
    session: Session, stopped: Broadcast, message_id: UUID
) -> Sequence[Broadcast]:
    """One whose rows are being made is held by whoever makes them, and sees what was stopped."""
    others: Any = (
        select(Broadcast)
        .join(ColdBroadcast, col(ColdBroadcast.broadcast_id) == col(Broadcast.id))
        .where(
            ColdBroadcast.message_id == message_id,
            Broadcast.id != stopped.id,
            col(Broadcast.status).in_((BroadcastStatus.SENDING, BroadcastStatus.FINISHED)),
            col(Broadcast.expires_at) > clock.now(),
        )
        .order_by(col(Broadcast.id))
        .with_for_update(of=Broadcast, skip_locked=True)
    )
    found: Sequence[Broadcast] = session.exec(others).all()
    return found


def _revived(
    session: Session, stopped: Broadcast, other: Broadcast, message_id: UUID
) -> Sequence[object]:
    mine, theirs = aliased(Delivery), aliased(Delivery)
    lost = select_columns(col(mine.person_id)).where(
        col(mine.broadcast_id) == stopped.id, col(mine.state) == DeliveryState.CANCELLED
    )
    copies = select_columns(col(ColdBroadcast.broadcast_id)).where(
        col(ColdBroadcast.message_id) == message_id
    )
    have = select_columns(col(theirs.person_id)).where(
        col(theirs.broadcast_id).in_(copies),
        col(theirs.state).in_((*_LEFT, DeliveryState.QUEUED)),
    )
    return session.execute(
        update(Delivery)
        .where(
            col(Delivery.broadcast_id) == other.id,
            col(Delivery.state) == DeliveryState.SKIPPED,
            col(Delivery.reason) == GOT_IT_ELSEWHERE,
            col(Delivery.person_id).in_(lost),
            col(Delivery.person_id).not_in(have),
        )
        .values(state=DeliveryState.QUEUED, reason=None, changed_at=clock.now())
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    ).all()


def _marked(broadcast: Broadcast, message_id: UUID, wanted: Rows) -> Rows:
    row = wanted.subquery("wanted")
    # He has it, or is about to: not by a broadcast that was stopped or is too late.
    is_to_come = and_(
        col(Delivery.state) == DeliveryState.QUEUED,
        col(Broadcast.status).in_(_ON_THEIR_WAY),
        col(Broadcast.expires_at) > clock.now(),
    )
    has_it = exists().where(
        col(ColdBroadcast.message_id) == message_id,
        col(ColdBroadcast.broadcast_id) != broadcast.id,
        col(Broadcast.id) == col(ColdBroadcast.broadcast_id),
        col(Delivery.broadcast_id) == col(ColdBroadcast.broadcast_id),
        col(Delivery.person_id) == row.c.person_id,
        or_(col(Delivery.state).in_(_LEFT), is_to_come),
    )
    others = [one for one in row.c if one.name != "reason"]
    is_copy = and_(row.c.reason.is_(None), has_it)
    reason = case((is_copy, literal(GOT_IT_ELSEWHERE)), else_=row.c.reason)
    return select_columns(*others, reason.label("reason"))
