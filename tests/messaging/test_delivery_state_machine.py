"""Any story of one delivery, told by Hypothesis over the real code and a real database.

Workers claim it, hand it over, lose the answer, die, fall asleep and wake up; the carrier answers
late or never and shows it in his list when he likes; receipts come early, late, twice and in any
order; it is cancelled, stopped, expires. What must hold holds after every step.

``HUB_STORIES=3000`` tells more stories than a test run has time for, other ones each time.
"""

import asyncio
import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, event, update
from sqlmodel import Session, col, select

from channels.contract import (
    Accepted,
    Found,
    Meaning,
    Refused,
    Result,
    SearchableChannel,
    Sms,
    Unclear,
)
from hub import clock, db
from hub import config as hub_config
from hub.access import Actor
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import broadcasts, claims, drafts, fan_out, outcomes, receipts, reconcile, sweep
from messaging.carriers import Carriers
from messaging.models import (
    FINAL_STATES,
    IN_DOUBT,
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryEvent,
    DeliveryState,
)
from messaging.texts import Words
from partnerships import accounts, contact
from partnerships.models import Channel, ContactStop

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
LIFETIME = timedelta(hours=1)
TEXTS = {one: Words("Subject", f"Short {one}", "Long") for one in (*Language,) if one != "en"}
# A message the carrier never had must not be handed over twice, whatever happened to it.
SAFE_SHARE = 0.6
# More stories than a test run has time for.
THOROUGH = int(os.environ.get("HUB_STORIES", "0"))


@dataclass
class Message:
    """What the carrier accepted, and when his list will show it."""

    sid: str
    at: datetime
    listed_at: datetime
    ends: str
    status: str = "queued"


@dataclass
class ModelCarrier:
    """A carrier with a list that lags behind."""

    messages: list[Message] = field(default_factory=list)

    async def find(
        self, _message: Sms, since: datetime, known: Collection[str] = ()
    ) -> Found | None:
        shown = [
            one
            for one in self.messages
            if one.at >= since and one.listed_at <= clock.now() and one.sid not in known
        ]
        return Found(shown[0].sid, shown[0].status, None) if shown else None

    async def look_up(self, carrier_id: str) -> Found | None:
        found = [one for one in self.messages if one.sid == carrier_id]
        return Found(found[0].sid, found[0].status, None) if found else None


class ModelCarriers(Carriers):
    """The real questions, asked of the model."""

    def __init__(self, carrier: ModelCarrier) -> None:
        super().__init__({})
        self._carrier: Any = carrier

    def searchable(self, _channel: Channel, _carrier: str | None) -> SearchableChannel[Any]:
        found: SearchableChannel[Any] = self._carrier
        return found


# No sweep and no cancelling brings a delivery into these.
SAID_BY_THE_CARRIER = (
    DeliveryState.ACCEPTED,
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.UNDELIVERED,
    DeliveryState.FAILED,
)
WORDS_OF_RECEIPTS = {"queued": "accepted"}
# What becomes of a worker that took it.
REFUSALS: dict[str, Result] = {
    "refused for now": Refused(Meaning.RETRY, "20503"),
    "asked to slow down": Refused(Meaning.SLOW_DOWN, "20429", 1),
    "refused for good": Refused(Meaning.STOP_POINT, "21211"),
    "asleep with a refusal": Refused(Meaning.STOP_POINT, "21211"),
}
TAKEN_BY_THE_CARRIER = (
    "accepted",
    "answer lost",
    "dead after the hand-over",
    "asleep with an answer",
)
# The dangerous ones more often than the others.
FATES = (
    *TAKEN_BY_THE_CARRIER,
    *REFUSALS,
    "timed out",
    "dead before the hand-over",
    "asleep before its last check",
    "asleep after its last check",
    "answer lost",
    "dead after the hand-over",
    "asleep with an answer",
    "asleep with a refusal",
)


@dataclass
class Hand:
    """A worker with the delivery in its hands. ``result`` is what the carrier told it."""

    claimed: claims.Claimed
    since: datetime
    result: Result | None = None
    # It passed the last check and was stopped by the system right there.
    is_past_check: bool = False


