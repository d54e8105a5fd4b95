"""All that a running simulator holds."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from channels.simulator.chance import Chance, belongs
from channels.simulator.faults import CHANCE_FAULTS, Fault, refusal_with
from channels.simulator.knobs import Answering, Knobs
from channels.simulator.ledger import Ledger
from channels.simulator.mailboxes import Mailboxes
from channels.simulator.phones import Phones
from channels.simulator.rate_limit import RateLimit
from channels.simulator.records import Message, PhoneCall, now
from channels.simulator.settings import SimulatorSettings
from channels.simulator.webhooks import Webhooks

R = TypeVar("R")
MESSAGES_KEPT = 200_000
CALLS_KEPT = 20_000
RECORDINGS_KEPT = 100


@dataclass(slots=True)
class World:
    """The simulator's memory; nothing of it is ever written to a disk."""

    settings: SimulatorSettings
    webhooks: Webhooks
    mailboxes: Mailboxes
    ledger: Ledger
    knobs: Knobs
    chance: Chance
    rate: RateLimit = field(default_factory=lambda: RateLimit(time.monotonic))
    phones: Phones = field(default_factory=Phones)
    messages: dict[str, Message] = field(default_factory=dict)
    calls: dict[str, PhoneCall] = field(default_factory=dict)
    recordings: dict[str, bytes] = field(default_factory=dict)
    # How often each magic number was refused, and how often each thing happened in all.
    refusals: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    answering_by_number: dict[str, Answering] = field(default_factory=dict)

    def turn(self, order: dict[str, object]) -> None:
        """Behave like this from now on. Raises pydantic's ValidationError; then nothing changed."""
        self.knobs = self.knobs.turned(order)
        if "seed" in order:
            self.chance = Chance(self.knobs.seed)

    def fault_by_chance(self) -> Fault | None:
        """What goes wrong with one request, if the shares of faults say so."""
        if not any(share for _kind, share in self.knobs.chances):
            return None
        kind = self.chance.one_of(self.knobs.chances)
        if kind is None:
            return None
        self.counts[kind] += 1
        return CHANCE_FAULTS.get(kind) or refusal_with(self.knobs.refused_code)

    def tells_the_hub(self) -> bool:
        """Whether this receipt is posted, or lost on its way."""
        posted = self.knobs.receipts and self.chance.happens(self.knobs.receipts_percent)
        self.counts["receipts" if posted else "receipts_lost"] += 1
        return posted

    def newest_listed(self) -> datetime:
        """What was made later than this the lists do not show yet."""
        return now() - timedelta(seconds=self.knobs.list_lag_seconds)

    def answering_of(self, number: str) -> Answering:
        """How this phone behaves: its own way, else the general one."""
        knobs = self.knobs
        own = self.answering_by_number.get(number)
        if own is None and not belongs(knobs.seed, number, knobs.answering_percent):
            return Answering.NO_ANSWER
        return own or knobs.answering

    def keep_message(self, message: Message) -> None:
        """Accept a text: on its phone, in the list, in the ledger."""
        _keep(self.messages, message.sid, message, MESSAGES_KEPT)
        self.phones.add(message.to, message)
        self.ledger.add(message.kind, message.to, message.sid, message.body)

    def keep_call(self, call: PhoneCall) -> None:
        """Accept a call: on its phone, in the list, in the ledger."""
        _keep(self.calls, call.sid, call, CALLS_KEPT)
        self.phones.add(call.to, call)
        self.ledger.add("call", call.to, call.sid, call.twiml)

    def keep_incoming(self, call: PhoneCall) -> None:
        """A call to the hub: on its phone. The hub did not ask for it, so no list has it."""
        _keep(self.calls, call.sid, call, CALLS_KEPT)
        self.phones.add(call.to, call)

    def keep_recording(self, sid: str, sound: bytes) -> None:
        """Hold what somebody said until it is taken away."""
        _keep(self.recordings, sid, sound, RECORDINGS_KEPT)

    def reset(self) -> None:
        """Forget everything and turn every knob back."""
        self.webhooks.forget()
        for memory in (self.phones, self.mailboxes, self.ledger):
            memory.clear()
        for records in (self.messages, self.calls, self.refusals, self.answering_by_number):
            records.clear()
        self.recordings.clear()
        self.counts.clear()
        self.knobs = self.settings.knobs
        self.chance = Chance(self.knobs.seed)


def new_world(settings: SimulatorSettings) -> World:
    """An empty simulator."""
    ledger = Ledger()
    return World(
        settings,
        Webhooks(settings.auth_token),
        Mailboxes(ledger),
        ledger,
        settings.knobs,
        Chance(settings.knobs.seed),
    )


def _keep(records: dict[str, R], sid: str, record: R, limit: int) -> None:
    if len(records) >= limit:
        del records[next(iter(records))]
    records[sid] = record
