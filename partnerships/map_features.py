"""Zones as GeoJSON features for a map, each with what the map says of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from hub.access import Action, Actor
from hub.config import settings
from hub.db import Condition
from partnerships.ground import Box, Geometry
from partnerships.models import Partnership, Zone
from partnerships.near import Near, meets, partnerships_near
from partnerships.scope import within_reach
from partnerships.zone_doubts import overlaps

# More would be a wall of lines, and slow on a telephone.
MOST_ON_A_MAP = 500
# How much of the neighbourhood is drawn around a zone.
_SURROUNDINGS_METRES = 3_000


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A partnership near another; how much ground both have is 0 for those that only touch."""

    near: Near
    shared_square_metres: float


def feature(geometry: Geometry, **properties: str | float) -> dict[str, Any]:
    """A GeoJSON feature."""
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def zone_feature(partnership: Partnership, zone: Zone) -> dict[str, Any]:
    """A partnership's zone as a feature with its box."""
    return {
        **feature(zone.polygon, slug=partnership.slug, name=partnership.name),
        "bbox": [zone.west, zone.south, zone.east, zone.north],
    }


def told_to_map() -> dict[str, str]:
    """What the page tells its map of the ground under the zones."""
    return {
        "tiles": settings().map_tiles_url,
        "attribution": settings().map_attribution,
    }


def neighbours(
    session: Session, actor: Actor, partnership: Partnership, zone: Zone, metres: float
) -> list[Neighbour]:
    """The other partnerships within reach and within ``metres`` of a zone, the nearest first."""
    shared = {
        one.partnership.id: one.square_metres
        for one in overlaps(session, actor, partnership.id, zone.polygon)
        if one.partnership
    }
    found = partnerships_near(session, zone.polygon, metres, actor, Action.SEE_PARTNERSHIPS)
    return [
        Neighbour(one, shared.get(one.partnership.id, 0.0))
        for one in found
        if one.partnership.id != partnership.id
    ]


def around(session: Session, actor: Actor, partnership: Partnership) -> list[dict[str, Any]]:
    """The other zones to draw around a partnership's: near it, or of its town if it has none."""
    zone = session.get(Zone, partnership.id)
    if zone is None:
        where: tuple[Condition, ...] = (
            col(Partnership.municipality_id) == partnership.municipality_id,
        )
    else:
        box = Box(zone.west, zone.south, zone.east, zone.north)
        where = meets(box.widened(_SURROUNDINGS_METRES))
    return _features(session, actor, *where, col(Partnership.id) != partnership.id)


def in_box(session: Session, actor: Actor, box: Box) -> list[dict[str, Any]]:
    """The zones within reach that a map of this box shows."""
    return _features(session, actor, *meets(box))


def _features(session: Session, actor: Actor, *where: Condition) -> list[dict[str, Any]]:
    wanted = (
        select(Partnership, Zone)
        .where(Partnership.id == Zone.partnership_id)
        .where(within_reach(actor, Action.SEE_PARTNERSHIPS), *where)
        .order_by(col(Partnership.name))
        .limit(MOST_ON_A_MAP)
    )
    return [zone_feature(*one) for one in session.exec(wanted)]


def of_partnerships(session: Session, partnership_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """The zones of these partnerships, whoever asks: their members know them."""
    wanted = select(Partnership, Zone).where(
        Partnership.id == Zone.partnership_id, col(Partnership.id).in_(partnership_ids)
    )
    return [zone_feature(*one) for one in session.exec(wanted.order_by(col(Partnership.name)))]


def whole_box(session: Session, actor: Actor) -> Box | None:
    """The box around all zones within reach; ``None`` when there are none."""
    edges = select(
        func.min(Zone.west), func.min(Zone.south), func.max(Zone.east), func.max(Zone.north)
    ).where(Partnership.id == Zone.partnership_id, within_reach(actor, Action.SEE_PARTNERSHIPS))
    found: Any = session.exec(edges).one()
    return None if found[0] is None else Box(*found)