class Story(RuleBasedStateMachine):
    """One delivery."""

    broadcast_id: UUID
    delivery_id: int
    point_id: UUID

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.hands: list[Hand] = []
        self.carrier = ModelCarrier()
        self.carriers = ModelCarriers(self.carrier)
        self.before: Delivery | None = None
        self.seen: Delivery | None = None
        self.is_cancelled = False
        self.told: set[str] = set()
        self.is_stopped = False
        self.is_refused = False
        clock.set_source(lambda: self.now)

    @initialize()
    def begin(self) -> None:
        with self.changing() as session:
            session.execute(delete(DeliveryEvent))
            session.execute(delete(ContactStop))
            session.execute(_as_new(Delivery, self.delivery_id, FRESH[self.delivery_id]))
            session.execute(_as_new(Broadcast, self.broadcast_id, FRESH[self.broadcast_id]))

    # What happens

    @precondition(lambda self: self.row.state is DeliveryState.QUEUED)
    @rule(
        fate=st.sampled_from(FATES),
        lag=st.sampled_from([0, 120, 120]),
        ends=st.sampled_from(["delivered", "undelivered"]),
        # Part of this rule, too: Hypothesis leaves whole rules out of a story, and without it
        # most stories would stand still after their first line.
        rounds=st.sampled_from([0, 1, 4, 4]),
    )
    def a_worker_takes_it(self, fate: str, lag: int, ends: str, rounds: int) -> None:
        self.wait_until_due()
        hand = self.claimed()
        if hand is not None:
            self.meet(fate, hand, lag, ends)
            self.the_hub_goes_on(rounds)

    def meet(self, fate: str, hand: Hand, lag: int, ends: str) -> None:
        if fate in TAKEN_BY_THE_CARRIER:
            hand.result = Accepted(self.accepted(lag, ends).sid, 1)
        if fate == "answer lost" or fate == "timed out":
            hand.result = Unclear("timed out")
        if fate in REFUSALS:
            hand.result = REFUSALS[fate]
        hand.is_past_check = fate == "asleep after its last check"
        if fate.startswith("asleep"):
            self.hands.append(hand)
        elif not fate.startswith("dead"):
            self.write_down(hand)

    @precondition(lambda self: self.hands)
    @rule(data=st.data())
    def a_sleeper_wakes(self, data: st.DataObject) -> None:
        self.wake(data.draw(st.integers(0, len(self.hands) - 1), "worker"))

    def wake(self, number: int) -> None:
        hand = self.hands.pop(number)
        if hand.result is None:
            if not self.passes_the_fence(hand):
                return
            hand.result = Accepted(self.accepted(0, "delivered").sid, 1)
        self.write_down(hand)

    @rule(rounds=st.sampled_from([1, 4, 4]))
    def the_hub_goes_on(self, rounds: int) -> None:
        for _round in range(rounds):
            self.time_passes(15)
            self.sweep()
            self.ask_the_carrier()
            if self.row.state not in IN_DOUBT:
                break

    @precondition(lambda self: self.hands)
    @rule(seconds=st.sampled_from([1, 7]))
    def a_moment_passes(self, seconds: int) -> None:
        self.time_passes(seconds)

    @precondition(lambda self: self.carrier.messages)
    @rule(data=st.data(), word=st.sampled_from(["queued", "sent", "end"]))
    def a_receipt_comes(self, data: st.DataObject, word: str) -> None:
        message = data.draw(st.sampled_from(self.carrier.messages), "message")
        self.receive(message, message.ends if word == "end" else word)

    @precondition(lambda self: self.row.fence and not self.must_not_leave)
    @rule(how=st.sampled_from(["cancelled", "stopped", "too late"]))
    def it_must_not_leave_any_more(self, how: str) -> None:
        if how == "too late":
            self.time_passes(int(LIFETIME.total_seconds()))
        elif how == "stopped":
            self.is_stopped = True
            with self.changing() as session:
                contact.stop(session, self.point_id, Channel.SMS, "texted_stop")
        else:
            self.is_cancelled = self.row.state not in FINAL_STATES
            self.cancel()

    # What must hold

    @invariant()
    def the_carrier_took_it_once_or_a_repeat_is_on_record(self) -> None:
        assert len(self.carrier.messages) <= 1 + self.row.is_repeat, "I2"

    @invariant()
    def final_states_stay_and_fences_only_rise(self) -> None:
        now, before, self.before = self.row, self.before, self.row
        if before is None:
            return
        assert now.fence >= before.fence, "I8"
        if before.state in FINAL_STATES and now.state is not before.state:
            assert before.state is DeliveryState.NO_RECEIPT, f"I3: {before.state} to {now.state}"
            assert now.state in (DeliveryState.DELIVERED, DeliveryState.UNDELIVERED), "I3"

    @invariant()
    def what_was_accepted_carries_the_carriers_id(self) -> None:
        row = self.row
        if row.state in (DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.DELIVERED):
            assert row.carrier_id in {one.sid for one in self.carrier.messages}, "I4"

    @invariant()
    def the_state_is_what_the_receipts_say(self) -> None:
        row = self.row
        ends = {"delivered", "undelivered"} & self.told
        closed_before = (
            DeliveryState.FAILED,
            DeliveryState.EXPIRED,
            DeliveryState.CANCELLED,
            DeliveryState.SKIPPED,
        )
        if ends and row.state not in closed_before:
            assert row.state in ends, f"I7: {row.state} after {ends}"
        if row.state in (DeliveryState.DELIVERED, DeliveryState.UNDELIVERED):
            assert row.state in self.told, f"I7: {row.state} and nobody said so"

    @invariant()
    def the_history_tells_how_it_came_to_its_state(self) -> None:
        """What changed nothing is marked; the last of the others is the state (I7)."""
        row = self.row
        if row.state not in SAID_BY_THE_CARRIER:
            return
        with unit_of_work(read_only=True) as session:
            told = session.exec(
                select(DeliveryEvent)
                .where(DeliveryEvent.delivery_id == row.id, ~col(DeliveryEvent.is_too_late))
                .order_by(col(DeliveryEvent.id).desc())
            ).first()
        assert told, f"I7: {row.state} and nobody said so"
        said = WORDS_OF_RECEIPTS.get(told.state, told.state)
        assert said == row.state, f"I7: {row.state} after {told.state}"

    @invariant()
    def it_is_not_closed_while_the_carrier_has_it_unless_a_repeat_was(self) -> None:
        row = self.row
        if row.state in (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.CANCELLED):
            assert row.is_repeat or not self.carrier.messages, f"{row.state} and it was accepted"

    def teardown(self) -> None:
        """Everybody wakes up, everything is well again: it ends, and nobody is forgotten."""
        while self.hands:
            self.wake(0)
            self.check()
        rounds = 0
        while self.row.state not in FINAL_STATES:
            rounds += 1
            assert rounds < 20, f"it never ends: {self.row.state}"
            self.go_on()
            self.check()
        row = self.row
        if not (self.must_not_leave or self.is_refused):
            # Sent again once and no more: what is in doubt a second time is left to a person.
            is_shown = row.is_repeat and (row.state, row.reason) == UNCLEAR
            assert self.carrier.messages or is_shown, f"lost: {row.state}, {row.reason}"

    def check(self) -> None:
        self.the_carrier_took_it_once_or_a_repeat_is_on_record()
        self.final_states_stay_and_fences_only_rise()
        self.what_was_accepted_carries_the_carriers_id()
        self.the_state_is_what_the_receipts_say()
        self.the_history_tells_how_it_came_to_its_state()

    # How the model works

    @property
    def row(self) -> Delivery:
        """The row as it is, read once between two changes."""
        if self.seen is None:
            with unit_of_work(read_only=True) as session:
                self.seen = session.get_one(Delivery, self.delivery_id)
        return self.seen

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """One unit of work, as any part of the hub would open it."""
        with unit_of_work() as session:
            yield session
        self.seen = None

    @property
    def must_not_leave(self) -> bool:
        return self.is_stopped or self.is_cancelled or self.now >= NOON + LIFETIME

    def claimed(self) -> Hand | None:
        chunk = self.row.chunk
        with self.changing() as session:
            broadcast = session.get_one(Broadcast, self.broadcast_id)
            taken = claims.claim(session, broadcast, chunk, Channel.SMS, 1)
        assert not (taken and self.must_not_leave), "I6: claimed although it must not leave"
        return Hand(taken[0], self.now) if taken else None

    def passes_the_fence(self, hand: Hand) -> bool:
        """What a worker looks at right before it hands over; what is too late it hands back."""
        if hand.is_past_check:
            return True
        is_ours = self.now - hand.since < timedelta(seconds=LEASE * SAFE_SHARE)
        if is_ours and self.now < NOON + LIFETIME:
            return True
        with self.changing() as session:
            claims.hand_back(session, [hand.claimed], self.now)
        return False

    def accepted(self, lag: int, ends: str) -> Message:
        number = len(self.carrier.messages) + 1
        message = Message(f"SM{number:032x}", self.now, self.now + timedelta(seconds=lag), ends)
        self.carrier.messages.append(message)
        return message

    def receive(self, message: Message, status: str) -> None:
        self.told.add(status)
        receipt = receipts.Receipt(self.delivery_id, "sms", status, message.sid, "", self.now)
        with self.changing() as session:
            receipts.fold(session, [receipt])

    def wait_until_due(self) -> None:
        due = self.row.not_before
        if due is not None and due > self.now:
            self.time_passes(int((due - self.now).total_seconds()) + 1)

    def cancel(self) -> None:
        with self.changing() as session:
            session.execute(
                update(Broadcast)
                .where(
                    col(Broadcast.id) == self.broadcast_id,
                    col(Broadcast.status) == BroadcastStatus.SENDING,
                )
                .values(status=BroadcastStatus.CANCELLED)
            )

    def write_down(self, hand: Hand) -> None:
        """Record what the carrier said; a worker whose claim is not the newest changes nothing."""
        before, result = self.row, hand.result
        assert result is not None
        is_newest = hand.claimed.fence == before.fence
        if is_newest and isinstance(result, Refused):
            self.is_refused |= result.meaning is Meaning.STOP_POINT
        with self.changing() as session:
            outcome = outcomes.outcome_of(hand.claimed, result, NOON + LIFETIME, "first")
            outcomes.record(session, [outcome])
        assert is_newest or self.row == before, "I8: an old claim has written"

    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        # The lease is on the database's clock, which cannot be moved: the lease is, instead.
        with self.changing() as session:
            session.execute(
                update(Delivery)
                .where(col(Delivery.lease_until).is_not(None))
                .values(lease_until=col(Delivery.lease_until) - seconds)
            )

    def sweep(self) -> None:
        with self.changing() as session:
            sweep.sweep(session)

    def ask_the_carrier(self) -> None:
        RUNNER.run(reconcile.settle_unclear(self.carriers))
        RUNNER.run(reconcile.ask_for_receipts(self.carriers))
        self.seen = None

    def go_on(self) -> None:
        """What an undisturbed hub does by itself, a good while later."""
        self.time_passes(400)
        self.sweep()
        for message in self.carrier.messages:
            self.receive(message, message.ends)
        if self.row.state is DeliveryState.UNKNOWN:
            self.ask_the_carrier()
        if self.row.state is DeliveryState.QUEUED:
            hand = self.claimed()
            if hand is not None:
                hand.result = Accepted(self.accepted(0, "delivered").sid, 1)
                self.write_down(hand)


