"""Number plates as people type them: one spelling, and what finds one that was seen in part."""

import re
import unicodedata

from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.security import blind_index

# For each character that was not seen.
UNSEEN = "?"
_FEWEST, _MOST = 2, 12
_PART = 3
_SIGNS_FOR_UNSEEN = str.maketrans("*_#", "???")
_BETWEEN = re.compile(r"[\s.\-·•/|–—]+")
# 1-ABC-123 since 2010, ABC-123 before.
_BELGIAN = re.compile(r"([1-9?]?)([A-Z?]{3})([0-9?]{3})")


def normalised(typed: str, field: str = "plate") -> str:
    """The letters and digits alone, "?" for each that was not seen; empty for nothing.

    Plates of every country are taken. Raises ``BadInput`` for what can be none.
    """
    apart = unicodedata.normalize("NFKD", typed.upper()).translate(_SIGNS_FOR_UNSEEN)
    letters = "".join(one for one in apart if not unicodedata.combining(one))
    plate = _BETWEEN.sub("", letters)
    if not plate:
        return ""
    is_one = re.fullmatch(r"[A-Z0-9?]+", plate) and _FEWEST <= len(plate) <= _MOST
    if not is_one or not plate.strip(UNSEEN):
        said = mark("Write letters and digits only, and ? for each that you did not see.")
        raise BadInput(FieldProblem(field, said))
    return plate


def is_complete(plate: str) -> bool:
    return bool(plate) and UNSEEN not in plate


def index(plate: str) -> str | None:
    """Finds the same plate; ``None`` for one that was seen in part only."""
    return blind_index(f"plate {plate}") if is_complete(plate) else None


def part_indexes(plate: str) -> set[str]:
    """Of every three characters that stand side by side; none where fewer were seen."""
    starts = range(len(plate) - _PART + 1)
    parts = {plate[at : at + _PART] for at in starts}
    return {blind_index(f"plate part {one}") for one in parts if UNSEEN not in one}


def may_be_one(one: str, other: str) -> bool:
    """Whether both may be the same plate: what was seen of the shorter fits somewhere in the other.

    Two complete ones are the same or not.
    """
    if is_complete(one) and is_complete(other) and len(one) == len(other):
        return one == other
    shorter, longer = sorted((one, other), key=len)
    places = range(len(longer) - len(shorter) + 1)
    return bool(shorter) and any(_fits(shorter, longer[at:]) for at in places)


def _fits(one: str, other: str) -> bool:
    pairs = zip(one, other, strict=False)
    return all(a == b or UNSEEN in (a, b) for a, b in pairs)


def shown(plate: str) -> str:
    """As it stands on a Belgian car; another as it is kept."""
    belgian = _BELGIAN.fullmatch(plate)
    return "-".join(part for part in belgian.groups() if part) if belgian else plate
