"""Zones: what bounds a territory, what is unusual, who may draw it, and what stays of it."""

from typing import Any

import pytest
from sqlmodel import select

from hub.access import Role
from hub.audit import Decision
from hub.config import Settings, settings
from hub.db import unit_of_work
from hub.i18n import Language
from partnerships import accounts, zones
from partnerships.models import FormerZone, Organisation, OrganisationKind, Partnership
from tests import in_process
from tests.conftest import Templates
from tests.partnerships.zone_samples import SQUARE, moved, polygon
from tests.running_hub import Api, Visitor

ZONE = "/partnerships/haut-valdor/zone"


def in_english(email: str) -> Api:
    """The JSON door for an account whose own language is another."""
    api = in_process.api(email)
    api.http.cookies.set("plp_language", "en")
    return api


@pytest.fixture
def officer(demo_zone: str) -> Api:
    return in_english("officer@demo.example")


@pytest.fixture
def visitor(demo_zone: str, templates: Templates) -> Visitor:
    account = templates.accounts["mandated_officer"]
    return in_process.signed_in(account["email"], account["password"])


def put(api: Api, geojson: Any, *confirmed: str, slug: str = "haut-valdor") -> Any:
    path = f"/partnerships/{slug}/zone"
    return api.http.put(path, json=geojson, params={"confirm": list(confirmed)})


def refusal(api: Api, geojson: Any) -> str:
    """Why it is refused, for its geometry."""
    answer = put(api, geojson)
    assert answer.status_code == 422, answer.text
    (problem,) = answer.json()["errors"]
    assert problem["field"] == "geometry"
    told: str = problem["detail"]
    return told


def test_a_zone_that_is_drawn_is_read_again_as_geojson(officer: Api) -> None:
    drawn = put(officer, polygon(SQUARE))
    assert drawn.status_code == 200, drawn.text
    read = officer.http.get("/partnerships/haut-valdor/zone").json()
    assert read == drawn.json()
    assert read["type"] == "Feature"
    assert read["geometry"]["type"] == "Polygon"
    assert sorted(map(tuple, read["geometry"]["coordinates"][0])) == sorted(map(tuple, SQUARE))
    assert read["bbox"] == [5.6, 50.65, 5.61, 50.6565]
    # 0.01 degrees of longitude at 50.65 degrees north are 707 m, 0.0065 of latitude 723 m.
    assert read["properties"]["square_metres"] == pytest.approx(707.4 * 723.1, rel=0.002)


def test_outer_rings_run_against_the_clock_whichever_way_they_were_drawn(officer: Api) -> None:
    against = put(officer, polygon(SQUARE)).json()["geometry"]
    assert put(officer, polygon(SQUARE[::-1])).json()["geometry"] == against


@pytest.mark.parametrize(
    ("corners", "told"),
    [
        (SQUARE[:-1], "not closed: it begins at 50.65000, 5.60000 and ends at 50.65650, 5.60000"),
        ([SQUARE[0], SQUARE[1], SQUARE[0]], "at least three different corners"),
        ([SQUARE[0], SQUARE[0], SQUARE[1], SQUARE[1], SQUARE[0]], "three different corners"),
        ([*SQUARE[:2], [5.61, 91.0], *SQUARE[3:]], "91.00000, 5.61000 is nowhere on earth"),
        ([[one[0] * 4e4, one[1] * 3e3] for one in SQUARE], "224000, 151950 are metres"),
        ([one[::-1] for one in SQUARE], "look swapped: 5.60000, 50.65000 would be in Belgium"),
        ([], "three different corners"),
    ],
)
def test_what_bounds_no_territory_is_refused_with_the_reason(
    officer: Api, corners: Any, told: str
) -> None:
    assert told in refusal(officer, polygon(corners))


