"""Which partnerships are near a place: right to the metre, and only those within reach."""

import math
import random
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import Polygon, shape
from sqlmodel import Session

from hub.access import Action, Actor, Appointed, Role, ScopeKind
from hub.db import unit_of_work
from hub.i18n import Language
from partnerships import zones
from partnerships.ground import point
from partnerships.models import Organisation, OrganisationKind, Partnership
from partnerships.near import partnerships_near
from tests import in_process

EARTH = Geod(ellps="WGS84")
# The corners of the country: the sea, the Ardennes, the Kempen, the far south-east.
PLACES = [(2.6, 51.1), (5.8, 49.6), (5.0, 51.45), (6.3, 50.3), (4.35, 50.85)]


@pytest.fixture
def police_zone(database: str) -> UUID:
    with unit_of_work() as session:
        zone = Organisation(kind=OrganisationKind.POLICE_ZONE, slug="zone", name="Zone")
        town = Organisation(kind=OrganisationKind.MUNICIPALITY, slug="town", name="Town")
        session.add_all([zone, town])
        session.flush()
        return zone.id


def officer_of(police_zone: UUID) -> Actor:
    held = Appointed(Role.MANDATED_OFFICER, ScopeKind.POLICE_ZONE, police_zone)
    return Actor(police_zone, "Officer", "fr", (held,))


def partnership(session: Session, police_zone: UUID, slug: str, geometry: dict[str, Any]) -> None:
    made = Partnership(
        slug=slug,
        name=slug,
        languages=[Language.FRENCH],
        police_zone_id=police_zone,
        municipality_id=police_zone,
    )
    session.add(made)
    session.flush()
    zones.draw(session, made.id, geometry)


def near(police_zone: UUID, place: dict[str, Any], metres: float) -> dict[str, float]:
    with unit_of_work(read_only=True) as session:
        found = partnerships_near(
            session, place, metres, officer_of(police_zone), Action.SEE_PARTNERSHIPS
        )
        return {one.partnership.slug: one.metres for one in found}


def star(longitude: float, latitude: float, chance: random.Random) -> dict[str, Any]:
    """Some irregular ground of up to five kilometres across."""
    corners = []
    for turn in np.linspace(0, 2 * math.pi, chance.randint(3, 12), endpoint=False):
        reach = chance.uniform(300, 2500)
        azimuth = math.degrees(turn)
        corners.append(EARTH.fwd(longitude, latitude, azimuth, reach)[:2])
    corners.append(corners[0])
    return {"type": "Polygon", "coordinates": [[list(map(float, one)) for one in corners]]}


def metres_on_the_ellipsoid(place: tuple[float, float], geometry: dict[str, Any]) -> float:
    """By brute force: the shortest geodesic to thousands of points of the boundary."""
    ground = shape(geometry)
    if ground.covers(shapely.Point(place)):
        return 0.0
    assert isinstance(ground, Polygon)
    boundary = shapely.get_coordinates(shapely.segmentize(ground.exterior, 0.00002))
    count = len(boundary)
    _there, _back, metres = EARTH.inv(
        np.full(count, place[0]), np.full(count, place[1]), boundary[:, 0], boundary[:, 1]
    )
    return float(np.min(metres))


@pytest.mark.parametrize("place", PLACES)
def test_distances_are_those_on_the_ground_to_the_metre(
    police_zone: UUID, place: tuple[float, float]
) -> None:
    chance = random.Random(str(place))
    drawn = {f"p{n:02}": star(*_within(place, 0.15, chance), chance) for n in range(20)}
    with unit_of_work() as session:
        for slug, geometry in drawn.items():
            partnership(session, police_zone, slug, geometry)
    measured = near(police_zone, point(*place), 20_000)
    truly = {slug: metres_on_the_ellipsoid(place, one) for slug, one in drawn.items()}
    assert measured.keys() == {slug for slug, metres in truly.items() if metres <= 20_000}
    for slug, metres in measured.items():
        assert metres == pytest.approx(truly[slug], abs=1.0), slug
    assert list(measured.values()) == sorted(measured.values())


def _within(
    place: tuple[float, float], degrees: float, chance: random.Random
) -> tuple[float, float]:
    return place[0] + chance.uniform(-degrees, degrees), place[1] + chance.uniform(
        -degrees, degrees
    )


