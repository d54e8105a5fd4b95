"""Which partnerships are near a place: inside its zone, or within so many metres of it (R20)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import shape
from sqlmodel import Session, col, select

from hub.access import Action, Actor
from hub.db import Condition
from partnerships.ground import Box, Geometry, Surroundings, box_of
from partnerships.models import Partnership, Zone
from partnerships.scope import within_reach

# Further away, "near" means nothing, and the answer would be half a province.
FURTHEST_METRES = 20_000


@dataclass(frozen=True, slots=True)
class Near:
    """A partnership and how far its zone is from a place: 0 when the place touches it."""

    partnership: Partnership
    zone: Zone
    metres: float


def partnerships_near(
    session: Session, place: Geometry, metres: float, actor: Actor, action: Action
) -> list[Near]:
    """The partnerships in which ``actor`` may do ``action`` within ``metres`` of a place.

    ``place`` is a GeoJSON geometry: a point (``ground.point``), a street, an area. The nearest come
    first, those the place lies in before all; in whatever state the partnership is.
    """
    return zones_near(session, place, metres, within_reach(actor, action))


def zones_near(session: Session, place: Geometry, metres: float, *only: Condition) -> list[Near]:
    """The same for any conditions on ``Partnership``; none means all there are."""
    candidates = select(Partnership, Zone).where(
        Partnership.id == Zone.partnership_id, *meets(box_of(place).widened(metres)), *only
    )
    pairs = session.exec(candidates).all()
    distances = Surroundings(place).metres_to([zone.polygon for _partnership, zone in pairs])
    measured = (Near(*pair, far) for pair, far in zip(pairs, distances, strict=True))
    found = (one for one in measured if one.metres <= metres)
    return sorted(found, key=lambda one: (one.metres, one.partnership.name))


def touched_by(
    session: Session, places: Sequence[tuple[Geometry, float]], *only: Condition
) -> list[Partnership]:
    """The partnerships whose zones lie within so many metres of any of these places, by name.

    One question of the database for all of them: an alert of elsewhere may name hundreds of areas.
    """
    if not places:
        return []
    boxes = [box_of(place).widened(metres) for place, metres in places]
    lowest, highest = (np.min(boxes, axis=0), np.max(boxes, axis=0))
    around = Box(lowest[0], lowest[1], highest[2], highest[3])
    rows = select(Partnership, Zone).where(
        Partnership.id == Zone.partnership_id, *meets(around), *only
    )
    candidates = session.exec(rows).all()
    zones = shapely.STRtree([shape(zone.polygon) for _partnership, zone in candidates])
    areas = [shape(place) for place, metres in places if not metres]
    # Sides are straight on a chart of degrees: whether areas meet need not be measured in metres.
    found = {int(one) for one in zones.query(areas, predicate="intersects")[1]} if areas else set()
    for (place, metres), box in zip(places, boxes, strict=True):
        if not metres:
            continue
        near = [int(one) for one in zones.query(shapely.box(*box)) if int(one) not in found]
        distances = Surroundings(place).metres_to([candidates[one][1].polygon for one in near])
        found |= {one for one, far in zip(near, distances, strict=True) if far <= metres}
    return sorted((candidates[one][0] for one in found), key=lambda one: one.name)


def meets(box: Box) -> tuple[Condition, ...]:
    """That the box around a zone meets ``box``: answered from an index, without any polygon.

    Among 2,000 zones PostgreSQL takes as long with its GiST index over boxes as with this plain one
    (benchmarks/near_point.py), and SQLite has only this.
    """
    return (
        col(Zone.west) <= box.east,
        col(Zone.east) >= box.west,
        col(Zone.south) <= box.north,
        col(Zone.north) >= box.south,
    )
