"""The areas in a zipped shapefile (Esri's technical description of 1998)."""

import io
import itertools
import struct
from pathlib import PurePosixPath

import shapefile

from hub.errors import BadInput
from hub.i18n import mark
from partnerships.outlines import Outline, from_geojson
from partnerships.zone_archive import Archive, refused
from partnerships.zone_coordinates import by_description

# What the first bytes of every shapefile say.
_FILE_CODE, _VERSION = 9994, 1000
_HEADER_BYTES = 100
_POLYGONS = (shapefile.POLYGON, shapefile.POLYGONZ, shapefile.POLYGONM)
_MOST_SHAPES = 2000


def read_shapefile(archive: Archive) -> list[Outline]:
    """Every polygon of the one shapefile in it, in degrees of WGS 84.

    Raises ``BadInput`` when it is damaged, holds no polygons, or does not say where on earth its
    coordinates are.
    """
    names = archive.named(".shp")
    if len(names) != 1:
        sentence = mark("The zip file must hold one shapefile (.shp with its .prj), not {count}.")
        raise refused(sentence, count=len(names))
    to_degrees = by_description(_description(archive, names[0]))
    return to_degrees(_outlines(archive.read(names[0])))


def _description(archive: Archive, shp: str) -> str:
    """What its .prj says: without it nobody knows whether these are metres, and whose."""
    wanted = PurePosixPath(shp).with_suffix("")
    for name in archive.named(".prj"):
        if PurePosixPath(name).with_suffix("") == wanted:
            return archive.read(name).decode("utf-8", errors="replace").strip("\ufeff\0 \r\n")
    sentence = mark("Its .prj file is missing, which says in which coordinates it is.")
    raise refused(sentence)


def _outlines(content: bytes) -> list[Outline]:
    _refuse_other_files(content)
    try:
        with shapefile.Reader(shp=io.BytesIO(content)) as reader:
            shapes = list(itertools.islice(reader.iterShapes(), _MOST_SHAPES + 1))
            geometries = [_lists(one.__geo_interface__) for one in shapes if one.points]
    except Exception:  # pyshp raises whatever it stumbles over in a damaged file
        raise _damaged() from None
    if len(shapes) > _MOST_SHAPES:
        raise refused(mark("It holds more than {most} shapes."), most=_MOST_SHAPES)
    try:
        return from_geojson({"type": "GeometryCollection", "geometries": geometries})
    except BadInput:
        raise _damaged() from None


def _refuse_other_files(content: bytes) -> None:
    if len(content) < _HEADER_BYTES:
        raise _damaged()
    code, words, version, kind = struct.unpack(">i20xi", content[:28]) + struct.unpack(
        "<2i", content[28:36]
    )
    if (code, version, 2 * words) != (_FILE_CODE, _VERSION, len(content)):
        raise _damaged()
    if kind not in _POLYGONS:
        sentence = mark("It holds no area, only points or lines. Save the zone as a polygon.")
        raise refused(sentence)


def _lists(geometry: object) -> object:
    """As JSON would have it: pyshp gives tuples."""
    if isinstance(geometry, dict):
        return {name: _lists(value) for name, value in geometry.items()}
    if isinstance(geometry, list | tuple):
        return [_lists(one) for one in geometry]
    return geometry


def _damaged() -> BadInput:
    return refused(mark("The shapefile in it is damaged."))
