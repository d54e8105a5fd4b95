"""The table of figures as a workbook: what is to be filled in stands out, the rest is grey."""

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from hub.i18n import Language, mark, translate
from plan.entries import table
from plan.entries.table import TYPED, Asked, Column
from plan.report import sheets

_WIDTHS = {
    Column.CODE: 16, Column.LINE: 14, Column.SPAN: 9, Column.SERVICE: 20, Column.OBJECTIVE: 34,
    Column.RESULT: 50, Column.OF: 20, Column.WANTED: 10, Column.WANT: 18, Column.VALUE: 14,
    Column.NUMERATOR: 12, Column.DENOMINATOR: 14, Column.STATE: 16, Column.NOTE: 44,
    Column.STEP: 12,
}  # fmt: skip
# For the hub alone: whoever fills in the table has no use for them.
_HIDDEN = (Column.LINE, Column.STEP)
_TO_FILL_IN = PatternFill("solid", fgColor="FFF6CC")
_NOT_FOR_IT = PatternFill("solid", fgColor="E4E6EA")
_AS_TEXT = "@"
_COLUMNS = list(Column)


def workbook(asked: Sequence[Asked], rows: Sequence[Sequence[str]], language: Language) -> bytes:
    """The XLSX file. ``rows`` are the cells of each figure that is asked for."""
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = sheets.Names().free(translate(language, mark("Figures")))
    sheets.table(sheet, table.heads(language), rows, [_WIDTHS[one] for one in _COLUMNS])
    for number, one in enumerate(asked, start=2):
        for column in TYPED:
            cell = sheet.cell(number, _place(column))
            is_wanted = column in one.wants
            cell.fill = _TO_FILL_IN if is_wanted else _NOT_FOR_IT
            cell.border = sheets.BOX
            # Else "30%" would be kept as 0.3, and 1.2 as the first of February.
            cell.number_format = _AS_TEXT
    for column in _HIDDEN:
        sheet.column_dimensions[get_column_letter(_place(column))].hidden = True
    _offer_answers(sheet, len(rows), language)
    # What each row is about stays in sight on a narrow screen.
    sheet.freeze_panes = "B2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _place(column: Column) -> int:
    return _COLUMNS.index(column) + 1


def _offer_answers(sheet: Worksheet, rows: int, language: Language) -> None:
    """The three answers to choose from, in the column of answers."""
    if not rows:
        return
    words = ",".join(table.states(language).values())
    offered = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
    letter = get_column_letter(_place(Column.STATE))
    offered.add(f"{letter}2:{letter}{rows + 1}")
    sheet.add_data_validation(offered)
