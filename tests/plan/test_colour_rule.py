"""The colours of results, and the cases by which others can compare their rule with ours."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.i18n import Language, translate
from plan import colour_rule
from plan.colour_check import check
from plan.colour_rule import SENTENCES, Reason, Span
from plan.models import Colour

VECTORS = json.loads((Path(__file__).parent / "documents" / "colours.json").read_text("utf-8"))


def told(*asked: object) -> list[dict[str, Any]]:
    return [dict(one) for one in check(json.dumps(line).encode() for line in asked)]


@pytest.mark.parametrize("case", VECTORS["vectors"], ids=lambda case: case["name"])
def test_each_case_has_its_colour_its_reason_and_its_figures(case: dict[str, Any]) -> None:
    assert told({"fn": case["fn"], "input": case["input"]}) == [case["expected"]]


YEAR = {"start": "2023-01-01", "end": "2023-12-31"}


@pytest.mark.parametrize(
    ("fn", "given_", "colour", "reason"),
    [
        ("count", {"target": 100, "actual": 45, "as_of": "2023-06-30"}, "green", "pro_rata"),
        ("count", {"target": 100, "actual": 99, "as_of": "2023-12-31"}, "orange", "closed"),
        ("count", {"target": 1, "actual": 0, "as_of": "2023-03-01"}, "grey", "not_due_yet"),
        ("count", {"target": 1, "actual": 0, "as_of": "2023-12-31"}, "red", "closed"),
        ("count", {"target": 5, "actual": 0, "as_of": "2022-12-31"}, "grey", "not_started"),
        ("count", {"target": 5, "actual": 6, "as_of": "2024-05-31"}, "green", "target_reached"),
        ("count", {"target": 5, "actual": 9, "as_of": "2023-02-01", "comparator": "<="},
         "red", "over_limit"),
        ("count", {"target": 5, "actual": 5, "as_of": "2023-02-01", "comparator": "<="},
         "green", "within_limit"),
        ("rate", {"target": 7, "total": 0, "units": 0, "closed": False}, "grey", "no_data"),
        ("rate", {"target": 7, "total": 320, "units": 50, "closed": False}, "green", "mean_rate"),
        ("ratio", {"target": 100, "num": 69, "den": 100, "closed": True}, "red", "ratio"),
        ("ratio", {"target": 100, "num": 7, "den": 10, "closed": True}, "orange", "ratio"),
        ("yes_no", {"state": "in_progress", "closed": False}, "orange", "in_progress"),
        ("yes_no", {"state": "no", "closed": False}, "orange", "not_yet"),
        ("yes_no", {"state": "in_progress", "closed": True}, "red", "missing"),
        ("delay", {"on_time": 3, "late": 1, "open_overdue": 1, "open_running": 0},
         "red", "share_on_time"),
        ("delay", {"on_time": 7, "late": 2, "open_overdue": 1, "open_running": 9},
         "orange", "share_on_time"),
    ],
)  # fmt: skip
def test_the_rule_where_the_cases_are_silent(
    fn: str, given_: dict[str, object], colour: str, reason: str
) -> None:
    span = YEAR if fn == "count" else {}
    answer = told({"fn": fn, "input": {**span, **given_}})[0]
    assert (answer["colour"], answer["reason"]) == (colour, reason)


@pytest.mark.parametrize(
    "asked",
    [
        {"fn": "guess", "input": {}},
        {"fn": "count", "input": None},
        {"fn": ["count"]},
        {"fn": "count", "input": {**YEAR, "target": 1, "actual": -1, "as_of": "2023-01-01"}},
        {"fn": "count", "input": {**YEAR, "target": 1, "actual": "1", "as_of": "2023-01-01"}},
        {"fn": "count", "input": {**YEAR, "target": 1, "actual": 1, "as_of": "2023-02-30"}},
        {"fn": "count", "input": {"target": 1, "actual": 1, "as_of": "2023-02-01",
                                  "start": "2023-12-31", "end": "2023-01-01"}},
        {"fn": "yes_no", "input": {"state": "perhaps", "closed": True}},
        {"fn": "delay", "input": {"on_time": 1.5, "late": 0, "open_overdue": 0, "open_running": 0}},
        "count",
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_is_refused(asked: object) -> None:
    assert set(told(asked)[0]) == {"error"}


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 364))
def test_more_is_never_worse(actual: int, target: int, day: int) -> None:
    order = [Colour.RED, Colour.ORANGE, Colour.GREY, Colour.GREEN]
    as_of = date.fromordinal(date(2023, 1, 1).toordinal() + day)
    span = Span(date(2023, 1, 1), date(2023, 12, 31), as_of)
    less = colour_rule.count(actual, target, ">=", span).colour
    more = colour_rule.count(actual + 1, target, ">=", span).colour
    assert order.index(more) >= order.index(less)


def test_two_years_are_not_green_when_one_was_not() -> None:
    pooled = colour_rule.ratio(9, 10, 80, ">=", closed=True)
    assert pooled.colour is Colour.GREEN
    assert colour_rule.over_years(pooled, [Colour.GREEN, Colour.GREEN]) is pooled
    judged = colour_rule.over_years(pooled, [Colour.GREEN, Colour.RED])
    assert (judged.colour, judged.reason) == (Colour.ORANGE, Reason.A_YEAR_WAS_NOT_GREEN)


def test_every_reason_is_a_sentence_in_every_language() -> None:
    assert set(SENTENCES) == set(Reason)
    for sentence in SENTENCES.values():
        for language in (Language.FRENCH, Language.DUTCH, Language.GERMAN):
            assert translate(language, sentence) != sentence