def block(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return shapely.geometry.mapping(shapely.box(west, south, east, north))


def test_three_hundred_metres_are_three_hundred_metres_on_every_side(police_zone: UUID) -> None:
    west, south, east, north = 5.60, 50.65, 5.61, 50.66
    with unit_of_work() as session:
        partnership(session, police_zone, "block", block(west, south, east, north))
    middle = ((west + east) / 2, (south + north) / 2)
    edges = {0: (middle[0], north), 90: (east, middle[1]), 180: (middle[0], south)}
    edges[270] = (west, middle[1])
    for azimuth, edge in edges.items():
        inside = EARTH.fwd(*edge, azimuth, 299.0)[:2]
        outside = EARTH.fwd(*edge, azimuth, 301.0)[:2]
        assert near(police_zone, point(*map(float, inside)), 300) == {
            "block": pytest.approx(299.0, abs=0.1)
        }
        assert near(police_zone, point(*map(float, outside)), 300) == {}


def test_whoever_stands_in_a_zone_or_on_its_boundary_is_at_no_distance(police_zone: UUID) -> None:
    with unit_of_work() as session:
        partnership(session, police_zone, "block", block(5.60, 50.65, 5.61, 50.66))
    assert near(police_zone, point(5.605, 50.655), 0) == {"block": 0.0}
    assert near(police_zone, point(5.60, 50.65), 0) == {"block": 0.0}


def test_a_hole_is_outside(police_zone: UUID) -> None:
    ring = shapely.box(5.60, 50.65, 5.62, 50.67) - shapely.box(5.605, 50.655, 5.615, 50.665)
    with unit_of_work() as session:
        partnership(session, police_zone, "ring", shapely.geometry.mapping(ring))
    (metres,) = near(police_zone, point(5.61, 50.66), 1000).values()
    assert metres == pytest.approx(353.7, abs=1)


def test_a_street_is_near_what_any_part_of_it_is_near(police_zone: UUID) -> None:
    with unit_of_work() as session:
        partnership(session, police_zone, "first", block(5.600, 50.650, 5.610, 50.660))
        partnership(session, police_zone, "second", block(5.640, 50.650, 5.650, 50.660))
        partnership(session, police_zone, "far", block(5.700, 50.650, 5.710, 50.660))
    street = {
        "type": "LineString",
        "coordinates": [[5.605, 50.655], [5.62, 50.655], [5.637, 50.655]],
    }
    found = near(police_zone, street, 300)
    assert found == {"first": 0.0, "second": pytest.approx(212.2, abs=1)}


def test_those_out_of_reach_are_not_told(police_zone: UUID) -> None:
    with unit_of_work() as session:
        partnership(session, police_zone, "block", block(5.60, 50.65, 5.61, 50.66))
    assert near(UUID(int=1), point(5.605, 50.655), 300) == {}


def test_the_api_answers_for_points_and_streets(demo_zone: str) -> None:
    http = in_process.api("dispatcher@demo.example").http
    asked = {"latitude": 50.6436, "longitude": 5.5757, "metres": 600}
    found = http.get("/partnerships/near", params=asked).json()
    assert [one["slug"] for one in found] == ["haut-valdor", "valdor-gare"]
    assert found[0]["metres"] == 0
    assert found[1]["metres"] == pytest.approx(523, abs=2)
    street = {"type": "LineString", "coordinates": [[5.5757, 50.6436], [5.5757, 50.6395]]}
    found = http.post("/partnerships/near", json={"geometry": street, "metres": 100}).json()
    assert [one["metres"] for one in found] == [0, pytest.approx(66.7, abs=1)]


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Point"},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": ["a", "b"]},
        {"type": "Point", "coordinates": [500, 50]},
        {"type": "LineString", "coordinates": [[5, 50]]},
        {"type": "Somewhere", "coordinates": [5, 50]},
    ],
)
def test_a_place_that_is_none_is_refused(demo_zone: str, geometry: dict[str, Any]) -> None:
    http = in_process.api("dispatcher@demo.example").http
    http.cookies.set("plp_language", "en")
    answer = http.post("/partnerships/near", json={"geometry": geometry, "metres": 100})
    assert answer.status_code == 422
    assert "no GeoJSON geometry" in answer.json()["detail"]


def test_near_has_an_end(demo_zone: str) -> None:
    http = in_process.api("dispatcher@demo.example").http
    asked = {"latitude": 50.6436, "longitude": 5.5757, "metres": 20_001}
    assert http.get("/partnerships/near", params=asked).status_code == 422
