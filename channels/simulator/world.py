"""All that a running simulator holds."""

from dataclasses import dataclass, field
from typing import TypeVar

from channels.simulator.ledger import Ledger
from channels.simulator.mailboxes import Mailboxes
from channels.simulator.phones import Phones
from channels.simulator.records import Message, PhoneCall
from channels.simulator.settings import Knobs, SimulatorSettings
from channels.simulator.webhooks import Webhooks

R = TypeVar("R")
MESSAGES_KEPT = 200_000
CALLS_KEPT = 20_000


@dataclass(slots=True)
class World:
    """The simulator's memory; nothing of it is ever written to a disk."""

    settings: SimulatorSettings
    webhooks: Webhooks
    mailboxes: Mailboxes
    ledger: Ledger
    phones: Phones = field(default_factory=Phones)
    knobs: Knobs = field(default_factory=Knobs)
    messages: dict[str, Message] = field(default_factory=dict)
    calls: dict[str, PhoneCall] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)

    def keep_message(self, message: Message) -> None:
        """Accept a text: on its phone, in the list, in the ledger."""
        _keep(self.messages, message.sid, message, MESSAGES_KEPT)
        self.phones.add(message.to, message)
        self.ledger.add("sms", message.to, message.sid, message.body)

    def keep_call(self, call: PhoneCall) -> None:
        """Accept a call: on its phone, in the list, in the ledger."""
        _keep(self.calls, call.sid, call, CALLS_KEPT)
        self.phones.add(call.to, call)
        self.ledger.add("call", call.to, call.sid, call.twiml)

    def reset(self) -> None:
        """Forget everything and turn every knob back."""
        self.webhooks.forget()
        for memory in (self.phones, self.mailboxes, self.ledger):
            memory.clear()
        for records in (self.messages, self.calls, self.refusals):
            records.clear()
        self.knobs = Knobs()


def new_world(settings: SimulatorSettings) -> World:
    """An empty simulator."""
    ledger = Ledger()
    return World(settings, Webhooks(settings.auth_token), Mailboxes(ledger), ledger)


def _keep(records: dict[str, R], sid: str, record: R, limit: int) -> None:
    if len(records) >= limit:
        del records[next(iter(records))]
    records[sid] = record
