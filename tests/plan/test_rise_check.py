"""The rule of a strong rise, case by case, with its figures."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plan.rises.chances import at_least, quantile
from plan.rises.check import check

CASES = json.loads((Path(__file__).parent / "documents" / "rises.json").read_text("utf-8"))


def told(*asked: object) -> list[dict[str, Any]]:
    return [dict(one) for one in check(json.dumps(line).encode() for line in asked)]


@pytest.mark.parametrize("case", CASES["vectors"], ids=lambda case: case["name"])
def test_each_case_has_its_level_and_its_figures(case: dict[str, Any]) -> None:
    assert told({"method": case["method"], "input": case["input"]}) == [case["expected"]]


@pytest.mark.parametrize("one", CASES["distribution"], ids=str)
def test_the_curve_is_the_published_one(one: dict[str, Any]) -> None:
    asked = {name: one[name] for name in ("mu", "phi", "y")}
    answer = told({"method": "distribution", "input": asked})[0]
    assert answer.pop("p_ge") == pytest.approx(one["p_ge"], rel=1e-7)
    assert answer == {name: one[name] for name in answer}


def by_adding_up(least: int, mean: float, dispersion: float) -> float:
    """The same chance the long way: every count above, one by one."""
    size, keeps = mean / (dispersion - 1), 1 / dispersion

    def chance(number: int) -> float:
        ways = math.lgamma(number + size) - math.lgamma(size) - math.lgamma(number + 1)
        return math.exp(ways + size * math.log(keeps) + number * math.log1p(-keeps))

    return 1 - math.fsum(chance(number) for number in range(least))


@settings(deadline=None)
@given(st.integers(0, 300), st.floats(0.02, 200), st.floats(1.02, 30))
def test_the_short_way_and_the_long_way_agree(least: int, mean: float, dispersion: float) -> None:
    expected = by_adding_up(least, mean, dispersion)
    assert at_least(least, mean, dispersion) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(st.floats(0.02, 500), st.floats(1, 30), st.sampled_from([0.95, 0.99, 0.999]))
@example(50.0, 1.0000000000000002, 0.95)
@example(50.0, 1.00000001, 0.999)
def test_a_quantile_is_the_first_that_is_enough(
    mean: float, dispersion: float, share: float
) -> None:
    found = quantile(share, mean, dispersion)
    assert at_least(found + 1, mean, dispersion) <= 1 - share
    assert found == 0 or at_least(found, mean, dispersion) > 1 - share


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), min_size=8, max_size=12), st.integers(0, 200))
def test_one_more_is_never_less_of_a_rise(windows: list[int], count: int) -> None:
    order = ["normal", "increase_to_check", "strong_increase"]
    now, more = told(
        {"method": "nb_predictive", "input": {"y": count, "baseline": windows}},
        {"method": "nb_predictive", "input": {"y": count + 1, "baseline": windows}},
    )
    assert order.index(more["level"]) >= order.index(now["level"])


@pytest.mark.parametrize(
    ("given_", "emits"),
    [
        ({"days_since": 28, "last_score": 1.3, "score": 1.0}, True),
        ({"days_since": 27, "last_score": 1.3, "score": 1.94}, False),
        ({"days_since": 27, "last_score": 1.3, "score": 1.95}, True),
        ({"days_since": None, "last_score": None, "score": 1.0}, True),
    ],
)
def test_a_hint_is_given_once_in_four_weeks(given_: dict[str, object], emits: bool) -> None:
    assert told({"method": "holdoff", "input": given_}) == [{"emit": emits}]


def test_a_slow_drift_shows_in_a_smoothed_mean() -> None:
    asked = {"x": [5, 7, 6, 8, 9, 8, 10, 9], "mu": 5.5, "lambda": 0.2, "L": 3}
    answer = told({"method": "ewma", "input": asked})[0]
    assert answer["path"][0]["z"] == pytest.approx(5.4)
    assert answer["first_alarm"] == 8
    answer = told({"method": "ewma", "input": {**asked, "x": [6] * 12}})[0]
    assert answer["first_alarm"] is None


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "asked",
    [
        {"method": "nb_predictive", "input": {"y": -1, "baseline": [1] * 12}},
        {"method": "nb_predictive", "input": {"y": 1e300, "baseline": [1] * 12}},
        {"method": "nb_predictive", "input": {"y": 1, "baseline": [True] * 12}},
        {"method": "nb_predictive_weekly", "input": {"weekly": [1, 2]}},
        {"method": "combine", "input": {"recent": "rising", "seasonal": "normal"}},
        {"method": "cusum", "input": {"x": [1], "mu": 0}},
        {"method": "guess"},
        {},
        [],
    ],
)
def test_a_case_that_cannot_be_is_refused(asked: object) -> None:
    assert set(told(asked)[0]) == {"error"}


@pytest.mark.timeout(20)
def test_the_largest_counts_are_soon_judged() -> None:
    windows = [0] * 11 + [1_000_000]
    answer = told({"method": "nb_predictive", "input": {"y": 1_000_000, "baseline": windows}})[0]
    assert answer["level"] == "normal"
