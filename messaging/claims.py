"""Taking deliveries to send: a portion at a time, under a lease, just before they leave.

Between the claim and its record no transaction is open: a carrier may take ten seconds. Portions
are small, so that a worker that dies leaves few messages of which nobody knows whether they left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Row,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hub import clock
from hub.config import settings
from hub.db import Condition, database_time, row_locks
from hub.i18n import Language
from hub.many_rows import among
from messaging import in_order, leaving
from messaging.end_told import END_TOLD, end_is_told
from messaging.last_look import why_not
from messaging.lifetimes import digest_is_to_come
from messaging.models import (
    IN_DOUBT,
    WAITING,
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    state_is,
)
from messaging.skip_reasons import CALLS_CLOSED
from messaging.waiting_rows import change_waiting
from partnerships.models import Channel, ContactPoint

_earlier = aliased(Delivery)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One delivery that is ours to send until the lease ends."""

    id: int
    fence: int
    attempt: int
    is_repeat: bool
    channel: Channel
    language: Language
    to: str
    queued_at: datetime
    # In whose language there is a text for him, where there is none in his own.
    partnership_id: UUID | None = None


def channels_due(session: Session, broadcast: Broadcast, chunk: int) -> list[Channel]:
    """The channels by which something of this chunk is due."""
    due = select(col(Delivery.channel)).where(_due(session, broadcast, chunk)).distinct()
    return sorted(session.execute(due).scalars())


def chunk_with_work(
    session: Session, broadcast: Broadcast, channel: Channel | None = None
) -> int | None:
    """The last chunk in which something is due (by this channel); None when nothing is.

    Bells start at the first chunk, so whoever goes on from the last meets the others late.
    """
    due = select(col(Delivery.chunk)).where(
        col(Delivery.broadcast_id) == broadcast.id, *_is_due(session, broadcast)
    )
    if channel is not None:
        due = due.where(col(Delivery.channel) == channel)
    return session.execute(due.order_by(col(Delivery.chunk).desc()).limit(1)).scalar()


def claim(
    session: Session, broadcast: Broadcast, chunk: int, channel: Channel, limit: int
) -> list[Claimed]:
    """Take at most ``limit`` of what is due, looking at opt-outs, cancelling and expiry once more.

    Rows that may no longer be sent get their final state and reason instead; a call in hours that
    its owner has closed waits for their end. An empty list means that nothing is due.
    """
    if not _may_be_sent(session, broadcast, chunk):
        return []
    quiet = leaving.put_off(session, broadcast, chunk) if broadcast.keeps_quiet_hours else ()
    while due := _next_due(session, broadcast, chunk, channel, limit, quiet):
        _skip(session, broadcast, [row for row in due if row.why_not])
        free = [row for row in due if not row.why_not]
        if free:
            take(session, [row.id for row in free])
            return [_claimed(row, channel) for row in free]
    return []


def _due(session: Session, broadcast: Broadcast, chunk: int) -> Condition:
    return and_(
        col(Delivery.broadcast_id) == broadcast.id,
        col(Delivery.chunk) == chunk,
        *_is_due(session, broadcast),
    )


def _is_due(session: Session, broadcast: Broadcast) -> tuple[Condition, ...]:
    return (
        state_is(*WAITING),
        # What waits for a weekly mail leaves with it (messaging.digest).
        col(Delivery.digest_at).is_(None),
        or_(col(Delivery.not_before).is_(None), col(Delivery.not_before) <= clock.now()),
        _not_overtaking(session, broadcast),
    )


def _may_be_sent(session: Session, broadcast: Broadcast, chunk: int) -> bool:
    """Close the rows of a broadcast that was cancelled, whose time has passed (H5), or whose end
    was told."""
    end: tuple[DeliveryState, str] | None = None
    if broadcast.status is BroadcastStatus.CANCELLED:
        end = (DeliveryState.CANCELLED, "cancelled")
    elif broadcast.expires_at <= clock.now():
        end = (DeliveryState.EXPIRED, "expired")
    elif session.execute(select(end_is_told(literal(broadcast.id)))).scalar_one():
        # A worker held it when its end was told, and brought it back.
        end = (DeliveryState.CANCELLED, END_TOLD)
    if end is None:
        return broadcast.paused_at is None
    state, reason = end
    change_waiting(
        session,
        col(Delivery.broadcast_id) == broadcast.id,
        col(Delivery.chunk) == chunk,
        *([~digest_is_to_come(clock.now())] if state is DeliveryState.EXPIRED else []),
        passes_held=True,
        state=state,
        reason=reason,
    )
    return False


def _not_overtaking(session: Session, broadcast: Broadcast) -> Condition:
    """A follow-up waits for a person until all that went before it has left for him."""
    before = in_order.before(session, broadcast)
    if not before:
        return col(Delivery.id).is_not(None)
    return ~exists().where(
        col(_earlier.broadcast_id).in_(before),
        col(_earlier.person_id) == col(Delivery.person_id),
        col(_earlier.state).in_((DeliveryState.QUEUED, DeliveryState.SENDING)),
    )


