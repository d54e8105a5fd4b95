"""Sending one chunk: claim, hand over at once to many, write down what came back.

No transaction is open while a carrier is asked. The database is written from a thread, so that
answers keep coming in meanwhile.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from channels.contract import Meaning, Refused, Result
from hub import clock, log
from hub.config import settings
from hub.db import DATABASE_AWAY, unit_of_work
from messaging import broadcasts
from messaging.carriers import Carriers
from messaging.claims import Claimed, claim, hand_back, renew
from messaging.models import Broadcast, BroadcastStatus
from messaging.outcomes import Outcome, outcome_of, record
from messaging.rendering import Letter
from partnerships.models import Channel

_log = log.get(__name__)

_RECORD_EVERY_SECONDS = 0.25
# The rest of a lease is for the call that is under way when it is checked.
_SAFE_SHARE = 0.6
# Seconds to wait for a database that is away; after that the receipts must tell.
_LAST_TRIES = 20
# A sender that is refused altogether (credentials, balance) is tried again after this.
_SENDER_PAUSE = timedelta(seconds=30)


async def deliver_chunk(carriers: Carriers, broadcast_id: UUID, chunk: int) -> int:
    """Send what is due of one chunk; how many deliveries were taken.

    One bad recipient stops nobody else. A worker that dies in here leaves leases that end.
    """
    taken = await asyncio.to_thread(_take, broadcast_id, chunk)
    if taken is None:
        return 0
    letter, expires_at, deliveries = taken
    async with _Hand(carriers, letter, expires_at, deliveries) as hand:
        await hand.send_all()
    return len(deliveries)


def _take(broadcast_id: UUID, chunk: int) -> tuple[Letter, datetime, list[Claimed]] | None:
    with unit_of_work() as session:
        broadcast = session.get(Broadcast, broadcast_id)
        if broadcast is None or broadcast.status is BroadcastStatus.DRAFT:
            return None
        deliveries = claim(session, broadcast, chunk)
        if not deliveries:
            return None
        texts = broadcasts.texts_of(session, broadcast)
        seconds_left = int((broadcast.expires_at - clock.now()).total_seconds())
        letter = Letter(broadcast.id, broadcast.kind, texts, seconds_left)
        return letter, broadcast.expires_at, deliveries


def _limits() -> dict[Channel, asyncio.Semaphore]:
    chosen = settings()
    return {
        Channel.SMS: asyncio.Semaphore(chosen.sms_concurrency),
        Channel.VOICE: asyncio.Semaphore(chosen.voice_concurrency),
        Channel.EMAIL: asyncio.Semaphore(chosen.email_concurrency),
    }


class _Hand:
    """The deliveries a worker holds: sent, renewed and written down until none is left."""

    def __init__(
        self,
        carriers: Carriers,
        letter: Letter,
        expires_at: datetime,
        deliveries: Iterable[Claimed],
    ) -> None:
        self._carriers = carriers
        self._letter = letter
        self._expires_at = expires_at
        self._held = {one.id: one for one in deliveries}
        # Only these may go back to the queue: what was begun may have arrived.
        self._not_begun = set(self._held)
        self._done: list[Outcome] = []
        self._limits = _limits()
        # On the monotonic clock: after this, another worker may have what we hold.
        self._safe_until = 0.0
        self._sender_refused: str | None = None
        self._finished = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "_Hand":
        self._safe_until = time.monotonic() + settings().lease_seconds * _SAFE_SHARE
        self._keeper = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._finished.set()
        if self._keeper is not None:
            await self._keeper
        await self._write_down_at_last()
        await self._return_unsent()

    async def send_all(self) -> None:
        await asyncio.gather(*(self._send(one) for one in list(self._held.values())))

    async def _send(self, delivery: Claimed) -> None:
        async with self._limits[delivery.channel]:
            if not self._may_send():
                return
            self._not_begun.discard(delivery.id)
            result = await self._hand_over(delivery)
        if isinstance(result, Refused) and result.meaning is Meaning.STOP_SENDER:
            self._sender_refused = result.code
            self._not_begun.add(delivery.id)
            return
        self._done.append(outcome_of(delivery, result, self._expires_at))

    def _may_send(self) -> bool:
        # A paused worker wakes up here: it must not send what is no longer its own.
        is_ours = time.monotonic() < self._safe_until
        return is_ours and not self._sender_refused and clock.now() < self._expires_at

    async def _hand_over(self, delivery: Claimed) -> Result:
        try:
            return await self._carriers.send(self._letter, delivery)
        except Exception as error:
            # Unknown, so loud; but the next person must still get his message.
            _log.exception("send_failed", delivery_id=delivery.id)
            return Refused(Meaning.FAULT, type(error).__name__)

    async def _keep(self) -> None:
        """Write down and renew, every few hundred milliseconds, until finished."""
        renewed = time.monotonic()
        while not self._finished.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._finished.wait(), _RECORD_EVERY_SECONDS)
            await self._write_down()
            if time.monotonic() - renewed >= settings().lease_seconds / 3:
                renewed = time.monotonic()
                await self._renew()

    async def _write_down(self) -> bool:
        batch, self._done = self._done, []
        if not batch:
            return True
        try:
            await asyncio.to_thread(_record, batch)
        except DATABASE_AWAY as error:
            # Nothing more leaves that cannot be recorded.
            self._safe_until = 0.0
            self._done = batch + self._done
            _log.error("record_failed", cause=type(error).__name__, waiting=len(self._done))
            return False
        for outcome in batch:
            self._held.pop(outcome.delivery.id, None)
        return True

    async def _write_down_at_last(self) -> None:
        for _try in range(_LAST_TRIES):
            if await self._write_down():
                return
            await asyncio.sleep(1)

    async def _renew(self) -> None:
        started = time.monotonic()
        try:
            await asyncio.to_thread(_renew, list(self._held))
        except DATABASE_AWAY as error:
            _log.error("renew_failed", cause=type(error).__name__)
            return
        self._safe_until = started + settings().lease_seconds * _SAFE_SHARE

    async def _return_unsent(self) -> None:
        if not self._not_begun:
            return
        pause = _SENDER_PAUSE if self._sender_refused else timedelta()
        if self._sender_refused:
            _log.error("sender_refused", code=self._sender_refused, waiting=len(self._not_begun))
        await asyncio.to_thread(_hand_back, list(self._not_begun), clock.now() + pause)


def _record(batch: list[Outcome]) -> None:
    with unit_of_work() as session:
        record(session, batch)


def _renew(ids: list[int]) -> None:
    with unit_of_work() as session:
        renew(session, ids)


def _hand_back(ids: list[int], not_before: datetime) -> None:
    with unit_of_work() as session:
        hand_back(session, ids, not_before)
