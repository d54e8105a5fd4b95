"""What somebody types as a figure, and whether it can be one of this result."""

from dataclasses import dataclass
from datetime import date

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from plan.entries import numbers
from plan.measures.period import Period
from plan.models import EntryState, ExpectedResult, Plan, ResultKind
from plan.standing import spans

STATES = (ResultKind.YES_NO, ResultKind.EXISTENCE)
SHARES = (ResultKind.RATIO, ResultKind.DELAY)
MOST_NOTE = 2000
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Figure:
    """A number; or what a share is counted from; or whether it is there. A ``value`` that is a
    share is in percent."""

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    state: EntryState | None = None
    note: str = ""

    @property
    def is_empty(self) -> bool:
        given = (self.value, self.numerator, self.denominator, self.state)
        return all(one is None for one in given)


def check(plan: Plan, result: ExpectedResult, period: Period, figure: Figure, today: date) -> None:
    """Raises ``BadInput`` naming every field that cannot be taken."""
    problems = [*_of_period(plan, period, today), *_of_figure(result, figure)]
    if len(figure.note) > MOST_NOTE:
        said = mark("At most {most} characters.")
        problems.append(FieldProblem("note", said, (("most", MOST_NOTE),)))
    if problems:
        raise BadInput(*problems)


def _of_period(plan: Plan, period: Period, today: date) -> list[FieldProblem]:
    if period not in [one.period for one in spans.every(plan)]:
        said = mark("Give a quarter or a year of the plan, or the whole plan.")
        return [FieldProblem("period", said)]
    if period.first > today:
        return [FieldProblem("period", mark("These days have not begun."))]
    return []


def _of_figure(result: ExpectedResult, figure: Figure) -> list[FieldProblem]:
    for name in ("value", "numerator", "denominator"):
        given = getattr(figure, name)
        if given is not None:
            numbers.checked(name, given)
    if result.kind in STATES:
        return _of_state(figure)
    if figure.state is not None:
        return [FieldProblem("state", mark("This result wants a number."))]
    return _of_share(figure) if result.kind in SHARES else _of_number(figure)


def _of_state(figure: Figure) -> list[FieldProblem]:
    if figure.state is None:
        return [FieldProblem("state", mark("Choose one of the three."))]
    if (figure.value, figure.numerator, figure.denominator) != (None, None, None):
        return [FieldProblem("value", mark("This result wants a yes or a no."))]
    return []


def _of_number(figure: Figure) -> list[FieldProblem]:
    if (figure.numerator, figure.denominator) != (None, None):
        return [FieldProblem("numerator", mark("This result is one number, no share."))]
    if figure.value is None:
        return [FieldProblem("value", mark("Give the number. If there was none, type 0."))]
    return []


def _of_share(figure: Figure) -> list[FieldProblem]:
    parts = (figure.numerator, figure.denominator)
    if figure.value is not None:
        if parts != (None, None):
            said = mark("Give the two numbers or the percentage, not both.")
            return [FieldProblem("value", said)]
        too_much = figure.value > _HUNDRED
        return [FieldProblem("value", mark("A share is at most 100 percent."))] if too_much else []
    if parts == (None, None):
        return [FieldProblem("numerator", mark("Give both numbers, or the percentage."))]
    if figure.numerator is None:
        return [FieldProblem("numerator", mark("Give this number too."))]
    if figure.denominator is None:
        return [FieldProblem("denominator", mark("Give this number too."))]
    if figure.numerator > figure.denominator:
        said = mark("This is more than there were in all.")
        return [FieldProblem("numerator", said)]
    return []