def test_the_first_thing_that_is_wrong_is_told_first(officer: Api) -> None:
    open_and_swapped = [[50.65, 5.6], [50.66, 5.6]]
    assert "not closed" in refusal(officer, polygon(open_and_swapped))
    swapped_and_crossing = [[50.65, 5.6], [50.66, 5.61], [50.66, 5.6], [50.65, 5.61], [50.65, 5.6]]
    assert "look swapped" in refusal(officer, polygon(swapped_and_crossing))


def test_a_boundary_that_crosses_itself_is_told_where(officer: Api) -> None:
    bow_tie = [[5.6, 50.65], [5.61, 50.66], [5.61, 50.65], [5.6, 50.66], [5.6, 50.65]]
    assert refusal(officer, polygon(bow_tie)).endswith("itself at 50.65500, 5.60500.")
    # Out along a line and back on it.
    spike = [[5.6, 50.65], [5.61, 50.65], [5.62, 50.65], [5.61, 50.65], [5.6, 50.66], [5.6, 50.65]]
    assert "first at 50.65000, 5.61000" in refusal(officer, polygon(spike))
    # It only touches: one corner is the same as an earlier one.
    eight = [
        *([5.6, 50.65], [5.605, 50.655], [5.61, 50.65], [5.61, 50.66]),
        *([5.605, 50.655], [5.6, 50.66], [5.6, 50.65]),
    ]
    assert "50.65500, 5.60500" in refusal(officer, polygon(eight))


def test_every_crossing_counts(officer: Api) -> None:
    zigzag = [[5.6 + 0.001 * n, 50.65 if n % 2 else 50.66] for n in range(10)]
    crossed = [*zigzag, [5.62, 50.655], [5.59, 50.6551], zigzag[0]]
    assert "itself in 9 places, first at" in refusal(officer, polygon(crossed))


def test_a_hole_must_lie_inside(officer: Api) -> None:
    inside = [[5.602, 50.652], [5.604, 50.652], [5.604, 50.654], [5.602, 50.652]]
    assert put(officer, polygon(SQUARE, inside)).status_code == 200
    for outside in (moved(inside, 0.1), moved(inside, 0.007)):
        assert "A hole must lie wholly inside" in refusal(officer, polygon(SQUARE, outside))


def test_a_zone_may_have_parts_and_those_that_touch_become_one(officer: Api) -> None:
    apart = {"type": "MultiPolygon", "coordinates": [[SQUARE], [moved(SQUARE, 0.02)]]}
    assert put(officer, apart).json()["geometry"]["type"] == "MultiPolygon"
    quarters = [polygon(SQUARE), polygon(moved(SQUARE, 0.01))]
    features = [{"type": "Feature", "properties": {}, "geometry": one} for one in quarters]
    label = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [5, 50]},
    }
    collection = {"type": "FeatureCollection", "features": [*features, label]}
    joined = put(officer, collection).json()["geometry"]
    assert joined["type"] == "Polygon"
    assert len(joined["coordinates"]) == 1


@pytest.mark.parametrize(
    "value",
    [
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": "here"},
        {"type": "Polygon", "coordinates": [[["5", "50"]]]},
        {"type": "Polygon", "coordinates": [[[True, False]]]},
        {"type": "Polygon", "coordinates": [[[10**400, 1]]]},
        {"type": "Circle", "coordinates": [5, 50]},
        {"type": "Feature", "geometry": 7},
        {"crossroads": 1},
        {"type": "Point", "coordinates": [5.6, 50.65]},
        {"type": "GeometryCollection", "geometries": []},
    ],
)
def test_what_is_no_area_in_geojson_is_refused(officer: Api, value: Any) -> None:
    told = refusal(officer, value)
    assert "not GeoJSON with areas in it" in told or "holds no area" in told


def test_too_many_corners_are_refused(officer: Api) -> None:
    many = [[5.6 + n * 1e-6, 50.65] for n in range(10_001)]
    assert "more than 10000 corners" in refusal(officer, polygon([*many, many[0]]))


