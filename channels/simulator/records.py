"""What the simulator remembers about each message, call and reply."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime


def new_sid(prefix: str) -> str:
    """An id in Twilio's form: two letters and 32 hex digits."""
    return prefix + uuid.uuid4().hex


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Message:
    """A text from the hub to a phone."""

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


@dataclass(slots=True)
class PhoneCall:
    """A call from the hub. `heard` is what was said so far; `action` waits for a key."""

    to: str
    sender: str
    twiml: str
    callback: str
    events: frozenset[str]
    ring_seconds: int
    sid: str = field(default_factory=lambda: new_sid("CA"))
    at: datetime = field(default_factory=now)
    status: str = "queued"
    sequence: int = 0
    heard: list[str] = field(default_factory=list)
    language: str = ""
    action: str = ""
    answered: datetime | None = None
    ended: datetime | None = None


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
