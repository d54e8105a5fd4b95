"""What a form of a register shows: each column with what is typed, what there is to choose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.web.forms import Form
from plan.registers.cells import Cells
from plan.registers.circle import Circle
from plan.registers.columns import Column, Kind, Source
from plan.registers.kinds import Register
from plan.registers.options import Options
from plan.registers.rows import Entry

# Lines for organisations that a new form has.
_LINES = 4


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form: ``chosen`` are the weekdays that are ticked, ``lines`` the
    organisations with their people."""

    column: Column
    typed: str
    options: Options = ()
    suggestions: Sequence[str] = ()

    @property
    def chosen(self) -> frozenset[str]:
        return frozenset(self.typed.replace(",", " ").split())

    @property
    def lines(self) -> list[tuple[str, str]]:
        pieces = [one.rpartition(":") for one in self.typed.split(";") if one.strip()]
        known = [(name.strip() or tail.strip(), tail.strip() if name else "")
                 for name, _colon, tail in pieces]  # fmt: skip
        return known + [("", "")] * max(1, _LINES - len(known))


def fields(
    circle: Circle,
    register: Register,
    cells: Cells,
    typed: Mapping[str, str],
    suggested: Mapping[str, Sequence[str]],
) -> list[Field]:
    """The fields of a form, without those in which there is nothing to choose."""
    return [
        Field(
            column,
            typed.get(column.name, ""),
            cells.options(column) if column.kind is Kind.CHOICE else (),
            suggested.get(column.name, ()),
        )
        for column in register.columns
        if not _is_settled(circle, column)
    ]


def _is_settled(circle: Circle, column: Column) -> bool:
    """A worker of one service writes for it."""
    return column.source is Source.SERVICE and not circle.keeps_all and len(circle.services) == 1


def first_typed(circle: Circle, register: Register) -> dict[str, str]:
    """What a new form has in it: today, himself."""
    typed = {one.name: one.first() for one in register.columns}
    for column in register.columns:
        if column.source is Source.WORKER and circle.own:
            typed[column.name] = str(circle.own.id)
        if column.source is Source.SERVICE and len(circle.services) == 1:
            typed[column.name] = str(circle.services[0].id)
    return typed


def of_entry(register: Register, cells: Cells, entry: Entry) -> dict[str, str]:
    """An entry as a form has it."""
    return {one.name: cells.typed(one, entry.values.get(one.name)) for one in register.columns}


def of_form(register: Register, form: Form) -> dict[str, str]:
    """What was typed, each column as one text."""
    return {one.name: _one(one, form) for one in register.columns}


def _one(column: Column, form: Form) -> str:
    if column.kind is Kind.WEEKDAYS:
        return " ".join(form.all(column.name))
    if column.kind is Kind.PRESENT and column.name not in form:
        names = form.all("organisation")
        people = form.all("organisation_people")
        pairs = zip(names, people, strict=False)
        # A semicolon parts organisations; in the name of one it is a comma.
        return "; ".join(
            f"{name.replace(';', ',')}: {many or 1}" for name, many in pairs if name.strip()
        )
    return form.text(column.name)