def test_what_is_unusual_is_kept_once_it_is_meant(officer: Api) -> None:
    garden = [[5.6, 50.65], [5.6005, 50.65], [5.6005, 50.6503], [5.6, 50.65]]
    asked = put(officer, polygon(garden)).json()["errors"]
    assert [one["field"] for one in asked] == ["confirm.size"]
    assert "very small: 590 m²" in asked[0]["detail"]
    assert put(officer, polygon(garden), "size").status_code == 200


def test_a_zone_that_is_very_large_or_abroad_is_asked_about(officer: Api) -> None:
    province = [[6.0, 50.2], [6.6, 50.2], [6.6, 50.4], [6.0, 50.4], [6.0, 50.2]]
    asked = put(officer, polygon(province)).json()["errors"]
    assert [one["field"] for one in asked] == ["confirm.size", "confirm.place"]
    assert "very large: 952 km²" in asked[0]["detail"]
    assert "outside Belgium, around 50.2000, 6.6000" in asked[1]["detail"]
    assert put(officer, polygon(province), "size").status_code == 422
    assert put(officer, polygon(province), "size", "place").status_code == 200


def test_ground_of_another_partnership_is_told_with_its_size_and_its_name(officer: Api) -> None:
    lower = officer.http.get("/partnerships/valdor-gare/zone").json()["geometry"]
    half = moved(lower["coordinates"][0], 0.0056)
    (asked,) = put(officer, polygon(half)).json()["errors"]
    assert asked["field"] == "confirm.overlap:valdor-gare"
    assert "m² of it are in the zone of PLP Valdor-Gare too." in asked["detail"]
    assert int(asked["detail"].split(" ")[0]) == pytest.approx(792.5 / 2 * 789.8, rel=0.01)
    assert put(officer, polygon(half), "overlap:elsewhere").status_code == 422
    assert put(officer, polygon(half), "overlap:valdor-gare").status_code == 200


@pytest.fixture
def stranger(demo_zone: str) -> Api:
    """An officer of another police zone, whose partnership lies beside the demo's."""
    with unit_of_work() as session:
        zone = Organisation(kind=OrganisationKind.POLICE_ZONE, slug="zone-est", name="Est")
        town = Organisation(kind=OrganisationKind.MUNICIPALITY, slug="est", name="Est")
        session.add_all([zone, town])
        session.flush()
        made = Partnership(
            slug="est-haut",
            name="PLP Est",
            languages=[Language.FRENCH],
            police_zone_id=zone.id,
            municipality_id=town.id,
        )
        session.add(made)
        session.flush()
        zones.draw(session, made.id, polygon(moved(SQUARE, 0.005)))
        account = accounts.create(
            session, email="officer@est.example", name="Est", password="a-long-password"
        )
        accounts.appoint(session, account, Role.MANDATED_OFFICER, zone.id)
    return in_english("officer@est.example")


def test_who_is_out_of_reach_is_neither_read_nor_drawn_nor_named(
    officer: Api, stranger: Api
) -> None:
    assert stranger.http.get("/partnerships/haut-valdor/zone").status_code == 404
    assert put(stranger, polygon(SQUARE)).status_code == 404
    answer = put(officer, polygon(SQUARE))
    (asked,) = answer.json()["errors"]
    assert asked["field"] == "confirm.overlap:elsewhere"
    assert "outside your scope" in asked["detail"]
    assert "Est" not in answer.text


def test_the_first_zone_of_a_partnership_is_drawn_among_those_of_its_town(
    visitor: Visitor,
) -> None:
    empty = "/partnerships/valdor-commerces/zone"
    page = visitor.get(empty).text
    assert "No zone has been drawn yet." in page
    assert "PLP Haut-Valdor" in page.split('id="map-data"')[1].split("</script>")[0]
    assert visitor.get(f"{empty}.geojson").status_code == 404
    assert visitor.post(empty, geometry="50.65 5.6\n50.65 5.61\n50.66 5.61").status_code == 303
    assert "No zone has been drawn yet." not in visitor.get(empty).text


