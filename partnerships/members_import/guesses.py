"""What the columns of a list without headings may hold, by what stands in them."""

from collections.abc import Callable, Sequence

from partnerships import telephone
from partnerships.members_import.cells import Row
from partnerships.members_import.headings import Field, Mapping
from partnerships.telephone import NoNumber

_MOST = 0.6


def guess(rows: Sequence[Row]) -> Mapping:
    """A mapping to begin with, for a person to confirm; empty where nothing can be told."""
    width = max((len(row.cells) for row in rows), default=0)
    mapping: Mapping = {}
    for column in range(width):
        cells = [row.cells[column] for row in rows if column < len(row.cells)]
        meaning = _meaning([cell for cell in cells if cell])
        if meaning is Field.NAME and Field.NAME in mapping.values():
            continue
        if meaning is not None:
            mapping[column] = meaning
    # Without a number or an address it may be any table.
    return mapping if {Field.PHONE, Field.EMAIL} & set(mapping.values()) else {}


def _meaning(cells: Sequence[str]) -> Field | None:
    if _are(cells, lambda cell: "@" in cell):
        return Field.EMAIL
    if _are(cells, _is_number):
        return Field.PHONE
    return Field.NAME if _are(cells, _may_be_name) else None


def _are(cells: Sequence[str], what: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(map(what, cells)) >= _MOST * len(cells)


def _is_number(cell: str) -> bool:
    try:
        telephone.read(cell)
    except NoNumber:
        return False
    return True


def _may_be_name(cell: str) -> bool:
    return " " in cell and not any(character.isdigit() for character in cell)
