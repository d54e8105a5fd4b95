"""Which partnerships an alert concerns: those in whose zone the place is, and those near it (R20).

A place is a point, a street (points in a row) or an area (points around it).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import shapely
from shapely.geometry import shape
from sqlalchemy import exists
from sqlmodel import Session, col

from hub.access import Action, Actor
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from messaging import zone_writing
from messaging.models import ChosenHow
from partnerships.ground import Geometry, point
from partnerships.models import LIVING_STATUSES, Membership, Partnership, PartnershipKind
from partnerships.near import FURTHEST_METRES, Near, partnerships_near, zones_near
from partnerships.scope import within_reach

MOST_POINTS = 200
# Wider and wider, until somebody is found: most places are near some partnership.
_SEARCHED_METRES = (2_000, FURTHEST_METRES)
_MOST_NEAREST = 3
_POINT = re.compile(r"^(-?\d{1,2}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)$")

_UNREADABLE = mark("Give each point as latitude and longitude, such as 50.64020, 5.57010.")
_TOO_FEW = mark("A street needs two points at least, an area three.")
_TOO_MANY = mark("At most {count} points.")
_CROSSING = mark("The edge of this area crosses itself.")


class Drawn(StrEnum):
    """What the points make."""

    POINT = "point"
    STREET = "street"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where it happened, and how far around it partnerships are called as well."""

    geometry: Geometry
    metres: int

    @property
    def middle(self) -> tuple[float, float]:
        """A point of it: latitude, longitude."""
        inside = shape(self.geometry).representative_point()
        return round(inside.y, 5), round(inside.x, 5)


def read(drawn: str, points: str, metres: str, usual_metres: int) -> Ground | None:
    """What was drawn or typed: a point a line, latitude first. None where nothing was.

    Raises ``BadInput`` naming ``ground`` or ``metres``.
    """
    lines = [one.strip() for one in re.split(r"[\n|]", points) if one.strip()]
    if not lines:
        return None
    if len(lines) > MOST_POINTS:
        raise BadInput(FieldProblem("ground", _TOO_MANY, (("count", MOST_POINTS),)))
    places = [_place(line) for line in lines]
    return Ground(_geometry(drawn, places), _metres(metres, usual_metres))


def _place(line: str) -> tuple[float, float]:
    found = _POINT.match(line)
    if found is None or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        raise BadInput(FieldProblem("ground", _UNREADABLE))
    return float(found[2]), float(found[1])


def _geometry(drawn: str, places: Sequence[tuple[float, float]]) -> Geometry:
    if drawn == Drawn.STREET and len(places) >= 2:
        return {"type": "LineString", "coordinates": [list(one) for one in places]}
    if drawn == Drawn.AREA and len(places) >= 3:
        ring = [list(one) for one in (*places, places[0])]
        area: Geometry = {"type": "Polygon", "coordinates": [ring]}
        if not shapely.is_valid(shape(area)):
            raise BadInput(FieldProblem("ground", _CROSSING))
        return area
    if drawn in (Drawn.STREET, Drawn.AREA):
        raise BadInput(FieldProblem("ground", _TOO_FEW))
    # Of several clicks the last one counts.
    return point(*places[-1])


def _metres(typed: str, usual: int) -> int:
    if not typed.strip():
        return usual
    written = typed.strip()
    if not written.isdecimal() or len(written) > 6 or int(written) > FURTHEST_METRES:
        sentence = mark("Give a number from {least} to {most}.")
        values = (("least", 0), ("most", FURTHEST_METRES))
        raise BadInput(FieldProblem("metres", sentence, values))
    return int(typed)


def usual_metres(session: Session, actor: Actor) -> int:
    """How far around a place this person's zones call: the furthest of them."""
    zones = actor.reach(Action.COMPOSE_BROADCAST).police_zones
    settled = zone_writing.of_zones(session, zones).values()
    return max((one.near_metres for one in settled), default=zone_writing.USUAL_METRES)


def concerned(
    session: Session, actor: Actor, ground: Ground, kind: PartnershipKind | None = None
) -> list[Near]:
    """The living partnerships in or near a place within reach; of one kind only where one is
    named (traders, a harbour)."""
    found = partnerships_near(
        session, ground.geometry, ground.metres, actor, Action.COMPOSE_BROADCAST
    )
    return [one for one in found if _may_get_it(one.partnership, kind)]


def _may_get_it(partnership: Partnership, kind: PartnershipKind | None) -> bool:
    return partnership.status in LIVING_STATUSES and kind in (None, partnership.kind)


def nearest(session: Session, actor: Actor, ground: Ground) -> list[Near]:
    """Where the place concerns nobody: the nearest partnerships that have members."""
    has_members = exists().where(
        col(Membership.partnership_id) == col(Partnership.id), col(Membership.left_at).is_(None)
    )
    only = (
        within_reach(actor, Action.COMPOSE_BROADCAST),
        col(Partnership.status).in_(LIVING_STATUSES),
        has_members,
    )
    for metres in _SEARCHED_METRES:
        found = zones_near(session, ground.geometry, metres, *only)
        if found:
            return found[:_MOST_NEAREST]
    return []


def how_chosen(near: dict[UUID, Near], partnership_id: UUID) -> tuple[ChosenHow, int | None]:
    """Why a partnership was chosen, and how far it is where the place was near it."""
    one = near.get(partnership_id)
    if one is None:
        return ChosenHow.BY_HAND, None
    return (ChosenHow.NEAR if one.metres > 0 else ChosenHow.INSIDE), round(one.metres)
