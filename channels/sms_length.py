"""How many parts a text message takes, and why (GSM 03.38; 3GPP TS 23.040)."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# GSM 03.38, default alphabet without ESC. The table has capital Ç but no small ç, though some
# print it so: phones show what the standard says.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM7 = _BASIC | _EXTENDED

GSM7_ALONE, GSM7_PART = 160, 153
UCS2_ALONE, UCS2_PART = 70, 67

_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "‚": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "‹": "'",
        "›": "'",
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "…": "...",
        "•": "-",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u200b": None,
        "\ufeff": None,
    }
)
# Letters that Unicode does not take apart.
_LETTERS = {"œ": "oe", "Œ": "OE", "ẞ": "SS", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i"}
# French sets a space inside its quotation marks; the plain ones have none.
_FRENCH_QUOTES = tuple(
    pair for gap in "\u00a0\u202f " for pair in (("«" + gap, '"'), (gap + "»", '"'))
)


@dataclass(frozen=True, slots=True)
class SmsLength:
    """`units` are septets in GSM-7 and 16-bit units in UCS-2.

    `offending` holds, once each and in order, the characters that force UCS-2.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    units: int
    offending: tuple[str, ...]


def as_sent(text: str) -> str:
    """`text` as it leaves: composed (NFC), for an accent beside its letter doubles the price."""
    return unicodedata.normalize("NFC", text)


def measure(text: str) -> SmsLength:
    """Parts and units of `text` as it is sent. An empty text takes 0 parts."""
    text = as_sent(text)
    if _GSM7.issuperset(text):
        sizes = [2 if c in _EXTENDED else 1 for c in text]
        return SmsLength("GSM-7", _parts(sizes, GSM7_ALONE, GSM7_PART), sum(sizes), ())
    sizes = [2 if c > "\uffff" else 1 for c in text]
    offending = tuple(dict.fromkeys(c for c in text if c not in _GSM7))
    return SmsLength("UCS-2", _parts(sizes, UCS2_ALONE, UCS2_PART), sum(sizes), offending)


def plain_replacement(text: str) -> str:
    """`text` with quotes, dashes, dots and spaces in their plain form; letters stay as they are.

    To be offered, never applied silently: it is the author's text.
    """
    text = as_sent(text)
    for fancy, plain in _FRENCH_QUOTES:
        text = text.replace(fancy, plain)
    return text.translate(_PLAIN)


def plain_spelling(text: str) -> str:
    """`plain_replacement`, and without the accents that GSM-7 has no letter for: ç is c, œ is oe.

    é è à ù ä ö ü ñ and their like stay, for they cost nothing; so does what has no plain form
    (emoji, other alphabets). To be offered, never applied silently.
    """
    return "".join(c if c in _GSM7 else _plain_letter(c) for c in plain_replacement(text))


def _plain_letter(letter: str) -> str:
    if not letter.isalpha():
        return letter
    parts = unicodedata.normalize("NFKD", _LETTERS.get(letter, letter))
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain if plain and _GSM7.issuperset(plain) else letter


def _parts(sizes: list[int], alone: int, part: int) -> int:
    total = sum(sizes)
    if total <= alone:
        return 1 if total else 0
    # Only a character of two units can leave a gap at the end of a part.
    return -(-total // part) if total == len(sizes) else _packed(sizes, part)


def _packed(sizes: Iterable[int], part: int) -> int:
    parts, used = 1, 0
    for size in sizes:
        used += size
        if used > part:
            parts, used = parts + 1, size
    return parts
