"""A tidy table on its way into a plan: its rows, what is wrong in them, what was made of them."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session

from hub.i18n import mark
from plan.keeping import codes
from plan.keeping.changes import Facts
from plan.keeping.tree import PlanTree

_BETWEEN = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """``number`` is the one the spreadsheet shows; a column that the file lacks is not in
    ``cells``."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """What is wrong in one cell."""

    row: int
    column: str
    message: str
    values: tuple[tuple[str, str | int], ...] = ()


class WrongRow(Exception):
    """This row cannot be put anywhere: what comes after in it says nothing more."""


@dataclass
class Table:
    """What all parts of a row share: the plan it goes into, what is wrong, what was made."""

    session: Session
    tree: PlanTree
    by: UUID
    is_new: bool
    problems: list[SheetProblem] = field(default_factory=list)
    made: list[tuple[str, str, Facts]] = field(default_factory=list)
    changed: int = 0
    added: int = 0
    # In which row each code was said, and with what text.
    said: dict[str, tuple[int, str]] = field(default_factory=dict)

    def wrong(self, at: SheetRow, column: str, message: str, /, **values: str | int) -> WrongRow:
        """Keep what is wrong in one cell; to be raised where the row can go no further."""
        self.problems.append(SheetProblem(at.number, column, message, tuple(values.items())))
        return WrongRow()

    def note(self, what: str, code: str, **facts: str | int | None) -> None:
        """For the journal of the plan."""
        self.made.append((what, code, facts))

    def is_added(self, code: str) -> bool:
        """Whether this table brought the result with this code."""
        return any(what == "result_added" and made == code for what, made, _facts in self.made)

    def agrees(self, row: SheetRow, column: str, code: str, text: str) -> None:
        first = self.said.setdefault(code, (row.number, text))
        if first[1] != text:
            message = mark("Row {row} says another text for the same code.")
            raise self.wrong(row, column, message, row=first[0])

    def checked_code(self, row: SheetRow, column: str, code: str) -> None:
        if code and not codes.SHAPE.fullmatch(code):
            raise self.wrong(row, column, mark("A code has small letters, figures, dots only."))


def parts(cell: str) -> list[str]:
    """What stands between the bars of a cell."""
    return [one.replace("\\|", "|").strip() for one in _BETWEEN.split(cell)] if cell else []
