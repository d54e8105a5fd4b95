"""What a measure gives: a figure with its parts, or none with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from hub.i18n import mark

NO_CASE = mark("There was no case.")
NOT_YET = mark("No case is old enough to be judged yet.")
TOO_FEW = mark("Not reached: fewer than half have an answer.")
NO_SERVICE_DAYS = mark("It is not known on which days the service works.")
NO_WHOLE_WEEK = mark("The period has no whole week.")
NOT_BY_ZONE = mark("This is counted for the whole town only.")
UNKNOWN_FILTER = mark("The measure does not know what it is to be narrowed by.")
NOT_WRITTEN_DOWN = mark("Nothing was written down under the name of this zone.")
NOBODY_COUNTED = mark("Nobody has written down a number yet.")
NOT_ENTERED = mark("Nobody has typed in what it is divided by.")


@dataclass(frozen=True, slots=True)
class Ratio:
    """Numerator and denominator are kept: shares are added by their parts, never averaged."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> float | None:
        """None when there is no case: no case is not zero percent."""
        return 100 * self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` is in the measure's unit; ``None`` is no value, never nought, and ``reason`` says
    why. ``unknown`` counts cases whose end nobody knows."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    unknown: int = 0
    reason: str = ""


# By partnership; ``None`` is the whole town.
Figures = Mapping[UUID | None, Figure]


def count(value: int, unknown: int = 0) -> Figure:
    """So many. Nothing counted is nought, which is a figure."""
    return Figure(float(value), unknown=unknown)


def share(
    numerator: float, denominator: float, unknown: int = 0, otherwise: str = NO_CASE
) -> Figure:
    """A share in percent; without a case no value."""
    if not denominator:
        return Figure(None, numerator, denominator, unknown, otherwise)
    return Figure(100 * numerator / denominator, numerator, denominator, unknown)


def rate(numerator: float, denominator: float, otherwise: str) -> Figure:
    """So much for each of something; without any no value."""
    if not denominator:
        return Figure(None, numerator, denominator, reason=otherwise)
    return Figure(numerator / denominator, numerator, denominator)
