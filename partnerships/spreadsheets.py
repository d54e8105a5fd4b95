"""Lists for a spreadsheet, as CSV or Excel, in which no cell is ever taken for a formula.

A cell that begins with one of the signs below gets an apostrophe before it (ASVS 1.2.10): a name
such as ``=HYPERLINK(…)`` would else be worked out by the spreadsheet of whoever opens the file.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CHUNK_BYTES = 64 * 1024
# Excel in Belgium cuts at semicolons, and takes text without the mark for Windows-1252.
_SEPARATOR = ";"
_BYTE_ORDER_MARK = "\ufeff"


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def harmless(text: str) -> str:
    """The text of a cell that no spreadsheet works out."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def written(rows: Iterable[list[str]], wanted: Format) -> Iterator[bytes]:
    """The file, piece by piece: rows are taken as they are written."""
    return as_csv(rows) if wanted is Format.CSV else as_workbook(rows)


def as_csv(rows: Iterable[list[str]]) -> Iterator[bytes]:
    """A CSV file."""
    buffer = io.StringIO()
    buffer.write(_BYTE_ORDER_MARK)
    writer = csv.writer(buffer, delimiter=_SEPARATOR)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if buffer.tell() > _CHUNK_BYTES:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def as_workbook(rows: Iterable[list[str]]) -> Iterator[bytes]:
    """An Excel file of one sheet. All its cells are text: no zero is eaten."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_text_cell(sheet, cell) for cell in row])
    with tempfile.TemporaryFile() as file:
        workbook.save(file)
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=harmless(text))
    # Typed over, it stays text.
    cell.number_format = "@"
    return cell
