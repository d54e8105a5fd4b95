"""One worker's turn at a broadcast by one channel: portions in, messages out, outcomes down.

It begins with one chunk and goes on with others while its time lasts: at the end of each turn the
crowd runs dry, which at a tenth of a second an answer cost a sixth of all sending.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from channels.contract import Meaning, Refused, Result
from hub import clock, log
from hub.config import settings
from hub.db import DATABASE_AWAY, unit_of_work
from hub.queue import rings_for_others
from messaging.broadcasts import QUEUE_OF_KIND
from messaging.carriers import Carriers, Route
from messaging.claims import Claimed, chunk_with_work, claim, hand_back, renew
from messaging.models import Broadcast, BroadcastKind
from messaging.outcomes import Outcome, outcome_of, record
from messaging.pace import Permit
from messaging.rendering import Letter
from partnerships.models import Channel

_log = log.get(__name__)

# No worker is away from others' work for longer than this, but for what is under way then; nor
# from work of the same broadcast that came up since, for longer than the second.
TURN_SECONDS = 2.0
_LONGEST_TURN_SECONDS = 10.0
_RECORD_EVERY_SECONDS = 0.25
# The rest of a lease is for the call that is under way when it is checked.
_SAFE_SHARE = 0.6
# Seconds to wait for a database that is away; after that the receipts must tell.
_LAST_TRIES = 20
# A portion keeps the crowd busy while the next one is claimed; where the carrier answers at once it
# is larger, for a claim is a transaction.
_TIMES_THE_CROWD, _TIMES_THE_CROWD_WHEN_QUICK = 2, 5
_QUICK_SECONDS = 0.12
_LARGEST_PORTION = 500
# After the end of a turn what was claimed may still leave for so long; the rest is handed back.
_DRAIN_SECONDS = 0.5
# Asked more often, the pace would be kept one message at a time, each with a claim of its own.
_PACE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _Item:
    """A claimed delivery and the way out its portion was given."""

    delivery: Claimed
    route: Route
    is_probe: bool


class Turn:
    """The deliveries a worker holds: sent, renewed and written down until none is left."""

    def __init__(
        self,
        carriers: Carriers,
        letter: Letter,
        chunk: int,
        channel: Channel,
        must_stop: Callable[[], bool],
    ) -> None:
        self._carriers = carriers
        self._letter = letter
        # Where it is now: what is rung for when the turn is cut short.
        self.chunk = chunk
        self._channel = channel
        began = time.monotonic()
        self._ends = began + TURN_SECONDS
        self._last_end = began + _LONGEST_TURN_SECONDS
        self._must_stop = must_stop
        self._waiting: asyncio.Queue[_Item | None] = asyncio.Queue()
        self._room = asyncio.Event()
        self._held: dict[int, Claimed] = {}
        # Only these may go back to the queue: what was begun may have arrived.
        self._not_begun: dict[int, Claimed] = {}
        self._done: list[Outcome] = []
        self._taken = 0
        # On the monotonic clock: after this, another worker may have what we hold.
        self._safe_until = 0.0
        # Nothing more is taken or begun: the database is away, or every carrier is.
        self._last_taken = 0.0
        self._is_over = False
        self._is_fed = False
        self._finished = asyncio.Event()
        # Whether the turn ended before the work did, with nothing wrong but the time.
        self.is_cut_short = False

    async def run(self) -> int:
        """Work until nothing is due or the turn is over; how many deliveries were taken."""
        most = max((one.most_at_once for one in self._carriers.routes(self._channel)), default=1)
        keeper = asyncio.create_task(self._keep())
        senders = [asyncio.create_task(self._send_on(number)) for number in range(most)]
        try:
            await self._feed()
        finally:
            self._is_fed = True
            for _sender in senders:
                self._waiting.put_nowait(None)
            await asyncio.gather(*senders)
            self._finished.set()
            await keeper
            await self._write_down_at_last()
            await self._return_unsent()
        return self._taken

    # Taking portions

    async def _feed(self) -> None:
        while not self._is_over and not self._must_stop():
            if time.monotonic() >= self._ends and not await self._is_prolonged():
                self.is_cut_short = True
                return
            rest = self._ends - time.monotonic()
            route = self._carriers.route(self._channel)
            if route is None:
                if not await self._await_carrier(rest):
                    return
                continue
            wanted = _portion(route, self._is_quick())
            permit = await route.pace.ask(self._is_urgent, wanted, self._cost)
            if not permit.granted:
                if not await self._await_permit(permit, rest):
                    return
                continue
            if not await self._take(route, permit.granted):
                return
            await self._await_room()

    async def _is_prolonged(self) -> bool:
        """Whether the turn goes on, because nobody else waits: starting anew would cost more."""
        now = time.monotonic()
        if now >= self._last_end:
            return False
        letter = self._letter
        queue = QUEUE_OF_KIND[letter.kind]
        if await asyncio.to_thread(rings_for_others, queue, str(letter.broadcast_id)):
            return False
        self._ends = now + TURN_SECONDS
        return True

    def _is_quick(self) -> bool:
        """Whether the last portion left at once, so that a larger one costs nobody a wait."""
        before, self._last_taken = self._last_taken, time.monotonic()
        return self._last_taken - before < _QUICK_SECONDS

    @property
    def _is_urgent(self) -> bool:
        return self._letter.kind is BroadcastKind.URGENT_ALERT

    @property
    def _cost(self) -> int:
        return self._letter.segments if self._channel is Channel.SMS else 1

    async def _await_carrier(self, rest: float) -> bool:
        """Wait for a carrier that asked us to slow down; False when that takes too long."""
        pause = self._carriers.pause(self._channel)
        if pause is None or pause > rest:
            return False
        await asyncio.sleep(pause)
        return True

    async def _await_permit(self, permit: Permit, rest: float) -> bool:
        """Wait for our share of the pace; False when others go first."""
        if permit.gives_way:
            return False
        await asyncio.sleep(min(max(permit.wait, _PACE_SECONDS), rest))
        return True

    async def _take(self, route: Route, limit: int) -> bool:
        is_probe = route.health.is_open
        # From before the claim: the lease runs from then.
        began = time.monotonic()
        try:
            portion = await asyncio.to_thread(self._claim, limit)
        except DATABASE_AWAY as error:
            _log.error("claim_failed", cause=type(error).__name__)
            return False
        if not portion:
            return False
        if not self._held:
            self._safe_until = began + settings().lease_seconds * _SAFE_SHARE
        self._taken += len(portion)
        for one in portion:
            self._held[one.id] = self._not_begun[one.id] = one
            self._waiting.put_nowait(_Item(one, route, is_probe))
        return True

    def _claim(self, limit: int) -> list[Claimed]:
        with unit_of_work() as session:
            broadcast = session.get_one(Broadcast, self._letter.broadcast_id)
            while not (portion := self._claim_here(session, broadcast, limit)):
                further = chunk_with_work(session, broadcast, self._channel)
                if further is None or further == self.chunk:
                    return []
                self.chunk = further
            return portion

    def _claim_here(self, session: Session, broadcast: Broadcast, limit: int) -> list[Claimed]:
        return claim(session, broadcast, self.chunk, self._channel, limit)

    async def _await_room(self) -> None:
        """Until half of what waits has been begun, so that portions follow without a gap."""
        while self._waiting.qsize() > self._crowd and not self._is_over:
            self._room.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._room.wait(), _RECORD_EVERY_SECONDS)

    @property
    def _crowd(self) -> int:
        return max((int(one.width) for one in self._carriers.routes(self._channel)), default=1)

    # Handing over

    async def _send_on(self, number: int) -> None:
        """One of the crowd: sends one message after the other until there is none."""
        while True:
            while number >= self._crowd:
                # The carrier asked for a smaller crowd: the others do the rest.
                if self._is_fed:
                    return
                await asyncio.sleep(0.05)
            item = await self._waiting.get()
            if item is None:
                return
            if self._waiting.qsize() <= self._crowd:
                self._room.set()
            if self._may_send():
                await self._send(item.delivery, self._way_out(item))

    def _may_send(self) -> bool:
        # A paused worker wakes up here: it must not send what is no longer its own.
        now = time.monotonic()
        is_ours = now < self._safe_until and now < self._ends + _DRAIN_SECONDS
        may_go_on = not (self._is_over or self._must_stop())
        return is_ours and may_go_on and clock.now() < self._letter.expires_at

    def _way_out(self, item: _Item) -> Route | None:
        """Its portion's carrier, unless that has stopped working since; then another, or none."""
        if item.is_probe or item.route.is_usable:
            return item.route
        return self._carriers.other_route(self._channel, item.route)

    async def _send(self, delivery: Claimed, chosen: Route | None) -> None:
        while chosen is not None:
            self._not_begun.pop(delivery.id, None)
            result = await self._hand_over(chosen, delivery)
            other = self._second_chance(result, chosen)
            if other is None:
                self._done.append(
                    outcome_of(delivery, result, self._letter.expires_at, chosen.carrier)
                )
                return
            chosen = other

    def _second_chance(self, result: Result, route: Route) -> Route | None:
        """Another carrier for a message that this one did not take for reasons of its own."""
        if not isinstance(result, Refused):
            return None
        is_the_carriers = result.whole_carrier or result.meaning is Meaning.STOP_SENDER
        return self._carriers.other_route(self._channel, route) if is_the_carriers else None

    async def _hand_over(self, route: Route, delivery: Claimed) -> Result:
        began = time.monotonic()
        try:
            result = await self._carriers.send(route, self._letter, delivery)
        except Exception as error:
            # Unknown, so loud; but the next person must still get his message.
            _log.exception("send_failed", delivery_id=delivery.id)
            return Refused(Meaning.FAULT, type(error).__name__)
        await route.learn(result, time.monotonic() - began)
        if isinstance(result, Refused) and result.meaning is Meaning.STOP_SENDER:
            _log.error("sender_refused", carrier=route.carrier, code=result.code)
        return result

    # Writing down

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
            self._is_over = True
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
        unsent = list(self._not_begun.values())
        pause = timedelta(seconds=self._carriers.pause(self._channel) or 0)
        try:
            await asyncio.to_thread(_hand_back, unsent, pause)
        except DATABASE_AWAY as error:
            # Their leases end by themselves.
            _log.error("hand_back_failed", cause=type(error).__name__, waiting=len(unsent))


def _portion(route: Route, is_quick: bool) -> int:
    """How many to take at once: one for a probe, fewer from a carrier that is not well."""
    if route.health.is_open:
        return 1
    times = _TIMES_THE_CROWD_WHEN_QUICK if is_quick else _TIMES_THE_CROWD
    wanted = int(times * route.width * route.health.strength)
    return min(max(1, wanted), _LARGEST_PORTION)


def _record(batch: list[Outcome]) -> None:
    with unit_of_work() as session:
        record(session, batch)


def _renew(ids: list[int]) -> None:
    with unit_of_work() as session:
        renew(session, ids)


def _hand_back(unsent: list[Claimed], pause: timedelta) -> None:
    with unit_of_work() as session:
        hand_back(session, unsent, clock.now() + pause)
