"""From zones (GeoJSON, longitude first) to areas of CAP (latitude first), and back."""

from collections.abc import Iterable

import shapely
from shapely.geometry import Polygon, mapping, shape

from messaging.cap.alert import Area, Ring
from partnerships.ground import Geometry
from partnerships.models import Partnership, Zone

# Five decimals of a degree, about a metre.
_GRID_DEGREES = 1e-5


def area_of(partnership: Partnership, zone: Zone | None) -> Area:
    """The territory of a partnership; its name alone as long as nobody drew one.

    CAP knows no holes: what lies in one belongs to the area.
    """
    return Area(
        description=partnership.name,
        polygons=tuple(_outlines(zone.polygon)) if zone else (),
        geocodes=(("PLP:partnership", partnership.slug),),
    )


def _outlines(geometry: Geometry) -> Iterable[Ring]:
    # On the grid first: rounding corner by corner can make a side cross another.
    ground = shapely.set_precision(shape(geometry), _GRID_DEGREES)
    for part in shapely.get_parts(ground):
        if isinstance(part, Polygon) and not part.is_empty:
            yield tuple((latitude, longitude) for longitude, latitude in part.exterior.coords)


def geometry_of(ring: Ring) -> Geometry:
    """A ring as a GeoJSON area."""
    ground: Geometry = mapping(Polygon([(longitude, latitude) for latitude, longitude in ring]))
    return ground


def middle_of(areas: Iterable[Area]) -> tuple[float, float] | None:
    """A point within the first area that has ground: latitude and longitude."""
    for area in areas:
        for circle in area.circles:
            return circle.latitude, circle.longitude
        for ring in area.polygons:
            inside = shape(geometry_of(ring)).representative_point()
            return inside.y, inside.x
    return None
