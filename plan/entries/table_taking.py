"""A filled table of figures comes back: every row of it, or none.

A row finds its figure by the code of the result, its line and its days. Rows in which nothing is
typed, or nothing new, are passed over and counted; so the same table twice changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit
from hub.access import Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import LANGUAGE_NAMES, mark, translate
from partnerships.members_import.cells import Row, Spoilt, clean
from partnerships.members_import.reading import open_list
from partnerships.spelling import plain
from plan.entries import entering, lines, numbers, table
from plan.entries.figures import SHARES, Figure
from plan.entries.lines import Line
from plan.entries.table import TYPED, Column
from plan.models import EntryState, EntryStatus, ExpectedResult, Plan, PlanNode
from plan.standing import spans
from plan.standing.spans import Span

MOST_ROWS = 2000
_FIRST_ROWS = 30
_NEEDED = (Column.CODE, Column.SPAN)
_NUMBERS = (Column.VALUE, Column.NUMERATOR, Column.DENOMINATOR)
# Which column a refusal of the figure itself speaks of.
_COLUMN_OF = {"period": Column.SPAN, "span": Column.SPAN} | {one.value: one for one in TYPED}
_NO_HEADINGS = mark("This is no table of figures: take the one that is given out here.")
_TOO_MANY = mark("At most {count} rows in a file.")
_NO_RESULT = mark("No result that you type has this code.")
_NO_LINE = mark("This result has no such zone or worker.")
_NO_STATE = mark("Choose one of the three.")
_TWICE = mark("Row {row} gives this figure, too.")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row: its number in the spreadsheet, its column, a sentence."""

    row: int
    column: Column
    problem: FieldProblem


