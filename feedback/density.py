"""Where many things of one kind lie close together: which places might be hot spots (R36).

The database counts what lies in each cell of a grid whose cells are as wide as the radius. A circle
of that radius around anything in a cell lies within the cell and its eight neighbours; only where
these nine hold enough is anything read, place by place, and counted exactly. A place is proposed
around the one thing that has the most of its kind within the radius; what it stands on is counted
for no other. See docs/decisions/0028-density.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from sqlalchemy import BigInteger, cast, func
from sqlmodel import Session, select

from feedback.circles import Circle, metres_a_degree
from hub.db import Condition

# Nobody looks at more at once.
MOST_PLACES = 20
# So many places are read at most, those of the fullest cells first.
MOST_READ = 5_000
# Cells are measured where degrees are short: nowhere in Europe are they narrower than the radius.
_NORTHERNMOST = 60.0
_COLUMNS = 1_000_000
_AT_ONCE = 250


@dataclass(frozen=True, slots=True)
class Measure:
    """What is called dense: so many within so many metres in so many days."""

    metres: int
    days: int
    threshold: int


@dataclass(frozen=True, slots=True)
class Source:
    """A table of things that lie somewhere: which columns, and which of its rows count."""

    id: Any
    kind: Any
    latitude: Any
    longitude: Any
    at: Any
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class DensePlace:
    """A circle, what lies in it, and how many lay in it in the same time before."""

    kind: str
    circle: Circle
    found: tuple[UUID, ...]
    before: int


@dataclass(frozen=True, slots=True)
class Density:
    """The places found, the densest first; ``is_cut`` where there may be more."""

    places: tuple[DensePlace, ...]
    is_cut: bool


_Key = tuple[str, int]


def dense_places(session: Session, source: Source, measure: Measure, at: datetime) -> Density:
    """The places that are dense in the days before ``at``."""
    since = at - timedelta(days=measure.days)
    grid = _Grid(source, measure.metres)
    counts = _counts(session, source, grid, since, at)
    keys, cells_left = _worth_reading(counts, measure.threshold)
    if not keys:
        return Density((), is_cut=False)
    points = _read(session, source, grid, keys, since, at)
    places = [
        (kind, centre, members)
        for kind, rows in points.items()
        for centre, members in _densest(rows, measure)
    ]
    places.sort(key=lambda one: -len(one[2]))
    chosen = places[:MOST_PLACES]
    before = _before(session, source, grid, chosen, measure, since)
    found = tuple(
        DensePlace(kind, circle, tuple(members), before[number])
        for number, (kind, circle, members) in enumerate(chosen)
    )
    return Density(found, is_cut=cells_left or len(places) > MOST_PLACES)


class _Grid:
    """Cells at least as wide and as high as the radius, each with a number of its own."""

    def __init__(self, source: Source, metres: int) -> None:
        north, east = metres_a_degree(0.0)[0], metres_a_degree(_NORTHERNMOST)[1]
        self.rows, self.columns = north / metres, east / metres
        # Rounded or cut off, as each database does: both part the ground into equal cells.
        self.key = cast((source.latitude + 90.0) * self.rows, BigInteger) * _COLUMNS + cast(
            (source.longitude + 180.0) * self.columns, BigInteger
        )


def _neighbourhood(key: int) -> Iterable[int]:
    return (key + up * _COLUMNS + across for up in (-1, 0, 1) for across in (-1, 0, 1))


def _counts(
    session: Session, source: Source, grid: _Grid, since: datetime, until: datetime
) -> dict[_Key, int]:
    key = grid.key.label("cell")
    wanted = (
        select(source.kind, key, func.count())
        .where(*_placed(source, since, until))
        .group_by(source.kind, key)
    )
    return {(str(kind), int(cell)): int(count) for kind, cell, count in session.execute(wanted)}


def _placed(source: Source, since: datetime, until: datetime) -> tuple[Condition, ...]:
    return (
        *source.conditions,
        source.at > since,
        source.at <= until,
        source.latitude.is_not(None),
        source.longitude.is_not(None),
    )


def _worth_reading(counts: dict[_Key, int], threshold: int) -> tuple[set[_Key], bool]:
    """The cells that may hold a dense place or a part of one; whether some were left out."""
    around = {
        (kind, cell): sum(counts.get((kind, one), 0) for one in _neighbourhood(cell))
        for kind, cell in counts
    }
    full = sorted((key for key, count in around.items() if count >= threshold), key=around.get)  # type: ignore[arg-type]  # each has one
    keys: set[_Key] = set()
    read = 0
    while full and read < MOST_READ:
        kind, cell = full.pop()
        for one in _neighbourhood(cell):
            if (kind, one) in counts and (kind, one) not in keys:
                keys.add((kind, one))
                read += counts[kind, one]
    return keys, bool(full) or read > MOST_READ


_Row = tuple[UUID, float, float]


def _read(
    session: Session,
    source: Source,
    grid: _Grid,
    keys: set[_Key],
    since: datetime,
    until: datetime,
) -> dict[str, list[_Row]]:
    """What lies in these cells, by kind; the newest where there is too much."""
    wanted = (
        select(source.id, source.kind, grid.key, source.latitude, source.longitude)  # type: ignore[call-overload]  # five columns
        .where(*_placed(source, since, until))
        .where(source.kind.in_({kind for kind, _cell in keys}))
        .where(grid.key.in_({cell for _kind, cell in keys}))
        .order_by(source.at.desc(), source.id)
        .limit(MOST_READ)
    )
    rows: dict[str, list[_Row]] = defaultdict(list)
    for one, kind, cell, latitude, longitude in session.execute(wanted):
        if (str(kind), int(cell)) in keys:
            rows[str(kind)].append((one, latitude, longitude))
    return rows


def _densest(rows: Sequence[_Row], measure: Measure) -> list[tuple[Circle, list[UUID]]]:
    """Circles of one kind that share nothing, the fullest first."""
    tree, points = _laid_out([(latitude, longitude) for _id, latitude, longitude in rows])
    counts = _neighbours(tree, points, measure.metres)
    free = np.ones(len(rows), dtype=bool)
    found = []
    while (best := int(counts.argmax())) >= 0 and counts[best] >= measure.threshold:
        near = tree.query(points[best], predicate="dwithin", distance=measure.metres)
        near = np.sort(near[free[near]])
        # What it had was taken by another since: it stands where it belongs, and waits its turn.
        if len(near) < counts[best]:
            counts[best] = len(near)
            continue
        _id, latitude, longitude = rows[best]
        circle = Circle(latitude, longitude, measure.metres)
        found.append((circle, [rows[one][0] for one in near]))
        free[near] = False
        counts[near] = 0
    return found


def _laid_out(places: Sequence[tuple[float, float]]) -> tuple[STRtree, NDArray[np.object_]]:
    """In metres, as ``circles`` measures them."""
    degrees = np.array(places, dtype=float)
    north, east = metres_a_degree(round(float(np.median(degrees[:, 0])), 3))
    points = np.asarray(shapely.points(degrees[:, 1] * east, degrees[:, 0] * north), dtype=object)
    return STRtree(points), points


def _neighbours(tree: STRtree, points: NDArray[np.object_], metres: int) -> NDArray[np.int64]:
    """How many of them lie within the radius of each, itself too."""
    counts = np.zeros(len(points), dtype=np.int64)
    # In pieces: of thousands at one place there would be millions of pairs in memory.
    for first in range(0, len(points), _AT_ONCE):
        some = points[first : first + _AT_ONCE]
        pairs = tree.query(some, predicate="dwithin", distance=metres)
        counts[first : first + len(some)] = np.bincount(pairs[0], minlength=len(some))
    return counts


def _before(
    session: Session,
    source: Source,
    grid: _Grid,
    places: Sequence[tuple[str, Circle, list[UUID]]],
    measure: Measure,
    until: datetime,
) -> list[int]:
    """How many lay in each circle in as many days before, from one reading."""
    from_day = until - timedelta(days=measure.days)
    keys = {(kind, one) for kind, circle, _members in places for one in _cells_around(grid, circle)}
    rows = _read(session, source, grid, keys, from_day, until)
    return [_within(rows.get(kind, []), circle) for kind, circle, _members in places]


def _cells_around(grid: _Grid, circle: Circle) -> set[int]:
    """The cells its circle may touch, however the database makes a number whole."""
    row = int((circle.latitude + 90.0) * grid.rows)
    column = int((circle.longitude + 180.0) * grid.columns)
    return {
        (row + up) * _COLUMNS + column + across for up in range(-1, 3) for across in range(-1, 3)
    }


def _within(rows: Sequence[_Row], circle: Circle) -> int:
    if not rows:
        return 0
    north, east = metres_a_degree(circle.latitude)
    places = np.array([(latitude, longitude) for _id, latitude, longitude in rows])
    up = (places[:, 0] - circle.latitude) * north
    across = (places[:, 1] - circle.longitude) * east
    return int(np.count_nonzero(up * up + across * across <= circle.metres**2))
