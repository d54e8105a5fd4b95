"""The colour rule, one case a line: ``{"fn": ..., "input": {...}}`` in, colour and figures out."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.json_lines import Answer, NotUnderstood, answers
from plan import colour_rule
from plan.colour_rule import Span, State, Verdict

_LARGEST = 1e12
Amount = Annotated[float, Field(ge=0, le=_LARGEST, strict=True)]
Number = Annotated[int, Field(ge=0, le=_LARGEST, strict=True)]
Comparator = Literal[">=", ">", "=", "<=", "<"] | None


class _Question(BaseModel):
    model_config = ConfigDict(frozen=True)


class Count(_Question):
    target: Amount | None
    actual: Amount | None
    start: date
    end: date
    as_of: date
    comparator: Comparator = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("end is before start")
        return self


class Ratio(_Question):
    target: Amount | None
    num: Amount | None
    den: Amount | None
    closed: bool
    comparator: Comparator = None


class Rate(_Question):
    target: Amount | None
    total: Amount | None
    units: Amount | None
    closed: bool
    comparator: Comparator = None


class YesNo(_Question):
    state: State | None
    closed: bool


class Delay(_Question):
    on_time: Number
    late: Number
    open_overdue: Number
    open_running: Number


def check(lines: Iterable[bytes]) -> Iterator[Answer]:
    """The colour of each case, with its reason and its figures as they are printed."""
    return answers(lines, _answer)


def _answer(asked: dict[str, object]) -> Answer:
    wanted = asked.get("fn")
    rule = _RULES.get(wanted) if isinstance(wanted, str) else None
    if rule is None:
        raise NotUnderstood(f"fn: one of {', '.join(_RULES)}")
    return rule(asked.get("input"))


def _count(given: object) -> Answer:
    one = Count.model_validate(given)
    span = Span(one.start, one.end, one.as_of)
    return _told(colour_rule.count(one.actual, one.target, one.comparator, span))


def _ratio(given: object) -> Answer:
    one = Ratio.model_validate(given)
    found = colour_rule.ratio(one.num, one.den, one.target, one.comparator, closed=one.closed)
    return _told(found, value_digits=2)


def _rate(given: object) -> Answer:
    one = Rate.model_validate(given)
    found = colour_rule.rate(one.total, one.units, one.target, one.comparator, closed=one.closed)
    return _told(found)


def _yes_no(given: object) -> Answer:
    one = YesNo.model_validate(given)
    return _told(colour_rule.yes_no(one.state, closed=one.closed))


def _delay(given: object) -> Answer:
    one = Delay.model_validate(given)
    found = colour_rule.delay(one.on_time, one.late, one.open_overdue, one.open_running)
    return _told(found, value_digits=2)


_RULES: dict[str, Callable[[object], Answer]] = {
    "count": _count,
    "ratio": _ratio,
    "rate": _rate,
    "yes_no": _yes_no,
    "delay": _delay,
}


def _told(found: Verdict, value_digits: int = 4) -> Answer:
    figures = {
        "due": _whole(found.due),
        "value": _rounded(found.value, value_digits),
        "achievement": _rounded(found.achievement, 4),
        "small_base": found.small_base,
        "n": found.number,
        "open": found.still_open,
    }
    known = {name: one for name, one in figures.items() if one is not None}
    return {"colour": found.colour.value, "reason": found.reason.value, **known}


def _whole(due: float | None) -> float | None:
    return int(due) if due is not None and due == int(due) else due


def _rounded(number: float | None, digits: int) -> float | None:
    return None if number is None else round(number, digits)