LEASE = 10.0
UNCLEAR = (DeliveryState.NO_RECEIPT, "unclear")
RUNNER = asyncio.Runner()
# The two rows of a story as they were before it, by key.
FRESH: dict[Any, dict[str, Any]] = {}


def _as_new(table: type[Any], key: Any, values: dict[str, Any]) -> Any:
    return update(table).where(table.id == key).values(**values)


def _remember(key: Any, row: Any) -> None:
    FRESH[key] = {name: value for name, value in row.model_dump().items() if name != "id"}


def _dispatcher(session: Session) -> Actor:
    account = accounts.by_email(session, "dispatcher@demo.example")
    assert account is not None
    return accounts.actor_for(session, account)


def _do_not_wait_for_the_disk(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def story(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> type[Story]:
    """Stories about one text message of a released alert."""
    monkeypatch.setenv("HUB_LEASE_SECONDS", str(LEASE))
    hub_config.settings.cache_clear()
    # No story is about a power cut, and waiting for the disk would take most of the time.
    event.listen(db.engine(), "connect", _do_not_wait_for_the_disk)
    clock.set_source(lambda: NOON)
    with unit_of_work() as session:
        actor = _dispatcher(session)
        draft = drafts.Draft("story", BroadcastKind.URGENT_ALERT, TEXTS, ["haut-valdor"])
        broadcast = drafts.create(session, actor, draft)
        broadcasts.send(session, actor, broadcast)
    with unit_of_work() as session:
        fan_out.fan_out(session, broadcast.id)
    with unit_of_work() as session:
        rows = session.exec(select(Delivery).where(Delivery.broadcast_id == broadcast.id)).all()
        kept = next(one for one in rows if one.channel is Channel.SMS and not one.reason)
        others = [one.id for one in rows if one is not kept]
        session.execute(delete(Delivery).where(col(Delivery.id).in_(others)))
        _remember(kept.id, kept)
        session.flush()
        _remember(broadcast.id, session.get_one(Broadcast, broadcast.id))
        assert kept.contact_point_id is not None
        Story.delivery_id, Story.broadcast_id = kept.id or 0, broadcast.id
        Story.point_id = kept.contact_point_id
    return Story


# A story that breaks a promise is told again and again until it is as short as can be.
@pytest.mark.timeout(900)
# Locks play no part in it, and a file is the faster of the two.
@pytest.mark.parametrize("templates", ["sqlite"], indirect=True)
def test_whatever_happens_to_a_delivery(story: type[Story]) -> None:
    chosen = settings(
        max_examples=THOROUGH or 80,
        stateful_step_count=8,
        deadline=None,
        database=None,
        # The same stories in every run, so that a change is tested and not the luck of the day.
        derandomize=not THOROUGH,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(story, settings=chosen)
