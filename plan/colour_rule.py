"""The colour of a result by what was counted: our rule, for the plans print a column and no rule.

A suggestion to the officer, never a verdict. The reason always goes with it: "not known" is grey,
with why, and never red.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import floor

from hub.i18n import mark
from plan.models import Colour

_EXACT = 1e-9


class Reason(StrEnum):
    """Why a result has its colour."""

    NO_TARGET = "no_target"
    NO_DATA = "no_data"
    NOT_STARTED = "not_started"
    NOT_DUE_YET = "not_due_yet"
    TARGET_REACHED = "target_reached"
    CLOSED = "closed"
    AHEAD = "ahead"
    DUE_SOON = "due_soon"
    PRO_RATA = "pro_rata"
    WITHIN_LIMIT = "within_limit"
    OVER_LIMIT = "over_limit"
    NO_CASES = "no_cases"
    RATIO = "ratio"
    MEAN_RATE = "mean_rate"
    NO_ANSWER = "no_answer"
    DONE = "done"
    IN_PROGRESS = "in_progress"
    NOT_YET = "not_yet"
    MISSING = "missing"
    NO_CASE_DUE = "no_case_due"
    SHARE_ON_TIME = "share_on_time"
    A_YEAR_WAS_NOT_GREEN = "a_year_was_not_green"
    NOTHING_TO_COMPARE = "nothing_to_compare"
    GREW_EACH_TIME = "grew_each_time"
    DID_NOT_GROW = "did_not_grow"
    FELL_EACH_TIME = "fell_each_time"
    DID_NOT_FALL = "did_not_fall"


SENTENCES: Mapping[Reason, str] = {
    Reason.NO_TARGET: mark("No target is set."),
    Reason.NO_DATA: mark("No figure was given yet."),
    Reason.NOT_STARTED: mark("The period has not begun."),
    Reason.NOT_DUE_YET: mark("Nothing is due yet."),
    Reason.TARGET_REACHED: mark("The target is reached."),
    Reason.CLOSED: mark("The period has ended, and the target was not reached."),
    Reason.AHEAD: mark("Something is done before anything is due."),
    Reason.DUE_SOON: mark("The period ends soon, and the target is not reached."),
    Reason.PRO_RATA: mark("Compared with what is due by now."),
    Reason.WITHIN_LIMIT: mark("The limit is kept so far."),
    Reason.OVER_LIMIT: mark("It is past the limit."),
    Reason.NO_CASES: mark("No case yet."),
    Reason.RATIO: mark("The share, compared with the target."),
    Reason.MEAN_RATE: mark("The mean, compared with the target."),
    Reason.NO_ANSWER: mark("Nobody has answered yet."),
    Reason.DONE: mark("It is done."),
    Reason.IN_PROGRESS: mark("It is being done."),
    Reason.NOT_YET: mark("It is not done yet."),
    Reason.MISSING: mark("The period has ended, and it is not done."),
    Reason.NO_CASE_DUE: mark("No case is due yet."),
    Reason.SHARE_ON_TIME: mark("The share of cases that were in time."),
    Reason.A_YEAR_WAS_NOT_GREEN: mark("Both years together are green, but one of them was not."),
    Reason.NOTHING_TO_COMPARE: mark("No quarter that has ended can be compared yet."),
    Reason.GREW_EACH_TIME: mark("It grew in each quarter that has ended."),
    Reason.DID_NOT_GROW: mark("It did not grow in each quarter that has ended."),
    Reason.FELL_EACH_TIME: mark("It fell in each quarter that has ended."),
    Reason.DID_NOT_FALL: mark("It did not fall in each quarter that has ended."),
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where one colour ends: ours, for the official list is not known."""

    closed_green: float = 1.0
    open_green: float = 0.9
    orange: float = 0.7
    due_soon_fraction: float = 0.75
    small_target_below: float = 4
    small_base_below: int = 5


