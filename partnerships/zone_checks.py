"""Whether an outline bounds a territory, and if not, why and where."""

import itertools
import json
import re
from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.ground import Box, Geometry
from partnerships.outlines import Corner, Outline, Ring

# A police zone of Belgium, drawn along every garden wall, has fewer.
MOST_CORNERS = 10_000
# Where the country is, with a little around it.
BELGIUM = Box(2.5, 49.45, 6.45, 51.55)

# A centimetre. Finer than any map, and short enough to be read.
_DECIMALS = 7
_GRID = 10**-_DECIMALS
_MOST_PLACES_SHOWN = 20
_PLACE = re.compile(r"\[([-\d.e]+) ([-\d.e]+)\]")


class ZoneRefused(BadInput):
    """An outline that bounds no territory. ``places`` are where it goes wrong."""

    def __init__(self, message: str, places: Sequence[Corner] = (), **values: str | int) -> None:
        super().__init__(FieldProblem("geometry", message, tuple(values.items())))
        self.places = tuple(places)


def territory(outlines: list[Outline]) -> Geometry:
    """The Polygon or MultiPolygon that these outlines bound; parts that touch become one.

    Checked in this order: closed, four points or more, degrees in range, longitude first, no
    crossing. Raises ``ZoneRefused`` with the first of these that is wrong, and where.
    """
    tidied = [[_tidy(ring) for ring in outline] for outline in outlines]
    rings = list(itertools.chain.from_iterable(tidied))
    _refuse_too_many_corners(rings)
    _refuse_open(rings)
    _refuse_too_few_corners(rings)
    _refuse_off_the_earth(rings)
    _refuse_swapped(rings)
    _refuse_crossings(rings)
    parts = [Polygon(outline[0], outline[1:]) for outline in tidied]
    _refuse_misplaced_holes(parts)
    return _as_geojson(parts)


def _tidy(ring: Ring) -> Ring:
    """To the centimetre, and without the corners that were clicked twice."""
    rounded = ((round(one[0], _DECIMALS), round(one[1], _DECIMALS)) for one in ring)
    return [corner for corner, _same in itertools.groupby(rounded)]


def _refuse_too_many_corners(rings: list[Ring]) -> None:
    if sum(map(len, rings)) > MOST_CORNERS:
        sentence = mark("It has more than {most} corners. Save it with less detail.")
        raise ZoneRefused(sentence, most=MOST_CORNERS)


def _refuse_open(rings: list[Ring]) -> None:
    ends = [end for ring in rings if ring and ring[0] != ring[-1] for end in (ring[0], ring[-1])]
    if ends:
        sentence = mark(
            "The boundary is not closed: it begins at {begin} and ends at {end}. "
            "Its last corner must be its first one again."
        )
        raise ZoneRefused(sentence, ends, begin=_said(ends[0]), end=_said(ends[1]))


def _refuse_too_few_corners(rings: list[Ring]) -> None:
    # Four points are three corners, the first of which comes again at the end.
    if any(len(ring) < 4 for ring in rings):
        raise ZoneRefused(mark("A boundary needs at least three different corners."))


def _refuse_off_the_earth(rings: list[Ring]) -> None:
    everywhere = itertools.chain.from_iterable(rings)
    beyond = next((one for one in everywhere if abs(one[0]) > 180 or abs(one[1]) > 90), None)
    if beyond is None:
        return
    if abs(beyond[0]) > 360 or abs(beyond[1]) > 360:
        sentence = mark(
            "{corner} are metres, such as Lambert's, not degrees. "
            "Save the file in WGS 84 (EPSG:4326)."
        )
        raise ZoneRefused(sentence, corner=f"{beyond[0]:.0f}, {beyond[1]:.0f}")
    sentence = mark(
        "{corner} is nowhere on earth: latitude goes from -90 to 90, longitude from -180 to 180."
    )
    raise ZoneRefused(sentence, corner=_said(beyond))


def _refuse_swapped(rings: list[Ring]) -> None:
    swapped = [(latitude, longitude) for ring in rings for longitude, latitude in ring]
    if all(is_in_belgium(corner) for corner in swapped):
        sentence = mark(
            "Latitude and longitude look swapped: {corner} would be in Belgium the other way round "
            "(latitude 49.5 to 51.5, longitude 2.5 to 6.4). GeoJSON and KML take longitude first."
        )
        raise ZoneRefused(sentence, corner=_said(rings[0][0]))


def is_in_belgium(corner: Corner) -> bool:
    longitude, latitude = corner
    return BELGIUM.west <= longitude <= BELGIUM.east and BELGIUM.south <= latitude <= BELGIUM.north


def _refuse_crossings(rings: list[Ring]) -> None:
    places = list(itertools.chain.from_iterable(map(crossings, rings)))
    if not places:
        return
    once = mark("The boundary crosses or touches itself at {place}.")
    often = mark("The boundary crosses or touches itself in {count} places, first at {place}.")
    shown = places[:_MOST_PLACES_SHOWN]
    if len(places) == 1:
        raise ZoneRefused(once, shown, place=_said(places[0]))
    raise ZoneRefused(often, shown, place=_said(places[0]), count=len(places))


def crossings(ring: Ring) -> list[Corner]:
    """Where a closed ring crosses or touches itself, or turns back on its own way."""
    corners = np.array(ring)
    sides = np.asarray(shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1)))
    first, second = shapely.STRtree(sides).query(sides, predicate="intersects")
    each_once = first < second
    first, second = first[each_once], second[each_once]
    shared = np.asarray(shapely.intersection(sides[first], sides[second]))
    # Neighbours have a corner in common, and may have no more than that.
    neighbours = (second - first == 1) | ((first == 0) & (second == len(sides) - 1))
    wrong = shared[~(neighbours & (shapely.get_type_id(shared) == shapely.GeometryType.POINT))]
    middles = shapely.get_coordinates(shapely.centroid(wrong))
    return list(dict.fromkeys((round(x, _DECIMALS), round(y, _DECIMALS)) for x, y in middles))


def _refuse_misplaced_holes(parts: Iterable[Polygon]) -> None:
    for part in parts:
        if not part.is_valid:
            found = _PLACE.search(shapely.is_valid_reason(part))
            places = [(float(found[1]), float(found[2]))] if found else []
            sentence = mark("A hole must lie wholly inside the zone, apart from other holes.")
            raise ZoneRefused(sentence, places)


def _as_geojson(parts: list[Polygon]) -> Geometry:
    # The grid keeps corners that the union finds to the centimetre too.
    whole: BaseGeometry = shapely.union_all(parts, grid_size=_GRID)
    geometry: Geometry = json.loads(shapely.to_geojson(shapely.orient_polygons(whole)))
    if geometry["type"] not in ("Polygon", "MultiPolygon") or whole.is_empty:
        raise ZoneRefused(mark("The zone is thinner than a centimetre."))
    return geometry


def _said(corner: Corner) -> str:
    """Latitude first, as on maps and telephones."""
    return f"{corner[1]:.5f}, {corner[0]:.5f}"
