"""What a result and its indicator look like in a stretch of days, by the colour rule."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from plan import colour_rule
from plan.colour_rule import Reason, State, Verdict
from plan.measures.period import Period
from plan.models import Colour, Comparator, ExpectedResult, Plan, ResultKind, TargetPeriod
from plan.standing import spans, thresholds
from plan.standing.values import Reached, Values

# How the units of what is counted as new begin, such as "new_person".
_NEW = "new"
_SHARES = (ResultKind.RATIO, ResultKind.DELAY)
_STATES = (ResultKind.YES_NO, ResultKind.EXISTENCE)
_IN_A_YEAR = {
    TargetPeriod.MONTH: 12,
    TargetPeriod.QUARTER: 4,
    TargetPeriod.SEMESTER: 2,
    TargetPeriod.YEAR: 1,
}
_DAYS_OF_A_YEAR = 365
# In percent.
_ALL_IN_TIME = 100.0
# The worst that is known speaks for an indicator of several results.
_WORST_FIRST = (Colour.RED, Colour.ORANGE, Colour.GREEN, Colour.GREY)


@dataclass(frozen=True, slots=True)
class Judged:
    """A result in a stretch of days: what was wanted in all, what by now, what was reached."""

    result: ExpectedResult
    reached: Reached
    wanted: float | None
    due: float | None
    verdict: Verdict


def judged_in(
    plan: Plan, result: ExpectedResult, known: Values, period: Period, today: date, area: str = ""
) -> Judged:
    """A result in these days. The plan whole is never green where a year of it that has ended, and
    of which something is known, was not."""
    if result.comparator in (Comparator.INCREASE, Comparator.DECREASE):
        return _moving(plan, result, known, period, today, area)
    pooled = judged(plan, result, known.of(result, period, area), period, today)
    if period != spans.whole(plan).period:
        return pooled
    years = [one.period for one in spans.years(plan) if one.period.last <= today]
    colours = [
        judged(plan, result, known.of(result, year, area), year, today).verdict.colour
        for year in years
        if year != period
    ]
    known_colours = [one for one in colours if one is not Colour.GREY]
    return replace(pooled, verdict=colour_rule.over_years(pooled.verdict, known_colours))


def _moving(
    plan: Plan, result: ExpectedResult, known: Values, period: Period, today: date, area: str
) -> Judged:
    """A trend is in no single figure: it shows from one quarter to the next. Where what is new is
    counted, any grows what there is; else each quarter is to be above the one before it, or below
    where it is to fall."""
    ended = [one.period for one in spans.quarters(plan) if one.period.last <= today]
    values = [known.of(result, quarter, area).value for quarter in ended]
    before: list[float | None] = [None, *values]
    falls = result.comparator is Comparator.DECREASE
    if result.unit.startswith(_NEW) and not falls:
        before = [0.0] * len(values)
    as_wanted = [
        now < earlier if falls else now > earlier
        for quarter, now, earlier in zip(ended, values, before, strict=False)
        if now is not None
        and earlier is not None
        and period.first <= quarter.first
        and quarter.last <= period.last
    ]
    rule = colour_rule.falling if falls else colour_rule.growing
    verdict = rule(as_wanted, thresholds.in_use())
    return Judged(result, known.of(result, period, area), None, None, verdict)


def judged(
    plan: Plan, result: ExpectedResult, reached: Reached, period: Period, today: date
) -> Judged:
    """The colour that the rule suggests, with the figures it compares."""
    wanted = wanted_in(plan, result, period)
    verdict = _verdict(result, reached, wanted, period, today)
    due = verdict.due if verdict.due is not None else _due(result, wanted, period, today)
    return Judged(result, reached, wanted, due, verdict)


def wanted_in(plan: Plan, result: ExpectedResult, period: Period) -> float | None:
    """The target, for these days: a number of things grows with them, a share or a mean does not.

    Of a year it is the year's; of a stretch that is no whole number of the target's own periods, as
    much of it as the days are of them.
    """
    if result.kind is ResultKind.DELAY:
        return _ALL_IN_TIME
    if result.target is None or not adds_up(result):
        return result.target
    if result.period is TargetPeriod.PLAN:
        return result.target * period.days / _plan_days(plan)
    times = _IN_A_YEAR.get(result.period)
    if times is None:
        return result.target
    return result.target * _times(times, period)


def adds_up(result: ExpectedResult) -> bool:
    """Whether more days want more of it: of a number of things, never of a share or a mean."""
    by_the_day = result.period in (TargetPeriod.DAY, TargetPeriod.WEEK)
    return result.kind is ResultKind.COUNT and not by_the_day


def _plan_days(plan: Plan) -> int:
    return Period(plan.starts_on, plan.ends_on).days


def _times(in_a_year: int, period: Period) -> float:
    months = (
        12 * (period.last.year - period.first.year) + period.last.month - period.first.month + 1
    )
    if period.first.day == 1 and (period.last + timedelta(days=1)).day == 1:
        return months * in_a_year / 12
    return period.days * in_a_year / _DAYS_OF_A_YEAR


def _verdict(
    result: ExpectedResult,
    reached: Reached,
    wanted: float | None,
    period: Period,
    today: date,
) -> Verdict:
    closed, comparator = today >= period.last, _comparator(result)
    if today < period.first:
        return Verdict(Colour.GREY, Reason.NOT_STARTED)
    if result.kind in _STATES:
        state = State(reached.state.value) if reached.state else _as_state(reached)
        return colour_rule.yes_no(state, closed=closed)
    if result.kind is ResultKind.DELAY:
        return _in_time(reached)
    if result.kind in _SHARES:
        return _share(reached, wanted, comparator, closed)
    if not adds_up(result):
        return _mean(reached, wanted, comparator, closed)
    span = colour_rule.Span(period.first, period.last, today)
    return colour_rule.count(reached.value, wanted, comparator, span, thresholds.in_use())


def _comparator(result: ExpectedResult) -> str | None:
    either: Comparator | None = result.evaluate_as or result.comparator
    return either.value if either else None


def _as_state(reached: Reached) -> State | None:
    """Something counted is something that exists."""
    if reached.value is None:
        return None
    return State.YES if reached.value else State.NO


def _share(reached: Reached, wanted: float | None, comparator: str | None, closed: bool) -> Verdict:
    parts = (reached.numerator, reached.denominator)
    if reached.denominator is None and reached.value is not None:
        parts = (reached.value, 100.0)
    at = thresholds.in_use()
    return colour_rule.ratio(*parts, wanted, comparator, closed=closed, at=at)


def _in_time(reached: Reached) -> Verdict:
    """Every case that was due is to be in time: the target of a delay is its days or months."""
    if reached.denominator is None and reached.value is not None:
        return _share(reached, _ALL_IN_TIME, None, closed=True)
    if reached.numerator is None or reached.denominator is None:
        return Verdict(Colour.GREY, Reason.NO_DATA)
    in_time = round(reached.numerator)
    late = round(reached.denominator) - in_time
    return colour_rule.delay(in_time, late, 0, 0, thresholds.in_use())


def _mean(reached: Reached, wanted: float | None, comparator: str | None, closed: bool) -> Verdict:
    parts = (reached.numerator, reached.denominator)
    if not reached.denominator and reached.value is not None:
        parts = (reached.value, 1.0)
    at = thresholds.in_use()
    return colour_rule.rate(*parts, wanted, comparator, closed=closed, at=at)


def _due(result: ExpectedResult, wanted: float | None, period: Period, today: date) -> float | None:
    if wanted is None or today < period.first or result.kind in _STATES:
        return None
    if not adds_up(result):
        return wanted
    span = colour_rule.Span(period.first, period.last, today)
    return wanted if span.closed else float(int(wanted * span.elapsed / span.total + 1e-9))


def colour_of(results: Sequence[Judged]) -> Judged | None:
    """The one result that speaks for their indicator: the worst of those that are known; ``None``
    where the indicator has no result."""
    return min(results, key=lambda one: _WORST_FIRST.index(one.verdict.colour), default=None)
