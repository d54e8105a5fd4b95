"""Short names for addresses: made once from a name, never changed when the name changes."""

import re
import unicodedata
from collections.abc import Callable
from itertools import count

_LONGEST = 60
_FOLDED = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o"})
# Pages of the register have these addresses.
_RESERVED = frozenset({"new", "map", "near", "groups", "import", "export"})


def slug_of(name: str) -> str:
    """The plain letters and figures of a name, joined by hyphens; empty if it has none."""
    letters = unicodedata.normalize("NFKD", name.lower().translate(_FOLDED))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].rstrip("-")


def free_slug(name: str, otherwise: str, is_taken: Callable[[str], bool]) -> str:
    """A slug nobody has, numbered where the plain one is taken; ``otherwise`` for no letters."""
    plain = slug_of(name) or otherwise
    if plain not in _RESERVED and not is_taken(plain):
        return plain
    return next(slug for slug in (f"{plain}-{one}" for one in count(2)) if not is_taken(slug))
