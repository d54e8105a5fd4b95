"""The figures as tidy rows: one for each result, stretch of days and area, with ids that stay."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from plan.keeping.tree import PlanTree
from plan.measures.catalogue import MEASURES, Mode
from plan.measures.period import Period
from plan.models import (
    Entry,
    EntryStatus,
    Evidence,
    ExpectedResult,
    MeasureValue,
    PlanNode,
)
from plan.report.choices import Choices
from plan.report.contents import Row

_Found = dict[UUID, list[Row]]


def rows_of(
    session: Session, whole: PlanTree, shown: Sequence[ExpectedResult], choices: Choices
) -> tuple[Row, ...]:
    """What was measured and typed of each result within the period, in the plan's order. A result
    of which nothing is known has a row without a figure: none is left out."""
    measured = _measured(session, whole, choices)
    typed = _typed(session, whole, choices)
    return tuple(
        row
        for result in shown
        for row in [*measured[result.id], *typed[result.id]] or [_row(whole, result, choices)]
    )


def _row(whole: PlanTree, result: ExpectedResult, choices: Choices) -> Row:
    section = whole.above(result.node_id)[0]
    return Row(
        result_id=str(result.id),
        code=result.code,
        section=section.node.label,
        objective=whole.nodes[result.node_id].node.label,
        expected=result.raw,
        first=choices.period.first,
        last=choices.period.last,
    )


def _measured(session: Session, whole: PlanTree, choices: Choices) -> _Found:
    values = (
        select(MeasureValue)
        .join(ExpectedResult, col(ExpectedResult.id) == col(MeasureValue.result_id))
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(
            PlanNode.plan_id == whole.plan.id,
            col(MeasureValue.period_start) >= choices.period.first,
            col(MeasureValue.period_end) <= choices.period.last,
        )
        .order_by(
            col(MeasureValue.period_start), col(MeasureValue.period_end), col(MeasureValue.area)
        )
    )
    found: _Found = defaultdict(list)
    for one in session.exec(values):
        result = whole.results[one.result_id]
        known = MEASURES.get(one.measure)
        is_register = known is not None and known.mode is Mode.REGISTER
        blank = _row(whole, result, choices)
        found[one.result_id].append(
            Row(
                result_id=blank.result_id,
                code=blank.code,
                section=blank.section,
                objective=blank.objective,
                expected=blank.expected,
                first=one.period_start,
                last=one.period_end,
                area=one.area,
                measure=one.measure,
                version=one.definition_version,
                numerator=one.numerator,
                denominator=one.denominator,
                value=one.value,
                unknown=one.unknown,
                source="register" if is_register else "auto",
                at=one.computed_at,
            )
        )
    return found


def _typed(session: Session, whole: PlanTree, choices: Choices) -> _Found:
    """The newest of each that was typed by the day asked about; drafts only where wanted."""
    entries = (
        select(Entry)
        .join(ExpectedResult, col(ExpectedResult.id) == col(Entry.result_id))
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(
            PlanNode.plan_id == whole.plan.id,
            col(Entry.period_start) >= choices.period.first,
            col(Entry.period_end) <= choices.period.last,
            col(Entry.entered_at) < choices.moment,
        )
        .order_by(col(Entry.period_start), col(Entry.period_end), col(Entry.area), col(Entry.id))
    )
    every = list(session.exec(entries))
    first_step = _first_steps(every)
    if not choices.with_drafts:
        every = [one for one in every if one.status is EntryStatus.APPROVED]
    replaced = {one.supersedes_id for one in every}
    newest = [one for one in every if one.id not in replaced]
    evidence = _evidence(session, whole)
    found: _Found = defaultdict(list)
    for one in newest:
        blank = _row(whole, whole.results[one.result_id], choices)
        found[one.result_id].append(
            Row(
                result_id=blank.result_id,
                code=blank.code,
                section=blank.section,
                objective=blank.objective,
                expected=blank.expected,
                first=one.period_start,
                last=one.period_end,
                area=one.area,
                numerator=one.numerator,
                denominator=one.denominator,
                value=one.value,
                state=one.state.value if one.state else "",
                source="typed",
                status=one.status.value,
                at=one.entered_at,
                evidence=tuple(evidence[first_step[one.id]]),
            )
        )
    return found


def _first_steps(every: Sequence[Entry]) -> dict[UUID, UUID]:
    """Of each entry the first for its line and days, on which its proof hangs."""
    first: dict[tuple[UUID, Period, str, UUID | None], UUID] = {}
    for one in sorted(every, key=lambda each: (each.entered_at, each.id)):
        first.setdefault(_line(one), one.id)
    return {one.id: first[_line(one)] for one in every}


def _line(entry: Entry) -> tuple[UUID, Period, str, UUID | None]:
    days = Period(entry.period_start, entry.period_end)
    return (entry.result_id, days, entry.area, entry.worker_id)


def _evidence(session: Session, whole: PlanTree) -> dict[UUID, list[str]]:
    """The pieces of evidence of each figure, as their addresses: their names are somebody's."""
    pieces = (
        select(Evidence.subject_id, Evidence.id, Entry.result_id)
        .join(Entry, col(Entry.id) == col(Evidence.subject_id))
        .join(ExpectedResult, col(ExpectedResult.id) == col(Entry.result_id))
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(Evidence.subject_kind == "entry", PlanNode.plan_id == whole.plan.id)
        .order_by(col(Evidence.id))
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for subject, piece, result_id in session.exec(pieces):
        found[subject].append(f"/figures/{result_id}/evidence/{piece}")
    return found
