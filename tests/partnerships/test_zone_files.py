"""A zone from a file: looked at first, kept afterwards, refused when it is not what it says."""

import io
import json
import struct
import zipfile
from typing import Any

import pytest
import shapefile
from pyproj import Geod, Transformer

from tests import in_process
from tests.conftest import Templates
from tests.partnerships.test_zones import ZONE, typed_in
from tests.partnerships.zone_samples import (
    HOME_MADE,
    LAMBERT_72,
    LAMBERT_2008,
    SQUARE,
    WGS_84,
    Corners,
    as_file,
    kml,
    kml_ring,
    moved,
    polygon,
    shp,
    zipped,
)
from tests.running_hub import Visitor

EARTH = Geod(ellps="WGS84")
HOLE = [[5.602, 50.652], [5.604, 50.652], [5.604, 50.654], [5.602, 50.652]]


@pytest.fixture
def visitor(demo_zone: str, templates: Templates) -> Visitor:
    account = templates.accounts["mandated_officer"]
    return in_process.signed_in(account["email"], account["password"])


def look(visitor: Visitor, name: str, content: bytes) -> Any:
    """Choose a file on the page."""
    token = visitor.get("/map").text.split('name="form_token" value="')[1].split('"')[0]
    files = {"file": (name, content, "application/octet-stream")}
    return visitor.http.post(f"{ZONE}/file", data={"form_token": token}, files=files)


def seen(visitor: Visitor, name: str, content: bytes) -> list[tuple[float, float]]:
    """The corners that the page proposes, as longitude and latitude."""
    answer = look(visitor, name, content)
    assert answer.status_code == 200, answer.text
    assert "This zone is not kept yet." in answer.text
    lines = [line.split() for line in typed_in(answer.text).splitlines()]
    return sorted((float(longitude), float(latitude)) for latitude, longitude in lines)


def refusal(visitor: Visitor, name: str, content: bytes) -> str:
    answer = look(visitor, name, content)
    assert answer.status_code == 422, answer.text
    told: str = answer.text.split('id="problem-file">')[1].split("</p>")[0]
    return told


def in_lambert(epsg: int, corners: Corners) -> Corners:
    there = Transformer.from_crs(4326, epsg, always_xy=True)
    return [list(there.transform(one[0], one[1])) for one in corners]


def metres_apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(EARTH.inv(*one, *other)[2])


CORNERS = sorted((one[0], one[1]) for one in SQUARE[:-1])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zone.geojson", as_file(polygon(SQUARE))),
        ("ZONE.GEOJSON", b"\xef\xbb\xbf" + as_file(polygon(SQUARE))),
        ("zone.json", as_file({"type": "Feature", "properties": {}, "geometry": polygon(SQUARE)})),
        ("zone.kml", kml(kml_ring(SQUARE))),
        ("zone.kmz", zipped(kml=kml(kml_ring(SQUARE)), png=b"a picture")),
        ("zone.zip", zipped(kml=kml(kml_ring(SQUARE)))),
        ("zone.zip", zipped(shp=shp(SQUARE), prj=WGS_84.encode(), dbf=b"", cpg=b"UTF-8")),
    ],
)
def test_a_file_is_seen_on_the_map_before_it_is_kept(
    visitor: Visitor, name: str, content: bytes
) -> None:
    before = visitor.get(f"{ZONE}.geojson").json()
    assert seen(visitor, name, content) == CORNERS
    assert visitor.get(f"{ZONE}.geojson").json() == before
    kept = visitor.post(ZONE, geometry=typed_in(look(visitor, name, content).text))
    assert kept.status_code == 303
    drawn = visitor.get(f"{ZONE}.geojson").json()["geometry"]["coordinates"][0]
    assert sorted({tuple(one) for one in drawn}) == CORNERS


@pytest.mark.parametrize(("epsg", "prj"), [(31370, LAMBERT_72), (3812, LAMBERT_2008)])
def test_belgian_lambert_is_brought_to_degrees(visitor: Visitor, epsg: int, prj: str) -> None:
    metres = in_lambert(epsg, SQUARE)
    found = seen(visitor, "zone.zip", zipped(shp=shp(metres), prj=prj.encode()))
    apart = [metres_apart(one, other) for one, other in zip(found, CORNERS, strict=True)]
    assert max(apart) < 1.0


