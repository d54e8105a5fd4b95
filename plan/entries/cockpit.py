"""What a plan still wants of those who type: what is missing, waits, or is counted by the hub."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from hub.i18n import mark
from plan.keeping import tree
from plan.keeping.tree import PlanTree, TreeNode
from plan.measures.period import Period
from plan.models import Entry, ExpectedResult, Plan, PlanNode
from plan.standing import values
from plan.standing.judging import Judged, judged
from plan.standing.spans import Span
from plan.standing.values import Values

_SOON = timedelta(days=30)


class Want(StrEnum):
    """What is to be done about a result in a stretch of days."""

    OVERDUE = "overdue"  # the days are over and there is no figure
    SENT_BACK = "sent_back"
    DUE_SOON = "due_soon"
    SUBMITTED = "submitted"  # waits for approval
    DRAFT = "draft"
    MISSING = "missing"
    APPROVED = "approved"
    MEASURED = "measured"  # nobody needs to type it
    NOT_BEGUN = "not_begun"

    @property
    def label(self) -> str:
        """For people, in English."""
        return _LABELS[self]


_LABELS = {
    Want.OVERDUE: mark("Overdue"),
    Want.SENT_BACK: mark("Sent back"),
    Want.DUE_SOON: mark("Due within 30 days"),
    Want.SUBMITTED: mark("Waits for approval"),
    Want.DRAFT: mark("Draft"),
    Want.MISSING: mark("Not filled in yet"),
    Want.APPROVED: mark("Approved"),
    Want.MEASURED: mark("Counted by the hub"),
    Want.NOT_BEGUN: mark("Not begun"),
}


# What still wants a figure of whoever types.
OWED = frozenset({Want.OVERDUE, Want.SENT_BACK, Want.DUE_SOON, Want.DRAFT, Want.MISSING})


@dataclass(frozen=True, slots=True)
class Row:
    judged: Judged
    want: Want
    entry: Entry | None = None

    @property
    def result(self) -> ExpectedResult:
        return self.judged.result


@dataclass(frozen=True, slots=True)
class Group:
    """An objective with its results, and the part of the plan that it stands in."""

    node: PlanNode
    above: tuple[PlanNode, ...]
    rows: tuple[Row, ...]

    @property
    def is_settled(self) -> bool:
        """Nobody has to do anything about any of its results."""
        return not any(row.want in OWED or row.want is Want.SUBMITTED for row in self.rows)

    @property
    def counts(self) -> list[tuple[Want, int]]:
        """How many of its results are in each state, what presses first."""
        found = Counter(row.want for row in self.rows)
        return [(want, found[want]) for want in Want if found[want]]


@dataclass(frozen=True, slots=True)
class Cockpit:
    plan: Plan
    span: Span
    as_of: datetime
    groups: tuple[Group, ...]
    # Of all of them, also of those that a filter leaves out.
    counts: dict[Want, int]


def of_plan(
    session: Session,
    plan: Plan,
    span: Span,
    as_of: datetime,
    own: frozenset[UUID] | None,
    only: Want | None = None,
) -> Cockpit:
    """In a fixed number of questions. ``own`` are the services whose results are wanted."""
    whole = tree.of_plan(session, plan)
    known = values.of_plan(session, plan.id, as_of)
    steps = _newest_steps(session, whole, span.period)
    today = clock.in_brussels(as_of).date()
    groups = [
        _group(whole, known, steps, node, span.period, today, own)
        for node in whole.walk()
        if node.results
    ]
    counts = Counter(row.want for group in groups for row in group.rows)
    kept = (_cut(group, only) for group in groups)
    return Cockpit(plan, span, as_of, tuple(one for one in kept if one.rows), dict(counts))


def _group(
    whole: PlanTree,
    known: Values,
    steps: dict[UUID, Entry],
    node: TreeNode,
    period: Period,
    today: date,
    own: frozenset[UUID] | None,
) -> Group:
    wanted = (one for one in node.results if own is None or one.service_id in own)
    rows = tuple(_row(whole.plan, known, steps.get(one.id), one, period, today) for one in wanted)
    above = tuple(one.node for one in whole.above(node.node.id))[:-1]
    return Group(node.node, above, rows)


def _row(
    plan: Plan,
    known: Values,
    step: Entry | None,
    result: ExpectedResult,
    period: Period,
    today: date,
) -> Row:
    reached = known.of(result, period)
    is_counted = reached.is_known and not reached.typed
    one = judged(plan, result, reached, period, today)
    if is_counted:
        return Row(one, Want.MEASURED, step)
    if step is not None:
        return Row(one, Want(step.status.value), step)
    if reached.is_known:
        # Typed for parts of these days.
        return Row(one, Want.SUBMITTED if reached.provisional else Want.APPROVED)
    return Row(one, missing(period, today))


def missing(period: Period, today: date) -> Want:
    """What is to be done where nobody has typed a figure of these days."""
    if today < period.first:
        return Want.NOT_BEGUN
    if today > period.last:
        return Want.OVERDUE
    return Want.DUE_SOON if today + _SOON >= period.last else Want.MISSING


def _cut(group: Group, only: Want | None) -> Group:
    rows = tuple(row for row in group.rows if only is None or row.want is only)
    return Group(group.node, group.above, rows)


def _newest_steps(session: Session, whole: PlanTree, period: Period) -> dict[UUID, Entry]:
    rows = session.exec(
        select(Entry)
        .join(ExpectedResult, col(ExpectedResult.id) == col(Entry.result_id))
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(
            PlanNode.plan_id == whole.plan.id,
            Entry.period_start == period.first,
            Entry.period_end == period.last,
            Entry.area == "",
            col(Entry.worker_id).is_(None),
        )
        .order_by(col(Entry.entered_at), col(Entry.id))
    ).all()
    return {one.result_id: one for one in _last(rows)}


def _last(steps: Iterable[Entry]) -> list[Entry]:
    found = list(steps)
    superseded = {one.supersedes_id for one in found}
    return [one for one in found if one.id not in superseded]
