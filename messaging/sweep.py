"""The sweep: whatever was left by a dead worker or a lost bell is found in the rows and goes on.

Two sweeps at once do no harm: each step is one UPDATE, or rings a bell that may ring twice.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlmodel import Session, col

from hub import audit, clock, log
from hub.config import settings
from hub.db import database_time
from hub.queue import QueueName, enqueue, queue
from messaging import end_told
from messaging.broadcasts import DELIVER_JOB, FAN_OUT_JOB, QUEUE_OF_KIND
from messaging.claims import waiting_chunks
from messaging.lifetimes import digest_is_to_come
from messaging.models import (
    IN_DOUBT,
    UNPROVEN,
    WAITING,
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    state_is,
)
from messaging.unproven import is_unsettled
from messaging.waiting_rows import change_waiting
from partnerships.models import Channel

_log = log.get(__name__)

# A bell that rang is heard within milliseconds; after this it was lost.
_BELL_PATIENCE = timedelta(seconds=2)
# A carrier that is away may come back and tell; after this the doubt is put on record.
_ASK_AFTER_EXPIRY = timedelta(minutes=10)
_NO_RECEIPT_AFTER = timedelta(hours=72)
_MOST_BELLS = 200


def sweep(session: Session) -> None:
    """Everything but the questions to carriers, which ``messaging.reconcile`` asks."""
    _end_leases(session)
    _expire(session)
    _stop_told(session)
    _leave_unclear(session)
    _give_up_on_receipts(session)
    _finish(session)
    # Last: it writes in the log, which one writes at a time. Whoever holds a row that a later step
    # would wait for may wait for the log.
    _end_unapproved(session)


def _end_leases(session: Session) -> None:
    """A lease that ended means a worker died: whether its message left is unknown."""
    ended = session.execute(
        update(Delivery)
        .where(
            state_is(DeliveryState.SENDING),
            col(Delivery.lease_until) < database_time(),
        )
        .values(
            state=DeliveryState.UNKNOWN,
            reason="worker_died",
            lease_until=None,
            changed_at=clock.now(),
        )
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    ).all()
    if ended:
        _log.warning("leases_ended", deliveries=len(ended))


def _end_unapproved(session: Session) -> None:
    """What a second person was asked for and never approved ends in sight of everybody."""
    ended = session.execute(
        update(Broadcast)
        .where(
            col(Broadcast.status) == BroadcastStatus.AWAITING_APPROVAL,
            col(Broadcast.expires_at) <= clock.now(),
        )
        .values(status=BroadcastStatus.NOT_APPROVED, finished_at=clock.now())
        .returning(col(Broadcast.id))
        .execution_options(synchronize_session=False)
    ).scalars()
    for broadcast_id in ended.all():
        audit.record(session, "broadcast.not_approved", ("broadcast", broadcast_id), by=None)
        _log.warning("not_approved", broadcast_id=str(broadcast_id))


def _expire(session: Session) -> None:
    passed = select(col(Broadcast.id)).where(
        col(Broadcast.status) == BroadcastStatus.SENDING,
        col(Broadcast.expires_at) <= clock.now(),
    )
    change_waiting(
        session,
        col(Delivery.broadcast_id).in_(passed),
        ~digest_is_to_come(clock.now()),
        state=DeliveryState.EXPIRED,
        reason="expired",
    )


def _stop_told(session: Session) -> None:
    """What a worker held when its end was told, and brought back, is not tried again."""
    told = select(col(Broadcast.id)).where(
        col(Broadcast.status) == BroadcastStatus.SENDING, end_told.end_is_told(col(Broadcast.id))
    )
    end_told.stop(session, told)


def _leave_unclear(session: Session) -> None:
    """What nobody could ask about while it mattered stays unclear: it is too late to send it."""
    passed = select(col(Broadcast.id)).where(
        col(Broadcast.status).in_((BroadcastStatus.SENDING, BroadcastStatus.CANCELLED)),
        col(Broadcast.expires_at) <= clock.now() - _ASK_AFTER_EXPIRY,
    )
    session.execute(
        update(Delivery)
        .where(
            state_is(DeliveryState.UNKNOWN),
            col(Delivery.broadcast_id).in_(passed),
            ~digest_is_to_come(clock.now()),
        )
        .values(state=DeliveryState.NO_RECEIPT, reason="unclear", changed_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _give_up_on_receipts(session: Session) -> None:
    session.execute(
        update(Delivery)
        .where(
            state_is(*UNPROVEN),
            col(Delivery.channel) != Channel.EMAIL,
            col(Delivery.changed_at) < clock.now() - _NO_RECEIPT_AFTER,
        )
        .values(state=DeliveryState.NO_RECEIPT, changed_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _finish(session: Session) -> None:
    """Finished means that every row is final (H2)."""
    its_own = col(Delivery.broadcast_id) == col(Broadcast.id)
    unproven = exists().where(
        its_own,
        state_is(*UNPROVEN),
        # A mail that was sent has had its last word.
        or_(col(Delivery.state) != DeliveryState.SENT, col(Delivery.channel) != Channel.EMAIL),
    )
    # Three questions, each of a small index: one question of the whole table would read a million
    # rows every few seconds.
    session.execute(
        update(Broadcast)
        .where(
            col(Broadcast.status) == BroadcastStatus.SENDING,
            ~exists().where(its_own, state_is(*WAITING)),
            ~exists().where(its_own, state_is(*IN_DOUBT)),
            ~unproven,
            ~is_unsettled(),
        )
        .values(status=BroadcastStatus.FINISHED, finished_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def ring_again(session: Session) -> None:
    """Ring for released broadcasts and due chunks nobody came for.

    Only for a queue that is empty: while it is not, the bells were heard and the work waits its
    turn. Raises ``RedisError`` when Redis is away; the workers look at the rows themselves then.
    """
    for name in QueueName:
        if queue(name).count:
            continue
        for broadcast_id in _waiting_broadcasts(session, name):
            enqueue(session, FAN_OUT_JOB, str(broadcast_id), queue=name)
        older = clock.now() - _BELL_PATIENCE
        for broadcast_id, chunk in waiting_chunks(session, kinds_on(name), older, _MOST_BELLS):
            enqueue(session, DELIVER_JOB, str(broadcast_id), chunk, queue=name)


def kinds_on(name: QueueName) -> list[BroadcastKind]:
    """The kinds of broadcast that this queue carries."""
    return [kind for kind, its_queue in QUEUE_OF_KIND.items() if its_queue is name]


def _waiting_broadcasts(session: Session, name: QueueName) -> list[UUID]:
    released = select(col(Broadcast.id)).where(
        col(Broadcast.status) == BroadcastStatus.RELEASED,
        col(Broadcast.kind).in_(kinds_on(name)),
        col(Broadcast.released_at) <= clock.now() - _BELL_PATIENCE,
    )
    return list(session.execute(released.order_by(col(Broadcast.released_at))).scalars())


def waiting_work(session: Session, name: QueueName) -> tuple[list[UUID], list[tuple[UUID, int]]]:
    """What a worker does when no bell can ring: broadcasts to fan out, chunks to send."""
    released = select(col(Broadcast.id)).where(
        col(Broadcast.status) == BroadcastStatus.RELEASED,
        col(Broadcast.kind).in_(kinds_on(name)),
    )
    chunks = waiting_chunks(session, kinds_on(name), clock.now(), _MOST_BELLS)
    return list(session.execute(released).scalars()), chunks


def unclear_deliveries(session: Session, limit: int = 500) -> list[int]:
    """Deliveries that waited for a receipt long enough: ask the carrier."""
    waited = clock.now() - timedelta(seconds=settings().receipt_grace_seconds)
    due = select(col(Delivery.id)).where(
        state_is(DeliveryState.UNKNOWN),
        col(Delivery.changed_at) <= waited,
        or_(col(Delivery.carrier_asked_at).is_(None), col(Delivery.carrier_asked_at) <= waited),
    )
    ids = session.execute(due.order_by(col(Delivery.id)).limit(limit)).scalars()
    return [one for one in ids if one is not None]


def overdue_receipts(session: Session, limit: int = 500) -> list[int]:
    """Deliveries the carrier took and then said nothing about for long: ask what became of them."""
    overdue = clock.now() - timedelta(seconds=settings().receipt_overdue_seconds)
    due = (
        select(col(Delivery.id))
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(
            col(Broadcast.status).in_((BroadcastStatus.SENDING, BroadcastStatus.CANCELLED)),
            state_is(*UNPROVEN),
            col(Delivery.channel) != Channel.EMAIL,
            col(Delivery.carrier_id).is_not(None),
            col(Delivery.changed_at) <= overdue,
            or_(
                col(Delivery.carrier_asked_at).is_(None), col(Delivery.carrier_asked_at) <= overdue
            ),
        )
    )
    ids = session.execute(due.order_by(col(Delivery.changed_at)).limit(limit)).scalars()
    return [one for one in ids if one is not None]
