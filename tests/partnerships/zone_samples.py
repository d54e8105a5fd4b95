"""Outlines and files for the tests of zones, made as the programs of others make them."""

import io
import json
import zipfile
from typing import Any

import shapefile

Corners = list[list[float]]

# In the town of the demo, beside its two zones.
WEST, SOUTH = 5.6, 50.65
# A square of about 700 m.
SQUARE: Corners = [[5.6, 50.65], [5.61, 50.65], [5.61, 50.6565], [5.6, 50.6565], [5.6, 50.65]]

LAMBERT_72 = (
    'PROJCS["Belge_Lambert_1972",GEOGCS["GCS_Belge_1972",DATUM["D_Belge_1972",'
    'SPHEROID["International_1924",6378388.0,297.0]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],'
    'PARAMETER["False_Easting",150000.01256],PARAMETER["False_Northing",5400088.4378],'
    'PARAMETER["Central_Meridian",4.367486666666666],PARAMETER["Standard_Parallel_1",49.8333339],'
    'PARAMETER["Standard_Parallel_2",51.16666723333333],PARAMETER["Latitude_Of_Origin",90.0],'
    'UNIT["Meter",1.0]]'
)
LAMBERT_2008 = (
    'PROJCS["ETRS_1989_Belgian_Lambert_2008",GEOGCS["GCS_ETRS_1989",DATUM["D_ETRS_1989",'
    'SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],'
    'PARAMETER["False_Easting",649328.0],PARAMETER["False_Northing",665262.0],'
    'PARAMETER["Central_Meridian",4.359215833333333],'
    'PARAMETER["Standard_Parallel_1",49.83333333333334],'
    'PARAMETER["Standard_Parallel_2",51.16666666666666],'
    'PARAMETER["Latitude_Of_Origin",50.797815],UNIT["Meter",1.0]]'
)
WGS_84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
HOME_MADE = LAMBERT_72.replace("150000.01256", "123456.7").replace("Belge_Lambert_1972", "Mine")


def polygon(*rings: Corners) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def moved(corners: Corners, east: float, north: float = 0.0) -> Corners:
    return [[round(one[0] + east, 7), round(one[1] + north, 7)] for one in corners]


def as_file(value: object) -> bytes:
    return json.dumps(value).encode()


def kml(*rings: str, outline: str = "Polygon") -> bytes:
    """A file as Google Earth saves it: longitude, latitude, height."""
    boundaries = "".join(
        f"<{name}><LinearRing><coordinates>\n {ring} \n</coordinates></LinearRing></{name}>"
        for name, ring in zip(("outerBoundaryIs", "innerBoundaryIs"), rings, strict=False)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><Placemark><name>PLP</name><{outline}>{boundaries}</{outline}></Placemark>"
        "</Document></kml>"
    ).encode()


def kml_ring(corners: Corners) -> str:
    return " ".join(f"{one[0]},{one[1]},0" for one in corners)


def zipped(**files: bytes) -> bytes:
    """A zip of files; ``shp`` is called ``zone.shp``."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix, content in files.items():
            archive.writestr(f"zone.{suffix}", content)
    return made.getvalue()


def shp(*rings: Corners, kind: int = shapefile.POLYGON) -> bytes:
    """The .shp of one shape."""
    made, index, table = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=made, shx=index, dbf=table, shapeType=kind) as writer:
        writer.field("NAME", "C")
        if kind == shapefile.POLYGON:
            # Esri's outer rings run clockwise.
            writer.poly([ring[::-1] for ring in rings])
        else:
            writer.line(list(rings))
        writer.record("zone")
    return made.getvalue()