def test_the_shift_between_the_belgian_datum_and_wgs_84_is_made(visitor: Visitor) -> None:
    # EPSG's guidance note 7-2 works this point out: on the Belgian datum it is 50.679573 north,
    # 5.807370 east. WGS 84 is some 80 to 130 m from there.
    east, north = 251763.20, 153034.13
    around = [[east, north], [east + 800, north], [east + 800, north + 800], [east, north]]
    found = seen(visitor, "zone.zip", zipped(shp=shp(around), prj=LAMBERT_72.encode()))
    nearest = min(metres_apart(one, (5.807370, 50.679573)) for one in found)
    assert 60 < nearest < 150


def test_geojson_of_old_that_names_its_coordinates_is_understood(visitor: Visitor) -> None:
    name = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::31370"}}
    geometry = polygon(in_lambert(31370, SQUARE))
    features = [{"type": "Feature", "properties": {}, "geometry": geometry}]
    old = {"type": "FeatureCollection", "crs": name, "features": features}
    found = seen(visitor, "zone.geojson", as_file(old))
    apart = [metres_apart(one, other) for one, other in zip(found, CORNERS, strict=True)]
    assert max(apart) < 1.0


def test_areas_nested_in_each_other_take_no_longer_than_others(visitor: Visitor) -> None:
    # Each has one outline, that of the innermost: whoever looks at all within all never ends.
    depth = 200_000
    nested = kml(kml_ring(SQUARE))
    nested = nested.replace(b"<Polygon>", b"<Polygon>" * depth)
    nested = nested.replace(b"</Polygon>", b"</Polygon>" * depth)
    assert seen(visitor, "zone.kml", nested) == CORNERS


def test_a_hole_survives(visitor: Visitor) -> None:
    hole_against = HOLE[::-1]
    for name, content in (
        ("zone.kml", kml(kml_ring(SQUARE), kml_ring(HOLE))),
        ("zone.zip", zipped(shp=shp(SQUARE, hole_against), prj=WGS_84.encode())),
    ):
        answer = look(visitor, name, content)
        shown = json.loads(typed_in(answer.text).replace("&#34;", '"'))
        assert [len(ring) for ring in shown["coordinates"]] == [5, 4], name


def test_a_file_with_a_crossing_is_shown_to_be_mended(visitor: Visitor) -> None:
    bow_tie = [[5.6, 50.65], [5.61, 50.66], [5.61, 50.65], [5.6, 50.66], [5.6, 50.65]]
    answer = look(visitor, "zone.geojson", as_file(polygon(bow_tie)))
    assert answer.status_code == 422
    assert "itself at 50.65500, 5.60500" in answer.text
    assert len(typed_in(answer.text).splitlines()) == 4


def test_what_is_unusual_in_a_file_is_asked_at_once(visitor: Visitor) -> None:
    garden = [[5.6, 50.65], [5.6005, 50.65], [5.6005, 50.6503], [5.6, 50.65]]
    answer = look(visitor, "zone.geojson", as_file(polygon(garden)))
    assert 'name="confirmed" value="size"' in answer.text


def locked(content: bytes) -> bytes:
    """The same zip with the mark of a password on each file."""
    marked = bytearray(content)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = marked.find(signature)
        while place >= 0:
            marked[place + flags] |= 1
            place = marked.find(signature, place + 4)
    return bytes(marked)


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zone.shp", b"\0" * 15_000_000)
        archive.writestr("zone.prj", WGS_84)
    return made.getvalue()


def liar() -> bytes:
    """A zip whose directory says that its file is small."""
    size, claimed = 25_000_000, 1000
    content = zipped(kml=b"\0" * size)
    return content.replace(struct.pack("<I", size), struct.pack("<I", claimed))


