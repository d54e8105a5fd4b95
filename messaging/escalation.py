"""Escalation: whoever nothing proved to have been reached is tried by his next way.

An urgent alert goes on from way to way, as the communication plan orders them, until one is
confirmed, none is left, or its time has passed. A delivery is given up once (``escalated_at``), and
in the same transaction its person's next way is made; so two timetables, or a second run, change
nothing. All of it is SQL over sets, a portion of people at a time.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select, update
from sqlmodel import Session, col

from hub import audit, clock, log
from hub.db import Condition
from hub.queue import enqueue
from messaging import leaving
from messaging.broadcasts import DELIVER_JOB, QUEUE_OF_KIND
from messaging.fan_out import chunks_to_send, insert_rows
from messaging.leaving import Waits
from messaging.models import WAITING, Broadcast, Delivery, DeliveryState, state_is
from messaging.next_way import GivenUp, next_ways
from messaging.reached import ALREADY_REACHED, already_reached
from messaging.unproven import may_escalate, to_give_up
from messaging.waiting_rows import change_waiting

_log = log.get(__name__)

# On SQLite nothing else is written meanwhile: a second or two of that is enough. And a list of ids
# this long is one a database can plan by, however new the rows are.
MOST_AT_ONCE = 2000


def in_need(session: Session) -> list[UUID]:
    """The alerts under way in which somebody's next way is due, or is needed no longer."""
    under_way = session.execute(select(Broadcast).where(may_escalate())).scalars()
    return [one.id for one in under_way if _has_work(session, one)]


def _has_work(session: Session, broadcast: Broadcast) -> bool:
    due = to_give_up(session, broadcast, clock.now())
    if session.execute(due.limit(1)).first() is not None:
        return True
    return broadcast.is_escalated and (
        session.execute(
            select(col(Delivery.id)).where(_no_longer_needed(broadcast)).limit(1)
        ).first()
        is not None
    )


def escalate(session: Session, broadcast_id: UUID) -> bool:
    """Take the next way to those for whom it is due, and ring for it; whether more may be due.

    At most ``MOST_AT_ONCE`` people in one unit of work. Does nothing while another timetable is
    at it.
    """
    broadcast = _taken(session, broadcast_id)
    if broadcast is None:
        return False
    if broadcast.is_escalated:
        # Before the first next way nobody waits who was reached by another: every row that waits
        # would be looked at, again for each portion of people.
        _drop_no_longer_needed(session, broadcast)
    at = clock.now()
    given_up = _give_up(session, broadcast, at)
    if given_up:
        people = _take_next_ways(session, broadcast, given_up)
        _put_on_record(session, broadcast, people)
        _ring(session, broadcast)
    return len(given_up) == MOST_AT_ONCE


def _put_on_record(session: Session, broadcast: Broadcast, people: int) -> None:
    if not people:
        return
    broadcast.is_escalated = True
    session.add(broadcast)
    audit.record(session, "broadcast.escalate", ("broadcast", broadcast.id), by=None, people=people)
    _log.info("escalated", broadcast_id=str(broadcast.id), people=people)


def _ring(session: Session, broadcast: Broadcast) -> None:
    chunks = chunks_to_send(session, broadcast.id, broadcast.next_chunk)
    for chunk in chunks:
        enqueue(session, DELIVER_JOB, str(broadcast.id), chunk, queue=QUEUE_OF_KIND[broadcast.kind])
    broadcast.next_chunk = max(chunks, default=broadcast.next_chunk - 1) + 1
    session.add(broadcast)


def _taken(session: Session, broadcast_id: UUID) -> Broadcast | None:
    # The lock is the one that lets others still refer to the row: deliveries are made meanwhile.
    wanted = select(Broadcast).where(col(Broadcast.id) == broadcast_id, may_escalate())
    return session.execute(
        wanted.with_for_update(key_share=True, skip_locked=True)
    ).scalar_one_or_none()


def _no_longer_needed(broadcast: Broadcast) -> Condition:
    return and_(col(Delivery.broadcast_id) == broadcast.id, state_is(*WAITING), already_reached())


def _drop_no_longer_needed(session: Session, broadcast: Broadcast) -> None:
    wanted = _no_longer_needed(broadcast)
    change_waiting(session, wanted, state=DeliveryState.SKIPPED, reason=ALREADY_REACHED)


def _give_up(session: Session, broadcast: Broadcast, at: datetime) -> GivenUp:
    due = to_give_up(session, broadcast, at).limit(MOST_AT_ONCE)
    given_up = session.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(due))
        .values(escalated_at=at)
        .returning(col(Delivery.id), col(Delivery.person_id))
        .execution_options(synchronize_session=False)
    )
    return {row.id: row.person_id for row in given_up}


def _after_the_last_chunk(session: Session, broadcast_id: UUID) -> int:
    """Reads every row of the broadcast: once, and not for each portion of a million people."""
    largest = select(func.max(col(Delivery.chunk))).where(
        col(Delivery.broadcast_id) == broadcast_id
    )
    found: int = session.execute(largest).scalar_one()
    return found + 1


def _take_next_ways(session: Session, broadcast: Broadcast, given_up: GivenUp) -> int:
    """In rounds: whoever shares a number with another goes on to the way after it."""
    people = 0
    broadcast.next_chunk = broadcast.next_chunk or _after_the_last_chunk(session, broadcast.id)
    waits = Waits(calls_again=leaving.calls_again(session, broadcast, clock.now()))
    while added := insert_rows(
        session,
        broadcast.id,
        next_ways(broadcast, given_up, waits),
        broadcast.next_chunk,
    ):
        people += added
    return people
