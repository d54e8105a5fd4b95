"""What people paste: invisible characters taken out, every kind of space made one."""

import unicodedata

# How to show a character, not what it is; and marks of direction that telephones copy along.
_VARIATIONS = "︎️"


def tidy(typed: str) -> str:
    """The text with single spaces and nothing invisible in it."""
    if not typed.isprintable():
        typed = "".join(map(_visible, typed))
    return " ".join(typed.split())


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    return "" if category in ("Cc", "Cf", "Cs", "Co", "Cn") else character


def plain_digits(text: str) -> str:
    """Arabic, full-width and other digits, dashes and brackets as the ones of a telephone."""
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(character) == "Pd" or character == "−":
        return "-"
    if "！" <= character <= "～":
        return unicodedata.normalize("NFKC", character)
    return "" if character in _VARIATIONS else character
