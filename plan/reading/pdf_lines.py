"""The lines of a PDF, its columns kept apart where they stand apart on the page."""

import io
import re

from pypdf import PageObject, PdfReader
from pypdf.errors import PdfReadError

_MOST_PAGES = 500
# WinAnsi has its bullet wherever no other sign stands; the library leaves the first place as it is.
_BULLET = "\x7f"
# Small enough for the space between two rows to become an empty line, and not that between two
# lines of one cell.
_ROW_SPACE = 0.75


def lines(content: bytes) -> list[str]:
    """Every line of every page. Raises ``ValueError`` for what cannot be read."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValueError("the PDF is locked with a password")
        if len(reader.pages) > _MOST_PAGES:
            raise ValueError("the PDF has too many pages")
        pages = [_text(page).replace(_BULLET, "•") for page in reader.pages]
    except (PdfReadError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise ValueError("the PDF is damaged") from None
    found: list[str] = []
    for page in pages:
        found += [*page.split("\n"), ""]
    if not any(re.search(r"\w", line) for line in found):
        raise ValueError("the PDF has no text, only pictures of it")
    return found


def _text(page: PageObject) -> str:
    apart = page.extract_text(extraction_mode="layout", layout_mode_font_height_weight=_ROW_SPACE)
    found = apart.split("\n")
    if 2 * sum(1 for line in found if line.strip()) > len(found):
        return apart
    # Set so wide that every line stands apart: then nothing is told by that.
    return page.extract_text(extraction_mode="layout")
