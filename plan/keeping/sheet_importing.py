"""A tidy table comes back: each row finds its place by its code, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from uuid import UUID

from sqlmodel import Session

from hub import audit
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.members_import.cells import UnreadableList
from partnerships.members_import.reading import open_list
from partnerships.models import Organisation
from plan.keeping import changes, importing, tree
from plan.keeping.sheet import COLUMNS
from plan.keeping.sheet_rows import Applying
from plan.keeping.sheet_table import SheetProblem, SheetRow, Table
from plan.keeping.storing import Source
from plan.models import Plan, PlanStatus
from plan.reading.files import LARGEST

_ENDINGS = (".xlsx", ".csv", ".tsv")
_WORKBOOK = b"xl/workbook.xml"
_MOST_ROWS = 5_000
_FIRST_ROWS = 30
# Without these no row can be understood.
_NEEDED = ("operational_objective", "result")


class SheetRefused(Exception):
    """What is wrong with the table, row by row. Nothing of it was taken."""

    def __init__(self, problems: Sequence[SheetProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(problems)} problems")


@dataclass(frozen=True, slots=True)
class Taken:
    """How much of the plan the table changed."""

    changed: int
    added: int


def is_sheet(source: Source) -> bool:
    """Whether the file is a table, by its name, or by what an Excel file has in it."""
    named = PurePath(source.name).suffix.lower() in _ENDINGS
    return named or (source.content.startswith(b"PK\x03\x04") and _WORKBOOK in source.content)


def take(session: Session, plan: Plan, source: Source, by: UUID) -> Taken:
    """Change the plan to what the table says. Rows find what they are about by their code; a row
    without a code is new; what has no row stays as it is.

    Raises ``UnreadableList`` for no table, ``SheetRefused`` naming rows and columns; then nothing
    has changed.
    """
    table = _applied(session, plan, source, by, is_new=False)
    made = [*table.made]
    if made:
        told = {"changed": table.changed, "added": table.added}
        changes.note_all(session, plan, [("sheet", "", told), *made], by)
    return Taken(table.changed, table.added)


def as_new_plan(
    session: Session,
    source: Source,
    wish: importing.Wish,
    towns: Sequence[Organisation],
    by: UUID,
) -> Plan:
    """A table that holds a whole plan becomes a draft. Raises ``BadInput``, and what ``take``
    raises."""
    if len(source.content) > LARGEST:
        raise BadInput(FieldProblem("file", mark("This document is too large.")))
    title, town, days = importing.settled(wish, towns)
    plan = Plan(
        municipality_id=town,
        title=title,
        starts_on=days[0],
        ends_on=days[1],
        method=importing.method_of(wish),
        status=PlanStatus.DRAFT,
        source_name=importing.short_name(source.name),
        source_sha256=source.sha256,
        created_by=by,
    )
    session.add(plan)
    session.flush()
    _applied(session, plan, source, by, is_new=True)
    audit.record(session, "plan.store", ("plan", plan.id), by=by)
    return plan


def _applied(session: Session, plan: Plan, source: Source, by: UUID, *, is_new: bool) -> Table:
    rows = _rows(source)
    applying = Applying(session, tree.of_plan(session, plan), by, is_new=is_new)
    with session.begin_nested():
        for row in rows:
            applying.take(row)
        if applying.table.problems:
            raise SheetRefused(applying.table.problems)
        applying.finish()
    return applying.table


def _rows(source: Source) -> list[SheetRow]:
    """The rows under the heading. Raises ``UnreadableList`` for a file without our heading."""
    every = iter(open_list(source.content, source.name).rows())
    columns: dict[str, int] = {}
    for row, _number in zip(every, range(_FIRST_ROWS), strict=False):
        columns = {name: at for at, name in enumerate(row.cells) if name in COLUMNS}
        if all(name in columns for name in _NEEDED):
            break
    else:
        raise UnreadableList(
            mark("The heading of the table was not found: it has the columns {columns}."),
            columns=", ".join(_NEEDED),
        )
    found = []
    for row in every:
        if not row.is_blank:
            found.append(SheetRow(row.number, _cells(columns, row.cells)))
        if len(found) > _MOST_ROWS:
            raise UnreadableList(mark("The table has more than {rows} rows."), rows=_MOST_ROWS)
    if not found:
        raise UnreadableList(mark("The table has no rows under its heading."))
    return found


def _cells(columns: dict[str, int], cells: list[str]) -> dict[str, str]:
    return {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
