"""A zone from a file: GeoJSON, KML, KMZ or a zipped shapefile, known by name and by content."""

from pathlib import PurePath

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships import zone_text
from partnerships.outlines import Outline, from_geojson
from partnerships.zone_archive import Archive, refused
from partnerships.zone_coordinates import by_name
from partnerships.zone_kml import read_kml
from partnerships.zone_shapefile import read_shapefile

LARGEST_BYTES = 5 * 1024 * 1024
SUFFIXES = (".geojson", ".json", ".kml", ".kmz", ".zip")


def read_file(name: str, content: bytes) -> list[Outline]:
    """The areas in a file that somebody chose, in degrees of WGS 84, not checked yet.

    Raises ``BadInput`` about ``file`` when it is too large, is not what its name says, or holds no
    area.
    """
    if not content:
        raise refused(mark("Choose a file, and one that is not empty."))
    if len(content) > LARGEST_BYTES:
        raise refused(mark("It is larger than {most} MB."), most=LARGEST_BYTES // (1024 * 1024))
    readers = {
        ".geojson": _read_geojson,
        ".json": _read_geojson,
        ".kml": read_kml,
        ".kmz": _read_kmz,
        ".zip": _read_zip,
    }
    reader = readers.get(PurePath(name).suffix.lower())
    if reader is None:
        raise refused(mark("Only GeoJSON, KML, KMZ and zipped shapefiles can be read."))
    try:
        return reader(content)
    except BadInput as refusal:
        # The same readers serve the field for text; here it is the file that is wrong.
        raise BadInput(
            *(FieldProblem("file", one.message, one.values) for one in refusal.problems)
        ) from None


def _read_geojson(content: bytes) -> list[Outline]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused(
            mark("This is not GeoJSON with areas in it, as RFC 7946 describes it.")
        ) from None
    value = zone_text.read_json(text)
    outlines = from_geojson(value)
    system = _coordinate_system(value)
    return by_name(system)(outlines) if system else outlines


def _coordinate_system(value: object) -> str:
    """What GeoJSON of before 2016 says of itself; QGIS still writes it."""
    match value:
        case {"crs": {"properties": {"name": str(name)}}}:
            return name
    return ""


def _read_kmz(content: bytes) -> list[Outline]:
    archive = Archive(content)
    names = archive.named(".kml")
    if not names:
        raise refused(mark("There is no KML file in it."))
    return read_kml(archive.read(names[0]))


def _read_zip(content: bytes) -> list[Outline]:
    archive = Archive(content)
    if archive.named(".kml") and not archive.named(".shp"):
        return _read_kmz(content)
    return read_shapefile(archive)
