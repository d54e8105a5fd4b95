"""Whether there is more of something than usual: four weeks against the windows before them.

The rule is the plan's: the count of the last four complete weeks is compared with what the twelve
four-week windows before the last one let expect. A hint to a person, never an action.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from hub.clock import BRUSSELS, in_brussels
from plan.rises.chances import at_least, quantile

WINDOW = timedelta(weeks=4)
MOST_WINDOWS, FEWEST_WINDOWS = 12, 8
_STRONG, _TO_CHECK = 0.001, 0.01
_SMALLEST_COUNT, _SMALLEST_RATIO = 3, 1.5


class Level(StrEnum):
    INSUFFICIENT_DATA = "insufficient_data"
    NORMAL = "normal"
    TO_CHECK = "increase_to_check"
    STRONG = "strong_increase"
    SEASONAL = "seasonal_expected"


class Hurdle(StrEnum):
    """Why a count that is raised is no hint."""

    COUNT = "below_min_count"
    RATIO = "below_min_ratio"
    CHANCE = "not_significant"


@dataclass(frozen=True, slots=True)
class Rise:
    """A count against its windows.

    ``usual`` is their mean and ``dispersion`` how much wider than chance they spread (at least 1);
    ``highest`` is the largest count that a hundred ordinary windows would show, ``extreme`` that of
    a thousand; ``score`` grows with the rise and is 1 at ``highest``.
    """

    level: Level
    count: int
    usual: float
    p_value: float
    score: float
    dispersion: float = 1.0
    highest: int = 0
    extreme: int = 0
    hurdles: tuple[Hurdle, ...] = ()

    @property
    def ratio(self) -> float:
        """How many times the usual it is."""
        return self.count / self.usual if self.usual else 0.0

    @property
    def usually(self) -> str:
        """What is usual as a person says it: "3", or "5–6" where it lies between."""
        low, high = math.floor(self.usual), math.ceil(self.usual)
        return str(low) if low == high else f"{low}–{high}"


def assess(count_now: int, windows: Sequence[int]) -> Rise:
    """Compare a count with those of the windows before it."""
    number = len(windows)
    if number < FEWEST_WINDOWS:
        return Rise(Level.INSUFFICIENT_DATA, count_now, 0.0, 1.0, 0.0)
    mean = sum(windows) / number or 0.5 / number
    spread = sum((one - mean) ** 2 for one in windows) / (number - 1) if any(windows) else 0.0
    dispersion = max(1.0, spread / mean)
    used = widened(dispersion, number)
    p_value = at_least(count_now, mean, used)
    hurdles = tuple(_hurdles(count_now, mean, p_value))
    highest = quantile(0.99, mean, used)
    return Rise(
        _level(hurdles, p_value),
        count_now,
        mean,
        p_value,
        (count_now - mean) / (highest - mean),
        dispersion,
        highest,
        quantile(0.999, mean, used),
        hurdles,
    )


def widened(dispersion: float, number: int) -> float:
    """The dispersion to reckon with: a mean of few windows is itself uncertain."""
    return dispersion * (1 + 1 / number)


def _hurdles(count_now: int, mean: float, p_value: float) -> Iterator[Hurdle]:
    if count_now < _SMALLEST_COUNT:
        yield Hurdle.COUNT
    if count_now / mean < _SMALLEST_RATIO:
        yield Hurdle.RATIO
    if p_value >= _TO_CHECK:
        yield Hurdle.CHANCE


def _level(hurdles: Sequence[Hurdle], p_value: float) -> Level:
    if hurdles:
        return Level.NORMAL
    return Level.STRONG if p_value < _STRONG else Level.TO_CHECK


@dataclass(frozen=True, slots=True)
class Windows:
    """The four weeks that ended last Sunday, and the windows they are compared with, the newest
    first; each from a moment to a moment."""

    now: tuple[datetime, datetime]
    before: tuple[tuple[datetime, datetime], ...]


def windows(at: datetime, known_since: datetime) -> Windows:
    """The windows at a moment; only those that lie after ``known_since`` are compared with."""
    today = in_brussels(at).date()
    ends = today - timedelta(days=today.weekday())
    now = (ends - WINDOW, ends)
    # A gap of one window: a rise that began a month ago must not be its own measure.
    before = ((ends - (place + 2) * WINDOW, ends - (place + 1) * WINDOW) for place in range(1, 13))
    moments = (tuple(datetime.combine(day, time.min, BRUSSELS) for day in one) for one in before)
    known = tuple((one[0], one[1]) for one in moments if one[0] >= known_since)
    return Windows(
        (
            datetime.combine(now[0], time.min, BRUSSELS),
            datetime.combine(now[1], time.min, BRUSSELS),
        ),
        known[:MOST_WINDOWS],
    )
