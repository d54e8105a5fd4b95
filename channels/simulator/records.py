"""What the simulator remembers about each message, call and reply."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

# Random once, then counted: an id of a run that has ended never comes again.
_RUN = secrets.token_hex(10)
_numbers = count(1)


def new_sid(prefix: str) -> str:
    """An id in Twilio's form: two letters and 32 hex digits."""
    return f"{prefix}{_RUN}{next(_numbers):012x}"


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Message:
    """A text from the hub to a phone; `prefix` is "whatsapp:" for one that goes that way."""

    to: str
    sender: str
    service: str | None
    body: str
    segments: int
    callback: str
    status: str
    sid: str = field(default_factory=lambda: new_sid("SM"))
    at: datetime = field(default_factory=now)
    code: int | None = None
    prefix: str = ""
    is_template: bool = False

    @property
    def kind(self) -> str:
        return self.prefix.rstrip(":") or "sms"


@dataclass(slots=True)
class PhoneCall:
    """A call from the hub, or to it. `heard` is what was said so far; `action` waits for a key,
    `after_tone` and `stored` for what is said after the tone.

    `ask_at` is where to ask what to say, if the hub did not send it; with `detects_machine` the
    hub is told who answered.
    """

    to: str
    sender: str
    twiml: str
    callback: str
    events: frozenset[str]
    ring_seconds: int
    ask_at: str = ""
    detects_machine: bool = False
    sid: str = field(default_factory=lambda: new_sid("CA"))
    at: datetime = field(default_factory=now)
    status: str = "queued"
    sequence: int = 0
    heard: list[str] = field(default_factory=list)
    played: list[str] = field(default_factory=list)
    language: str = ""
    action: str = ""
    acts_on_silence: bool = False
    answered_by: str = ""
    answered: datetime | None = None
    ended: datetime | None = None
    is_to_hub: bool = False
    after_tone: str = ""
    stored: str = ""


@dataclass(slots=True)
class Reply:
    """A text that did not come through the Messages resource.

    `direction` is "out" for what the phone sent and "in" for the hub's TwiML answer to it.
    """

    direction: str
    body: str
    status: str
    sid: str
    segments: int
    at: datetime = field(default_factory=now)


Entry = Message | PhoneCall | Reply