GOOD_SHP = shp(SQUARE)
DTD = b'<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><kml>&b;</kml>'
SQUARE_LINE = shp(SQUARE, kind=shapefile.POLYLINE)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("zone.geojson", b"", "Choose a file"),
        ("zone.pdf", b"%PDF-1.7", "Only GeoJSON, KML, KMZ and zipped shapefiles"),
        ("zone", as_file(polygon(SQUARE)), "Only GeoJSON"),
        ("zone.geojson", b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        ("zone.geojson", kml(kml_ring(SQUARE)), "cannot be read as JSON"),
        ("zone.geojson", b"\xff\xfe{}", "not GeoJSON"),
        ("zone.geojson", b'{"name": "zone"}', "not GeoJSON"),
        ("zone.geojson", b"[" * 100_000, "cannot be read as JSON"),
        (
            "zone.geojson",
            as_file({"crs": {"properties": {"name": "EPSG:999999"}}, **polygon(SQUARE)}),
            "does not know its coordinate system",
        ),
        ("zone.kml", as_file(polygon(SQUARE)), "not a KML file"),
        ("zone.kml", b"<html><body/></html>", "not a KML file"),
        ("zone.kml", DTD, "not a KML file"),
        ("zone.kml", b'<?xml version="1.0" encoding="klingon"?><kml/>', "not a KML file"),
        ("zone.kml", kml("5.6,50.65 here 5.61,50.65"), "not a KML file"),
        ("zone.kml", kml("nan,nan 5.6,50.65 5.61,50.65"), "not a KML file"),
        ("zone.kml", kml(kml_ring(SQUARE), outline="LineString"), "no area"),
        ("zone.kmz", kml(kml_ring(SQUARE)), "not a zip file"),
        ("zone.kmz", zipped(txt=b"nothing"), "no KML file"),
        ("zone.kmz", liar(), "not a zip file, or it is damaged"),
        ("zone.zip", GOOD_SHP, "not a zip file"),
        ("zone.zip", zipped(txt=b"nothing"), "one shapefile (.shp with its .prj), not 0"),
        ("zone.zip", zipped(shp=GOOD_SHP), ".prj file is missing"),
        ("zone.zip", zipped(shp=GOOD_SHP, prj=b"somewhere"), "does not describe"),
        ("zone.zip", zipped(shp=GOOD_SHP, prj=HOME_MADE.encode()), "does not know its coordinate"),
        ("zone.zip", zipped(shp=GOOD_SHP[:-20], prj=WGS_84.encode()), "shapefile in it is damaged"),
        ("zone.zip", zipped(shp=b"not one", prj=WGS_84.encode()), "shapefile in it is damaged"),
        ("zone.zip", zipped(shp=SQUARE_LINE, prj=WGS_84.encode()), "no area"),
        ("zone.zip", bomb(), "holds too much"),
        ("zone.zip", zipped(**{f"f{n}": b"" for n in range(101)}), "holds too much"),
        ("zone.zip", locked(zipped(shp=GOOD_SHP, prj=WGS_84.encode())), "is locked"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_beside_its_field(
    visitor: Visitor, name: str, content: bytes, told: str
) -> None:
    assert told in refusal(visitor, name, content)


def test_a_shapefile_that_leads_in_circles_is_refused(visitor: Visitor) -> None:
    # A record that says it is as long as nothing: whoever believes it reads it for ever.
    circular = bytearray(shp(SQUARE, moved(SQUARE, 0.1)))
    circular[104:108] = struct.pack(">i", -4)
    content = zipped(shp=bytes(circular), prj=WGS_84.encode())
    assert "more than 2000 shapes" in refusal(visitor, "zone.zip", content)


def test_only_who_draws_zones_may_send_a_file(demo_zone: str, templates: Templates) -> None:
    account = templates.accounts["coordinator"]
    coordinator = in_process.signed_in(account["email"], account["password"])
    answer = look(coordinator, "zone.geojson", as_file(polygon(SQUARE)))
    assert answer.status_code == 403
    page = coordinator.get(ZONE).text
    assert 'type="file"' not in page
    assert "readonly" in page