def test_a_coordinator_sees_the_zone_and_may_not_draw_it(demo_zone: str) -> None:
    coordinator = in_english("coordinator@demo.example")
    assert coordinator.http.get("/partnerships/haut-valdor/zone").status_code == 200
    assert put(coordinator, polygon(SQUARE)).status_code == 403


def test_a_change_is_on_record_by_its_size_and_not_by_its_place(officer: Api) -> None:
    put(officer, polygon(SQUARE))
    with unit_of_work(read_only=True) as session:
        decided = session.exec(select(Decision).where(Decision.action == "zone.change")).one()
    assert decided.facts.keys() == {"square_metres", "corners", "overlaps"}
    assert decided.facts["corners"] == 4
    assert decided.account_id is not None


def test_a_zone_that_is_kept_as_it_was_leaves_no_trace(officer: Api) -> None:
    put(officer, polygon(SQUARE))
    put(officer, polygon(SQUARE[::-1]))
    with unit_of_work(read_only=True) as session:
        assert len(session.exec(select(FormerZone)).all()) == 1
        assert (
            len(session.exec(select(Decision).where(Decision.action == "zone.change")).all()) == 1
        )


def test_each_corner_of_each_part_counts_once(visitor: Visitor) -> None:
    one, other = "50.65 5.60\n50.65 5.61\n50.66 5.61", "50.67 5.60\n50.67 5.61\n50.68 5.61"
    visitor.post(ZONE, geometry=f"{one}\n\n{other}")
    assert "<dt>Corners</dt><dd>6</dd>" in visitor.get(ZONE).text


def test_the_zone_before_can_be_put_back(visitor: Visitor) -> None:
    before = visitor.get(f"{ZONE}.geojson").json()["geometry"]
    kept = visitor.post(ZONE, geometry="50.65 5.60\n50.65 5.61\n50.6565 5.61\n50.6565 5.60")
    assert kept.status_code == 303, kept.text
    with unit_of_work(read_only=True) as session:
        former = session.exec(select(FormerZone)).one()
    shown = visitor.get(f"{ZONE}?former={former.id}").text
    assert "This zone is not kept yet." in shown
    visitor.post(ZONE, geometry=typed_in(shown))
    assert visitor.get(f"{ZONE}.geojson").json()["geometry"] == before


def typed_in(page: str) -> str:
    """What the page's text field holds."""
    return page.split("<textarea", 1)[1].split(">", 1)[1].split("</textarea>")[0]


def test_corners_are_typed_as_people_copy_them(visitor: Visitor) -> None:
    habits = "50,65 5,60\n50.65, 5.61\n(50.6565; 5.61)\n\t50.6565°N 5.60°E\n"
    assert visitor.post(ZONE, geometry=habits).status_code == 303
    drawn = visitor.get(f"{ZONE}.geojson").json()["geometry"]["coordinates"][0]
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, SQUARE))


def test_two_blocks_of_lines_are_two_parts(visitor: Visitor) -> None:
    one, other = "50.65 5.60\n50.65 5.61\n50.66 5.61", "50.67 5.60\n50.67 5.61\n50.68 5.61"
    assert visitor.post(ZONE, geometry=f"{one}\n\n\n{other}\n").status_code == 303
    assert visitor.get(f"{ZONE}.geojson").json()["geometry"]["type"] == "MultiPolygon"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Draw the zone, or give its corners."),
        ("50.65 5.6\n50.65\n50.66 5.6", "Line 2 is not a corner"),
        ("50.65 5.6\nrue Haute 5 7\n50.66 5.6", "Line 2 is not a corner"),
        ('{"type": "Polygon", "coordinates": [[[5.6', "cannot be read as JSON"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 1]]]}', "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ("5.60 50.65\n5.61 50.65\n5.61 50.66", "look swapped"),
    ],
)
def test_what_was_typed_is_kept_beside_the_reason_it_is_refused(
    visitor: Visitor, text: str, told: str
) -> None:
    before = visitor.get(f"{ZONE}.geojson").json()
    answer = visitor.post(ZONE, geometry=text)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'id="problem-geometry"' in answer.text
    assert typed_in(answer.text).replace("&#34;", '"') == text
    assert visitor.get(f"{ZONE}.geojson").json() == before


