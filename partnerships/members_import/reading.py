"""What kind of file a list is, and its rows. What it is decides, and its name must say the same."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import PurePath

from hub.i18n import mark
from partnerships.members_import import delimited, headings
from partnerships.members_import.cells import Row, UnreadableList
from partnerships.members_import.workbook import Sheet, Workbook

MOST_FILE_BYTES = 32 * 1024 * 1024
MOST_ROWS = 200_000
# Titles, addresses of the association, empty rows: a heading comes within these.
FIRST_ROWS = 30
_TEXT_ENDINGS = ("", ".csv", ".txt", ".tsv", ".tab")
_EXCEL_ENDINGS = ("", ".xlsx")
_ZIP = b"PK\x03\x04"
_OTHER_KINDS = (
    (
        b"\xd0\xcf\x11\xe0",
        mark(
            "This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a "
            "password, or as CSV."
        ),
    ),
    (b"%PDF", mark("This is a PDF file. The list itself is needed, as .xlsx or CSV.")),
    (b"{\\rtf", mark("This is a text document. Save the list as .xlsx or CSV.")),
    (b"\x89PNG", mark("This is a picture. The list itself is needed, as .xlsx or CSV.")),
    (b"\xff\xd8\xff", mark("This is a picture. The list itself is needed, as .xlsx or CSV.")),
    (b"\x1f\x8b", mark("This file is packed. Unpack it first.")),
    (b"7z\xbc\xaf", mark("This file is packed. Unpack it first.")),
    (b"Rar!", mark("This file is packed. Unpack it first.")),
)
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml")
_PLAIN_CONTROLS = frozenset(b"\t\n\r\f\x00\x1a\x1b")


@dataclass(frozen=True, slots=True)
class MembersList:
    """A list that can be read, as often as wanted. ``sheet`` is empty for a CSV file."""

    content: bytes
    workbook: Workbook | None = None
    sheet: Sheet | None = None

    def rows(self) -> Iterator[Row]:
        """Its rows, in order. Raises ``UnreadableList`` where reading cannot go on."""
        if self.workbook is not None and self.sheet is not None:
            return self.workbook.rows(self.sheet)
        return delimited.rows(self.content)

    def first_rows(self) -> list[Row]:
        """Where the heading is found, and what the columns look like."""
        return list(islice(self.rows(), FIRST_ROWS))

    @property
    def is_workbook(self) -> bool:
        return self.workbook is not None


def open_list(content: bytes, file_name: str) -> MembersList:
    """The list in a file. Raises ``UnreadableList`` with the reason when it is none."""
    if len(content) > MOST_FILE_BYTES:
        megabytes = MOST_FILE_BYTES // (1024 * 1024)
        raise UnreadableList(
            mark("This file is larger than {megabytes} MB. Cut the list in two."),
            megabytes=megabytes,
        )
    if not content.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise UnreadableList(mark("This file is empty."))
    ending = PurePath(file_name).suffix.lower()
    if content.startswith(_ZIP):
        return _open_workbook(content, ending)
    _refuse_other_kinds(content)
    if ending in _EXCEL_ENDINGS[1:]:
        raise UnreadableList(
            mark("Its name ends in .xlsx, but this is no Excel file. Save it again as .xlsx.")
        )
    if ending not in _TEXT_ENDINGS:
        raise UnreadableList(mark("A list has a name that ends in .xlsx or .csv."))
    return MembersList(content)


def _refuse_other_kinds(content: bytes) -> None:
    for beginning, reason in _OTHER_KINDS:
        if content.startswith(beginning):
            raise UnreadableList(reason)
    if content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise UnreadableList(
            mark("This is a web page, not a list. Open it in Excel and save it as .xlsx.")
        )
    controls = sum(byte < 32 and byte not in _PLAIN_CONTROLS for byte in content[:4096])
    if controls > len(content[:4096]) // 100:
        raise UnreadableList(mark("This file is no text. Save the list as .xlsx or CSV."))


def _open_workbook(content: bytes, ending: str) -> MembersList:
    _refuse_other_archives(content)
    if ending not in _EXCEL_ENDINGS:
        raise UnreadableList(
            mark("This is an Excel file, but its name ends in {ending}. Call it .xlsx."),
            ending=ending,
        )
    workbook = Workbook(content)
    if not workbook.sheets:
        raise UnreadableList(mark("There is no sheet in this Excel file."))
    return max(
        (MembersList(content, workbook, sheet) for sheet in workbook.sheets),
        key=lambda one: headings.likeness(one.first_rows()),
    )


def _refuse_other_archives(content: bytes) -> None:
    try:
        names = zipfile.ZipFile(BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        names = ["xl/workbook.xml"]  # opening it will say that it is damaged
    if "xl/workbook.xml" in names:
        return
    if "content.xml" in names:
        raise UnreadableList(mark("This is an OpenDocument file. Save it as .xlsx or CSV."))
    if "xl/workbook.bin" in names:
        raise UnreadableList(mark("This is a binary Excel file (.xlsb). Save it as .xlsx or CSV."))
    raise UnreadableList(mark("This file is packed, and there is no Excel sheet in it."))
