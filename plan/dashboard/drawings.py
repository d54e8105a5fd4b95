"""Where the pieces of a drawing lie, in the units of its own box; templates write them down."""

from collections.abc import Sequence
from dataclasses import dataclass

from plan.dashboard.board import Board, Distribution, Shown
from plan.models import Colour
from plan.standing.judging import Judged
from plan.standing.spans import Span, trend_of

BAR_WIDTH = 600
# Narrower pieces have no room for their number; it stands in the key below.
NARROWEST_WITH_NUMBER = 28
BULLET_WIDTH = 300
TREND_WIDTH = 360
TREND_HEIGHT = 110
# So that what is past its target still ends within the box.
_AIR = 1.08


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a bar."""

    colour: Colour
    number: int
    x: float
    width: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def has_room(self) -> bool:
        return self.width >= NARROWEST_WITH_NUMBER


def pieces(distribution: Distribution) -> list[Piece]:
    """The bar of a distribution, from left to right; empty where there is nothing."""
    drawn: list[Piece] = []
    at = 0.0
    for colour, number in distribution.pieces:
        width = BAR_WIDTH * number / distribution.total
        drawn.append(Piece(colour, number, round(at, 1), round(width, 1)))
        at += width
    return drawn


@dataclass(frozen=True, slots=True)
class Bullet:
    """A bar for what was reached, a mark for the target, and one for what is due by now."""

    reached: float
    target: float | None
    due: float | None


def bullet(one: Judged) -> Bullet | None:
    """``None`` where there is no figure, or nothing to compare it with."""
    value = one.reached.value
    if value is None or one.wanted is None:
        return None
    most = max(value, one.wanted, one.due or 0) * _AIR
    if most <= 0:
        return None
    due = one.due if one.due != one.wanted else None
    return Bullet(
        _on(value, most, BULLET_WIDTH),
        _on(one.wanted, most, BULLET_WIDTH),
        _on(due, most, BULLET_WIDTH) if due is not None else None,
    )


def _on(value: float, most: float, width: float) -> float:
    return round(max(0.0, value) * width / most, 1)


@dataclass(frozen=True, slots=True)
class Point:
    """A quarter of the trend: what was reached in it, and what was wanted in it."""

    span: Span
    judged: Judged
    x: float
    width: float
    height: float | None
    due_height: float | None

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Trend:
    """``points`` has every quarter, also those without a figure."""

    points: tuple[Point, ...]

    @property
    def is_empty(self) -> bool:
        return all(one.judged.reached.value is None for one in self.points)


def trend(board: Board, shown: Shown) -> Trend | None:
    """From quarter to quarter, of the result that speaks for an indicator; ``None`` of one that has
    none."""
    speaks = shown.speaks
    if speaks is None:
        return None
    at = next(n for n, one in enumerate(shown.results) if one.result.id == speaks.result.id)
    spans = trend_of(board.plan, board.span)
    return _drawn([(span, board.in_span(shown, span.period)[at]) for span in spans])


def _drawn(found: Sequence[tuple[Span, Judged]]) -> Trend:
    heights = [
        each for _span, one in found for each in (one.reached.value, one.wanted) if each is not None
    ]
    most = max(heights, default=0.0) * _AIR
    step = TREND_WIDTH / max(1, len(found))
    return Trend(
        tuple(
            Point(
                span,
                one,
                round(step * (number + 0.2), 1),
                round(step * 0.6, 1),
                _high(one.reached.value, most),
                _high(one.wanted, most),
            )
            for number, (span, one) in enumerate(found)
        )
    )


def _high(value: float | None, most: float) -> float | None:
    if value is None:
        return None
    return _on(value, most, TREND_HEIGHT) if most > 0 else 0.0
