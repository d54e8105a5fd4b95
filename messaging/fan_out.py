"""Fan-out: from a released broadcast to one row per person, in the database, in one transaction."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    CursorResult,
    Integer,
    String,
    case,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlmodel import Session, col

from hub import audit, clock, log
from hub.columns import UtcDateTime, word
from hub.config import settings
from hub.db import lift_time_limit, sort_on_disk
from hub.queue import enqueue
from messaging import (
    audience,
    broadcasts,
    digest,
    end_told,
    in_order,
    incidents,
    leaving,
    one_copy,
)
from messaging.broadcasts import DELIVER_JOB, FAN_OUT_JOB, QUEUE_OF_KIND
from messaging.models import (
    ENDING_STEPS,
    Broadcast,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    Incident,
    Step,
)

_log = log.get(__name__)

FIRST_ATTEMPT = "first"


def fan_out(session: Session, broadcast_id: UUID) -> None:
    """Make the delivery rows of a released broadcast and ring for each chunk.

    Running it again, or twice at once, changes nothing: the status is taken by one UPDATE, in the
    transaction that makes the rows.
    """
    lift_time_limit(session)
    sort_on_disk(session)
    if not _take(session, broadcast_id):
        return
    broadcast = session.get_one(Broadcast, broadcast_id)
    session.refresh(broadcast)
    if broadcast.step in ENDING_STEPS:
        # Rows that were made while it was released: nobody has got these.
        end_told.stop(session, end_told.ended_by(broadcast))
    waits = leaving.waits_of(session, broadcast, clock.now())
    wanted = one_copy.without_copies(session, broadcast, audience.of_broadcast(broadcast, waits))
    wanted = digest.kept_for_it(session, broadcast, wanted)
    insert_rows(session, broadcast_id, wanted)
    chunks = chunks_to_send(session, broadcast_id)
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
    for next_in_line in in_order.waiting_for(session, broadcast):
        queue = QUEUE_OF_KIND[next_in_line.kind]
        enqueue(session, FAN_OUT_JOB, str(next_in_line.id), queue=queue)
    for chunk in chunks:
        enqueue(session, DELIVER_JOB, str(broadcast_id), chunk, queue=QUEUE_OF_KIND[broadcast.kind])
    _log.info("fanned_out", broadcast_id=str(broadcast_id), people=broadcast.audience_size)


def _close_incident(session: Session, broadcast: Broadcast) -> None:
    """Feedback on its way closes the incident, once no alert of it waits for any."""
    is_feedback = broadcast.step is Step.FEEDBACK or broadcast.counts_as_feedback
    if not is_feedback or broadcast.incident_id is None:
        return
    if not broadcasts.awaiting_feedback(session, broadcast.incident_id):
        incident = session.get_one(Incident, broadcast.incident_id)
        incidents.close(session, incident, broadcast.released_by)


def _take(session: Session, broadcast_id: UUID) -> bool:
    taken = session.execute(
        update(Broadcast)
        .where(
            col(Broadcast.id) == broadcast_id,
            col(Broadcast.status) == BroadcastStatus.RELEASED,
            ~in_order.follows_unmade(broadcast_id),
        )
        .values(status=BroadcastStatus.SENDING, fanned_out_at=clock.now())
        .returning(col(Broadcast.id))
    ).all()
    return len(taken) == 1


def insert_rows(
    session: Session, broadcast_id: UUID, wanted: audience.Rows, first_chunk: int = 0
) -> int:
    """Make the deliveries of these people, in chunks from ``first_chunk``; how many.

    ``wanted`` has the columns of ``audience.of_broadcast``, and ``attempt_kind`` when these are not
    the first way to them.
    """
    rows = audience.chunked(wanted, settings().chunk_size).subquery()
    at = literal(clock.now(), UtcDateTime)
    state = word(DeliveryState)
    columns = {
        "broadcast_id": literal(broadcast_id),
        "person_id": rows.c.person_id,
        "contact_point_id": rows.c.contact_point_id,
        "partnership_id": rows.c.partnership_id,
        "channel": rows.c.channel,
        "attempt_kind": rows.c.get("attempt_kind", literal(FIRST_ATTEMPT, String)),
        "language": rows.c.language,
        "chunk": rows.c.chunk + first_chunk,
        "state": case(
            (rows.c.reason.is_(None), literal(DeliveryState.QUEUED, state)),
            else_=literal(DeliveryState.SKIPPED, state),
        ),
        "reason": rows.c.get("waits_for", rows.c.reason),
        "attempts": literal(0, Integer),
        "is_repeat": literal(False),
        "fence": literal(0, Integer),
        "not_before": rows.c.get("not_before", null()),
        "digest_at": rows.c.get("digest_at", null()),
        "queued_at": at,
        "changed_at": at,
    }
    rows_made = session.execute(
        insert(Delivery)
        .from_select(list(columns), select(*columns.values()))
        .execution_options(preserve_rowcount=True)
    )
    return cast("CursorResult[Any]", rows_made).rowcount


def chunks_to_send(session: Session, broadcast_id: UUID, first_chunk: int = 0) -> Sequence[int]:
    """The chunks from ``first_chunk`` on that hold anything to send."""
    queued = (
        select(col(Delivery.chunk))
        .where(
            col(Delivery.broadcast_id) == broadcast_id,
            col(Delivery.chunk) >= first_chunk,
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
