"""What the simulator is told at its start, and what may be changed while it runs."""

from dataclasses import dataclass, field
from enum import StrEnum

SERVICE_NUMBER = "+32460220000"  # what a Messaging Service sends from here


class Answering(StrEnum):
    """Who picks up the phone."""

    BY_HAND = "by_hand"
    PRESS_1 = "press_1"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """`inbound_url` is the hub's door for members' texts; port 0 lets the system choose."""

    host: str
    port: int
    smtp_port: int
    account_sid: str
    auth_token: str = field(repr=False)
    inbound_url: str
    sender: str

    @property
    def number(self) -> str:
        """The number that members see and reply to."""
        return self.sender if self.sender.startswith("+") else SERVICE_NUMBER


@dataclass(slots=True)
class Knobs:
    """What POST /simulator/settings changes."""

    latency_ms: int = 0
    answering: Answering = Answering.BY_HAND
    receipts: bool = True
    answering_by_number: dict[str, Answering] = field(default_factory=dict)

    def answering_of(self, number: str) -> Answering:
        """How this number behaves: its own way, else the general one."""
        return self.answering_by_number.get(number, self.answering)
