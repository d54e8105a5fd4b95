"""Areas and distances on the ground, from GeoJSON: longitude before latitude, WGS 84 (RFC 7946)."""

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Proj
from shapely.geometry import shape

Geometry = dict[str, Any]
GeoArray = NDArray[np.object_]

_EARTH = Geod(ellps="WGS84")
# A degree of latitude is nowhere shorter, and a degree of longitude nowhere longer.
_SHORTEST_DEGREE_NORTH, _LONGEST_DEGREE_EAST = 110_570.0, 111_330.0
# GeoJSON's sides are straight on a chart of degrees, not on the ground: 10 km apart the two differ
# by over 2 m in Belgium. Cut into pieces of a kilometre they agree to a few centimetres.
_LONGEST_PIECE_DEGREES = 0.01


class Box(NamedTuple):
    """What lies between two meridians and two parallels, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def widened(self, metres: float) -> "Box":
        """With everything in it that is at most ``metres`` away, and a little more."""
        north = metres / _SHORTEST_DEGREE_NORTH
        furthest = min(89.0, max(abs(self.south), abs(self.north)) + north)
        # On the ellipsoid a degree of longitude is a little longer than the cosine says.
        east = metres / (_LONGEST_DEGREE_EAST * np.cos(np.radians(furthest))) * 1.01
        return Box(self.west - east, self.south - north, self.east + east, self.north + north)


def point(longitude: float, latitude: float) -> Geometry:
    """A place as a GeoJSON geometry."""
    return {"type": "Point", "coordinates": [longitude, latitude]}


def box_of(geometry: Geometry) -> Box:
    """The smallest box around a geometry."""
    return Box(*shape(geometry).bounds)


def square_metres(geometry: Geometry) -> float:
    """The area of a geometry on the ellipsoid."""
    area, _perimeter = _EARTH.geometry_area_perimeter(shape(geometry))
    return abs(float(area))


class Surroundings:
    """The plane that touches the earth in the middle of a place.

    Distances on it are those on the ground, to less than a metre for tens of kilometres around.
    """

    def __init__(self, place: Geometry) -> None:
        west, south, east, north = box_of(place)
        middle = {"lon_0": (west + east) / 2, "lat_0": (south + north) / 2}
        self._projection = Proj({"proj": "aeqd", "ellps": "WGS84", **middle})
        self._place = self._laid_out([place])

    def metres_to(self, geometries: list[Geometry]) -> list[float]:
        """From the place to the nearest point of each; 0 where they meet."""
        # All at once: laying them out one by one takes three times as long.
        return [float(one) for one in shapely.distance(self._place, self._laid_out(geometries))]

    def _laid_out(self, geometries: list[Geometry]) -> GeoArray:
        shapes = np.array([shape(one) for one in geometries], dtype=object)
        pieces = shapely.segmentize(shapes, _LONGEST_PIECE_DEGREES)
        return shapely.transform(pieces, self._in_metres)

    def _in_metres(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(self._projection(degrees[:, 0], degrees[:, 1]))
