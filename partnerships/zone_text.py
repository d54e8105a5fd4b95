"""A zone as text, for those who type it: a corner on each line, or GeoJSON.

Latitude comes first here, as maps and telephones show it; a blank line begins another part.
"""

import json
import re

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.outlines import Corner, Outline, Ring, from_geojson, to_geojson

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
# What may stand around two numbers: signs of degrees and sides of the world, brackets, commas.
_BESIDE_NUMBERS = re.compile(r"[\s,;()°NnEe]*")


def read(text: str) -> list[Outline]:
    """What somebody typed. Raises ``BadInput`` naming the line that is no corner."""
    if text.lstrip().startswith(("{", "[")):
        return from_geojson(read_json(text))
    parts: list[Ring] = [[]]
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            parts[-1].append(_corner(line, number))
        elif parts[-1]:
            parts.append([])
    rings = [closed(part) for part in parts if part]
    if not rings:
        raise BadInput(FieldProblem("geometry", mark("Draw the zone, or give its corners.")))
    return [[ring] for ring in rings]


def read_json(text: str) -> object:
    """Any JSON. Raises ``BadInput`` where it is none."""
    try:
        return json.loads(text, parse_int=float, parse_constant=_no_number)
    except (ValueError, RecursionError):
        sentence = mark("This cannot be read as JSON: a bracket or a comma is missing or too many.")
        raise BadInput(FieldProblem("geometry", sentence)) from None


def _no_number(word: str) -> float:
    raise ValueError(word)


def _corner(line: str, number: int) -> Corner:
    numbers = _NUMBER.findall(line)
    rest = _NUMBER.sub("", line)
    if len(numbers) != 2 or not _BESIDE_NUMBERS.fullmatch(rest):
        sentence = mark(
            "Line {line} is not a corner: give its latitude, then its longitude, "
            "such as 50.64020 5.57010."
        )
        raise BadInput(FieldProblem("geometry", sentence, (("line", number),)))
    latitude, longitude = (float(one.replace(",", ".")) for one in numbers)
    return longitude, latitude


def closed(ring: Ring) -> Ring:
    """The ring with its first corner at the end, too: who lists corners does not repeat it."""
    return ring if ring[0] == ring[-1] and len(ring) > 1 else [*ring, ring[0]]


def write(outlines: list[Outline]) -> str:
    """A corner on each line; GeoJSON where there are holes, which lines cannot tell."""
    if any(len(outline) > 1 for outline in outlines):
        return json.dumps(to_geojson(outlines))
    parts = ("\n".join(map(_line, opened(outline[0]))) for outline in outlines)
    return "\n\n".join(parts)


def opened(ring: Ring) -> Ring:
    """The ring without the corner that closes it, where it is closed."""
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def _line(corner: Corner) -> str:
    longitude, latitude = corner
    return f"{latitude:.7f} {longitude:.7f}"
