"""From one quarter to the next: what rose, what fell, and what has another colour."""

from dataclasses import dataclass

from plan.colour_rule import Reason
from plan.dashboard.board import Board, Shown
from plan.models import Colour, Comparator
from plan.standing.judging import Judged, colour_of
from plan.standing.spans import Span, before

MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Change:
    """One indicator in the two quarters; the colours are those the rule suggests."""

    shown: Shown
    earlier: Judged
    later: Judged

    @property
    def difference(self) -> float | None:
        before_it, after_it = self.earlier.reached.value, self.later.reached.value
        return None if before_it is None or after_it is None else after_it - before_it

    @property
    def colours(self) -> tuple[Colour, Colour]:
        return self.earlier.verdict.colour, self.later.verdict.colour

    @property
    def wants_less(self) -> bool:
        """Whether less of it is better: a limit to keep, or something that is to fall."""
        said = self.later.result.evaluate_as or self.later.result.comparator
        return said in (Comparator.AT_MOST, Comparator.LESS_THAN, Comparator.DECREASE)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``rose`` and ``fell`` have the greatest difference for their size first."""

    earlier: Span
    later: Span
    rose: tuple[Change, ...] = ()
    fell: tuple[Change, ...] = ()
    recoloured: tuple[Change, ...] = ()
    same: int = 0
    unknown: int = 0


def compared(board: Board) -> Comparison | None:
    """The newest quarter of what is shown with the one before it; ``None`` where there is none."""
    pair = before(board.plan, board.span, board.today)
    if pair is None:
        return None
    earlier, later = pair
    changes = [each for one in board.shown if (each := _change(board, one, earlier, later))]
    told = [one for one in changes if one.difference is not None]
    rose = sorted((one for one in told if (one.difference or 0) > 0), key=_size, reverse=True)
    fell = sorted((one for one in told if (one.difference or 0) < 0), key=_size, reverse=True)
    return Comparison(
        earlier,
        later,
        tuple(rose),
        tuple(fell),
        tuple(one for one in changes if _is_recoloured(one)),
        len(told) - len(rose) - len(fell),
        len(board.shown) - len(told),
    )


def _change(board: Board, shown: Shown, earlier: Span, later: Span) -> Change | None:
    speaks = colour_of(board.in_span(shown, later.period))
    if speaks is None:
        return None
    past = board.in_span(shown, earlier.period)
    same = next(one for one in past if one.result.id == speaks.result.id)
    return Change(shown, same, speaks)


def _size(one: Change) -> float:
    return abs(one.difference or 0) / max(1.0, abs(one.earlier.reached.value or 0))


def _is_recoloured(one: Change) -> bool:
    # That a quarter has no figure yet, or has not begun, is no change of what is done.
    silent = {Reason.NO_DATA, Reason.NOT_STARTED, Reason.NO_ANSWER}
    was, now = one.colours
    return was is not now and one.later.verdict.reason not in silent
