"""The figures of a plan as a table to fill in: a row for each figure that is typed, and its cells.

The first three columns say which figure it is, the last one what was there when the table was
written: by those a filled table finds back (see ``table_taking``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from hub import clock
from hub.i18n import Language, mark, translate
from plan.dashboard.words import Words
from plan.entries import cockpit, entering, lines, numbers
from plan.entries.cockpit import Cockpit, Row, Want
from plan.entries.figures import SHARES, STATES, Figure
from plan.entries.lines import WHOLE, Line
from plan.models import Entry, EntryState, EntryStatus, ExpectedResult, Plan
from plan.standing.spans import Span

# What nobody types.
_LEFT_OUT = frozenset({Want.MEASURED, Want.NOT_BEGUN})


class Column(StrEnum):
    CODE = "code"
    LINE = "line"
    SPAN = "span"
    SERVICE = "service"
    OBJECTIVE = "objective"
    RESULT = "result"
    OF = "of"
    WANTED = "wanted"
    WANT = "want"
    VALUE = "value"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    STATE = "state"
    NOTE = "note"
    STEP = "step"

    @property
    def label(self) -> str:
        """For people, in English."""
        return _LABELS[self]


_LABELS: Mapping[Column, str] = {
    Column.CODE: mark("Code"),
    Column.LINE: mark("Code of the zone or worker"),
    Column.SPAN: mark("Period"),
    Column.SERVICE: mark("Service"),
    Column.OBJECTIVE: mark("Objective"),
    Column.RESULT: mark("Expected result"),
    Column.OF: mark("Zone or worker"),
    Column.WANTED: mark("Wanted"),
    Column.WANT: mark("How it stands"),
    Column.VALUE: mark("Number, or percentage"),
    Column.NUMERATOR: mark("How many"),
    Column.DENOMINATOR: mark("Out of how many"),
    Column.STATE: mark("Yes, no or in progress"),
    Column.NOTE: mark("Note"),
    Column.STEP: mark("Step (leave as it is)"),
}
TYPED = (Column.VALUE, Column.NUMERATOR, Column.DENOMINATOR, Column.STATE, Column.NOTE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One row: the figure of one line of a result, and what was typed of it last."""

    row: Row
    line: Line
    want: Want
    entry: Entry | None
    objective: str

    @property
    def result(self) -> ExpectedResult:
        return self.row.result

    @property
    def wants(self) -> frozenset[Column]:
        """The columns that are for this kind of result."""
        return wanted_of(self.result)


def wanted_of(result: ExpectedResult) -> frozenset[Column]:
    """The columns in which a figure of this result is typed."""
    if result.kind in STATES:
        return frozenset({Column.STATE, Column.NOTE})
    if result.kind in SHARES:
        return frozenset({Column.NUMERATOR, Column.DENOMINATOR, Column.VALUE, Column.NOTE})
    return frozenset({Column.VALUE, Column.NOTE})


def asked(session: Session, plan: Plan, span: Span, own: frozenset[UUID] | None) -> list[Asked]:
    """Every figure that is typed for these days, in the order of the plan; what the hub counts is
    not in it. ``own`` are the services whose results are wanted."""
    whole = cockpit.of_plan(session, plan, span, clock.now(), own)
    return list(_asked(session, whole))


def _asked(session: Session, whole: Cockpit) -> Iterator[Asked]:
    today = clock.in_brussels(whole.as_of).date()
    period = whole.span.period
    for group in whole.groups:
        for row in group.rows:
            if row.want in _LEFT_OUT or _is_typed_in_parts(row):
                continue
            each = lines.of_result(session, whole.plan, row.result, period)
            if not each:
                yield Asked(row, WHOLE, row.want, row.entry, group.node.label)
                continue
            steps = entering.newest_of_lines(session, row.result.id, period)
            for line in each:
                step = steps.get(line.key)
                want = Want(step.status.value) if step else cockpit.missing(period, today)
                yield Asked(row, line, want, step, group.node.label)


def _is_typed_in_parts(row: Row) -> bool:
    """Known by the figures of shorter stretches, such as its quarters: nobody types it again."""
    return row.entry is None and row.want in (Want.SUBMITTED, Want.APPROVED) and not row.result.per


def heads(language: Language) -> list[str]:
    return [translate(language, one.label) for one in Column]


def cells(one: Asked, span: Span, services: Mapping[UUID, str], language: Language) -> list[str]:
    """One row as text, in the order of the columns."""
    words = Words(language)
    judged = one.row.judged
    last = typed(one.entry)
    told = {
        Column.CODE: one.result.code,
        Column.LINE: one.line.key,
        Column.SPAN: span.key,
        Column.SERVICE: services.get(one.result.service_id, "") if one.result.service_id else "",
        Column.OBJECTIVE: one.objective,
        Column.RESULT: one.result.raw,
        Column.OF: one.line.name,
        Column.WANTED: "" if judged.wanted is None else words.amount(judged.wanted, judged),
        Column.WANT: translate(language, one.want.label),
        Column.VALUE: numbers.written(last.value),
        Column.NUMERATOR: numbers.written(last.numerator),
        Column.DENOMINATOR: numbers.written(last.denominator),
        Column.STATE: words.state(last.state) if last.state else "",
        Column.NOTE: last.note,
        Column.STEP: str(one.entry.id) if one.entry else "",
    }
    return [told[column] for column in Column]


def typed(entry: Entry | None) -> Figure:
    """What stands in a row already. Why a figure was sent back is no note of whoever types it."""
    if entry is None:
        return Figure()
    note = "" if entry.status is EntryStatus.SENT_BACK else entry.note
    return Figure(entry.value, entry.numerator, entry.denominator, entry.state, note)


def states(language: Language) -> dict[EntryState, str]:
    """The three answers, in the words of one language."""
    words = Words(language)
    return {one: words.state(one) for one in EntryState}
