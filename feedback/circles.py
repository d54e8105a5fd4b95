"""Circles on the map, as a database can count in them: plain arithmetic on degrees.

Within a town a degree is as long at one end as at the other: over 10 km from the middle the error
is below 0.2 %, a few centimetres at the edge of a circle of 150 m.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pyproj import Geod
from sqlalchemy import and_
from sqlmodel import col

from hub.db import Condition
from partnerships.ground import Box

_EARTH = Geod(ellps="WGS84")
_STEP = 0.01


@dataclass(frozen=True, slots=True)
class Circle:
    """A place and so many metres around it."""

    latitude: float
    longitude: float
    metres: float

    @property
    def box(self) -> Box:
        north, east = metres_a_degree(self.latitude)
        high, wide = self.metres / north, self.metres / east
        return Box(
            self.longitude - wide,
            self.latitude - high,
            self.longitude + wide,
            self.latitude + high,
        )


@lru_cache(maxsize=4096)
def metres_a_degree(latitude: float) -> tuple[float, float]:
    """How long a degree to the north and one to the east are here."""
    south, north = max(-89.0, latitude - _STEP / 2), min(89.0, latitude + _STEP / 2)
    up = _EARTH.inv(0, south, 0, north)[2] / (north - south)
    middle = (south + north) / 2
    across = _EARTH.inv(0, middle, _STEP, middle)[2] / _STEP
    return float(up), float(across)


def inside(circle: Circle, latitude: Any, longitude: Any) -> Condition:
    """That the place in these columns lies in the circle. The box comes first: it has an index."""
    north, east = metres_a_degree(circle.latitude)
    box = circle.box
    up = (col(latitude) - circle.latitude) * north
    across = (col(longitude) - circle.longitude) * east
    return and_(
        col(latitude).between(box.south, box.north),
        col(longitude).between(box.west, box.east),
        up * up + across * across <= circle.metres * circle.metres,
    )