OURS = Thresholds()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A colour, why, and the figures it comes from, as far as there are any.

    ``due`` is what was due by the day asked about; ``achievement`` 1 is all of it; ``value`` a
    share in percent or a mean; ``number`` of cases; ``still_open`` cases that are not due.
    """

    colour: Colour
    reason: Reason
    due: float | None = None
    value: float | None = None
    achievement: float | None = None
    small_base: bool | None = None
    number: int | None = None
    still_open: int | None = None


def _grey(reason: Reason) -> Verdict:
    return Verdict(Colour.GREY, reason)


def _by_achievement(achievement: float, closed: bool, at: Thresholds) -> Colour:
    if achievement >= (at.closed_green if closed else at.open_green) - _EXACT:
        return Colour.GREEN
    return Colour.ORANGE if achievement >= at.orange - _EXACT else Colour.RED


@dataclass(frozen=True, slots=True)
class Span:
    """The days a target is for, both included, and the day it is asked about."""

    start: date
    end: date
    as_of: date

    @property
    def closed(self) -> bool:
        return self.as_of >= self.end

    @property
    def elapsed(self) -> int:
        return min((self.as_of - self.start).days + 1, self.total)

    @property
    def total(self) -> int:
        return (self.end - self.start).days + 1


def count(
    actual: float | None,
    target: float | None,
    comparator: str | None,
    span: Span,
    at: Thresholds = OURS,
) -> Verdict:
    """A number of things in a period. "More than n" wants n + 1; a limit ("at most n") is kept or
    not."""
    if target is None:
        return _grey(Reason.NO_TARGET)
    if actual is None:
        return _grey(Reason.NO_DATA)
    if span.as_of < span.start:
        return _grey(Reason.NOT_STARTED)
    if comparator in ("<", "<="):
        return _limit(actual, target, comparator, span, at)
    needed = floor(target) + 1 if comparator == ">" else target
    return _growing(actual, needed, span, at)


def _growing(actual: float, needed: float, span: Span, at: Thresholds) -> Verdict:
    due = needed if span.closed else floor(needed * span.elapsed / span.total + _EXACT)
    if actual >= needed:
        return Verdict(Colour.GREEN, Reason.TARGET_REACHED, due)
    if span.closed:
        achievement = actual / needed
        return Verdict(
            _by_achievement(achievement, True, at), Reason.CLOSED, due, achievement=achievement
        )
    late = span.elapsed / span.total >= at.due_soon_fraction
    if needed < at.small_target_below and late:
        return Verdict(Colour.ORANGE, Reason.DUE_SOON, due)
    if not due:
        early = (Colour.GREEN, Reason.AHEAD) if actual else (Colour.GREY, Reason.NOT_DUE_YET)
        return Verdict(*early, due)
    achievement = actual / due
    return Verdict(
        _by_achievement(achievement, False, at), Reason.PRO_RATA, due, achievement=achievement
    )


def _limit(actual: float, target: float, comparator: str, span: Span, at: Thresholds) -> Verdict:
    if actual < target or (comparator == "<=" and actual == target):
        return Verdict(Colour.GREEN, Reason.TARGET_REACHED if span.closed else Reason.WITHIN_LIMIT)
    allowed = max(0.0, target - 1 if comparator == "<" else target)
    achievement = allowed / actual if actual else 0.0
    # Past a limit is past it, on the first day as on the last.
    colour = _by_achievement(achievement, True, at)
    return Verdict(colour, Reason.OVER_LIMIT, achievement=achievement)


def ratio(
    numerator: float | None,
    denominator: float | None,
    target: float | None,
    comparator: str | None,
    *,
    closed: bool,
    at: Thresholds = OURS,
) -> Verdict:
    """A share in percent; never pro-rated. No case is no share: not 0 % and not 100 %."""
    if target is None:
        return _grey(Reason.NO_TARGET)
    if numerator is None or denominator is None:
        return _grey(Reason.NO_DATA)
    if not denominator:
        return _grey(Reason.NO_CASES)
    value = 100 * numerator / denominator
    colour, achievement = _share(value, target, comparator, closed, at)
    small = denominator < at.small_base_below
    return Verdict(colour, Reason.RATIO, None, value, achievement, small)


def rate(
    total: float | None,
    units: float | None,
    target: float | None,
    comparator: str | None,
    *,
    closed: bool,
    at: Thresholds = OURS,
) -> Verdict:
    """Hours a day, outings a week: the mean over the service days or weeks that have passed."""
    if target is None:
        return _grey(Reason.NO_TARGET)
    if total is None or not units:
        return _grey(Reason.NO_DATA)
    value = total / units
    colour, achievement = _share(value, target, comparator, closed, at)
    return Verdict(colour, Reason.MEAN_RATE, None, value, achievement)


def _share(
    value: float, target: float, comparator: str | None, closed: bool, at: Thresholds
) -> tuple[Colour, float]:
    if comparator in ("<", "<="):
        achievement = target / value if value else 1.0
        kept = value < target or (comparator == "<=" and value == target)
        return (Colour.GREEN if kept else _by_achievement(achievement, True, at)), achievement
    achievement = value / target if target else 1.0
    colour = _by_achievement(achievement, closed, at)
    if comparator == ">" and closed and colour is Colour.GREEN and value <= target:
        return Colour.ORANGE, achievement
    return colour, achievement


class State(StrEnum):
    YES = "yes"
    NO = "no"
    IN_PROGRESS = "in_progress"


def yes_no(state: State | None, *, closed: bool) -> Verdict:
    """Whether something exists, or was done."""
    if state is State.YES:
        return Verdict(Colour.GREEN, Reason.DONE)
    if state is None:
        return _grey(Reason.NO_ANSWER)
    if closed:
        return Verdict(Colour.RED, Reason.MISSING)
    going_on = state is State.IN_PROGRESS
    return Verdict(Colour.ORANGE, Reason.IN_PROGRESS if going_on else Reason.NOT_YET)


def delay(
    on_time: int, late: int, open_overdue: int, open_running: int, at: Thresholds = OURS
) -> Verdict:
    """The share of cases that were in time; what is overdue and still open is late, what still has
    time is no case yet."""
    number = on_time + late + open_overdue
    if not number:
        return Verdict(Colour.GREY, Reason.NO_CASE_DUE, still_open=open_running)
    share = on_time / number
    colour = _by_achievement(share, True, at)
    return Verdict(colour, Reason.SHARE_ON_TIME, value=100 * share, number=number)


def growing(grew: Sequence[bool], at: Thresholds = OURS) -> Verdict:
    """What is to grow from quarter to quarter (« de mois en mois »): by in how many of the quarters
    that have ended, and are known, it did."""
    return _moving(grew, Reason.GREW_EACH_TIME, Reason.DID_NOT_GROW, at)


def falling(fell: Sequence[bool], at: Thresholds = OURS) -> Verdict:
    """The same of what is to fall from quarter to quarter."""
    return _moving(fell, Reason.FELL_EACH_TIME, Reason.DID_NOT_FALL, at)


def _moving(as_wanted: Sequence[bool], each: Reason, not_each: Reason, at: Thresholds) -> Verdict:
    if not as_wanted:
        return _grey(Reason.NOTHING_TO_COMPARE)
    achievement = sum(as_wanted) / len(as_wanted)
    colour = _by_achievement(achievement, True, at)
    reason = each if all(as_wanted) else not_each
    return Verdict(colour, reason, achievement=achievement, number=len(as_wanted))


def over_years(pooled: Verdict, closed_years: Sequence[Colour]) -> Verdict:
    """The colour of a plan of several years: of all of them together, but never green when a year
    that has ended was not."""
    if pooled.colour is Colour.GREEN and any(one is not Colour.GREEN for one in closed_years):
        return Verdict(Colour.ORANGE, Reason.A_YEAR_WAS_NOT_GREEN)
    return pooled
