"""Deliveries nobody knows the end of: ask the carrier, and only then decide.

A worker that dies between the carrier's yes and our record leaves a delivery unknown. Sending it
again blindly doubled 124 of 1,500 in an experiment; never sending it lost 126. So: a receipt
settles it; else the carrier's own list, looked at twice; then an urgent one is sent again, once,
and marked as a repeat; any other is left as it is and shown.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import update
from sqlmodel import Session, col, select

from channels.contract import CarrierUnreachable, Found
from hub import clock, log, rounds
from hub.db import unit_of_work
from hub.security import blind_index
from messaging.carriers import Carriers, write
from messaging.claims import Claimed
from messaging.lifetimes import worth_until
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryEvent,
    DeliveryState,
)
from messaging.receipts import Receipt, fold
from messaging.rendering import Letter, letter_of
from messaging.sweep import overdue_receipts, unclear_deliveries
from partnerships.models import Channel, ContactPoint

_log = log.get(__name__)

# One after the other, the 200 messages of a dead worker would take half a minute to ask about.
_QUESTIONS_AT_ONCE = 10
# An alert is over long before: what was released earlier cannot be what a list shows now.
_RECENT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Doubt:
    """One unknown delivery, written as it was sent, so that the carrier can be asked for it."""

    letter: Letter
    delivery: Claimed
    carrier: str | None
    since: datetime
    asked_before: bool
    may_repeat: bool


async def settle_unclear(carriers: Carriers) -> int:
    """Ask the carrier about every delivery that is due; how many were settled or asked about."""
    with unit_of_work(read_only=True) as session:
        doubts = _doubts(session)
    await _one_by_one([partial(_settle_in_turn, carriers, same) for same in _by_number(doubts)])
    return len(doubts)


def _by_number(doubts: Sequence[_Doubt]) -> list[list[_Doubt]]:
    """Those about one number together, the oldest first: each may take one message of the list."""
    groups: dict[tuple[Channel, str], list[_Doubt]] = defaultdict(list)
    for doubt in sorted(doubts, key=lambda one: (one.since, one.delivery.id)):
        groups[doubt.delivery.channel, doubt.delivery.to].append(doubt)
    return list(groups.values())


async def _settle_in_turn(carriers: Carriers, doubts: Sequence[_Doubt]) -> None:
    for doubt in doubts:
        with _apart(doubt.delivery.id):
            await _settle(carriers, doubt)


def _apart(delivery_id: int | None) -> AbstractContextManager[None]:
    """One question: what goes wrong with it is no reason not to ask the others."""
    passing = (CarrierUnreachable,)
    return rounds.apart("question_failed", passing=passing, delivery_id=delivery_id)


async def _one_by_one(questions: Sequence[Callable[[], Awaitable[None]]]) -> None:
    """Ask a few at once; a carrier that does not answer is left alone until the next round."""
    few = asyncio.Semaphore(_QUESTIONS_AT_ONCE)
    away = asyncio.Event()

    async def ask(question: Callable[[], Awaitable[None]]) -> None:
        async with few:
            if away.is_set():
                return
            try:
                await question()
            except CarrierUnreachable as error:
                away.set()
                _log.warning("carrier_unreachable", cause=str(error))

    await asyncio.gather(*(ask(one) for one in questions))


def _doubts(session: Session) -> list[_Doubt]:
    found = []
    for delivery_id in unclear_deliveries(session):
        with _apart(delivery_id):
            found.append(_doubt(session, delivery_id))
    return found


def _doubt(session: Session, delivery_id: int) -> _Doubt:
    delivery = session.get_one(Delivery, delivery_id)
    broadcast = session.get_one(Broadcast, delivery.broadcast_id)
    point = session.get_one(ContactPoint, delivery.contact_point_id)
    claimed = Claimed(
        delivery_id,
        delivery.fence,
        delivery.attempts,
        delivery.is_repeat,
        delivery.channel,
        delivery.language,
        point.value,
        delivery.queued_at,
        delivery.partnership_id,
    )
    return _Doubt(
        letter_of(session, broadcast),
        claimed,
        delivery.carrier,
        delivery.queued_at,
        delivery.carrier_asked_at is not None,
        _may_repeat(broadcast, delivery),
    )


def _may_repeat(broadcast: Broadcast, delivery: Delivery) -> bool:
    """Once, and only what somebody still waits for: an alert, or a mail, which shows as one."""
    is_worth_it = broadcast.kind is BroadcastKind.URGENT_ALERT or delivery.channel is Channel.EMAIL
    is_worth = worth_until(broadcast, delivery) > clock.now()
    is_on = broadcast.status is BroadcastStatus.SENDING and is_worth
    return is_worth_it and is_on and not delivery.is_repeat


async def _settle(carriers: Carriers, doubt: _Doubt) -> None:
    delivery = doubt.delivery
    if delivery.channel is Channel.EMAIL:
        # The same Message-ID goes out again, once: mailboxes show it once.
        _decide(delivery.id, _send_again if doubt.may_repeat else _leave_unclear)
        return
    found = await _look_up(carriers, doubt)
    if found is not None:
        _take_word(delivery.id, delivery.channel, found)
    elif not doubt.asked_before:
        _decide(delivery.id, _note_absence)
    elif doubt.may_repeat:
        _decide(delivery.id, _send_again)
    else:
        _decide(delivery.id, _leave_unclear)


async def _look_up(carriers: Carriers, doubt: _Doubt) -> Found | None:
    carrier = carriers.searchable(doubt.delivery.channel, doubt.carrier)
    if carrier is None:
        return None
    with unit_of_work(read_only=True) as session:
        known = _ids_on_record(session, doubt)
    return await carrier.find(write(doubt.letter, doubt.delivery), doubt.since, known)


def _ids_on_record(session: Session, doubt: _Doubt) -> set[str]:
    """What the carrier calls those messages to this number of which we know whose they are.

    Two alerts within minutes are two calls to one telephone, and nothing in the carrier's list
    tells them apart.
    """
    same_number = select(ContactPoint.person_id).where(
        ContactPoint.value_index == blind_index(doubt.delivery.to)
    )
    recent = select(Broadcast.id).where(col(Broadcast.released_at) >= doubt.since - _RECENT)
    theirs = select(Delivery.id).where(
        col(Delivery.broadcast_id).in_(recent),
        col(Delivery.person_id).in_(same_number),
        Delivery.channel == doubt.delivery.channel,
    )
    told = select(DeliveryEvent.carrier_id).where(
        col(DeliveryEvent.delivery_id).in_(theirs), DeliveryEvent.carrier_id != ""
    )
    return set(session.exec(told))


def _take_word(delivery_id: int, channel: Channel, found: Found) -> None:
    code = str(found.code) if found.code else ""
    receipt = Receipt(delivery_id, channel, found.status, found.carrier_id, code, clock.now())
    with unit_of_work() as session:
        fold(session, [receipt])


def _decide(delivery_id: int, change: Callable[[Delivery], None]) -> None:
    """Change a delivery that is still unknown; a receipt may have settled it meanwhile."""
    with unit_of_work() as session:
        still_unknown = (
            select(Delivery)
            .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.UNKNOWN)
            .with_for_update()
        )
        delivery = session.exec(still_unknown).first()
        if delivery is not None:
            change(delivery)
            session.add(delivery)


def _note_absence(delivery: Delivery) -> None:
    delivery.carrier_asked_at = clock.now()


def _send_again(delivery: Delivery) -> None:
    delivery.state = DeliveryState.QUEUED
    delivery.is_repeat = True
    delivery.reason = "repeat"
    delivery.carrier_asked_at = None
    # Due at once: the next round of bells need not wait for one that may still be rung.
    delivery.not_before = clock.now()
    delivery.changed_at = clock.now()


def _leave_unclear(delivery: Delivery) -> None:
    delivery.state = DeliveryState.NO_RECEIPT
    delivery.reason = "unclear"
    delivery.changed_at = clock.now()


async def ask_for_receipts(carriers: Carriers) -> int:
    """Ask what became of deliveries whose receipts never came; how many were asked about.

    A web process that was away for longer than the carrier repeats its receipts has lost them.
    """
    with unit_of_work(read_only=True) as session:
        overdue = [session.get_one(Delivery, one) for one in overdue_receipts(session)]
    await _one_by_one([partial(_ask_for_receipt, carriers, delivery) for delivery in overdue])
    return len(overdue)


async def _ask_for_receipt(carriers: Carriers, delivery: Delivery) -> None:
    carrier = carriers.searchable(delivery.channel, delivery.carrier)
    if carrier is None or delivery.carrier_id is None or delivery.id is None:
        return
    with _apart(delivery.id):
        found = await carrier.look_up(delivery.carrier_id)
        if found is not None:
            _take_word(delivery.id, delivery.channel, found)
    # Also of one that failed: it is not asked about again before the others.
    with unit_of_work() as session:
        session.execute(
            update(Delivery)
            .where(col(Delivery.id) == delivery.id)
            .values(carrier_asked_at=clock.now())
            .execution_options(synchronize_session=False)
        )
