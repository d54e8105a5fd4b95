"""A result by zone: the partnerships of the town as shapes of a small map, and as a table."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from partnerships.models import Partnership, Zone
from plan.dashboard.board import Board, Shown
from plan.dashboard.hiding import hidden, is_small, share_is_small
from plan.models import ExpectedResult
from plan.standing.judging import adds_up
from plan.standing.values import Reached

WIDTH, HEIGHT = 600, 420
_MARGIN = 8
# Steps of one colour that eyes can still tell apart; 0 is for no figure.
STEPS = 4
# Corners nearer than this to the last one drawn cannot be seen.
_FINEST = 0.6

Corner = Sequence[float]


@dataclass(frozen=True, slots=True)
class Place:
    """A zone: its figure, and its shape as the path of a drawing. ``is_hidden``: too few."""

    area: str
    name: str
    reached: Reached
    is_hidden: bool
    step: int
    path: str = ""
    x: float = 0.0
    y: float = 0.0

    @property
    def is_drawn(self) -> bool:
        return bool(self.path)


@dataclass(frozen=True, slots=True)
class ZoneMap:
    """One result in all zones of the town."""

    result: ExpectedResult
    shown: Shown
    places: tuple[Place, ...]

    @property
    def is_drawn(self) -> bool:
        return any(one.is_drawn for one in self.places)


def choices(board: Board) -> list[tuple[Shown, ExpectedResult]]:
    """The results of which some zone has a figure in these days."""
    seen: set[UUID] = set()
    found = []
    for shown in board.shown:
        for one in shown.results:
            known = board.values.areas([one.result.id], board.span.period)
            if known and one.result.id not in seen:
                seen.add(one.result.id)
                found.append((shown, one.result))
    return found


def drawn(session: Session, board: Board, wanted: str, *, public: bool = False) -> ZoneMap | None:
    """The map of the result that is wanted, else of the first that has one; ``None`` where none
    has. On a public one small numbers are hidden, and others with them."""
    of_zones = choices(board)
    if not of_zones:
        return None
    shown, result = next((one for one in of_zones if str(one[1].id) == wanted), of_zones[0])
    period = board.span.period
    areas = sorted(board.values.areas([result.id], period))
    reached = {area: board.values.of(result, period, area) for area in areas}
    away = _hidden(result, reached) if public else frozenset()
    whole = board.values.of(result, period)
    if public and is_small(whole.value):
        away = frozenset(areas)
    return ZoneMap(result, shown, tuple(_places(session, board, reached, away)))


def _hidden(result: ExpectedResult, reached: Mapping[str, Reached]) -> frozenset[str]:
    areas = list(reached)
    if adds_up(result):
        cells = hidden([reached[area].value for area in areas])
        return frozenset(areas[at] for at in cells)
    # The parts of a share add up as well: each column of them by itself.
    parts = [reached[area] for area in areas]
    columns = (
        [one.numerator for one in parts],
        [one.denominator for one in parts],
        [_rest(one) for one in parts],
    )
    away = {areas[at] for column in columns for at in hidden(column)}
    return frozenset(
        area
        for area in areas
        if area in away or share_is_small(reached[area].numerator, reached[area].denominator)
    )


def _rest(one: Reached) -> float | None:
    if one.numerator is None or one.denominator is None:
        return None
    return one.denominator - one.numerator


def _places(
    session: Session, board: Board, reached: Mapping[str, Reached], away: Iterable[str]
) -> list[Place]:
    rows = session.exec(
        select(Partnership, Zone)
        .join(Zone, col(Zone.partnership_id) == col(Partnership.id), isouter=True)
        .where(Partnership.municipality_id == board.plan.municipality_id)
        .order_by(col(Partnership.name))
    )
    # Not every partnership has drawn its zone.
    found: list[tuple[Partnership, Zone | None]] = [(one, zone) for one, zone in rows]
    area_of = {partnership.id: _area(partnership, reached) for partnership, _zone in found}
    paper = _Paper([zone for _partnership, zone in found if zone])
    hidden_areas = set(away)
    most = max((one.value or 0 for a, one in reached.items() if a not in hidden_areas), default=0)
    places = []
    for partnership, zone in found:
        area = area_of[partnership.id]
        figure = reached.get(area, Reached())
        is_hidden = area in hidden_areas
        path, x, y = paper.shape(zone) if zone else ("", 0.0, 0.0)
        step = 0 if is_hidden else _step(figure.value, most)
        places.append(Place(area, partnership.name, figure, is_hidden, step, path, x, y))
    known = set(area_of.values())
    return places + [
        Place(area, area, one, area in hidden_areas, 0)
        for area, one in reached.items()
        if area not in known
    ]


def _area(partnership: Partnership, reached: Mapping[str, Reached]) -> str:
    names = (partnership.slug, str(partnership.id), partnership.name)
    return next((one for one in names if one in reached), partnership.slug)


def _step(value: float | None, most: float) -> int:
    if value is None:
        return 0
    return max(1, math.ceil(STEPS * value / most)) if most > 0 else 1


class _Paper:
    """Degrees laid flat on the drawing, north up, all zones as large as they fit."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        self._west = min((one.west for one in zones), default=0.0)
        self._north = max((one.north for one in zones), default=0.0)
        south = min((one.south for one in zones), default=0.0)
        east = max((one.east for one in zones), default=0.0)
        # A degree of longitude is shorter the further from the equator.
        self._shrink = math.cos(math.radians((self._north + south) / 2))
        wide = max((east - self._west) * self._shrink, 1e-9)
        high = max(self._north - south, 1e-9)
        self._scale = min((WIDTH - 2 * _MARGIN) / wide, (HEIGHT - 2 * _MARGIN) / high)
        self._left = (WIDTH - wide * self._scale) / 2
        self._top = (HEIGHT - high * self._scale) / 2

    def shape(self, zone: Zone) -> tuple[str, float, float]:
        """Its path, and where its figure stands."""
        rings = [[self._at(corner) for corner in ring] for ring in _rings(zone.polygon)]
        path = "".join(_path(ring) for ring in rings)
        middle = self._at(((zone.west + zone.east) / 2, (zone.south + zone.north) / 2))
        return path, round(middle[0], 1), round(middle[1], 1)

    def _at(self, corner: Corner) -> tuple[float, float]:
        x = self._left + (corner[0] - self._west) * self._shrink * self._scale
        return x, self._top + (self._north - corner[1]) * self._scale


def _rings(polygon: Mapping[str, Any]) -> list[list[Corner]]:
    coordinates = polygon["coordinates"]
    parts = coordinates if polygon["type"] == "MultiPolygon" else [coordinates]
    return [ring for part in parts for ring in part]


def _path(ring: Sequence[tuple[float, float]]) -> str:
    kept: list[tuple[float, float]] = []
    for corner in ring:
        if not kept or math.dist(corner, kept[-1]) >= _FINEST:
            kept.append(corner)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "Z"
