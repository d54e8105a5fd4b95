"""What is unusual about a zone: told before it is kept, and kept only when it is meant."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import shapely
from shapely.geometry import mapping, shape
from sqlmodel import Session, col

from hub.access import Action, Actor
from hub.config import settings
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.ground import Geometry, square_metres
from partnerships.models import Partnership, PartnershipStatus
from partnerships.near import partnerships_near, zones_near
from partnerships.zone_checks import is_in_belgium

# Two hands that draw the same street differ by about this much.
_NEGLIGIBLE_SQUARE_METRES = 100
_SQUARE_METRES_IN_KM2 = 1_000_000
# Their ground is nobody's any more.
_GONE = (PartnershipStatus.ENDED, PartnershipStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something unusual. ``key`` is what a person gives back to say that it is meant."""

    key: str
    message: str
    values: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground that is in another zone too. ``partnership`` is none when it is out of reach."""

    partnership: Partnership | None
    square_metres: float
    geometry: Geometry


class Unconfirmed(BadInput):
    """A sound zone that is unusual in ways nobody has confirmed yet."""

    def __init__(self, open_doubts: list[Doubt], overlapping: list[Overlap]) -> None:
        super().__init__(
            *(FieldProblem(f"confirm.{one.key}", one.message, one.values) for one in open_doubts)
        )
        self.doubts = tuple(open_doubts)
        self.overlaps = tuple(overlapping)


def doubts(geometry: Geometry, overlapping: list[Overlap]) -> list[Doubt]:
    """What a person must confirm before this zone is kept."""
    return [*_of_size(square_metres(geometry)), *_of_place(geometry), *map(_of, overlapping)]


def _of_size(area: float) -> Iterator[Doubt]:
    smallest = settings().zone_smallest_km2 * _SQUARE_METRES_IN_KM2
    largest = settings().zone_largest_km2 * _SQUARE_METRES_IN_KM2
    if area < smallest:
        sentence = mark("It is very small: {area} m². Most zones have {smallest} m² or more.")
        yield Doubt("size", sentence, (("area", int(area)), ("smallest", round(smallest))))
    if area > largest:
        sentence = mark("It is very large: {area} km². Most zones have {largest} km² or less.")
        shown = (math.ceil(one / _SQUARE_METRES_IN_KM2) for one in (area, largest))
        yield Doubt("size", sentence, tuple(zip(("area", "largest"), shown, strict=True)))


def _of_place(geometry: Geometry) -> Iterator[Doubt]:
    corners = shapely.get_coordinates(shape(geometry))
    away = next((one for one in corners if not is_in_belgium((one[0], one[1]))), None)
    if away is not None:
        sentence = mark("A part of it is outside Belgium, around {corner}.")
        yield Doubt("place", sentence, (("corner", f"{away[1]:.4f}, {away[0]:.4f}"),))


def _of(overlap: Overlap) -> Doubt:
    area = ("area", round(overlap.square_metres))
    if overlap.partnership is None:
        sentence = mark("{area} m² of it are in the zone of a partnership outside your scope.")
        return Doubt("overlap:elsewhere", sentence, (area,))
    sentence = mark("{area} m² of it are in the zone of {name} too.")
    key = f"overlap:{overlap.partnership.slug}"
    return Doubt(key, sentence, (area, ("name", overlap.partnership.name)))


def overlaps(
    session: Session, actor: Actor, partnership_id: UUID, geometry: Geometry
) -> list[Overlap]:
    """Where a zone for this partnership would cover ground of others, the largest first.

    The ground has one truth, so all zones count; who they are of is told within reach only.
    """
    living = col(Partnership.status).not_in(_GONE)
    others = (living, col(Partnership.id) != partnership_id)
    seen = partnerships_near(session, geometry, 0, actor, Action.SEE_PARTNERSHIPS)
    named = {one.partnership.id for one in seen}
    touching = zones_near(session, geometry, 0, *others)
    found = [
        _overlap(
            one.partnership if one.partnership.id in named else None, geometry, one.zone.polygon
        )
        for one in touching
    ]
    grave = (one for one in found if one.square_metres >= _NEGLIGIBLE_SQUARE_METRES)
    return sorted(grave, key=lambda one: -one.square_metres)


def _overlap(partnership: Partnership | None, geometry: Geometry, other: Geometry) -> Overlap:
    pieces = shapely.get_parts(shapely.intersection(shape(geometry), shape(other)))
    areas = [one for one in pieces if isinstance(one, shapely.Polygon)]
    shared: Geometry = mapping(shapely.MultiPolygon(areas))
    return Overlap(partnership, square_metres(shared), shared)
