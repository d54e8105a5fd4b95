"""What may be changed while the simulator runs: how the carriers and the members behave.

`POST /simulator/settings`, the page and `HUB_SIMULATOR_SETTINGS` take these names. Without any,
nothing goes wrong. Times are in seconds unless the name says milliseconds; shares are per cent.
"""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from channels.simulator.script import ScriptLine, read_script

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Code = Annotated[int, Field(ge=10_000, le=99_999)]
Seconds = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]


class Answering(StrEnum):
    """Who picks up the phone."""

    BY_HAND = "by_hand"
    PRESS_1 = "press_1"
    NO_ANSWER = "no_answer"


class Outage(StrEnum):
    """How Twilio's API is out of service; the controls answer all the same, but for REFUSE."""

    OFF = "off"
    ERROR_503 = "503"
    # The port is closed to everybody, the controls too, and opens again by itself.
    REFUSE = "refuse"


class ReceiptOrder(StrEnum):
    """In which order the receipts of one message come."""

    IN_ORDER = "in_order"
    REVERSED = "reversed"
    SHUFFLED = "shuffled"


class Forgery(StrEnum):
    """What comes beside the genuine receipts: one that says "undelivered", not from the carrier."""

    OFF = "off"
    UNSIGNED = "unsigned"
    WRONG_TOKEN = "wrong_token"  # noqa: S105 - a choice, not a token


class Knobs(BaseModel):
    """Every setting; raises pydantic's ValidationError for a wrong value or an unknown name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # What chance decides is decided alike each time that the seed is set.
    seed: int = Field(default=0, ge=0, le=2**31 - 1)

    # The API's answers to a new message or call.
    latency_ms: int = Field(default=0, ge=0, le=60_000)
    rate_per_second: int = Field(default=0, ge=0, le=100_000)  # 0: no limit; beyond it, 429
    retry_after: bool = True  # whether a 429 by that limit says when to come back
    percent_500: Percent = 0.0  # nothing accepted
    percent_503: Percent = 0.0  # nothing accepted
    percent_hang: Percent = 0.0  # no answer, nothing accepted
    percent_reset: Percent = 0.0  # connection reset, nothing accepted
    percent_accepted_500: Percent = 0.0  # accepted, answered with a 500
    percent_lost: Percent = 0.0  # accepted, the answer is lost
    percent_broken: Percent = 0.0  # accepted, half an answer
    percent_refused: Percent = 0.0  # refused with this code of the carrier's
    refused_code: Code = 21211
    outage: Outage = Outage.OFF
    outage_seconds: Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)] = 10.0  # of REFUSE
    list_lag_seconds: Seconds = 0.0  # how old a message or call is before the lists show it

    # What the hub is told afterwards.
    receipts: bool = True
    receipts_percent: Percent = 100.0  # the share of receipts that is posted
    receipts_late_seconds: Seconds = 0.0
    receipts_doubled: bool = False
    receipts_order: ReceiptOrder = ReceiptOrder.IN_ORDER
    receipts_early: bool = False  # before the API's answer
    percent_undelivered: Percent = 0.0  # reported as undelivered, with this code
    undelivered_code: Code = 30008
    receipts_forged: Forgery = Forgery.OFF

    # What members do.
    answering: Answering = Answering.BY_HAND
    answering_percent: Percent = 100.0  # of the phones; the others do not answer
    reply_text: str = Field(default="", max_length=1600)  # to each text that arrives
    reply_percent: Percent = 100.0  # of the phones
    reply_after_seconds: Seconds = 0.0
    script: str = Field(default="", max_length=100_000)  # lines "number; seconds; text"

    @field_validator("script")
    @classmethod
    def _can_be_read(cls, script: str) -> str:
        read_script(script)
        return script

    @model_validator(mode="after")
    def _is_at_most_everything(self) -> Self:
        if sum(share for _kind, share in self.chances) > 100:
            raise ValueError("the shares of faults are more than 100 per cent together")
        return self

    @cached_property
    def chances(self) -> tuple[tuple[str, float], ...]:
        """The faults that chance may choose, and their shares."""
        return (
            ("500", self.percent_500),
            ("503", self.percent_503),
            ("hang", self.percent_hang),
            ("reset", self.percent_reset),
            ("accepted_500", self.percent_accepted_500),
            ("lost", self.percent_lost),
            ("broken", self.percent_broken),
            ("refused", self.percent_refused),
        )

    @cached_property
    def lines(self) -> dict[str, list[ScriptLine]]:
        """The script, by number."""
        return read_script(self.script)

    def turned(self, order: dict[str, object]) -> "Knobs":
        """These settings with some of them changed. Raises pydantic's ValidationError."""
        return Knobs.model_validate({**self.model_dump(), **order})
