"""The contract every channel obeys: a frozen message goes in, one of three results comes out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

M = TypeVar("M", contravariant=True)


class Meaning(StrEnum):
    """What a refusal asks of the sender. In every case nothing was sent."""

    RETRY = "retry"  # this message, later
    SLOW_DOWN = "slow_down"  # every message of this sender, later (429, or its queue is full)
    STOP_POINT = "stop_point"  # never again to this number or address on this channel
    OPTED_OUT = "opted_out"  # the member told the carrier to stop
    STOP_SENDER = "stop_sender"  # settings or credentials: stop the batch and call the operator
    FAULT = "fault"  # this one delivery can never succeed as it stands


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one message may take, in seconds: until there is a connection, and in all."""

    connect: float = 3.0
    total: float = 10.0


@dataclass(frozen=True, slots=True)
class Sms:
    """A text message. `valid_for` is in seconds, 1 to 36000; `attempt` counts this one in.

    Without a `status_callback` the carrier is asked for no receipt.
    """

    to: str
    body: str
    status_callback: str
    valid_for: int
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class WhatsApp:
    """A WhatsApp message to a number in international form."""

    to: str
    body: str
    status_callback: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Call:
    """A voice call that speaks `twiml` (at most 4000 characters) when answered.

    With `ask_at` the carrier first listens whether a machine answered, and then asks that address
    what to say: `twiml` has no meaning then.
    """

    to: str
    twiml: str
    status_callback: str
    ring_seconds: int = 30
    attempt: int = 1
    ask_at: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail to one person. Keep `message_id` the same on every attempt."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: tuple[tuple[str, str], ...] = ()
    # Where a bounce goes; empty for the channel's own address.
    envelope_sender: str = ""
    # "auto-replied" for an answer to a mail (RFC 3834).
    auto_submitted: str = "auto-generated"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier has it. `segments` is None where the carrier does not count them (yet)."""

    carrier_id: str
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier said no and sent nothing. `retry_after` is in seconds.

    `whole_carrier`: it is down or cannot be reached, so the next message would fare no better.
    """

    meaning: Meaning
    code: str
    retry_after: float | None = None
    whole_carrier: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """The carrier may or may not have it: look it up before sending it again."""

    cause: str


Result = Accepted | Refused | Unclear


@dataclass(frozen=True, slots=True)
class Found:
    """What the carrier's own list says about a message; `code` is its error code, if any."""

    carrier_id: str
    status: str
    code: int | None


class CarrierUnreachable(Exception):
    """The carrier could not be asked, so nothing is known about the message."""


class Channel(Protocol[M]):
    """Sends one message at a time; safe to call many times at once from one event loop.

    `send` never raises for anything the carrier or the network did, takes no longer than the
    channel's patience, and leaves no connection in the middle of a sentence when it is cancelled.
    Closing twice is closing once. What docs/adding-a-channel.md asks is tested for every channel.
    """

    async def send(self, message: M) -> Result: ...

    async def close(self) -> None: ...


class SearchableChannel(Channel[M], Protocol[M]):
    """A channel whose carrier can be asked whether it has a message."""

    async def find(self, message: M, since: datetime, known: Collection[str] = ()) -> Found | None:
        """The oldest matching message made after `since`; None if the carrier shows none.

        Those in `known` are other messages' already: two calls to one number look alike in a list,
        and each may be taken for itself only. Raises CarrierUnreachable when the carrier could not
        be asked. Two minutes of difference between the clocks are forgiven.
        """
        ...

    async def look_up(self, carrier_id: str) -> Found | None:
        """What became of a message by the id the carrier gave it; None if it knows none.

        Raises CarrierUnreachable when the carrier could not be asked.
        """
        ...
