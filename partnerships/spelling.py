"""One spelling for what people write in many: to compare and to sort, never to show."""

import re
import unicodedata

_NO_LETTER = re.compile(r"[^\w]+")
# "D'Hondt" is as often written "Dhondt".
_APOSTROPHES = re.compile("['’ʼ`´]")


def plain(typed: str) -> str:
    """The letters and digits alone: "Chloé  D'HONDT-Noël" is "chloe dhondt noel"."""
    letters = _APOSTROPHES.sub("", typed.casefold())
    if not letters.isascii():
        apart = unicodedata.normalize("NFKD", letters)
        letters = "".join(one for one in apart if not unicodedata.combining(one))
    return _NO_LETTER.sub(" ", letters).strip()


def may_be_one(one: str, other: str) -> bool:
    """Whether two spellings may name one person: "M. Dupont" is perhaps "Marie Dupont".

    A family name alone is everybody's of the house, and initials alone are anybody's.
    """
    first, second = plain(one).split(), plain(other).split()
    if first == second:
        return bool(first)
    shorter, longer = sorted((first, second), key=len)
    whole = {word for word in shorter if len(word) > 1 and word in longer}
    left = [word for word in longer if word not in whole]
    for word in shorter:
        if word in whole:
            continue
        fitting = next((candidate for candidate in left if _fits(word, candidate)), None)
        if fitting is None:
            return False
        left.remove(fitting)
    return len(shorter) > 1 and bool(whole)


def _fits(word: str, other: str) -> bool:
    shorter, longer = sorted((word, other), key=len)
    return word == other or (len(shorter) == 1 and longer.startswith(shorter))
