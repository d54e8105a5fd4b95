"""A small drawing of the weeks: a bar each, what is usual as a line, and a gap for what nobody has
counted."""

from collections.abc import Mapping
from dataclasses import dataclass

from plan.rises import weeks
from plan.rises.counts import Series
from plan.rises.hints import Hint
from plan.rises.judging import WIDTH
from plan.rises.weeks import Week

# The windows that are compared, the gap and the last four weeks.
SHOWN = 56


@dataclass(frozen=True, slots=True)
class Bar:
    """``count`` is ``None`` for a week that nobody has counted."""

    week: Week
    count: int | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """``usual`` is for one week; ``most`` the highest bar."""

    bars: tuple[Bar, ...]
    most: int
    usual: float


def of_hint(hint: Hint) -> Drawing | None:
    """The weeks a hint comes from; none where it comes from incidents."""
    return of_series(hint.series, hint.rise.usual) if hint.series is not None else None


def of_series(series: Series, usual_of_four: float) -> Drawing:
    """The last year of a series, the oldest week first."""
    last = weeks.last_complete()
    shown = [last.later(-back) for back in range(SHOWN - 1, -1, -1)]
    known: Mapping[Week, int] = series
    first = next((place for place, week in enumerate(shown) if week in known), len(shown) - 1)
    bars = tuple(Bar(week, known.get(week), week > last.later(-WIDTH)) for week in shown[first:])
    usual = usual_of_four / WIDTH
    most = max([1, *(one.count or 0 for one in bars)])
    return Drawing(bars, most, min(usual, most))