def test_a_page_shows_where_a_boundary_crosses_itself(visitor: Visitor) -> None:
    answer = visitor.post(ZONE, geometry="50.65 5.60\n50.66 5.61\n50.65 5.61\n50.66 5.60")
    assert '"places": [{"latitude": 50.655, "longitude": 5.605}]' in answer.text


def test_what_is_unusual_is_ticked_and_kept(visitor: Visitor) -> None:
    garden = "50.65 5.6\n50.65 5.6005\n50.6503 5.6005"
    asked = visitor.post(ZONE, geometry=garden)
    assert "Is this meant?" in asked.text
    assert 'name="confirmed" value="size"' in asked.text
    assert typed_in(asked.text) == garden
    assert visitor.post(ZONE, geometry=garden, confirmed="size").status_code == 303


def test_neighbours_are_listed_by_their_distance(visitor: Visitor) -> None:
    assert "PLP Valdor-Gare" in visitor.get(f"{ZONE}?metres=300").text
    near = visitor.get(f"{ZONE}?metres=300").text.split('id="near"')[1]
    # 0.0013 degrees of latitude.
    assert "145 m" in near
    assert "PLP Valdor-Gare" not in visitor.get(f"{ZONE}?metres=0").text.split('id="near"')[1]


def test_the_map_page_lists_all_zones_and_answers_what_is_near(visitor: Visitor) -> None:
    page = visitor.get("/map").text
    assert "PLP Haut-Valdor" in page
    assert "PLP Valdor-Gare" in page
    found = visitor.post("/map", latitude="50,6436", longitude="5.5757", metres="600").text
    near = found.split('role="status"')[1].split("</section>")[0]
    assert near.index("PLP Haut-Valdor") < near.index("inside its zone")
    assert near.index("inside its zone") < near.index("PLP Valdor-Gare")
    refused = visitor.post("/map", latitude="here", longitude="5.5757", metres="600")
    assert refused.status_code == 422
    assert 'value="here"' in refused.text
    assert "Give a number from -90 to 90." in refused.text


def test_the_map_fetches_the_zones_in_sight(visitor: Visitor) -> None:
    box = "west=5.57&south=50.6395&east=5.58&north=50.65"
    found = visitor.get(f"/map/zones?{box}").json()["features"]
    assert [one["properties"]["slug"] for one in found] == ["haut-valdor"]


def test_no_page_asks_anybody_else_for_a_map_unless_the_operator_said_so(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = visitor.get(ZONE).headers["Content-Security-Policy"]
    assert "img-src 'self' data:;" in policy
    monkeypatch.setattr(settings(), "map_tiles_url", "https://{s}.tiles.example.be/{z}/{x}/{y}.png")
    answer = visitor.get(ZONE)
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://*.tiles.example.be;" in policy
    assert 'data-tiles="https://{s}.tiles.example.be/{z}/{x}/{y}.png"' in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "https://tiles.example.be/{z}/{x}.png",
        "tiles.example.be/{z}/{x}/{y}.png",
        "https://tiles.example.be; script-src */{z}/{x}/{y}.png",
        "//tiles.example.be/{z}/{x}/{y}.png",
        "javascript:alert(1)/{z}/{x}/{y}",
    ],
)
def test_a_tile_address_that_could_widen_the_policy_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="an address such as"):
        Settings(map_tiles_url=address)


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("", ""),
        ("/tiles/{z}/{x}/{y}.png", ""),
        ("https://tiles.example.be/{z}/{x}/{y}.png?key=1", "https://tiles.example.be"),
        ("http://{s}.example.be:8080/{z}/{x}/{y}", "http://*.example.be:8080"),
    ],
)
def test_only_the_host_of_the_tiles_is_let_through(address: str, origin: str) -> None:
    assert Settings(map_tiles_url=address).map_tiles_origin == origin
