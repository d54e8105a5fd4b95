"""Zones as GeoJSON, and which partnerships are near a place, for dispatch systems and maps."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import NotFound
from partnerships import zones
from partnerships.ground import Geometry, point
from partnerships.models import Partnership, Zone
from partnerships.near import FURTHEST_METRES, Near, partnerships_near
from partnerships.outlines import from_geojson, place_from_geojson
from partnerships.scope import partnership_by_slug

# Mounted before the register's own API: /partnerships/near is no partnership.
router = APIRouter(prefix="/api/v1", tags=["zones"])

_MOST_BODY_BYTES = 1024 * 1024
_Metres = Annotated[float, Query(ge=0, le=FURTHEST_METRES, description="Metres on the ground.")]


class ZoneProperties(BaseModel):
    slug: str
    name: str
    square_metres: float
    changed_at: str


class ZoneOutput(BaseModel):
    """A zone as a GeoJSON feature (RFC 7946): longitude before latitude, WGS 84."""

    type: Literal["Feature"] = "Feature"
    id: str
    bbox: tuple[float, float, float, float]
    geometry: Geometry
    properties: ZoneProperties


class NearOutput(BaseModel):
    """A partnership near a place; 0 metres when the place is in its zone or touches it."""

    slug: str
    name: str
    status: str
    metres: float


class NearInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    geometry: Geometry = Field(description="A GeoJSON geometry: a point, a street, an area.")
    metres: float = Field(ge=0, le=FURTHEST_METRES)


@router.get("/partnerships/near")
def near_a_point(
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
    latitude: Annotated[float, Query(ge=-90, le=90)],
    longitude: Annotated[float, Query(ge=-180, le=180)],
    metres: _Metres = 300,
) -> list[NearOutput]:
    """The partnerships within your scope whose zone is within so many metres, nearest first."""
    return _near(session, actor, point(longitude, latitude), metres)


@router.post("/partnerships/near", max_body_size=_MOST_BODY_BYTES)
def near_a_place(
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)], wanted: NearInput, session: DbSession
) -> list[NearOutput]:
    """The same for a street or an area; it changes nothing, and keeps the place out of addresses
    and logs."""
    return _near(session, actor, place_from_geojson(wanted.geometry), wanted.metres)


def _near(session: Session, actor: Actor, place: Geometry, metres: float) -> list[NearOutput]:
    found = partnerships_near(session, place, metres, actor, Action.SEE_PARTNERSHIPS)
    return [_near_output(one) for one in found]


def _near_output(near: Near) -> NearOutput:
    one = near.partnership
    metres = round(near.metres, 1)
    return NearOutput(slug=one.slug, name=one.name, status=one.status, metres=metres)


@router.get("/partnerships/{slug}/zone")
def read_zone(
    slug: str, actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)], session: DbSession
) -> ZoneOutput:
    """The zone of a partnership; 404 as long as it has none."""
    partnership = partnership_by_slug(session, slug, actor, Action.SEE_PARTNERSHIPS)
    zone = zones.zone_of(session, partnership.id)
    if zone is None:
        raise NotFound
    return _output(partnership, zone)


@router.put("/partnerships/{slug}/zone", max_body_size=_MOST_BODY_BYTES)
def draw_zone(
    slug: str,
    actor: Annotated[Actor, allowed(Action.DRAW_ZONE)],
    geojson: dict[str, Any],
    session: DbSession,
    confirm: Annotated[
        list[str] | None,
        Query(description="What is meant though unusual: size, place, overlap:SLUG."),
    ] = None,
) -> ZoneOutput:
    """Give a partnership a zone: a GeoJSON geometry, feature or collection with areas.

    422 says what is wrong with it, and where; for what is only unusual the field is
    ``confirm.KEY``, and the same request with ``?confirm=KEY`` is taken.
    """
    partnership = partnership_by_slug(session, slug, actor, Action.DRAW_ZONE)
    zone = zones.change(session, actor, partnership, from_geojson(geojson), confirm or ())
    return _output(partnership, zone)


def _output(partnership: Partnership, zone: Zone) -> ZoneOutput:
    return ZoneOutput(
        id=partnership.slug,
        bbox=(zone.west, zone.south, zone.east, zone.north),
        geometry=zone.polygon,
        properties=ZoneProperties(
            slug=partnership.slug,
            name=partnership.name,
            square_metres=round(zone.square_metres, 1),
            changed_at=zone.changed_at.isoformat(),
        ),
    )
