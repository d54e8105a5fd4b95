"""The XML of a sheet: what each cell holds, and what the spreadsheet has made of it."""

import re
from array import array
from dataclasses import dataclass
from datetime import datetime
from xml.parsers import expat

from openpyxl.utils.datetime import from_excel

from hub.i18n import mark
from partnerships.members_import.cells import Row, Spoilt, UnreadableList, clean

MOST_COLUMNS = 100
_MOST_ROWS_OF_A_SHEET = 1_048_576
# The most that Excel takes into one cell.
_LONGEST_TEXT = 32_767
# Ten different texts in each of the 200,000 rows that a list may have, of fifty letters each.
_MOST_TEXTS = 2_000_000
_MOST_TEXT_BYTES = 100 * 1024 * 1024
# Beyond fifteen digits a spreadsheet's number is not what was typed.
_EXACT = 10**15
_LETTERS = re.compile(r"[A-Z]{1,3}")

_NO_RESULT = mark(
    "The result of this formula is not in the file. Copy the column and paste it as values."
)
_IS_DATE = mark("The spreadsheet has made a date of this. Type it again, as text.")
_IS_FAULT = mark("The spreadsheet shows an error in this cell.")
_HAS_DOCTYPE = mark("This Excel file is damaged: it cannot be opened. Save it again.")
_HAS_TOO_MANY_TEXTS = mark(
    "This Excel file holds more text than any list of members. Copy the list into a new file."
)
_YES_NO = {"1": "true", "0": "false"}


@dataclass(frozen=True, slots=True)
class Styles:
    """Which styles show a number as a date or in percent, and from which day the dates count."""

    dates: frozenset[str]
    percents: frozenset[str]
    epoch: datetime


class _Parser:
    """What both parts have in common: names without their prefix, no document type."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse_doctype
        self.parser.CharacterDataHandler = self._text
        self._parts: list[str] = []
        self._length = 0
        self._is_text = False

    def _text(self, text: str) -> None:
        if self._is_text:
            self._length += len(text)
            if self._length > _LONGEST_TEXT:
                raise ValueError(self._length)
            self._parts.append(text)

    def _forget_text(self) -> None:
        self._parts.clear()
        self._length = 0


def _refuse_doctype(*_declared: object) -> None:
    # Entities that unfold into gigabytes are declared there; no workbook has one.
    raise UnreadableList(_HAS_DOCTYPE)


class Texts:
    """Many texts, found by number, in hardly more memory than their letters take."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("L", [0])

    def add(self, text: str) -> None:
        """Raises ``UnreadableList`` when there are more than any list has."""
        self._bytes += text.encode()
        self._ends.append(len(self._bytes))
        if len(self._ends) > _MOST_TEXTS or len(self._bytes) > _MOST_TEXT_BYTES:
            raise UnreadableList(_HAS_TOO_MANY_TEXTS)

    def __getitem__(self, number: int) -> str:
        """Raises ``IndexError`` for a number that no text has."""
        if number < 0:
            raise IndexError(number)
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode()


class SharedTexts(_Parser):
    """The texts that cells refer to by number."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = Texts()
        # How to pronounce a text is not part of it.
        self._is_phonetic = False
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "rPh":
            self._is_phonetic = True
        self._is_text = name == "t" and not self._is_phonetic

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._is_text = False
        if name == "rPh":
            self._is_phonetic = False
        elif name == "si":
            self.texts.add(clean("".join(self._parts)))
            self._forget_text()


class SheetReader(_Parser):
    """The rows of one sheet, as far as they have been fed to ``parser``."""

    def __init__(self, texts: Texts, styles: Styles) -> None:
        super().__init__()
        self._texts, self._styles = texts, styles
        self._done: list[Row] = []
        self._row, self._cells = 0, [""] * 0
        self._column, self._kind, self._style = -1, "n", ""
        self._is_formula = False
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def take(self) -> list[Row]:
        """The rows read since the last time."""
        done, self._done = self._done, []
        return done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._is_text = name in ("v", "t")
        if name == "c":
            self._start_cell(attributes)
        elif name == "f":
            self._is_formula = True
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._cells, self._column = [], -1
            if not 0 < self._row <= _MOST_ROWS_OF_A_SHEET:
                raise ValueError(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = _LETTERS.match(attributes.get("r", ""))
        self._column = _column(place[0]) if place else self._column + 1
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._is_formula = False
        self._forget_text()

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._is_text = False
        if name == "c":
            self._end_cell()
        elif name == "row":
            self._done.append(Row(self._row, self._cells))

    def _end_cell(self) -> None:
        typed = "".join(self._parts)
        if not (typed or self._is_formula) or self._column >= MOST_COLUMNS:
            return
        self._cells.extend([""] * (self._column + 1 - len(self._cells)))
        self._cells[self._column] = self._value(typed)

    def _value(self, typed: str) -> str:
        if not typed:
            # An empty text is a result as well.
            return "" if self._kind == "str" else Spoilt("=", _NO_RESULT)
        if self._kind == "s":
            return self._texts[int(typed)]
        if self._kind == "n":
            return self._number(typed)
        if self._kind == "e":
            return Spoilt(typed, _IS_FAULT)
        if self._kind == "d":
            return Spoilt(typed, _IS_DATE)
        return _YES_NO.get(typed, typed) if self._kind == "b" else clean(typed)

    def _number(self, typed: str) -> str:
        number = float(typed)
        if self._style in self._styles.dates:
            return Spoilt(_day(number, self._styles.epoch), _IS_DATE)
        if self._style in self._styles.percents:
            # As it was typed: 30 % is kept as 0.3.
            return f"{number * 100:.10g}%"
        is_whole = abs(number) < _EXACT and number.is_integer()
        return str(int(number)) if is_whole else typed


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _day(number: float, epoch: datetime) -> str:
    try:
        return str(from_excel(number, epoch)).removesuffix(" 00:00:00")
    except (ValueError, OverflowError):
        return str(number)
