"""A territory as it was given: rings of corners, not yet checked; from GeoJSON and back to it."""

import math
from collections.abc import Iterator

from shapely.errors import ShapelyError
from shapely.geometry import shape

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.ground import Geometry

# Longitude before latitude, in degrees.
Corner = tuple[float, float]
Ring = list[Corner]
# The outer boundary, then the holes in it.
Outline = list[Ring]

_COLLECTIONS = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
_WITHOUT_AREA = ("Point", "MultiPoint", "LineString", "MultiLineString")
# A collection of features of collections of geometries; deeper ones are somebody's joke.
_DEEPEST = 4


def from_geojson(value: object) -> list[Outline]:
    """The areas in a geometry, a feature, or a collection of these (RFC 7946).

    Points and lines beside them are passed over. Raises ``BadInput`` for what is no GeoJSON, and
    when there is no area in it.
    """
    outlines = list(_areas(value, _DEEPEST))
    if not outlines:
        sentence = mark("It holds no area, only points or lines. Save the zone as a polygon.")
        raise BadInput(FieldProblem("geometry", sentence))
    return outlines


def _areas(value: object, depth: int) -> Iterator[Outline]:
    if not isinstance(value, dict) or depth == 0:
        raise _no_geojson()
    kind = value.get("type")
    if kind == "Polygon":
        yield _outline(value.get("coordinates"))
    elif kind == "MultiPolygon":
        yield from map(_outline, _listed(value.get("coordinates")))
    elif kind == "Feature" and value.get("geometry") is not None:
        yield from _areas(value["geometry"], depth - 1)
    elif kind in _COLLECTIONS:
        for one in _listed(value.get(_COLLECTIONS[kind])):
            yield from _areas(one, depth - 1)
    elif kind != "Feature" and kind not in _WITHOUT_AREA:
        raise _no_geojson()


def _outline(value: object) -> Outline:
    rings = [[_corner(one) for one in _listed(ring)] for ring in _listed(value)]
    if not rings:
        raise _no_geojson()
    return rings


def _corner(value: object) -> Corner:
    # A third number is a height, and nobody lives above a zone.
    match value:
        case [float() | int() as longitude, float() | int() as latitude, *_]:
            return _degrees(longitude), _degrees(latitude)
    raise _no_geojson()


def _degrees(number: float) -> float:
    if isinstance(number, bool) or not abs(number) < 1e12 or not math.isfinite(number):
        raise _no_geojson()
    return float(number)


def _listed(value: object) -> list[object]:
    if not isinstance(value, list):
        raise _no_geojson()
    return value


def _no_geojson() -> BadInput:
    sentence = mark("This is not GeoJSON with areas in it, as RFC 7946 describes it.")
    return BadInput(FieldProblem("geometry", sentence))


def to_geojson(outlines: list[Outline]) -> Geometry:
    """The same as a geometry."""
    areas = [[[list(corner) for corner in ring] for ring in outline] for outline in outlines]
    if len(areas) == 1:
        return {"type": "Polygon", "coordinates": areas[0]}
    return {"type": "MultiPolygon", "coordinates": areas}


def place_from_geojson(value: Geometry) -> Geometry:
    """Any GeoJSON geometry on earth: a point, a street, an area.

    Raises ``BadInput`` for what is none, and for numbers that are no degrees.
    """
    try:
        place = shape(value)
        west, south, east, north = place.bounds
    except (ShapelyError, AttributeError, KeyError, TypeError, ValueError, IndexError):
        raise _no_geometry() from None
    # Comparisons with what is not a number are false, and an empty geometry has such bounds.
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _no_geometry()
    return value


def _no_geometry() -> BadInput:
    sentence = mark("This is no GeoJSON geometry with longitude and latitude in degrees.")
    return BadInput(FieldProblem("geometry", sentence))
