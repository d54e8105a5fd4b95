"""How likely a count is where a mean is usual.

Poisson, or negative binomial where counts vary more.

Own code, checked against published figures: a whole statistics library for two curves would weigh
more than the hub.
"""

import math

_SMALL = 1e-300
_EXACT = 1e-16
_MOST_STEPS = 100_000
# So close to one that the difference shows in no figure, and its curve is beyond a machine's sums.
_NO_WIDER = 1 + 1e-9
_LARGE = 1e6


def at_least(least: int, mean: float, dispersion: float) -> float:
    """How likely a count of ``least`` or more is: mean ``mean``, variance ``mean * dispersion``;
    Poisson where that is no wider than the mean."""
    if least <= 0:
        return 1.0
    if dispersion <= _NO_WIDER:
        return _poisson_tail(least, mean)
    return _beta_share(1 - 1 / dispersion, least, mean / (dispersion - 1))


def quantile(share: float, mean: float, dispersion: float) -> int:
    """The smallest count at or below which this share of counts lies."""
    rest = 1 - share
    high = 1
    while at_least(high + 1, mean, dispersion) > rest:
        high *= 2
    low = -1
    while high - low > 1:
        middle = (low + high) // 2
        if at_least(middle + 1, mean, dispersion) > rest:
            low = middle
        else:
            high = middle
    return high


def _poisson_tail(least: int, mean: float) -> float:
    def chance(number: int) -> float:
        return math.exp(number * math.log(mean) - mean - math.lgamma(number + 1))

    upwards = least > mean
    number = least if upwards else least - 1
    total, term = 0.0, chance(number)
    while number >= 0 and term > total * _EXACT:
        total += term
        term *= mean / (number + 1) if upwards else number / mean
        number += 1 if upwards else -1
    return total if upwards else max(0.0, 1 - total)


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function: what the negative binomial sums up to."""
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    small, large = sorted((a, b))
    front = _gamma_ratio(large, small) - math.lgamma(small)
    return math.exp(front + a * math.log(x) + b * math.log1p(-x)) * _fraction(x, a, b) / a


def _gamma_ratio(large: float, more: float) -> float:
    """The logarithm of gamma(large + more) / gamma(large), also where each of the two is so large
    that their difference would be nothing but rounding (Stirling)."""
    if large < _LARGE:
        return math.lgamma(large + more) - math.lgamma(large)
    both = large + more
    steps = (both - 0.5) * math.log1p(more / large) + more * (math.log(large) - 1)
    return steps + (1 / both - 1 / large) / 12


def _fraction(x: float, a: float, b: float) -> float:
    """Its continued fraction, evaluated from the front (Lentz)."""
    upper, lower = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = lower
    for step in range(1, _MOST_STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for part in (even, odd):
            lower = 1 / _not_zero(1 + part * lower)
            upper = _not_zero(1 + part / upper)
            value *= lower * upper
        if abs(lower * upper - 1) < _EXACT * 10:
            break
    return value


def _not_zero(number: float) -> float:
    return number if abs(number) > _SMALL else _SMALL
