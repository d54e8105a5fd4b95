"""What is drawn of a partnership's year: the same bars on the page and on paper, each with the
table it was drawn from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feedback.crime_figures import CrimeFigures
from feedback.evaluation_figures import Figures
from feedback.message_figures import COLD_KINDS_SHOWN
from hub.i18n import Language, mark, short_month, translate
from partnerships.plan_words import KIND_NAMES


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the bars and its figures, one for each category."""

    name: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Bars:
    """Stacked bars: a bar for each category, a piece of it for each series."""

    title: str
    categories: Sequence[str]
    series: Sequence[Series]

    @property
    def totals(self) -> list[int]:
        return [sum(values) for values in zip(*(one.values for one in self.series), strict=True)]

    @property
    def highest(self) -> int:
        return max(self.totals, default=0)

    @property
    def is_empty(self) -> bool:
        return self.highest == 0


_HOT = mark("Urgent alerts (hot messages)")
_COLD = mark("Messages that could wait (cold messages)")
_MONTHS = mark("Hot and cold messages by month")
_MEMBERS = mark("Members at the end of the year")
_BURGLARIES = mark("Burglaries, as the police count them")


def charts(figures: Figures, language: Language) -> dict[str, Bars]:
    """What the hub's own figures show, by the name of the section they stand in."""
    years = figures["years"]
    names = [str(one["year"]) for one in years]
    said = _in(language)
    return {
        "hot": Bars(
            said(_HOT),
            names,
            [
                Series(said(mark("By day")), _all(years, "messages", "hot_by_day")),
                Series(said(mark("By night")), _all(years, "messages", "hot_by_night")),
            ],
        ),
        "cold": Bars(said(_COLD), names, _cold(years, language)),
        "months": _months(years[-1], language),
        "members": Bars(
            said(_MEMBERS),
            names,
            [Series(said(mark("Members")), _all(years, "members", "at_end"))],
        ),
    }


def _in(language: Language) -> Callable[[str], str]:
    return lambda words: translate(language, words)


def _all(years: Sequence[Figures], part: str, name: str) -> list[int]:
    return [one[part][name] for one in years]


def _cold(years: Sequence[Figures], language: Language) -> list[Series]:
    return [
        Series(
            translate(language, KIND_NAMES[kind]),
            [one["messages"]["cold"].get(kind.value, 0) for one in years],
        )
        for kind in COLD_KINDS_SHOWN
    ]


def _months(year: Figures, language: Language) -> Bars:
    said, messages = _in(language), year["messages"]
    return Bars(
        said(_MONTHS),
        [short_month(month, language) for month in range(1, 13)],
        [
            Series(said(mark("Hot messages")), messages["hot_by_month"]),
            Series(said(mark("Cold messages")), messages["cold_by_month"]),
        ],
    )


def burglaries(crime_figures: CrimeFigures, year: int, language: Language) -> Bars | None:
    """What the police typed in about burglaries in the partnership, the year before and this one;
    ``None`` unless both figures of one of the two are known. The whole zone would dwarf them."""
    done = crime_figures.get("burglary_done", {})
    tried = crime_figures.get("burglary_attempted", {})
    columns = {"before": str(year - 1), "here": str(year)}
    known = [column for column in columns if column in done and column in tried]
    if not known:
        return None
    said = _in(language)
    return Bars(
        said(_BURGLARIES),
        [columns[one] for one in known],
        [
            Series(said(mark("Completed")), [done[one] for one in known]),
            Series(said(mark("Attempted")), [tried[one] for one in known]),
        ],
    )


def percent(part: int, whole: int) -> int | None:
    """A share in hundredths, rounded; ``None`` of nothing."""
    return round(100 * part / whole) if whole else None
