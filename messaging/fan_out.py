"""Fan-out: from a released broadcast to one row per person, in the database, in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Integer, String, case, func, insert, literal, null, select, update
from sqlmodel import Session, col

from hub import audit, clock, log
from hub.columns import UtcDateTime, word
from hub.config import settings
from hub.queue import enqueue
from messaging import audience, broadcasts, incidents
from messaging.broadcasts import QUEUE_OF_KIND
from messaging.models import (
    Broadcast,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    Incident,
    Step,
)

_log = log.get(__name__)

DELIVER_JOB = "workers.jobs.deliver_chunk"
FIRST_ATTEMPT = "first"


def fan_out(session: Session, broadcast_id: UUID) -> None:
    """Make the delivery rows of a released broadcast and ring for each chunk.

    Running it again, or twice at once, changes nothing: the status is taken by one UPDATE, in the
    transaction that makes the rows.
    """
    if not _take(session, broadcast_id):
        return
    broadcast = session.get_one(Broadcast, broadcast_id)
    session.refresh(broadcast)
    _insert_rows(session, broadcast)
    chunks = _chunks_to_send(session, broadcast_id)
    broadcast.audience_size = _count(session, broadcast_id)
    session.add(broadcast)
    _close_incident(session, broadcast)
    audit.record(
        session,
        "broadcast.fan_out",
        ("broadcast", broadcast_id),
        by=broadcast.released_by,
        people=broadcast.audience_size,
    )
    for chunk in chunks:
        enqueue(session, DELIVER_JOB, str(broadcast_id), chunk, queue=QUEUE_OF_KIND[broadcast.kind])
    _log.info("fanned_out", broadcast_id=str(broadcast_id), people=broadcast.audience_size)


def _close_incident(session: Session, broadcast: Broadcast) -> None:
    """Feedback on its way closes the incident, once no alert of it waits for any."""
    if broadcast.step is not Step.FEEDBACK or broadcast.incident_id is None:
        return
    if not broadcasts.awaiting_feedback(session, broadcast.incident_id):
        incident = session.get_one(Incident, broadcast.incident_id)
        incidents.close(session, incident, broadcast.released_by)


def _take(session: Session, broadcast_id: UUID) -> bool:
    taken = session.execute(
        update(Broadcast)
        .where(col(Broadcast.id) == broadcast_id, col(Broadcast.status) == BroadcastStatus.RELEASED)
        .values(status=BroadcastStatus.SENDING, fanned_out_at=clock.now())
        .returning(col(Broadcast.id))
    ).all()
    return len(taken) == 1


def _insert_rows(session: Session, broadcast: Broadcast) -> None:
    rows = audience.chunked(audience.of_broadcast(broadcast), settings().chunk_size).subquery()
    at = literal(clock.now(), UtcDateTime)
    state = word(DeliveryState)
    columns = {
        "broadcast_id": literal(broadcast.id),
        "person_id": rows.c.person_id,
        "contact_point_id": rows.c.contact_point_id,
        "partnership_id": rows.c.partnership_id,
        "channel": rows.c.channel,
        "attempt_kind": literal(FIRST_ATTEMPT, String),
        "language": rows.c.language,
        "chunk": rows.c.chunk,
        "state": case(
            (rows.c.reason.is_(None), literal(DeliveryState.QUEUED, state)),
            else_=literal(DeliveryState.SKIPPED, state),
        ),
        "reason": rows.c.reason,
        "attempts": literal(0, Integer),
        "is_repeat": literal(False),
        "fence": literal(0, Integer),
        "not_before": null(),
        "queued_at": at,
        "changed_at": at,
    }
    session.execute(insert(Delivery).from_select(list(columns), select(*columns.values())))


def _chunks_to_send(session: Session, broadcast_id: UUID) -> Sequence[int]:
    queued = (
        select(col(Delivery.chunk))
        .where(
            col(Delivery.broadcast_id) == broadcast_id,
            col(Delivery.state) == DeliveryState.QUEUED,
        )
        .distinct()
        .order_by(col(Delivery.chunk))
    )
    return session.execute(queued).scalars().all()


def _count(session: Session, broadcast_id: UUID) -> int:
    from_rows = select(func.count()).where(col(Delivery.broadcast_id) == broadcast_id)
    count: int = session.execute(from_rows).scalar_one()
    return count
