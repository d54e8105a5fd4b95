"""Cells, names and paper of the sheets of a workbook: what all of them have in common."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from math import ceil

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from hub.clock import in_brussels
from plan.models import Colour
from plan.report.words import legible

Value = str | int | float | date | datetime | None

_LONGEST_NAME = 31
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# Office programs keep these names for themselves.
_TAKEN = frozenset({"history"})
_LINE = Side(style="thin", color="8A93A3")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
WRAPPED = Alignment(wrap_text=True, vertical="top")
TITLE = Font(name="Calibri", size=14, bold=True, color="14305A")
HEADING = Font(name="Calibri", size=12, bold=True, color="14305A")
BOLD = Font(name="Calibri", size=11, bold=True)
BODY = Font(name="Calibri", size=11)
SMALL = Font(name="Calibri", size=9, color="4D5870")
HEAD_FILL = PatternFill("solid", fgColor="DCE4F0")
# Light enough for the black word on them, and apart from each other in grey.
FILLS = {
    Colour.GREEN: PatternFill("solid", fgColor="A9DDB7"),
    Colour.ORANGE: PatternFill("solid", fgColor="FFCF87"),
    Colour.RED: PatternFill("solid", fgColor="F4A19A"),
    Colour.GREY: PatternFill("solid", fgColor="D9DCE1"),
}
_POINTS_A_LINE, _HIGHEST = 15.0, 409.0


class Names:
    """Names for sheets: at most 31 characters, none of those Excel refuses, each only once."""

    def __init__(self, *taken: str) -> None:
        self._used = {one.casefold() for one in taken} | _TAKEN

    def free(self, wanted: str) -> str:
        plain = _NOT_IN_A_NAME.sub(" ", legible(wanted)).strip(" '") or "-"
        number, name = 1, plain[:_LONGEST_NAME].rstrip(" '")
        while name.casefold() in self._used:
            number += 1
            end = f" {number}"
            name = plain[: _LONGEST_NAME - len(end)].rstrip(" '") + end
        self._used.add(name.casefold())
        return name


def put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Value,
    font: Font = BODY,
    fill: PatternFill | None = None,
    *,
    boxed: bool = False,
) -> Cell | MergedCell:
    """Write one cell. A text stays a text: what begins with "=" never becomes a formula."""
    cell = sheet.cell(row, column)
    if isinstance(value, datetime):
        # A workbook knows no time zones: what a Belgian clock shows.
        value = in_brussels(value).replace(tzinfo=None, microsecond=0)
    cell.value = legible(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        # Typed over in a spreadsheet it stays one, too.
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
    cell.font, cell.alignment = font, WRAPPED
    if fill:
        cell.fill = fill
    if boxed:
        cell.border = BOX
    return cell


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column this wide: neither Excel nor LibreOffice sees to
    that where cells are merged."""
    return sum(max(1, ceil(len(line) * 1.1 / width)) for line in text.split("\n"))


def high(sheet: Worksheet, row: int, lines: float) -> None:
    sheet.row_dimensions[row].height = min(_HIGHEST, _POINTS_A_LINE * max(1.0, lines) + 3)


def table(
    sheet: Worksheet, heads: Sequence[str], rows: Sequence[Sequence[Value]], widths: Sequence[int]
) -> None:
    """A plain table from the first row on: its head stays in sight, and on every printed page."""
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), start=1):
        put(sheet, 1, column, head, BOLD, HEAD_FILL, boxed=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, values in enumerate(rows, start=2):
        for column, value in enumerate(values, start=1):
            put(sheet, number, column, value)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(rows) + 1}"


def on_paper(sheet: Worksheet, head: str, foot: str) -> None:
    """A4 lying, as wide as the page, with the report's name above and page numbers below."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.7
    assert sheet.oddHeader is not None
    assert sheet.oddFooter is not None
    sheet.oddHeader.left.text = _literal(head)
    sheet.oddHeader.right.text = "&A"
    sheet.oddFooter.left.text = _literal(foot)
    sheet.oddFooter.right.text = "&P / &N"


def _literal(text: str) -> str:
    # "&" begins a command there, and 255 characters are all there may be.
    return legible(text).replace("\n", " ")[:100].replace("&", "&&")
