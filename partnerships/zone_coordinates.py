"""From the coordinates of a file to degrees of WGS 84, by the system the file says it is in."""

import math
import re
from collections.abc import Callable
from functools import lru_cache

from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError

from hub.errors import BadInput
from hub.i18n import mark
from partnerships.outlines import Corner, Outline
from partnerships.zone_archive import refused

_EPSG = re.compile(r"EPSG:(?:[\d.]*:)?(\d{4,6})$", re.IGNORECASE)
# By its name, mostly: Esri's own numbers for Lambert 72 are half a millimetre off the register's.
_LEAST_CONFIDENCE = 25
_SOMEWHERE_IN_BELGIUM = (4.5, 50.5)
_SAME_METRES = 0.5

ToDegrees = Callable[[list[Outline]], list[Outline]]


def by_description(well_known_text: str) -> ToDegrees:
    """By the text of a ``.prj`` file. Raises ``BadInput`` for a system nobody has registered.

    Only registered systems are used, never the text itself: what lies between a national system
    and WGS 84 is in the register, and mostly not in the text.
    """
    try:
        described = CRS.from_wkt(well_known_text)
        found = described.to_authority(min_confidence=_LEAST_CONFIDENCE)
    except CRSError:
        raise refused(mark("Its .prj file does not describe a coordinate system.")) from None
    if found is None or not _are_the_same(described, CRS.from_authority(*found)):
        raise _unknown()
    return lambda outlines: _moved(outlines, _to_degrees(*found))


def _are_the_same(described: CRS, registered: CRS) -> bool:
    """Whether two systems that bear the same name put a place at the same numbers."""
    try:
        one, other = (Proj(system)(*_SOMEWHERE_IN_BELGIUM) for system in (described, registered))
    except (CRSError, ProjError):
        return False
    return math.dist(one, other) < _SAME_METRES


def by_name(name: str) -> ToDegrees:
    """By a name such as ``urn:ogc:def:crs:EPSG::31370``. Raises ``BadInput`` for an unknown one."""
    if name.upper().endswith(("CRS84", "EPSG::4326", "EPSG:4326")):
        return lambda outlines: outlines
    found = _EPSG.search(name)
    if found is None:
        raise _unknown()
    return lambda outlines: _moved(outlines, _to_degrees("EPSG", found[1]))


@lru_cache(maxsize=16)
def _to_degrees(authority: str, code: str) -> Transformer:
    try:
        return Transformer.from_crs(
            CRS.from_authority(authority, code), CRS.from_epsg(4326), always_xy=True
        )
    except (CRSError, ProjError):
        raise _unknown() from None


def _moved(outlines: list[Outline], transformer: Transformer) -> list[Outline]:
    def moved(corner: Corner) -> Corner:
        longitude, latitude = transformer.transform(*corner)
        return float(longitude), float(latitude)

    return [[[moved(corner) for corner in ring] for ring in outline] for outline in outlines]


def _unknown() -> BadInput:
    return refused(
        mark("The hub does not know its coordinate system. Save the file in WGS 84 (EPSG:4326).")
    )
