"""The periods for which a plan's measures are taken: whole, by calendar year and by quarter."""

from collections.abc import Iterator
from datetime import date, timedelta

from plan.measures.period import Period
from plan.models import Plan

_QUARTER, _YEAR = 3, 12


def begun(plan: Plan, today: date) -> list[Period]:
    """The plan, its years and its quarters, each cut to the plan; of those only the begun ones."""
    whole = Period(plan.starts_on, plan.ends_on)
    every = (whole, *_within(whole, _YEAR), *_within(whole, _QUARTER))
    return [one for one in dict.fromkeys(every) if one.first <= today]


def key_of(period: Period) -> str:
    """How a period is named in an address."""
    return f"{period.first}_{period.last}"


def named(plan: Plan, words: str) -> Period:
    """The period of that name: ``2026-01-01_2026-03-31``, ``2026`` or ``2026-Q1``; else the whole
    plan."""
    every = begun(plan, plan.ends_on)
    names = {
        f"{one.first.year}-Q{(one.first.month + 2) // _QUARTER}": one
        for one in _within(every[0], _QUARTER)
    }
    names |= {str(one.first.year): one for one in _within(every[0], _YEAR)}
    return (names | {key_of(one): one for one in every}).get(words, every[0])


def _within(whole: Period, months: int) -> Iterator[Period]:
    first = date(whole.first.year, (whole.first.month - 1) // months * months + 1, 1)
    while first <= whole.last:
        following = _months_later(first, months)
        cut = Period(first, following - timedelta(days=1)).within(whole)
        assert cut
        yield cut
        first = following


def _months_later(first: date, months: int) -> date:
    at = first.year * _YEAR + first.month - 1 + months
    return date(at // _YEAR, at % _YEAR + 1, 1)
