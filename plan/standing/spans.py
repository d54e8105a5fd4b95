"""The stretches of days a dashboard can show: the plan whole, its years, its quarters."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from plan.measures.period import Period
from plan.models import Plan

WHOLE = "plan"


@dataclass(frozen=True, slots=True)
class Span:
    """``key`` stands in addresses: ``plan``, ``2023``, ``2023-2`` (its second quarter)."""

    key: str
    period: Period
    year: int | None = None
    quarter: int | None = None


def whole(plan: Plan) -> Span:
    return Span(WHOLE, Period(plan.starts_on, plan.ends_on))


def years(plan: Plan) -> list[Span]:
    """Each calendar year, as far as it is in the plan."""
    within = whole(plan).period
    numbers = range(plan.starts_on.year, plan.ends_on.year + 1)
    cut = ((year, Period(date(year, 1, 1), date(year, 12, 31)).within(within)) for year in numbers)
    return [Span(str(year), period, year) for year, period in cut if period]


def quarters(plan: Plan) -> list[Span]:
    """Each calendar quarter, as far as it is in the plan."""
    within = whole(plan).period
    return [
        Span(f"{year}-{number}", period, year, number)
        for year in range(plan.starts_on.year, plan.ends_on.year + 1)
        for number in range(1, 5)
        if (period := _quarter(year, number).within(within))
    ]


def _quarter(year: int, number: int) -> Period:
    last = 3 * number
    return Period(date(year, last - 2, 1), date(year, last, monthrange(year, last)[1]))


def every(plan: Plan) -> list[Span]:
    """All that can be chosen, the plan whole first."""
    return [whole(plan), *years(plan), *quarters(plan)]


def named(plan: Plan, key: str) -> Span:
    """The one with this key. Raises ``BadInput`` for what is no stretch of days of the plan."""
    found = next((one for one in every(plan) if one.key == key), None)
    if found is None:
        raise BadInput(FieldProblem("span", mark("Give a quarter or a year of the plan.")))
    return found


def chosen(plan: Plan, key: str, today: date) -> Span:
    """The one with this key; else the year that is going on, or the last one that has begun."""
    found = next((one for one in every(plan) if one.key == key), None)
    if found:
        return found
    begun = [one for one in years(plan) if one.period.first <= today]
    return begun[-1] if begun else years(plan)[0]


def trend_of(plan: Plan, span: Span) -> list[Span]:
    """The quarters that lie beside the one that is shown: of its year, or of the whole plan."""
    return [one for one in quarters(plan) if span.year in (None, one.year)]


def before(plan: Plan, span: Span, today: date) -> tuple[Span, Span] | None:
    """The two quarters that are compared: the one shown, or the newest in what is shown, with the
    one before it. One that goes on is compared only where it is asked for, or where no other is:
    what is counted in it still grows, and would look like a fall."""
    all_of_them = quarters(plan)
    shown = [
        at
        for at, one in enumerate(all_of_them)
        if one.period.first <= min(today, span.period.last) and one.period.last >= span.period.first
    ]
    ended = [at for at in shown if at and all_of_them[at].period.last < today]
    later = ended[-1] if ended else (shown[-1] if shown else 0)
    return (all_of_them[later - 1], all_of_them[later]) if later else None