def _next_due(
    session: Session,
    broadcast: Broadcast,
    chunk: int,
    channel: Channel,
    limit: int,
    quiet: Sequence[UUID],
) -> Sequence[Row[Any]]:
    rows: Any = (
        select(
            col(Delivery.id),
            col(Delivery.fence),
            col(Delivery.attempts),
            col(Delivery.is_repeat),
            col(Delivery.language),
            col(Delivery.queued_at),
            col(Delivery.partnership_id),
            col(ContactPoint.value),
            why_not(broadcast, channel).label("why_not"),
        )
        .join(ContactPoint, col(ContactPoint.id) == col(Delivery.contact_point_id))
        .where(
            _due(session, broadcast, chunk),
            col(Delivery.channel) == channel,
            col(Delivery.partnership_id).not_in(quiet),
            # Looked at before; but feedback may be released between two statements.
            ~end_is_told(literal(broadcast.id)),
        )
        .order_by(col(Delivery.id))
        .limit(limit)
    )
    if row_locks(session):
        rows = rows.with_for_update(of=Delivery, skip_locked=True)
    return session.execute(rows).all()


def _skip(session: Session, broadcast: Broadcast, rows: Iterable[Row[Any]]) -> None:
    by_reason: dict[str, set[int]] = {}
    for row in rows:
        by_reason.setdefault(row.why_not, set()).add(row.id)
    # An alert is not put off: his other ways are tried first, and the call comes back after them.
    if CALLS_CLOSED in by_reason and broadcast.kind is not BroadcastKind.URGENT_ALERT:
        by_reason[CALLS_CLOSED] -= leaving.put_off_calls(
            session, broadcast, by_reason[CALLS_CLOSED]
        )
    for reason, ids in by_reason.items():
        session.execute(
            update(Delivery)
            .where(among(session, col(Delivery.id), ids))
            .values(state=DeliveryState.SKIPPED, reason=reason, changed_at=clock.now())
            .execution_options(synchronize_session=False)
        )


def take(session: Session, ids: list[int]) -> None:
    """Hold these deliveries, which wait and are locked, under a lease from now on."""
    session.execute(
        update(Delivery)
        .where(among(session, col(Delivery.id), ids))
        .values(
            state=DeliveryState.SENDING,
            lease_until=database_time() + settings().lease_seconds,
            fence=col(Delivery.fence) + 1,
            attempts=col(Delivery.attempts) + 1,
            changed_at=clock.now(),
        )
        .execution_options(synchronize_session=False)
    )


def _claimed(row: Row[Any], channel: Channel) -> Claimed:
    return Claimed(
        id=row.id,
        fence=row.fence + 1,
        attempt=row.attempts + 1,
        is_repeat=row.is_repeat,
        channel=channel,
        language=row.language,
        to=row.value,
        queued_at=row.queued_at,
        partnership_id=row.partnership_id,
    )


@dataclass(frozen=True, slots=True)
class Locked:
    """A delivery that nobody else changes meanwhile, as it is now."""

    fence: int
    state: DeliveryState


def lock_in_order(session: Session, ids: Iterable[int]) -> dict[int, Locked]:
    """Lock deliveries that are to be changed together; those that exist, by their numbers.

    In the order of their numbers: a worker that writes down answers and a drain that folds receipts
    of the same messages would else wait for each other's rows for ever.
    """
    columns = select(col(Delivery.id), col(Delivery.fence), col(Delivery.state))
    rows = columns.where(among(session, col(Delivery.id), ids)).order_by(col(Delivery.id))
    if row_locks(session):
        rows = rows.with_for_update()
    return {number: Locked(fence, state) for number, fence, state in session.execute(rows)}


def renew(session: Session, ids: list[int]) -> None:
    """Prolong the leases of deliveries still in hand, on the database's clock."""
    session.execute(
        update(Delivery)
        .where(among(session, col(Delivery.id), ids), col(Delivery.state) == DeliveryState.SENDING)
        .values(lease_until=database_time() + settings().lease_seconds)
        .execution_options(synchronize_session=False)
    )


def hand_back(session: Session, claimed: Iterable[Claimed], not_before: datetime) -> None:
    """Put claimed deliveries that never left back in the queue, their attempt uncounted.

    Only those that are still ours: what another worker holds by now is its own.
    """
    for fence, ids in _by_fence(claimed).items():
        session.execute(
            update(Delivery)
            .where(
                among(session, col(Delivery.id), ids),
                col(Delivery.fence) == fence,
                # The sweep may have given us up: we know better that it never left.
                state_is(*IN_DOUBT),
            )
            .values(
                state=DeliveryState.QUEUED,
                attempts=col(Delivery.attempts) - 1,
                lease_until=None,
                not_before=not_before,
                changed_at=clock.now(),
            )
            .execution_options(synchronize_session=False)
        )


def _by_fence(claimed: Iterable[Claimed]) -> dict[int, list[int]]:
    ids: dict[int, list[int]] = {}
    for one in claimed:
        ids.setdefault(one.fence, []).append(one.id)
    return ids


def waiting_chunks(
    session: Session, kinds: list[BroadcastKind], older_than: datetime, limit: int
) -> list[tuple[UUID, int]]:
    """Chunks with deliveries that are due and that nobody has come for: their bell was lost."""
    due = (
        select(col(Delivery.broadcast_id), col(Delivery.chunk))
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(
            col(Broadcast.kind).in_(kinds),
            # What came back to a cancelled one is closed by the claim that finds it.
            col(Broadcast.status).in_((BroadcastStatus.SENDING, BroadcastStatus.CANCELLED)),
            col(Broadcast.paused_at).is_(None),
            state_is(*WAITING),
            col(Delivery.digest_at).is_(None),
            or_(
                and_(col(Delivery.not_before).is_(None), col(Delivery.changed_at) <= older_than),
                col(Delivery.not_before) <= clock.now(),
            ),
        )
        .group_by(col(Delivery.broadcast_id), col(Delivery.chunk))
        .order_by(func.min(col(Delivery.id)))
        .limit(limit)
    )
    return [(broadcast_id, chunk) for broadcast_id, chunk in session.execute(due)]
