"""The areas in a KML file, as Google Earth and My Maps write them (OGC 12-007r2)."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from hub.errors import BadInput
from hub.i18n import mark
from partnerships.outlines import Corner, Outline, Ring
from partnerships.zone_archive import refused


def read_kml(content: bytes) -> list[Outline]:
    """Every polygon in it. Raises ``BadInput`` when it is no KML, or holds none."""
    root = _root(content)
    outlines = [_outline(one) for one in _named(root, "Polygon")]
    if not outlines:
        sentence = mark("It holds no area, only points or lines. Save the zone as a polygon.")
        raise refused(sentence)
    return outlines


def _root(content: bytes) -> Element:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, ValueError, LookupError):
        raise _no_kml() from None
    if _local_name(root) != "kml":
        raise _no_kml()
    return root


def _outline(polygon: Element) -> Outline:
    outer = [_ring(one) for one in _named(polygon, "outerBoundaryIs")]
    inner = [_ring(one) for one in _named(polygon, "innerBoundaryIs")]
    if len(outer) != 1:
        raise _no_kml()
    return [*outer, *inner]


def _ring(boundary: Element) -> Ring:
    listed = next(_named(boundary, "coordinates"), None)
    if listed is None or not (listed.text or "").split():
        raise _no_kml()
    return [_corner(one) for one in (listed.text or "").split()]


def _corner(text: str) -> Corner:
    try:
        longitude, latitude = (float(one) for one in text.split(",")[:2])
    except ValueError:
        raise _no_kml() from None
    if not (abs(longitude) < 1e12 and abs(latitude) < 1e12):
        raise _no_kml()
    return longitude, latitude


def _named(parent: Element, name: str) -> Iterator[Element]:
    """The elements of this name, but for those within another: an area holds no areas.

    So each element is looked at a few times, however deep somebody has nested them.
    """
    pending = [parent]
    while pending:
        one = pending.pop()
        # By the local name: there are four namespaces of KML in use.
        if _local_name(one) == name:
            yield one
        else:
            pending.extend(reversed(one))


def _local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _no_kml() -> BadInput:
    return refused(mark("This is not a KML file, or it is damaged."))
