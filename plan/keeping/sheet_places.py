"""Where a row of a tidy table stands in the plan: phenomenon, service, objectives."""

from datetime import date

from hub.errors import BadInput
from hub.i18n import mark
from messaging import phenomena
from partnerships.typed_text import tidy
from plan import objectives
from plan.keeping import codes, last_days
from plan.keeping.sheet_table import SheetRow, Table
from plan.models import NodeKind, PlanNode

_PART_KINDS = {kind.value: kind for kind in (NodeKind.SECTION, NodeKind.PHENOMENON)}
_LEVELS = (
    (NodeKind.SERVICE, "service_code", "service"),
    (NodeKind.STRATEGIC, "strategic_code", "strategic_objective"),
    (NodeKind.OPERATIONAL, "operational_code", "operational_objective"),
)


class Places:
    """The parts of the plan by code, and the putting of rows among them."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._nodes = {one.node.code: one.node for one in table.tree.walk()}

    def of_row(self, row: SheetRow) -> PlanNode | None:
        """The part under which the row stands, made where there is none yet.

        Raises ``WrongRow`` where the row says nothing that can be followed.
        """
        node = self._part(row)
        if row["general_objective"]:
            return self._node(row, NodeKind.GENERAL, node, "general_code", "general_objective")
        for kind, code, label in _LEVELS:
            if row[code] or row[label]:
                node = self._node(row, kind, node, code, label)
        return node

    def _part(self, row: SheetRow) -> PlanNode | None:
        if not (row["part_code"] or row["part"]):
            return None
        known = self._nodes.get(row["part_code"])
        kind = _PART_KINDS.get(row["part_kind"] or (known.kind if known else "phenomenon"))
        if kind is None:
            raise self._table.wrong(
                row, "part_kind", mark("This is {one} or {other}."),
                one=NodeKind.SECTION, other=NodeKind.PHENOMENON,
            )  # fmt: skip
        return self._node(row, kind, None, "part_code", "part")

    def _node(
        self, row: SheetRow, kind: NodeKind, above: PlanNode | None, code: str, label: str
    ) -> PlanNode:
        found = self._known_node(row, kind, above, code, label)
        if found is None:
            found = self._new_node(row, kind, above, row[code], row[label])
        elif row[label]:
            self._rename(row, found, label)
        if row[label]:
            self._catalogue(row, found)
        return found

    def _known_node(
        self, row: SheetRow, kind: NodeKind, above: PlanNode | None, code: str, label: str
    ) -> PlanNode | None:
        above_id = above.id if above else None
        if row[code]:
            found = self._nodes.get(row[code])
            if found is None and not self._table.is_new:
                message = mark("The plan has no part with this code. Leave it empty for a new one.")
                raise self._table.wrong(row, code, message)
            if found and (found.kind is not kind or found.parent_id != above_id):
                raise self._table.wrong(row, code, mark("In the plan this code stands elsewhere."))
            return found
        named = (one for one in self._nodes.values() if one.parent_id == above_id)
        return next((o for o in named if o.kind is kind and tidy(o.label) == row[label]), None)

    def _new_node(
        self, row: SheetRow, kind: NodeKind, above: PlanNode | None, code: str, label: str
    ) -> PlanNode:
        column = next((c for k, _code, c in _LEVELS if k is kind), "part")
        if not label:
            raise self._table.wrong(row, column, mark("A new part needs a name."))
        if kind is NodeKind.OPERATIONAL and above is None:
            raise self._table.wrong(
                row, "strategic_objective", mark("It stands under no objective.")
            )
        self._table.checked_code(row, column, code)
        node = PlanNode(
            plan_id=self._table.tree.plan.id,
            parent_id=above.id if above else None,
            kind=kind,
            code=code or codes.of_node(kind, above.code if above else "", label, self._nodes),
            label=label,
            ordinal=1 + self._last(above),
        )
        self._table.session.add(node)
        self._table.session.flush()
        self._nodes[node.code] = node
        self._table.note("node_added", node.code)
        self._table.added += 1
        return node

    def _last(self, above: PlanNode | None) -> int:
        above_id = above.id if above else None
        return max((o.ordinal for o in self._nodes.values() if o.parent_id == above_id), default=0)

    def _rename(self, row: SheetRow, node: PlanNode, label: str) -> None:
        self._table.agrees(row, label, node.code, row[label])
        if tidy(node.label) != row[label]:
            node.label = row[label]
            self._table.session.add(node)
            self._table.note("node_renamed", node.code)
            self._table.changed += 1

    def _catalogue(self, row: SheetRow, node: PlanNode) -> None:
        wanted = {
            NodeKind.PHENOMENON: ("part_catalogue", phenomena.CODES),
            NodeKind.STRATEGIC: ("strategic_catalogue", tuple(objectives.CATALOGUE)),
        }
        if node.kind is NodeKind.OPERATIONAL and "responsible" in row.cells:
            self._set(node, "responsible", row["responsible"])
        if node.kind is NodeKind.OPERATIONAL and "due_on" in row.cells:
            self._set(node, "due_on", self._last_day(row))
        if node.kind not in wanted or wanted[node.kind][0] not in row.cells:
            return
        column, known = wanted[node.kind]
        if row[column] and row[column] not in known and row[column] != node.catalogue_code:
            raise self._table.wrong(row, column, mark("The ministry's list has no such code."))
        self._set(node, "catalogue_code", row[column])

    def _last_day(self, row: SheetRow) -> date | None:
        try:
            return last_days.parsed(row["due_on"])
        except BadInput as refusal:
            raise self._table.wrong(row, "due_on", refusal.problems[0].message) from None

    def _set(self, node: PlanNode, column: str, value: str | date | None) -> None:
        if getattr(node, column) != value:
            setattr(node, column, value)
            self._table.session.add(node)
            self._table.note(column, node.code)
            self._table.changed += 1

    def home_of_indicators(self, node: PlanNode | None) -> PlanNode | None:
        """Where a new indicator of this row stands: under the strategic objective."""
        by_id = {one.id: one for one in self._nodes.values()}
        while node is not None and node.kind is NodeKind.OPERATIONAL and node.parent_id:
            node = by_id[node.parent_id]
        held = (NodeKind.STRATEGIC, NodeKind.OPERATIONAL)
        return node if node is not None and node.kind in held else None
