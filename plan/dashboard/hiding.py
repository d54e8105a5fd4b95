"""Small numbers in what everybody may read: which cells of a sum are not shown."""

from collections.abc import Sequence

# Fewer than so many could be somebody.
SMALLEST_SHOWN = 5
# One hidden cell is what is left when the others are taken from the sum.
_FEWEST_HIDDEN = 2


def is_small(value: float | None) -> bool:
    return value is not None and value < SMALLEST_SHOWN


def hidden(cells: Sequence[float | None], *, total_is_shown: bool = True) -> frozenset[int]:
    """The places of the cells to hide: those under five, and where their sum is shown as many of
    the next smallest as it takes that nobody finds them by taking the others away.

    Hidden cells are never fewer than two then, nor together fewer than five. ``None`` is no figure
    and hides nothing.
    """
    order = sorted((value, at) for at, value in enumerate(cells) if value is not None)
    chosen = [(value, at) for value, at in order if is_small(value)]
    if chosen and total_is_shown:
        rest = order[len(chosen) :]
        while rest and not _is_safe([value for value, _at in chosen]):
            chosen.append(rest.pop(0))
    return frozenset(at for _value, at in chosen)


def _is_safe(values: list[float]) -> bool:
    return len(values) >= _FEWEST_HIDDEN and sum(values) >= SMALLEST_SHOWN


def share_is_small(numerator: float | None, denominator: float | None) -> bool:
    """Whether a share lets a few be known: those it counts, those it does not, or all of them."""
    if numerator is None or denominator is None:
        return False
    return any(is_small(each) for each in (numerator, denominator, denominator - numerator))
