"""What is to grow or to fall: by how much, or down or up to what."""

import re

from plan.targets.numbers import Number
from plan.targets.vocabulary import TREND

_NEAR = 60
_START = re.compile(r"(?:[-•*·]? *)(?:x{1,4} )?(?:une? |la |le |l'|les |een |de )?")
# "Une baisse d'au moins 15 %".
_BY_AT_LEAST = re.compile(
    r"(?:\bde |\bd'|\bmet |\bvan )(?:au moins|au minimum|minimum|minstens|min\.?|plus|meer|>=?|≥)"
    r" *(?:de |d'|dan |a )?$"
)
_UP_OR_DOWN_TO = re.compile(r"(?:\bjusqu'a|\ba|\btot|\bnaar|\bop) *$")
_FROM = re.compile(r"(?:\bde|\bvan) *$")
_BETWEEN = re.compile(r" *%? *(?:a|tot|naar) *")
_HEADS = {"increase": ">=", "decrease": "<="}


def by_so_much(text: str, number: Number, end: int, comparator: str | None) -> str | None:
    """Whether a share is by how much something is to change: "une diminution de 15 %"."""
    left = text[: number.start]
    if comparator in (">", ">="):
        return begins(text) if _BY_AT_LEAST.search(left) else None
    if comparator or to_so_much(text, number.start):
        return None
    near = left[-80:]
    for name, words in TREND:
        found = list(words.finditer(near))
        if found and len(near) - found[-1].end() < _NEAR:
            return name
    named = re.match(r" *(?:de |d'|van )?(?:la )?", text[end : end + _NEAR])
    start = end + (named.end() if named else 0)
    for name, words in TREND:
        if words.match(text, start):
            return name
    after = re.search(r"(?:en|de) (plus|moins)(?! d)", text[end : end + _NEAR])
    return {"plus": "increase", "moins": "decrease"}[after[1]] if after else None


def begins(text: str) -> str | None:
    """Whether a text begins with what is to grow or fall, and which."""
    lead = _START.match(text)
    start = lead.end() if lead else 0
    return next((name for name, words in TREND if words.match(text, start)), None)


def to_so_much(text: str, start: int) -> str | None:
    """The comparator of the number that something is to rise or fall to: "ramener les plaintes à
    30" is at most 30."""
    left = text[:start]
    if re.search(r"[:;]", left) or not _UP_OR_DOWN_TO.search(left):
        return None
    moves = begins(text)
    return _HEADS[moves] if moves else None


def from_one_to_another(text: str, low: Number, high: Number) -> str | None:
    """The comparator of the second of two numbers: "passer de 12 à 20" is at least 20."""
    if low.value is None or high.value is None or low.value == high.value:
        return None
    if not begins(text) or not _FROM.search(text[: low.start]):
        return None
    if not _BETWEEN.fullmatch(text[low.end : high.start]):
        return None
    return ">=" if high.value > low.value else "<="
