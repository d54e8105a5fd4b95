"""A reply as plain words: small letters, no accents, no decoration, one way to write each thing."""

import re
import unicodedata

# How people shorten words in a text message.
_SHORT = {
    "qqn": "quelqu un", "qqun": "quelqu un", "kelkun": "quelqu un", "ds": "dans", "dvt": "devant",
    "bjr": "bonjour", "slt": "salut", "vs": "vous", "pr": "pour", "bcp": "beaucoup",
    "mtn": "maintenant", "nimeer": "niet meer", "nimmeer": "niet meer",
}  # fmt: skip
_SHORTENED = re.compile(r"\b(?:" + "|".join(_SHORT) + r")\b")
# What casefolding and taking accents off leave as they are.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_APOSTROPHES = re.compile(r"[’‘`´ʼ＇]")
_ENDS = re.compile(r"[.!?;:,\n\r…]+")
# "stoooop": nobody's word has a letter three times.
_ELONGATED = re.compile(r"([a-z])\1{2,}")
_SPELLED = re.compile(r"(?:[a-z][\s.\-_*]+){2,}[a-z]\W*")


def plain(text: str) -> str:
    """The text in small letters without accents, elongations or what cannot be seen."""
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKD", _APOSTROPHES.sub("'", seen).casefold())
    bare = "".join(c for c in folded if not unicodedata.combining(c)).translate(_LETTERS)
    bare = re.sub(r"\ba\.u\.b\b\.?", "aub", re.sub(r"\bs\.v\.p\b\.?", "svp", bare))
    bare = _SHORTENED.sub(lambda found: _SHORT[found[0]], bare)
    if _SPELLED.fullmatch(bare.strip()):
        # "s.t.o.p" and "S T O P" are one word.
        bare = re.sub(r"[^a-z]", "", bare)
    return _ELONGATED.sub(r"\1", bare)


def clauses(text: str) -> list[str]:
    """The words of each clause of a plain text, with one blank between two of them."""
    parts = (" ".join(words(part)) for part in _ENDS.split(text))
    return [part for part in parts if part]


def words(text: str) -> list[str]:
    """The words of a plain text. Digits are not looked at: they are often a code or a number."""
    return re.findall(r"[^\W\d_]+", text)


def is_near(typed: str, meant: str) -> bool:
    """Whether two words differ by one slip: a letter too many, too few, wrong, or two swapped."""
    if abs(len(typed) - len(meant)) > 1 or typed == meant:
        return typed == meant
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return True
    rest, wanted = typed[start:], meant[start:]
    return (
        rest[1:] == wanted[1:]
        or rest[1:] == wanted
        or rest == wanted[1:]
        or (rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:])
    )
