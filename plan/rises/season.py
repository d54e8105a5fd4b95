"""What becomes of a rise: whether the season explains it, and whether it was told already."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from plan.rises.rule import MOST_WINDOWS, Level

HOLD_OFF_DAYS = 28
# What was told already is told again within that time only when it grew by half.
_GROWN = 1.5
_RAISED = (Level.TO_CHECK, Level.STRONG)
_ORDER = (Level.INSUFFICIENT_DATA, Level.NORMAL, Level.TO_CHECK, Level.STRONG)


def with_season(recent: Level, seasonal: Level) -> Level:
    """The level of a rise when the same weeks of earlier years are known too: the lower of both; a
    rise that every such season brings is told as such."""
    if seasonal is Level.INSUFFICIENT_DATA:
        return recent
    if recent in _RAISED and seasonal is Level.NORMAL:
        return Level.SEASONAL
    return min(recent, seasonal, key=_ORDER.index)


def is_told(days_since: float | None, last_score: float | None, score: float) -> bool:
    """Whether a hint is given, ``days_since`` the last one about the same (``None``: never)."""
    if days_since is None or last_score is None or days_since >= HOLD_OFF_DAYS:
        return True
    # Half as much again, to the letter: 1.95 is that of 1.3, whatever a machine's fractions say.
    return score >= _GROWN * last_score - 1e-9


def weekly_windows(
    weekly: Sequence[int], width: int = 4, gap: int = 1, most: int = MOST_WINDOWS
) -> tuple[int, list[int]]:
    """The count of the last ``width`` complete weeks, and those of the windows before the gap, the
    newest first. ``weekly`` is the oldest first."""
    windows = [sum(weekly[end - width : end]) for end in range(len(weekly), width - 1, -width)]
    return (windows[0] if windows else 0), windows[1 + gap : 1 + gap + most]


@dataclass(frozen=True, slots=True)
class Step:
    """One window of a slow drift: the sum, or the smoothed mean, and whether it went too far."""

    value: float
    limit: float

    @property
    def alarms(self) -> bool:
        return self.value > self.limit


def drift_by_sum(counts: Sequence[int], mean: float, slack: float, limit: float) -> list[Step]:
    """A cumulative sum of how far counts lie above their mean, in its square roots (CUSUM)."""
    beyond = ((one - mean) / mean**0.5 - slack for one in counts)
    sums = accumulate(beyond, lambda before, one: max(0.0, before + one), initial=0.0)
    return [Step(one, limit) for one in list(sums)[1:]]


def drift_by_smoothing(
    counts: Sequence[int], mean: float, weight: float, width: float
) -> list[Step]:
    """An exponentially weighted mean of counts, and what it may reach by chance (EWMA)."""
    smoothed = accumulate(counts, lambda old, one: weight * one + (1 - weight) * old, initial=mean)
    steps = enumerate(list(smoothed)[1:], start=1)
    return [Step(one, mean + width * _spread(mean, weight, number)) for number, one in steps]


def _spread(mean: float, weight: float, number: int) -> float:
    return float((mean * weight / (2 - weight) * (1 - (1 - weight) ** (2 * number))) ** 0.5)