class TableRefused(Exception):
    """What is wrong, row by row. Nothing of the table was taken."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(problems)} problems")


@dataclass(frozen=True, slots=True)
class Taken:
    """How many figures were kept, and how many rows said nothing new."""

    kept: int
    passed_over: int


@dataclass(frozen=True, slots=True)
class _Typed:
    """A row that says something new."""

    row: int
    result: ExpectedResult
    span: Span
    line: Line
    figure: Figure
    seen: UUID | None


def take(
    session: Session, actor: Actor, plan: Plan, content: bytes, file_name: str, *, submit: bool
) -> Taken:
    """Keep what was typed, as drafts or sent in.

    Raises ``UnreadableList``, and ``BadInput`` naming ``file``, for what is no table of figures;
    ``TableRefused`` naming rows and columns; ``Conflict`` where the plan is not in force.
    """
    entering.refuse_closed(plan)
    places, body = _places(_rows_of(content, file_name))
    taking = _Taking(session, actor, plan, places, submit=submit)
    for row in body:
        taking.read(row)
    with session.begin_nested():
        taking.keep()
    audit.record(
        session, "figures.import", ("plan", plan.id), by=actor.account_id, rows=len(taking.typed)
    )
    return Taken(len(taking.typed), len(body) - len(taking.typed))


def _rows_of(content: bytes, file_name: str) -> list[Row]:
    found = []
    for row in open_list(content, file_name).rows():
        if not row.is_blank:
            found.append(row)
        if len(found) > MOST_ROWS + _FIRST_ROWS:
            raise BadInput(FieldProblem("file", _TOO_MANY, (("count", MOST_ROWS),)))
    return found


def _places(rows: list[Row]) -> tuple[dict[Column, int], list[Row]]:
    """Where each column stands, by its name in any language; and the rows below the heading."""
    called = {
        plain(translate(language, one.label)): one for language in LANGUAGE_NAMES for one in Column
    }
    for number, row in enumerate(rows[:_FIRST_ROWS]):
        found: dict[Column, int] = {}
        for place, cell in enumerate(row.cells):
            column = called.get(plain(cell))
            if column:
                found.setdefault(column, place)
        if all(one in found for one in _NEEDED):
            return found, rows[number + 1 :]
    raise BadInput(FieldProblem("file", _NO_HEADINGS))


class _Taking:
    """One table on its way in: what is wrong in it, and what it says that is new."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        plan: Plan,
        places: Mapping[Column, int],
        *,
        submit: bool,
    ) -> None:
        self._session, self._actor, self._plan = session, actor, plan
        self._places, self._submit = places, submit
        self._results = _own_results(session, actor, plan)
        self._spans = {one.key: one for one in spans.every(plan)}
        self._states = _states()
        self._first: dict[tuple[UUID, str, str], int] = {}
        self._problems: list[RowProblem] = []
        self.typed: list[_Typed] = []

    def read(self, row: Row) -> None:
        """What one row says, or what is wrong with it."""
        typed = {one: self._cell(row, one) for one in TYPED}
        if not any(typed.values()):
            return
        try:
            result, span, line = self._figure_of(row)
            figure = self._figure(result, typed)
        except BadInput as refusal:
            self._refuse(row.number, refusal.problems)
            return
        newest = entering.newest(self._session, result.id, span.period, line)
        is_the_same = newest is not None and _signature(figure) == _signature(table.typed(newest))
        if is_the_same and not (newest and newest.status is EntryStatus.DRAFT and self._submit):
            return
        # Whoever says what stands there already may go on from it, whatever he has read.
        seen = newest.id if newest and is_the_same else _id(self._cell(row, Column.STEP))
        self.typed.append(_Typed(row.number, result, span, line, figure, seen))

    def keep(self) -> None:
        """Raises ``TableRefused``; what was kept before that is to be undone."""
        # Always in the same order: two tables that come in at once wait for each other, not both.
        for one in sorted(self.typed, key=lambda each: (each.result.id, each.row)):
            try:
                entering.enter(
                    self._session,
                    self._actor,
                    one.result.id,
                    one.span.period,
                    one.figure,
                    seen=one.seen,
                    submit=self._submit,
                    line=one.line,
                )
            except BadInput as refusal:
                self._refuse(one.row, refusal.problems)
            except Conflict as refusal:
                self._refuse(one.row, [FieldProblem(Column.STEP.value, refusal.message)])
        if self._problems:
            raise TableRefused(sorted(self._problems, key=lambda each: each.row))

    def _figure_of(self, row: Row) -> tuple[ExpectedResult, Span, Line]:
        result = self._results.get(self._cell(row, Column.CODE))
        if result is None:
            raise BadInput(FieldProblem(Column.CODE.value, _NO_RESULT))
        span = self._spans.get(self._cell(row, Column.SPAN))
        if span is None:
            raise BadInput(FieldProblem("span", mark("Give a quarter or a year of the plan.")))
        key = self._cell(row, Column.LINE)
        first = self._first.setdefault((result.id, span.key, key), row.number)
        if first != row.number:
            raise BadInput(FieldProblem(Column.CODE.value, _TWICE, (("row", first),)))
        try:
            line = lines.chosen(self._session, self._plan, result, span.period, key)
        except NotFound:
            raise BadInput(FieldProblem(Column.LINE.value, _NO_LINE)) from None
        return result, span, line

    def _figure(self, result: ExpectedResult, typed: Mapping[Column, str]) -> Figure:
        problems = [
            FieldProblem(column.value, cell.reason)
            for column, cell in typed.items()
            if isinstance(cell, Spoilt)
        ]
        if problems:
            raise BadInput(*problems)
        read: dict[str, float | None] = {}
        for column in _NUMBERS:
            bare = typed[column]
            if column is Column.VALUE and result.kind in SHARES:
                bare = bare.rstrip().removesuffix("%")
            try:
                read[column.value] = numbers.read(column.value, bare)
            except BadInput as refusal:
                problems.extend(refusal.problems)
        state = self._states.get(plain(typed[Column.STATE]))
        if typed[Column.STATE] and state is None:
            problems.append(FieldProblem(Column.STATE.value, _NO_STATE))
        if problems:
            raise BadInput(*problems)
        return Figure(**read, state=state, note=typed[Column.NOTE])

    def _cell(self, row: Row, column: Column) -> str:
        place = self._places.get(column, len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""

    def _refuse(self, row: int, problems: Sequence[FieldProblem]) -> None:
        for one in problems:
            column = _COLUMN_OF.get(one.field) or Column(one.field)
            self._problems.append(RowProblem(row, column, one))


def _own_results(session: Session, actor: Actor, plan: Plan) -> dict[str, ExpectedResult]:
    own = entering.own_services(session, actor, plan)
    rows = session.exec(
        select(ExpectedResult)
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(PlanNode.plan_id == plan.id)
    )
    return {one.code: one for one in rows if own is None or one.service_id in own}


def _states() -> dict[str, EntryState]:
    """Each answer by its word in any language, and by its own name."""
    called = {plain(one.value): one for one in EntryState}
    for language in LANGUAGE_NAMES:
        called |= {plain(word): one for one, word in table.states(language).items()}
    return called


def _signature(figure: Figure) -> tuple[str, ...]:
    """A figure as a table has it: to compare."""
    told = (numbers.written(one) for one in (figure.value, figure.numerator, figure.denominator))
    return (*told, figure.state.value if figure.state else "", clean(figure.note))


def _id(typed: str) -> UUID | None:
    """``None`` of nothing, and of what is no id: no step has that one, either."""
    try:
        return UUID(typed)
    except ValueError:
        return None
