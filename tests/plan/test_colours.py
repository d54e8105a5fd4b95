"""The colour of a share against its target."""

import pytest

from plan.colours import Colour, suggest
from plan.measures import Ratio


@pytest.mark.parametrize(
    ("numerator", "denominator", "target", "closed", "colour"),
    [
        (12, 41, 30, True, Colour.ORANGE),
        (13, 41, 30, True, Colour.GREEN),
        (3, 4, 100, True, Colour.ORANGE),
        (9, 10, 100, False, Colour.GREEN),
        (9, 10, 100, True, Colour.ORANGE),
        (2, 10, 80, False, Colour.RED),
        (0, 0, 80, True, Colour.GREY),
        (5, 5, None, True, Colour.GREY),
    ],
)
def test_a_share_gets_the_colour_of_its_distance_to_the_target(
    numerator: int, denominator: int, target: float | None, closed: bool, colour: Colour
) -> None:
    assert suggest(Ratio(numerator, denominator), target, closed=closed).colour is colour


def test_a_share_of_few_cases_is_marked() -> None:
    assert suggest(Ratio(3, 4), 80, closed=True).small_base
    assert not suggest(Ratio(4, 5), 80, closed=True).small_base


def test_no_case_is_not_zero_percent() -> None:
    assert Ratio(0, 0).percent is None
    assert Ratio(0, 3).percent == 0
