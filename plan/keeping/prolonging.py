"""A plan goes on in the next period: a new draft with the same codes and the same targets."""

from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session

from hub import audit
from hub.columns import new_id
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships.typed_text import tidy
from plan.keeping import importing, tree
from plan.models import (
    ExpectedResult,
    Indicator,
    Plan,
    PlanNode,
    PlanStatus,
    ResultIndicator,
    ResultMeasure,
)

_Row = TypeVar("_Row", PlanNode, ExpectedResult, Indicator)
_NODE = (
    *("kind", "code", "label", "label_as_printed", "catalogue_code", "responsible", "ordinal"),
)
_RESULT = (
    *("ordinal", "code", "raw", "kind", "comparator", "evaluate_as", "target", "unit", "period"),
    *("aggregation", "condition", "per", "inferred", "flags", "confirmed_by", "confirmed_at"),
    "service_id",
)
_INDICATOR = ("ordinal", "code", "text", "indicator_class")


def next_days(plan: Plan) -> tuple[date, date]:
    """The period that follows, as long as this one."""
    first = plan.ends_on + timedelta(days=1)
    years = plan.ends_on.year - plan.starts_on.year + 1
    if (plan.starts_on.month, plan.starts_on.day, first.month, first.day) == (1, 1, 1, 1):
        return first, date(first.year + years - 1, 12, 31)
    return first, first + (plan.ends_on - plan.starts_on)


def prolong(session: Session, plan: Plan, title: str, days: tuple[str, str], by: UUID) -> Plan:
    """A new draft that goes on from ``plan``: what is closed stays behind, what was confirmed stays
    confirmed, and what fed a result feeds it again.

    Raises ``BadInput`` naming ``next_title``, ``next_starts_on`` or ``next_ends_on``.
    """
    name, period = _checked(plan, title, days)
    following = Plan(
        municipality_id=plan.municipality_id,
        title=name,
        starts_on=period[0],
        ends_on=period[1],
        method=plan.method,
        status=PlanStatus.DRAFT,
        prolongs_id=plan.id,
        source_name=plan.source_name,
        source_sha256=plan.source_sha256,
        catalogue_version=plan.catalogue_version,
        created_by=by,
    )
    session.add(following)
    session.flush()
    _copy(session, tree.of_plan(session, plan), following)
    audit.record(session, "plan.prolong", ("plan", following.id), by=by, before=str(plan.id))
    return following


def _checked(plan: Plan, title: str, days: tuple[str, str]) -> tuple[str, tuple[date, date]]:
    problems = []
    name = tidy(title)[: importing.LONGEST_TITLE]
    if not name:
        problems.append(FieldProblem("next_title", mark("Say what this plan is called.")))
    try:
        period = importing.period_of(*days)
    except BadInput as refusal:
        named = [FieldProblem(f"next_{o.field}", o.message, o.values) for o in refusal.problems]
        raise BadInput(*problems, *named) from None
    if period[0] <= plan.ends_on:
        overlap = mark("The next period begins after this plan has ended.")
        problems.append(FieldProblem("next_starts_on", overlap))
    if problems:
        raise BadInput(*problems)
    return name, period


def _copy(session: Session, whole: tree.PlanTree, following: Plan) -> None:
    """The tree again with ids of its own, parents first."""
    ids: dict[UUID, UUID] = {}
    for one in whole.walk():
        node = one.node
        is_under_closed = node.parent_id is not None and node.parent_id not in ids
        if node.closed_on is not None or is_under_closed:
            continue
        made = _again(PlanNode, node, _NODE)
        made.plan_id = following.id
        made.parent_id = ids[node.parent_id] if node.parent_id else None
        ids[node.id] = made.id
        session.add(made)
        session.flush()
        rows: list[ExpectedResult | Indicator] = [*one.results, *one.indicators]
        for row in rows:
            if row.closed_on is None:
                _copy_row(session, row, made, ids)
    session.flush()
    _copy_links(session, whole, ids)


def _copy_row(
    session: Session, row: ExpectedResult | Indicator, node: PlanNode, ids: dict[UUID, UUID]
) -> None:
    made: ExpectedResult | Indicator
    if isinstance(row, ExpectedResult):
        made = _again(ExpectedResult, row, _RESULT)
    else:
        made = _again(Indicator, row, _INDICATOR)
    made.node_id = node.id
    ids[row.id] = made.id
    session.add(made)


def _copy_links(session: Session, whole: tree.PlanTree, ids: dict[UUID, UUID]) -> None:
    for result_id, indicators in whole.indicators_of.items():
        for indicator_id in indicators:
            if result_id in ids and indicator_id in ids:
                session.add(
                    ResultIndicator(result_id=ids[result_id], indicator_id=ids[indicator_id])
                )
    for result_id, measures in whole.measures_of.items():
        for one in measures if result_id in ids else ():
            filters = dict(one.filters)
            session.add(
                ResultMeasure(result_id=ids[result_id], measure=one.measure, filters=filters)
            )
    session.flush()


def _again(table: type[_Row], row: _Row, columns: tuple[str, ...]) -> _Row:
    return table(id=new_id(), **{name: getattr(row, name) for name in columns})
