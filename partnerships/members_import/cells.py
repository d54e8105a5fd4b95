"""One cell of a list: its text, and whether the spreadsheet has spoilt what was typed there."""

import re
from dataclasses import dataclass

from hub.errors import HubError
from partnerships.typed_text import tidy

# Longer than any name, address or list of numbers; what is beyond would be a file within a cell.
_LONGEST_CELL = 2000
# ="0475123456" keeps a zero from being eaten; a leading apostrophe, as ours, keeps a sum from
# being one.
_AS_TEXT = re.compile(r'="(.*)"|\'([=+\-@].*)', re.DOTALL)
_LINES = re.compile(r"\s*[,;]?\s*[\r\n]+\s*")
# UTF-8 that somebody has opened as Windows-1252 and saved: "ChloÃ©".
_TWICE_ENCODED = re.compile(r"[ÂÃ][\x80-\xff€-™]")


class Spoilt(str):
    """A cell whose text is not what was typed. ``reason`` is a sentence for people."""

    reason: str

    def __new__(cls, text: str, reason: str) -> "Spoilt":
        made = super().__new__(cls, text)
        made.reason = reason
        return made


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list. ``number`` is the one a spreadsheet shows beside it."""

    number: int
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        return not any(self.cells)


class UnreadableList(HubError):
    """A file that is no list we can read; the message says why, and what to do."""

    status = 422


def clean(text: str) -> str:
    """The text of a cell without what nobody typed."""
    text = text[:_LONGEST_CELL]
    if text.isascii() and text.isprintable() and not text.startswith(("=", "'")):
        return text if text.isalnum() else tidy(text)
    kept = _AS_TEXT.fullmatch(text.strip())
    if kept:
        text = kept[1] or kept[2] or ""
    # Lines within a cell: two numbers, or a street and a town.
    return tidy(_LINES.sub(", ", _mended(text).strip()))


def _mended(text: str) -> str:
    if not _TWICE_ENCODED.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
