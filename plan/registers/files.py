"""A register as a file, out and in, with the same columns: what goes out may come in again.

A file is taken whole or not at all. Rows that are there already, to the letter, are passed over and
counted, so that the same file twice changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col

from hub import audit
from hub.db import unit_of_work
from hub.errors import BadInput, FieldProblem
from hub.i18n import LANGUAGE_NAMES, Language, mark, translate
from partnerships import spreadsheets
from partnerships.members_import.cells import Row, Spoilt
from partnerships.members_import.reading import open_list
from partnerships.spelling import plain
from plan.registers import rows
from plan.registers.cells import Cells
from plan.registers.circle import Circle
from plan.registers.columns import Column, Kind
from plan.registers.kinds import Register

MOST_ROWS = 5000
_FIRST_ROWS = 10
_AT_ONCE = 500
_DAYS = (Kind.DAY, Kind.MONTH, Kind.MOMENT)
_NO_HEADINGS = mark("None of the columns of this register was found. Begin with its own file.")
_TOO_MANY = mark("At most {count} rows in a file.")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with one row: its number in the spreadsheet, its column, a sentence."""

    row: int
    column: str
    problem: FieldProblem


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a file; with a problem nothing was entered."""

    entered: int = 0
    known: int = 0
    problems: Sequence[RowProblem] = field(default_factory=tuple)


def export(
    circle: Circle,
    register: Register,
    wanted: spreadsheets.Format,
    language: Language,
) -> Iterator[bytes]:
    """Note the export in the log of decisions, and give the file piece by piece, the newest entries
    first. What was taken back is not in it."""
    rows.refuse_town_registers(circle, register)
    subject = ("municipality", circle.town.id)
    by = circle.actor.account_id
    # By itself: the page that hands it out only reads.
    with unit_of_work() as recording:
        audit.record(recording, "register.export", subject, by=by, register=register.kind)
    return _file(circle, register, wanted, language)


def _file(
    circle: Circle, register: Register, wanted: spreadsheets.Format, language: Language
) -> Iterator[bytes]:
    with unit_of_work(read_only=True) as session:
        yield from spreadsheets.written(_lines(session, circle, register, language), wanted)


def _lines(
    session: Session, circle: Circle, register: Register, language: Language
) -> Iterator[list[str]]:
    cells = Cells(session, circle, language)
    yield [translate(language, one.label) for one in register.columns]
    after = None
    while True:
        page = rows.listed(session, circle, register, after, _AT_ONCE)
        for entry in page.entries:
            if not entry.is_taken_back:
                yield list(_signature(register, cells, entry.values))
        session.expunge_all()
        after = page.next
        if after is None:
            return


def _signature(register: Register, cells: Cells, values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(cells.in_file(one, values.get(one.name)) for one in register.columns)


def take_in(
    session: Session,
    circle: Circle,
    register: Register,
    cells: Cells,
    content: bytes,
    file_name: str,
) -> TakenIn:
    """Enter every row of a file, or none. Raises ``UnreadableList``, and ``BadInput`` naming
    ``list`` for a file that is none of this register's."""
    rows.refuse_town_registers(circle, register)
    lines = _rows_of(content, file_name)
    places, body = _places(register, lines)
    _refuse_missing(register, places)
    try:
        with session.begin_nested():
            return _entered(session, circle, register, cells, places, body)
    except _Refused as refusal:
        return TakenIn(problems=refusal.problems)


class _Refused(Exception):
    def __init__(self, problems: list[RowProblem]) -> None:
        super().__init__()
        self.problems = problems


def _rows_of(content: bytes, file_name: str) -> list[Row]:
    found = []
    for row in open_list(content, file_name).rows():
        if not row.is_blank:
            found.append(row)
        if len(found) > MOST_ROWS + _FIRST_ROWS:
            raise BadInput(FieldProblem("list", _TOO_MANY, (("count", MOST_ROWS),)))
    return found


