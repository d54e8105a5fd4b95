"""Taking deliveries to send: one UPDATE claims them, under a lease, just before they leave.

Between the claim and its record no transaction is open: a carrier may take ten seconds.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hub import clock
from hub.config import settings
from hub.db import Condition, database_time, row_locks
from hub.i18n import Language
from messaging import audience
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryState,
)
from partnerships.models import Channel, Consent, ContactPoint, ContactStop


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


def claim(session: Session, broadcast: Broadcast, chunk: int) -> list[Claimed]:
    """Take what is due of one chunk. Opt-outs, cancelling and expiry are checked here, last.

    Rows that may no longer be sent get their final state and reason instead.
    """
    due = and_(
        col(Delivery.broadcast_id) == broadcast.id,
        col(Delivery.chunk) == chunk,
        col(Delivery.state) == DeliveryState.QUEUED,
        or_(col(Delivery.not_before).is_(None), col(Delivery.not_before) <= clock.now()),
    )
    if not _may_be_sent(session, broadcast, due):
        return []
    _skip_who_withdrew(session, broadcast, due)
    ids = select(col(Delivery.id)).where(due, _not_overtaking(broadcast))
    if row_locks(session):
        ids = ids.with_for_update(skip_locked=True)
    taken = session.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(ids))
        .values(
            state=DeliveryState.SENDING,
            lease_until=database_time() + settings().lease_seconds,
            fence=col(Delivery.fence) + 1,
            attempts=col(Delivery.attempts) + 1,
            changed_at=clock.now(),
        )
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    ).scalars()
    return _with_addresses(session, list(taken))


def _may_be_sent(session: Session, broadcast: Broadcast, due: Condition) -> bool:
    """Close the rows of a broadcast that was cancelled or whose time has passed (H5)."""
    end: tuple[DeliveryState, str] | None = None
    if broadcast.status is BroadcastStatus.CANCELLED:
        end = (DeliveryState.CANCELLED, "cancelled")
    elif broadcast.expires_at <= clock.now():
        end = (DeliveryState.EXPIRED, "expired")
    if end is None:
        return True
    state, reason = end
    session.execute(
        update(Delivery).where(due).values(state=state, reason=reason, changed_at=clock.now())
    )
    return False


def _skip_who_withdrew(session: Session, broadcast: Broadcast, due: Condition) -> None:
    stopped = exists().where(
        col(ContactStop.contact_point_id) == col(Delivery.contact_point_id),
        col(ContactStop.channel) == col(Delivery.channel),
    )
    agreed = exists().where(
        col(Consent.person_id) == col(Delivery.person_id),
        col(Consent.purpose) == audience.PURPOSE_OF_KIND[broadcast.kind],
        col(Consent.withdrawn_at).is_(None),
    )
    conditions: list[tuple[Condition, str]] = [(stopped, audience.OPTED_OUT)]
    # Whoever got the alert is owed its outcome; only a closed channel stops that.
    if broadcast.kind is not BroadcastKind.FEEDBACK:
        conditions.append((~agreed, audience.NO_CONSENT))
    for condition, reason in conditions:
        session.execute(
            update(Delivery)
            .where(due, condition)
            .values(state=DeliveryState.SKIPPED, reason=reason, changed_at=clock.now())
            .execution_options(synchronize_session=False)
        )


def _not_overtaking(broadcast: Broadcast) -> Condition:
    """A follow-up waits for a person until the message it follows has left for him."""
    if broadcast.follows_id is None:
        return col(Delivery.id).is_not(None)
    earlier = aliased(Delivery)
    return ~exists().where(
        col(earlier.broadcast_id) == broadcast.follows_id,
        col(earlier.person_id) == col(Delivery.person_id),
        col(earlier.state).in_((DeliveryState.QUEUED, DeliveryState.SENDING)),
    )


def _with_addresses(session: Session, ids: list[int | None]) -> list[Claimed]:
    rows = session.execute(
        select(
            col(Delivery.id),
            col(Delivery.fence),
            col(Delivery.attempts),
            col(Delivery.is_repeat),
            col(Delivery.channel),
            col(Delivery.language),
            col(ContactPoint.value),
            col(Delivery.queued_at),
        )
        .join(ContactPoint, col(ContactPoint.id) == col(Delivery.contact_point_id))
        .where(col(Delivery.id).in_(ids))
        .order_by(col(Delivery.id))
    )
    return [Claimed(*row) for row in rows]


def renew(session: Session, ids: list[int]) -> None:
    """Prolong the leases of deliveries still in hand, on the database's clock."""
    session.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(ids), col(Delivery.state) == DeliveryState.SENDING)
        .values(lease_until=database_time() + settings().lease_seconds)
        .execution_options(synchronize_session=False)
    )


def hand_back(session: Session, ids: list[int], not_before: datetime) -> None:
    """Put claimed deliveries that never left back in the queue, their attempt uncounted."""
    session.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(ids), col(Delivery.state) == DeliveryState.SENDING)
        .values(
            state=DeliveryState.QUEUED,
            attempts=col(Delivery.attempts) - 1,
            lease_until=None,
            not_before=not_before,
            changed_at=clock.now(),
        )
        .execution_options(synchronize_session=False)
    )


def waiting_chunks(
    session: Session, kinds: list[BroadcastKind], older_than: datetime, limit: int
) -> list[tuple[UUID, int]]:
    """Chunks that hold due rows nobody took since ``older_than``: their bell was lost."""
    due = (
        select(col(Delivery.broadcast_id), col(Delivery.chunk))
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(
            col(Broadcast.kind).in_(kinds),
            col(Delivery.state) == DeliveryState.QUEUED,
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
