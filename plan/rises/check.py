"""The rule of a strong rise, one case a line: ``{"method": ..., "input": {...}}`` in, and out what
the rule says with its figures, rounded as they are printed."""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hub.json_lines import Answer, NotUnderstood, answers
from plan.rises.chances import at_least, quantile
from plan.rises.rule import FEWEST_WINDOWS, MOST_WINDOWS, Level, Rise, assess, widened
from plan.rises.season import (
    Step,
    drift_by_smoothing,
    drift_by_sum,
    is_told,
    weekly_windows,
    with_season,
)

# More than any police zone counts; what is larger is a slip of the pen.
_MOST = 1_000_000
_LONGEST = 10_000
Number = Annotated[int, Field(ge=0, le=_MOST, strict=True)]
Numbers = Annotated[list[Number], Field(max_length=_LONGEST)]
Positive = Annotated[float, Field(gt=0, le=_MOST, strict=True)]
Amount = Annotated[float, Field(ge=0, le=_MOST, strict=True)]


class _Question(BaseModel):
    model_config = ConfigDict(frozen=True)


class Windows(_Question):
    y: Number
    baseline: Numbers


class Weekly(_Question):
    weekly: Numbers
    width: Annotated[int, Field(ge=1, le=52, strict=True)] = 4
    gap: Annotated[int, Field(ge=0, le=52, strict=True)] = 1
    m: Annotated[int, Field(ge=1, le=520, strict=True)] = MOST_WINDOWS


class Levels(_Question):
    recent: Level
    seasonal: Level


class LastTold(_Question):
    days_since: Amount | None = None
    last_score: float | None = None
    score: float


class Sums(_Question):
    x: Numbers
    mu: Positive
    k: Amount = 0.5
    h: Positive = 4.0


class Smoothing(_Question):
    model_config = ConfigDict(frozen=True, populate_by_name=True)

    x: Numbers
    mu: Positive
    weight: Annotated[float, Field(gt=0, le=1, alias="lambda")] = 0.2
    width: Positive = Field(default=3.0, alias="L")


class Curve(_Question):
    mu: Positive
    phi: Annotated[float, Field(ge=1, le=_MOST)] = 1.0
    y: Number


def check(lines: Iterable[bytes]) -> Iterator[Answer]:
    """What the rule says to each case."""
    return answers(lines, _answer)


def _answer(asked: dict[str, object]) -> Answer:
    wanted = asked.get("method")
    rule = _RULES.get(wanted) if isinstance(wanted, str) else None
    if rule is None:
        raise NotUnderstood(f"method: one of {', '.join(_RULES)}")
    return rule(asked.get("input"))


def _windows(given: object) -> Answer:
    one = Windows.model_validate(given)
    return _told(assess(one.y, one.baseline), len(one.baseline))


def _weekly(given: object) -> Answer:
    one = Weekly.model_validate(given)
    if len(one.weekly) < one.width:
        raise NotUnderstood(f"weekly: fewer than {one.width} weeks")
    now, before = weekly_windows(one.weekly, one.width, one.gap, one.m)
    told = _told(assess(now, before), len(before))
    return {"y": now, "baseline_newest_first": before, **told}


def _told(found: Rise, number: int) -> Answer:
    if number < FEWEST_WINDOWS:
        return {"level": found.level.value, "m": number}
    return {
        "level": found.level.value,
        "m": number,
        "mu": round(found.usual, 6),
        "phi": round(found.dispersion, 6),
        "phi_used": round(widened(found.dispersion, number), 6),
        "ratio": round(found.ratio, 4),
        "p_value": _six_digits(found.p_value),
        "upper_99": found.highest,
        "upper_999": found.extreme,
        "score": round(found.score, 4),
        "blocked_by": [one.value for one in found.hurdles],
    }


def _six_digits(share: float) -> float:
    return float(f"{share:.6g}")


def _combine(given: object) -> Answer:
    one = Levels.model_validate(given)
    return {"level": with_season(one.recent, one.seasonal).value}


def _hold_off(given: object) -> Answer:
    one = LastTold.model_validate(given)
    return {"emit": is_told(one.days_since, one.last_score, one.score)}


def _sums(given: object) -> Answer:
    one = Sums.model_validate(given)
    return _path(one.x, drift_by_sum(one.x, one.mu, one.k, one.h), "c", with_limit=False)


def _smoothing(given: object) -> Answer:
    one = Smoothing.model_validate(given)
    steps = drift_by_smoothing(one.x, one.mu, one.weight, one.width)
    return _path(one.x, steps, "z", with_limit=True)


def _path(counts: list[int], steps: list[Step], name: str, *, with_limit: bool) -> Answer:
    path = [
        {
            "t": number,
            "x": counts[number - 1],
            name: round(one.value, 6),
            **({"upper": round(one.limit, 6)} if with_limit else {}),
            "alarm": one.alarms,
        }
        for number, one in enumerate(steps, start=1)
    ]
    first = next((number for number, one in enumerate(steps, start=1) if one.alarms), None)
    return {"path": path, "first_alarm": first}


def _curve(given: object) -> Answer:
    one = Curve.model_validate(given)
    limits = {f"q{name}": quantile(share, one.mu, one.phi) for name, share in _SHARES.items()}
    return {"p_ge": float(f"{at_least(one.y, one.mu, one.phi):.8g}"), **limits}


_SHARES = {"95": 0.95, "99": 0.99, "999": 0.999}

_RULES: dict[str, Callable[[object], Answer]] = {
    "nb_predictive": _windows,
    "nb_predictive_weekly": _weekly,
    "combine": _combine,
    "holdoff": _hold_off,
    "cusum": _sums,
    "ewma": _smoothing,
    "distribution": _curve,
}
