"""A territorial strategy: its axes, who answers for what until when, and its three kinds of
indicators side by side (seed 001: « réunis dans un tableau de bord »)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from plan.keeping.tree import PlanTree, TreeNode
from plan.models import Colour, Indicator, IndicatorClass, NodeKind, PlanNode
from plan.standing.standings import IndicatorStanding

# As the seed names them.
CLASSES = (IndicatorClass.CONTEXT, IndicatorClass.ACTIVITY, IndicatorClass.RESULT)


@dataclass(frozen=True, slots=True)
class Objective:
    """An operational objective; late when its day has passed and not all of it is green."""

    node: PlanNode
    standings: tuple[IndicatorStanding, ...]
    is_late: bool


@dataclass(frozen=True, slots=True)
class Axis:
    node: PlanNode
    part: str
    objectives: tuple[Objective, ...]
    by_class: Mapping[IndicatorClass, tuple[IndicatorStanding, ...]]


def axes(whole: PlanTree, standing: Mapping[UUID, IndicatorStanding], today: date) -> list[Axis]:
    """Every axis of the plan, as printed from top to bottom; what was closed is left out."""
    return [
        _axis(whole, one, standing, today)
        for one in whole.walk()
        if one.node.kind is NodeKind.STRATEGIC and one.node.closed_on is None
    ]


def _axis(
    whole: PlanTree, one: TreeNode, standing: Mapping[UUID, IndicatorStanding], today: date
) -> Axis:
    shown = [standing[each.id] for each in one.all_indicators if _is_open(each)]
    return Axis(
        one.node,
        whole.above(one.node.id)[0].node.label,
        tuple(
            _objective(whole, each, standing, today)
            for each in one.walk()
            if each.node.kind is NodeKind.OPERATIONAL and each.node.closed_on is None
        ),
        {
            kind: tuple(each for each in shown if each.indicator.indicator_class is kind)
            for kind in CLASSES
        },
    )


def _is_open(indicator: Indicator) -> bool:
    return indicator.closed_on is None


def _objective(
    whole: PlanTree, one: TreeNode, standing: Mapping[UUID, IndicatorStanding], today: date
) -> Objective:
    ids = dict.fromkeys(
        indicator_id
        for result in one.results
        for indicator_id in whole.indicators_of.get(result.id, ())
    )
    shown = tuple(standing[each] for each in ids if _is_open(standing[each].indicator))
    is_reached = bool(shown) and all(each.colour is Colour.GREEN for each in shown)
    until = one.node.due_on
    return Objective(one.node, shown, until is not None and until < today and not is_reached)
