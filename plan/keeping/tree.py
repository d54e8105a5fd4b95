"""A plan as a tree: its parts in order, with what each promises and what shows it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from plan.models import (
    ExpectedResult,
    Indicator,
    NodeKind,
    Plan,
    PlanNode,
    ResultIndicator,
    ResultMeasure,
)

Links = dict[UUID, tuple[UUID, ...]]


@dataclass(frozen=True)
class TreeNode:
    """A part of the plan, what stands under it, and what it promises itself."""

    node: PlanNode
    children: tuple["TreeNode", ...] = ()
    results: tuple[ExpectedResult, ...] = ()
    indicators: tuple[Indicator, ...] = ()

    def walk(self) -> Iterator["TreeNode"]:
        """It and everything under it, as printed from top to bottom."""
        yield self
        for child in self.children:
            yield from child.walk()

    @cached_property
    def all_results(self) -> tuple[ExpectedResult, ...]:
        """Those of the whole branch."""
        return tuple(result for one in self.walk() for result in one.results)

    @cached_property
    def all_indicators(self) -> tuple[Indicator, ...]:
        """Those of the whole branch."""
        return tuple(indicator for one in self.walk() for indicator in one.indicators)


@dataclass(frozen=True)
class PlanTree:
    """The whole plan. Ids that are not in ``indicators_of`` and the like have none."""

    plan: Plan
    roots: tuple[TreeNode, ...]
    # Result -> its indicators, and back; both in the order in which the plan prints them.
    indicators_of: Links = field(default_factory=dict)
    results_of: Links = field(default_factory=dict)
    # Result -> the measures that feed it.
    measures_of: dict[UUID, tuple[ResultMeasure, ...]] = field(default_factory=dict)

    def walk(self) -> Iterator[TreeNode]:
        """Every part, as printed from top to bottom."""
        for root in self.roots:
            yield from root.walk()

    @cached_property
    def nodes(self) -> dict[UUID, TreeNode]:
        return {one.node.id: one for one in self.walk()}

    @cached_property
    def results(self) -> dict[UUID, ExpectedResult]:
        return {result.id: result for one in self.walk() for result in one.results}

    @cached_property
    def indicators(self) -> dict[UUID, Indicator]:
        return {one.id: one for node in self.walk() for one in node.indicators}

    def above(self, node_id: UUID | None) -> tuple[TreeNode, ...]:
        """The parts that a part stands in, from the root down to it, itself the last."""
        path: list[TreeNode] = []
        while node_id is not None:
            path.append(self.nodes[node_id])
            node_id = path[-1].node.parent_id
        return tuple(reversed(path))

    def nearest(self, node_id: UUID, *kinds: NodeKind) -> TreeNode | None:
        """The closest part of one of these kinds that it is or stands in."""
        return next((n for n in reversed(self.above(node_id)) if n.node.kind in kinds), None)


def of_plan(session: Session, plan: Plan) -> PlanTree:
    """The whole plan, in five queries however long it is."""
    return _Rows(session, plan.id).tree(plan)


class _Rows:
    """What stands in the tables of one plan, by what it belongs to."""

    def __init__(self, session: Session, plan_id: UUID) -> None:
        self._under: dict[UUID | None, list[PlanNode]] = defaultdict(list)
        nodes = select(PlanNode).where(PlanNode.plan_id == plan_id)
        for node in session.exec(nodes.order_by(col(PlanNode.ordinal), col(PlanNode.id))):
            self._under[node.parent_id].append(node)
        self._results: dict[UUID, list[ExpectedResult]] = defaultdict(list)
        results = _of(select(ExpectedResult), ExpectedResult, plan_id)
        for result in session.exec(results):
            self._results[result.node_id].append(result)
        self._indicators: dict[UUID, list[Indicator]] = defaultdict(list)
        for indicator in session.exec(_of(select(Indicator), Indicator, plan_id)):
            self._indicators[indicator.node_id].append(indicator)
        links = select(ResultIndicator).join(
            ExpectedResult, col(ExpectedResult.id) == col(ResultIndicator.result_id)
        )
        self._links = session.exec(_within(links, plan_id)).all()
        measures = select(ResultMeasure).join(
            ExpectedResult, col(ExpectedResult.id) == col(ResultMeasure.result_id)
        )
        self._measures = session.exec(
            _within(measures, plan_id).order_by(col(ResultMeasure.measure))
        ).all()

    def tree(self, plan: Plan) -> PlanTree:
        roots = tuple(self._branch(node) for node in self._under[None])
        every = [one for root in roots for one in root.walk()]
        results = [result.id for one in every for result in one.results]
        indicators = [indicator.id for one in every for indicator in one.indicators]
        measures: dict[UUID, list[ResultMeasure]] = defaultdict(list)
        for row in self._measures:
            measures[row.result_id].append(row)
        return PlanTree(
            plan,
            roots,
            _linked([(row.result_id, row.indicator_id) for row in self._links], indicators),
            _linked([(row.indicator_id, row.result_id) for row in self._links], results),
            {result_id: tuple(rows) for result_id, rows in measures.items()},
        )

    def _branch(self, node: PlanNode) -> TreeNode:
        return TreeNode(
            node,
            tuple(self._branch(child) for child in _in_order(self._under[node.id])),
            tuple(self._results[node.id]),
            tuple(self._indicators[node.id]),
        )


def _in_order(nodes: list[PlanNode]) -> list[PlanNode]:
    """General objectives first, as plans print them: they are numbered by themselves."""
    return sorted(nodes, key=lambda one: one.kind is not NodeKind.GENERAL)


def _of(statement: Any, table: type[ExpectedResult] | type[Indicator], plan_id: UUID) -> Any:
    joined = statement.join(PlanNode, col(PlanNode.id) == col(table.node_id))
    return joined.where(PlanNode.plan_id == plan_id).order_by(col(table.ordinal), col(table.id))


def _within(statement: Any, plan_id: UUID) -> Any:
    joined = statement.join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
    return joined.where(PlanNode.plan_id == plan_id)


def _linked(pairs: list[tuple[UUID, UUID]], order: list[UUID]) -> Links:
    place = {each: at for at, each in enumerate(order)}
    linked: dict[UUID, list[UUID]] = defaultdict(list)
    for one, other in sorted(pairs, key=lambda pair: place.get(pair[1], 0)):
        linked[one].append(other)
    return {one: tuple(others) for one, others in linked.items()}
