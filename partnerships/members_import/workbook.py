"""An Excel workbook (.xlsx): its visible sheets, and their rows one by one.

Read with expat straight from the archive: ``openpyxl`` reads sheets with a parser in Python once
``defusedxml`` guards it, which is many times slower, and it does not tell a formula without a
result from an empty cell.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from hub.i18n import mark
from partnerships.members_import.cells import Row, UnreadableList
from partnerships.members_import.sheet_xml import SharedTexts, SheetReader, Styles, Texts

# What an archive says it unpacks to is the most that is ever read of it.
_MOST_UNPACKED_BYTES = 300 * 1024 * 1024
_MOST_SMALL_PART_BYTES = 8 * 1024 * 1024
_MOST_PARTS = 2000
_CHUNK_BYTES = 64 * 1024
# Sheets shrink to a tenth, one of empty rows to a thirtieth; what shrinks further was made to.
_GREATEST_SHRINKAGE = 100
_TOO_SMALL_TO_HARM = 4 * 1024 * 1024
# One mark of XML, with all its attributes, that the parser must keep whole.
_LONGEST_MARK = 1024 * 1024

_FOLDER = "xl"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"
_TEXTS = "xl/sharedStrings.xml"

_IS_DAMAGED = mark("This Excel file is damaged: it cannot be opened. Save it again.")
_IS_TOO_LARGE = mark("This Excel file is too large once unpacked. Cut the list in two.")
_IS_BOMB = mark(
    "This Excel file unpacks to a hundred times its size: no list does. Copy the list into a new "
    "file."
)
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, ParseError, DefusedXmlException),
    *(KeyError, IndexError, ValueError, EOFError, OSError, RuntimeError),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A visible sheet: its name, and the part of the archive it is in."""

    name: str
    part: str


class Workbook:
    """An open workbook. Raises ``UnreadableList`` when it is damaged or unpacks to too much."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self._refuse_bombs()
            described = self._tree(_WORKBOOK)
            self.sheets = _sheets(described, self._tree(_RELATIONS))
            self._styles = _styles(self._tree(_STYLES), described)
            self._texts = self._shared_texts()
        except _DAMAGED:
            raise UnreadableList(_IS_DAMAGED) from None

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """The rows of a sheet that are written down in it, in order. No formula is worked out."""
        reader = SheetReader(self._texts, self._styles)
        try:
            for _chunk in self._fed(sheet.part, reader.parser):
                yield from reader.take()
        except _DAMAGED:
            raise UnreadableList(_IS_DAMAGED) from None

    def _refuse_bombs(self) -> None:
        parts = self._archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED_BYTES:
            raise UnreadableList(_IS_TOO_LARGE)
        if any(map(_is_a_bomb, parts)):
            raise UnreadableList(_IS_BOMB)

    def _tree(self, part: str) -> Element | None:
        """A part that describes the others; ``None`` where there is none."""
        if part not in self._archive.namelist():
            return None
        if self._archive.getinfo(part).file_size > _MOST_SMALL_PART_BYTES:
            raise UnreadableList(_IS_TOO_LARGE)
        tree: Element = fromstring(self._archive.read(part))
        return tree

    def _shared_texts(self) -> Texts:
        reader = SharedTexts()
        if _TEXTS in self._archive.namelist():
            for _chunk in self._fed(_TEXTS, reader.parser):
                pass
        return reader.texts

    def _fed(self, part: str, parser: expat.XMLParserType) -> Iterator[None]:
        with self._archive.open(part) as file:
            fed = 0
            while chunk := file.read(_CHUNK_BYTES):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > _LONGEST_MARK:
                    raise ValueError(fed)
                yield
        parser.Parse(b"", True)
        yield


def _is_a_bomb(part: zipfile.ZipInfo) -> bool:
    shrinkage = part.file_size / max(1, part.compress_size)
    return part.file_size > _TOO_SMALL_TO_HARM and shrinkage > _GREATEST_SHRINKAGE


def _named(tree: Element | None, name: str) -> Iterator[Element]:
    """The elements of this name, in whichever of the two namespaces of the format."""
    for element in tree.iter() if tree is not None else ():
        if element.tag.rpartition("}")[2] == name:
            yield element


def _attribute(element: Element, name: str) -> str:
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def _sheets(workbook: Element | None, relations: Element | None) -> list[Sheet]:
    parts = {
        _attribute(one, "Id"): normpath(join("/", _FOLDER, _attribute(one, "Target"))).lstrip("/")
        for one in _named(relations, "Relationship")
    }
    visible = [one for one in _named(workbook, "sheet") if _attribute(one, "state") in _SHOWN]
    return [Sheet(_attribute(one, "name"), parts[one.attrib[_relation_of(one)]]) for one in visible]


_SHOWN = ("", "visible")


def _relation_of(sheet: Element) -> str:
    return next(name for name in sheet.attrib if name.endswith("}id"))


def _styles(styles: Element | None, workbook: Element | None) -> Styles:
    own = {
        _attribute(one, "numFmtId"): _attribute(one, "formatCode")
        for one in _named(styles, "numFmt")
    }
    formats = {str(number): code for number, code in BUILTIN_FORMATS.items()} | own
    cells = next(_named(styles, "cellXfs"), None)
    shown = {
        str(number): formats.get(_attribute(style, "numFmtId"), "")
        for number, style in enumerate(cells if cells is not None else ())
    }
    dates = frozenset(number for number, code in shown.items() if is_date_format(code))
    percents = frozenset(number for number, code in shown.items() if code.endswith("%"))
    from_1904 = any(
        _attribute(one, "date1904") in ("1", "true") for one in _named(workbook, "workbookPr")
    )
    return Styles(dates, percents, MAC_EPOCH if from_1904 else WINDOWS_EPOCH)
