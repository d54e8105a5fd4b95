"""Sending one weekly mail: every message of a person that is due, claimed, handed over as one mail.

The rows are claimed and written down like any others: under a lease, with a fence, each with its
own history. A worker that dies leaves them in doubt; they come back as the same mail
(``messaging.reconcile``), with the same Message-ID.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from channels.contract import Meaning, Refused, Result
from hub import clock
from hub.config import settings
from hub.db import row_locks, unit_of_work
from hub.queue import QueueName, enqueue
from messaging import digest, digest_mail, leaving
from messaging.carriers import Carriers, Route
from messaging.claims import Claimed, renew, take
from messaging.digest_mail import Gathered
from messaging.last_look import why_not
from messaging.lifetimes import worth_until
from messaging.models import Broadcast, BroadcastStatus, Delivery, DeliveryState
from messaging.outcomes import Outcome, outcome_of, record
from partnerships.models import Channel, ContactPoint, Person

SEND_DIGEST_JOB = "workers.jobs.send_digest"
_MOST_BELLS = 500


@dataclass(frozen=True, slots=True)
class _Held:
    """A weekly mail that is ours to send, and the deliveries in it."""

    gathered: Gathered
    deliveries: tuple[Claimed, ...]
    worth_until: datetime


def ring(session: Session) -> None:
    """Ring for each person whose weekly mail is to leave by now."""
    for person_id in due(session):
        enqueue(session, SEND_DIGEST_JOB, str(person_id), queue=QueueName.BULK)


def due(session: Session) -> Sequence[UUID]:
    """Those people, the longest waiting first."""
    return digest.people_due(session, _MOST_BELLS)


async def send(carriers: Carriers, person_id: UUID) -> int:
    """Send a person his weekly mail, if it is due; how many messages it held."""
    routes = carriers.routes(Channel.EMAIL)
    route = carriers.route(Channel.EMAIL)
    if routes and route is None:
        # No carrier is well: the next bell asks again.
        return 0
    with unit_of_work() as session:
        held = _claim(session, person_id)
    if held is None:
        return 0
    result = await _hand_over_in_time(route, held)
    with unit_of_work() as session:
        record(session, _outcomes(held, result, route.carrier if route else None))
    return len(held.deliveries)


async def _hand_over_in_time(route: Route | None, held: _Held) -> Result:
    """Keep its lease while a slow mail server takes it: the sweep would let it leave twice."""
    keeping = asyncio.create_task(_keep(held))
    try:
        return await _hand_over(route, held.gathered)
    finally:
        keeping.cancel()


async def _keep(held: _Held) -> None:
    while True:
        await asyncio.sleep(settings().lease_seconds / 3)
        with unit_of_work() as session:
            renew(session, [one.id for one in held.deliveries])


async def _hand_over(route: Route | None, gathered: Gathered) -> Result:
    if route is None:
        return Refused(Meaning.FAULT, "no_carrier")
    began = time.monotonic()
    result = await route.sender.send(digest_mail.write(gathered))
    await route.learn(result, time.monotonic() - began)
    return result


def _outcomes(held: _Held, result: Result, carrier: str | None) -> list[Outcome]:
    # One mail, one fate: what is tried again is tried together, at the same moment.
    first = outcome_of(held.deliveries[0], result, held.worth_until, carrier)
    return [replace(first, delivery=one) for one in held.deliveries]


def _claim(session: Session, person_id: UUID) -> _Held | None:
    if row_locks(session):
        # Two bells for one person: the second finds nothing due.
        session.get_one(Person, person_id, with_for_update=True)
    if not digest.people_due(session, 1, person_id):
        return None
    free = [one for one in _due(session, person_id) if _may_leave(session, *one)]
    if not free:
        return None
    together = _in_one_mail(free)
    take(session, [_number(delivery) for delivery, _broadcast in together])
    session.expire_all()
    return _held(session, together)


def _due(session: Session, person_id: UUID) -> list[tuple[Delivery, Broadcast]]:
    rows: Any = (
        select(Delivery)
        .where(col(Delivery.person_id) == person_id, *digest.is_due(clock.now()))
        .order_by(col(Delivery.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.execute(rows).scalars().all()
    return [(one, session.get_one(Broadcast, one.broadcast_id)) for one in found]


def _may_leave(session: Session, delivery: Delivery, broadcast: Broadcast) -> bool:
    """Look once more, as before any message leaves; what may not is closed with its reason."""
    at = clock.now()
    if broadcast.status is BroadcastStatus.CANCELLED:
        return _close(session, delivery, DeliveryState.CANCELLED, "cancelled")
    if worth_until(broadcast, delivery) <= at:
        return _close(session, delivery, DeliveryState.EXPIRED, "expired")
    if broadcast.paused_at is not None:
        return False
    if reason := _why_not(session, delivery, broadcast):
        return _close(session, delivery, DeliveryState.SKIPPED, reason)
    return not _is_put_off(session, delivery, broadcast, at)


def _why_not(session: Session, delivery: Delivery, broadcast: Broadcast) -> str | None:
    asked = select(why_not(broadcast, delivery.channel)).where(col(Delivery.id) == delivery.id)
    reason: str | None = session.execute(asked).scalar_one()
    return reason


def _close(session: Session, delivery: Delivery, state: DeliveryState, reason: str) -> bool:
    """False: it does not leave."""
    _change(session, delivery, state=state, reason=reason)
    return False


def _is_put_off(session: Session, delivery: Delivery, broadcast: Broadcast, at: datetime) -> bool:
    """Whether it is a quiet hour by his plan: a queue may have been longer than the day."""
    for moment, ids in leaving.quiet_hours_of(session, broadcast, at).until.items():
        if delivery.partnership_id in ids:
            _change(session, delivery, not_before=moment)
            return True
    return False


def _change(session: Session, delivery: Delivery, **values: Any) -> None:
    session.execute(
        update(Delivery)
        .where(col(Delivery.id) == delivery.id)
        .values(changed_at=clock.now(), **values)
        .execution_options(synchronize_session=False)
    )


def _in_one_mail(
    free: Sequence[tuple[Delivery, Broadcast]],
) -> list[tuple[Delivery, Broadcast]]:
    """Those to the same address as the first. What may have arrived goes by itself: its mail bears
    the Message-ID it had, and a mailbox would hide anything new in it."""
    first, _its = free[0]
    return [
        (one, broadcast)
        for one, broadcast in free
        if one.contact_point_id == first.contact_point_id and one.is_repeat == first.is_repeat
    ]


def _held(session: Session, together: Iterable[tuple[Delivery, Broadcast]]) -> _Held:
    pairs = list(together)
    first = pairs[0][0]
    point = session.get_one(ContactPoint, first.contact_point_id)
    parts = tuple(digest_mail.part_of(session, broadcast, one) for one, broadcast in pairs)
    gathered = Gathered(point.value, first.language, _number(first), parts)
    claimed = tuple(_claimed(one, point.value) for one, _broadcast in pairs)
    latest = max(worth_until(broadcast, one) for one, broadcast in pairs)
    return _Held(gathered, claimed, latest)


def _claimed(delivery: Delivery, to: str) -> Claimed:
    return Claimed(
        id=_number(delivery),
        fence=delivery.fence,
        attempt=delivery.attempts,
        is_repeat=delivery.is_repeat,
        channel=delivery.channel,
        language=delivery.language,
        to=to,
        queued_at=delivery.queued_at,
        partnership_id=delivery.partnership_id,
    )


def _number(delivery: Delivery) -> int:
    assert delivery.id is not None
    return delivery.id
