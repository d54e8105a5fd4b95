"""Small numbers are hidden, and others with them, so that nobody takes the rest from the sum."""

from itertools import product

from plan.dashboard.hiding import hidden, share_is_small


def test_a_single_small_cell_takes_the_next_smallest_with_it() -> None:
    assert hidden([3, 40, 7, 12]) == {0, 2}


def test_small_cells_that_together_are_still_few_take_another_with_them() -> None:
    assert hidden([1, 1, 40, 9]) == {0, 1, 3}


def test_without_a_sum_beside_them_only_the_small_are_hidden() -> None:
    assert hidden([3, 40, 7], total_is_shown=False) == {0}


def test_cells_that_are_large_or_unknown_hide_nothing() -> None:
    assert hidden([5, 40, None]) == frozenset()
    assert hidden([]) == frozenset()


def test_nought_is_fewer_than_five_too() -> None:
    assert hidden([0, 8, 9]) == {0, 1}


def test_whatever_the_cells_no_hidden_one_stands_alone() -> None:
    for cells in product([0, 1, 4, 5, 9], repeat=4):
        away = hidden(cells)
        assert all(at in away for at, value in enumerate(cells) if value < 5)
        assert len(away) != 1


def test_a_share_is_hidden_for_those_it_counts_and_for_those_it_does_not() -> None:
    assert share_is_small(3, 40)
    assert share_is_small(38, 40)
    assert not share_is_small(20, 40)
    assert not share_is_small(None, None)
