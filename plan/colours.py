"""The colour rule for shares (ours: the plans print a colour column and no rule for it).

A suggestion to the officer, never a verdict. The reason is always given with it.
"""

from dataclasses import dataclass
from enum import StrEnum

from hub.i18n import mark
from plan.measures import Ratio

_GREEN_CLOSED = 1.0
# While a period is open there is time to mend.
_GREEN_OPEN = 0.9
_ORANGE = 0.7
_SMALL_BASE = 5


class Colour(StrEnum):
    GREEN = "green"
    ORANGE = "orange"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A colour and why; ``small_base`` marks a share of fewer than five cases."""

    colour: Colour
    reason: str
    small_base: bool = False


def suggest(ratio: Ratio, target_percent: float | None, *, closed: bool) -> Suggestion:
    """The colour of a share against its target, at the end of its period or before."""
    if target_percent is None:
        return Suggestion(Colour.GREY, mark("No target is set."))
    if ratio.percent is None:
        return Suggestion(Colour.GREY, mark("No case yet."))
    achievement = ratio.percent / target_percent if target_percent else 1.0
    small = ratio.denominator < _SMALL_BASE
    if achievement >= (_GREEN_CLOSED if closed else _GREEN_OPEN):
        return Suggestion(Colour.GREEN, mark("The target is reached."), small)
    if achievement >= _ORANGE:
        return Suggestion(Colour.ORANGE, mark("Close to the target."), small)
    return Suggestion(Colour.RED, mark("Far from the target."), small)
