"""The lines of a Word document: a paragraph is a line, a row of a table is one with its cells."""

import io
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LARGEST = 60_000_000


def lines(content: bytes) -> list[str]:
    """Every paragraph and row in order. Raises ``ValueError`` for what is no Word document."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if parts.getinfo("word/document.xml").file_size > _LARGEST:
            raise ValueError("the document is too large")
        written = parts.read("word/document.xml")
    try:
        body = fromstring(written).find(f"{_W}body")
    except (ParseError, DefusedXmlException):
        raise ValueError("the Word document is damaged") from None
    if body is None:
        raise ValueError("the Word document has no text")
    return list(_blocks(body))


def _blocks(parent: Element) -> Iterator[str]:
    for child in parent:
        if child.tag == f"{_W}p":
            yield from _paragraph(child).split("\n")
        elif child.tag == f"{_W}tbl":
            yield from _table(child)
            yield ""
        elif child.tag == f"{_W}sdt":
            for inner in child.iter(f"{_W}sdtContent"):
                yield from _blocks(inner)
                break


def _paragraph(paragraph: Element) -> str:
    """Its text; a line break within it begins a new line."""
    said = []
    for one in paragraph.iter():
        if one.tag == f"{_W}t":
            said.append(one.text or "")
        elif one.tag == f"{_W}tab":
            # Those that set where tabs stop have no place in the text.
            said.append(" " if one.get(f"{_W}val") is None else "")
        elif one.tag in (f"{_W}br", f"{_W}cr"):
            said.append("\n")
        elif one.tag == f"{_W}noBreakHyphen":
            said.append("-")
    return "".join(said)


def _table(table: Element) -> Iterator[str]:
    for row in table.iter(f"{_W}tr"):
        cells = [_cell(one) for one in _cells(row)]
        if len(cells) == 1:
            # A frame around a heading, not a row.
            yield from cells[0]
            continue
        # Several paragraphs in a cell are several results: each gets its own row.
        height = max((len(one) for one in cells), default=0)
        for at in range(height):
            yield "\t".join(one[at] if at < len(one) else "" for one in cells)


def _cells(row: Element) -> list[Element]:
    found = []
    for cell in row:
        if cell.tag == f"{_W}tc":
            found.append(cell)
        elif cell.tag == f"{_W}sdt":
            found += list(cell.iter(f"{_W}tc"))
    return found


def _cell(cell: Element) -> list[str]:
    merged = cell.find(f"{_W}tcPr/{_W}vMerge")
    if merged is not None and merged.get(f"{_W}val") != "restart":
        return [""]
    paragraphs = [" ".join(_paragraph(one).split("\n")) for one in cell.iter(f"{_W}p")]
    return [one for one in paragraphs if one.strip()] or [""]
