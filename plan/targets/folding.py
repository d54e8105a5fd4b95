"""A text made comparable, letter by letter, so that a place in it is the same place in the text."""

import unicodedata
from functools import lru_cache

# Signs that are one thing written in several ways; each becomes one sign.
_SAME = {
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
    "⩾": "≥", "≧": "≥", "⩽": "≤", "≦": "≤", "＞": ">", "＜": "<", "﹥": ">", "﹤": "<",
    "％": "%", "﹪": "%", "∕": "/", "⁄": "/", "／": "/", "：": ":", "×": "x", "✕": "x",
}  # fmt: skip


class _Folding(dict[int, str]):
    """What each letter becomes, learnt as letters come."""

    def __missing__(self, code: int) -> str:
        self[code] = _one(chr(code))
        return self[code]


_FOLDING = _Folding()


def folded(text: str) -> str:
    """``text`` in small letters without accents, every space a plain one; as long as it was."""
    return text.translate(_FOLDING)


def _one(character: str) -> str:
    if character.isspace() or unicodedata.category(character) in ("Zs", "Cf", "Cc"):
        return " "
    if character in _SAME:
        return _SAME[character]
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    small = unicodedata.normalize("NFD", character.lower())[:1]
    return small or " "


@lru_cache(maxsize=20_000)
def words(text: str) -> str:
    """``text`` folded, with single spaces between its words."""
    return " ".join(folded(unicodedata.normalize("NFC", text)).split())
