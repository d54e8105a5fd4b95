"""A plan as a tidy table: a row for each expected result, with all that it stands in.

Objectives without a result and indicators that show none have rows of their own, so that the table
holds the whole plan. The headings are the same in every language: a program may read them.
"""

from collections.abc import Iterator, Mapping

from plan.keeping.reading_fields import typed_of
from plan.keeping.tree import PlanTree, TreeNode
from plan.models import ExpectedResult, Indicator, NodeKind

COLUMNS = (
    "part_code", "part_kind", "part", "part_catalogue",
    "general_code", "general_objective",
    "service_code", "service",
    "strategic_code", "strategic_objective", "strategic_catalogue",
    "operational_code", "operational_objective", "responsible", "due_on",
    "result_code", "result",
    "kind", "comparator", "evaluate_as", "target", "unit", "period",
    "aggregation", "per", "condition_text", "condition_value", "condition_unit",
    "inferred", "confirmed",
    "indicator_codes", "indicators", "indicator_classes",
    "measures",
)  # fmt: skip
BETWEEN = " | "
YES = "yes"
_PARTS = {
    NodeKind.SECTION: ("part_code", "part"),
    NodeKind.PHENOMENON: ("part_code", "part"),
    NodeKind.GENERAL: ("general_code", "general_objective"),
    NodeKind.SERVICE: ("service_code", "service"),
    NodeKind.STRATEGIC: ("strategic_code", "strategic_objective"),
    NodeKind.OPERATIONAL: ("operational_code", "operational_objective"),
}


def rows(tree: PlanTree) -> Iterator[list[str]]:
    """The heading and every row."""
    yield list(COLUMNS)
    for cells in _all(tree):
        yield [cells.get(name, "") for name in COLUMNS]


def _all(tree: PlanTree) -> Iterator[dict[str, str]]:
    for one in tree.walk():
        if one.node.closed_on is not None:
            continue
        above = _above(tree, one)
        said = False
        for result in one.results:
            if result.closed_on is None:
                yield above | _result(tree, result)
                said = True
        for indicator in one.indicators:
            if indicator.closed_on is None and not tree.results_of.get(indicator.id):
                yield above | _indicators([indicator])
                said = True
        if not said and not one.children:
            yield above


def _above(tree: PlanTree, of: TreeNode) -> dict[str, str]:
    cells: dict[str, str] = {}
    for one in tree.above(of.node.id):
        node = one.node
        code, label = _PARTS[node.kind]
        cells |= {code: node.code, label: node.label}
        if code == "part_code":
            cells |= {"part_kind": node.kind, "part_catalogue": node.catalogue_code}
        elif node.kind is NodeKind.STRATEGIC:
            cells["strategic_catalogue"] = node.catalogue_code
        elif node.kind is NodeKind.OPERATIONAL:
            cells["responsible"] = node.responsible
            cells["due_on"] = node.due_on.isoformat() if node.due_on else ""
    return cells


def _result(tree: PlanTree, result: ExpectedResult) -> dict[str, str]:
    shows = [tree.indicators[one] for one in tree.indicators_of.get(result.id, ())]
    feeds = tree.measures_of.get(result.id, ())
    return {
        "result_code": result.code,
        "result": result.raw,
        **typed_of(result),
        "inferred": BETWEEN.join(result.inferred),
        "confirmed": YES if result.confirmed_at else "",
        "measures": BETWEEN.join(with_filters(one.measure, one.filters) for one in feeds),
    } | _indicators(shows)


def with_filters(measure: str, filters: Mapping[str, str]) -> str:
    """A measure with what it is narrowed by: ``m.meetings[level=local; body=…]``."""
    said = "; ".join(f"{name}={filters[name]}" for name in sorted(filters) if filters[name])
    return f"{measure}[{said}]" if said else measure


def _indicators(indicators: list[Indicator]) -> dict[str, str]:
    return {
        "indicator_codes": BETWEEN.join(one.code for one in indicators),
        "indicators": BETWEEN.join(_kept_whole(one.text) for one in indicators),
        "indicator_classes": BETWEEN.join(one.indicator_class for one in indicators),
    }


def _kept_whole(text: str) -> str:
    return text.replace("|", "\\|")