def _places(register: Register, lines: list[Row]) -> tuple[dict[str, int], list[Row]]:
    """Where each column stands, by the first row that names some; and the rows below it."""
    names = _names(register)
    for number, row in enumerate(lines[:_FIRST_ROWS]):
        found: dict[str, int] = {}
        for place, cell in enumerate(row.cells):
            name = names.get(plain(cell))
            if name:
                found.setdefault(name, place)
        if len(found) > 1:
            return found, lines[number + 1 :]
    raise BadInput(FieldProblem("list", _NO_HEADINGS))


def _names(register: Register) -> dict[str, str]:
    """Each column by what it is called in any language, and by its own name."""
    called = {plain(one.name): one.name for one in register.columns}
    for language in LANGUAGE_NAMES:
        for one in register.columns:
            called.setdefault(plain(translate(language, one.label)), one.name)
    return called


def _refuse_missing(register: Register, places: Mapping[str, int]) -> None:
    needs = [one for one in register.columns if one.needed and one.kind is not Kind.TICK]
    missing = [one for one in needs if one.name not in places and one.name != "service_id"]
    if missing:
        raise BadInput(FieldProblem("list", mark("A column is missing: {column}"),
                                    (("column", missing[0].name),)))  # fmt: skip


def _entered(
    session: Session,
    circle: Circle,
    register: Register,
    cells: Cells,
    places: Mapping[str, int],
    body: list[Row],
) -> TakenIn:
    problems: list[RowProblem] = []
    read: list[rows.Values] = []
    entered = passed = 0
    for row in body:
        try:
            read.append(_typed_values(circle, register, cells, places, row))
        except BadInput as refusal:
            problems += [_of_row(register, row, one) for one in refusal.problems]
    if problems:
        raise _Refused(problems)
    known = _known(session, circle, register, cells, read)
    for row, values in zip(body, read, strict=True):
        signature = _signature(register, cells, values)
        if signature in known:
            passed += 1
            continue
        known.add(signature)
        try:
            rows.refuse_what_cannot_be(session, circle, register, values)
            rows.enter(session, circle, register, values, is_one=False)
            entered += 1
        except BadInput as refusal:
            problems += [_of_row(register, row, one) for one in refusal.problems]
    if problems:
        raise _Refused(problems)
    subject = ("municipality", circle.town.id)
    by = circle.actor.account_id
    audit.record(session, "register.import", subject, by=by, register=register.kind, rows=entered)
    return TakenIn(entered, passed)


def _typed_values(
    circle: Circle,
    register: Register,
    cells: Cells,
    places: Mapping[str, int],
    row: Row,
) -> rows.Values:
    typed = {}
    for column in register.columns:
        place = places.get(column.name, len(row.cells))
        cell = row.cells[place] if place < len(row.cells) else ""
        # A spreadsheet that made a date of a date has spoilt nothing.
        if isinstance(cell, Spoilt) and column.kind not in _DAYS:
            raise BadInput(FieldProblem(column.name, cell.reason))
        typed[column.name] = str(cell)
    return rows.cells_of(circle, register, cells, typed)


def _known(
    session: Session,
    circle: Circle,
    register: Register,
    cells: Cells,
    read: Sequence[rows.Values],
) -> set[tuple[str, ...]]:
    """What is there already of the days of this file, each as a file would have it."""
    model: Any = register.model
    wanted = rows.asked(circle, register)
    day = _day_of(register)
    if day is not None and read:
        given = [one[day.name] for one in read if one[day.name] is not None]
        if given:
            its = col(getattr(model, day.name))
            wanted = wanted.where(its >= min(given), its <= max(given))
    found = session.exec(wanted).all()
    entries = rows.entries_of(session, register, found)
    return {_signature(register, cells, one.values) for one in entries if not one.is_taken_back}


def _day_of(register: Register) -> Column | None:
    """The column that tells of which day an entry is."""
    for one in register.columns:
        if one.kind in _DAYS and one.needed and not one.is_beside:
            return one
    return None


def _of_row(register: Register, row: Row, problem: FieldProblem) -> RowProblem:
    return RowProblem(row.number, register.column(problem.field).label, problem)
