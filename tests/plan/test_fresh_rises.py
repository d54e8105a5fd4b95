"""The rule of a strong rise against sums in exact fractions, over series drawn by chance."""

import json
import random
from fractions import Fraction
from math import exp, log

import pytest

from plan.rises.check import check


def _tail(least: int, mean: Fraction, dispersion: Fraction) -> float:
    """1 - the sum of all smaller counts of a negative binomial, term by term."""
    size, odds = mean / (dispersion - 1), 1 / dispersion
    # Only the first term is no fraction.
    term = exp(-float(size) * log(float(dispersion)))
    total, factor = 0.0, Fraction(1)
    for count in range(least):
        total += term * float(factor)
        factor = factor * (size + count) * (1 - odds) / (count + 1)
    return 1 - total


@pytest.mark.parametrize("seed", range(60))
def test_a_series_drawn_by_chance_is_judged_as_the_exact_sums_judge_it(seed: int) -> None:
    chance = random.Random(seed)
    top = chance.choice([0, 1, 3, 10, 40])
    before = [chance.randint(0, top) for _ in range(chance.randint(6, 12))]
    now = chance.randint(0, 3 * top + 5)
    asked = {"method": "nb_predictive", "input": {"y": now, "baseline": before}}
    told = next(iter(check([json.dumps(asked).encode()])))
    number = len(before)
    if number < 8:
        assert told == {"level": "insufficient_data", "m": number}
        return
    mean = Fraction(sum(before), number) or Fraction(1, 2 * number)
    spread = sum(((one - mean) ** 2 for one in before), Fraction(0)) / (number - 1)
    spread = spread if any(before) else Fraction(0)
    used = max(Fraction(1), spread / mean) * (1 + Fraction(1, number))
    likely = _tail(now, mean, used)
    raised = now >= 3 and Fraction(now) / mean >= Fraction(3, 2) and likely < 0.01
    level = "normal" if not raised else "strong_increase" if likely < 0.001 else "increase_to_check"
    assert told["level"] == level
    assert told["mu"] == pytest.approx(float(mean), abs=1e-6)
    assert told["p_value"] == pytest.approx(likely, abs=1e-6)
