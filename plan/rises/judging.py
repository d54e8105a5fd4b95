"""A rise as weekly counts show it: against the windows before, and against the same season."""

from collections.abc import Iterator
from dataclasses import dataclass

from plan.rises.counts import Series
from plan.rises.rule import MOST_WINDOWS, Level, Rise, assess
from plan.rises.season import with_season
from plan.rises.weeks import Week

WIDTH = 4
# Of earlier years, the same four weeks, and the four before and after them.
_YEARS = 3
_WEEKS_OF_A_YEAR = 52
_AROUND = (-WIDTH, 0, WIDTH)


@dataclass(frozen=True, slots=True)
class Judged:
    """``rise`` is against the windows just before; ``level`` what is said in the end, the season
    heard."""

    rise: Rise
    level: Level


def judge(series: Series, last: Week) -> Judged | None:
    """Whether the four weeks up to ``last`` show a rise; ``None`` when one of them was not counted.

    A window with a week that nobody has counted is left out: not counted is not nought.
    """
    now = _window(series, last)
    if now is None:
        return None
    # A gap of one window: a rise that began a month ago must not be its own measure.
    ends = (last.later(-WIDTH * (place + 2)) for place in range(MOST_WINDOWS))
    recent = assess(now, list(_known(series, ends)))
    seasonal = assess(now, list(_known(series, _same_season(last))))
    return Judged(recent, with_season(recent.level, seasonal.level))


def _same_season(last: Week) -> Iterator[Week]:
    for year in range(1, _YEARS + 1):
        for shift in _AROUND:
            yield last.later(shift - year * _WEEKS_OF_A_YEAR)


def _known(series: Series, ends: Iterator[Week]) -> Iterator[int]:
    for end in ends:
        if (found := _window(series, end)) is not None:
            yield found


def _window(series: Series, last: Week) -> int | None:
    counts = [series.get(last.later(-back)) for back in range(WIDTH)]
    known = [one for one in counts if one is not None]
    return sum(known) if len(known) == WIDTH else None
