"""The rows of a tidy table, put into the plan one by one; what is wrong is told with its place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, delete

from hub import clock
from hub.errors import BadInput
from hub.i18n import mark
from messaging import phenomena
from partnerships.typed_text import tidy
from plan import objectives
from plan.keeping import codes, last_days, reading_fields
from plan.keeping.changes import Facts
from plan.keeping.confirming import READING, told
from plan.keeping.sheet import YES, with_filters
from plan.keeping.storing import fields_of
from plan.keeping.tree import PlanTree
from plan.measures.catalogue import MEASURES
from plan.models import (
    ExpectedResult,
    Indicator,
    IndicatorClass,
    NodeKind,
    PlanNode,
    ResultIndicator,
    ResultMeasure,
)
from plan.targets import each, reading

_BETWEEN = re.compile(r"(?<!\\)\|")
_MOST_PROBLEMS = 50
_PART_KINDS = {kind.value: kind for kind in (NodeKind.SECTION, NodeKind.PHENOMENON)}
_LEVELS = (
    (NodeKind.SERVICE, "service_code", "service"),
    (NodeKind.STRATEGIC, "strategic_code", "strategic_objective"),
    (NodeKind.OPERATIONAL, "operational_code", "operational_objective"),
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """``number`` is the one the spreadsheet shows; a column that the file lacks is not in
    ``cells``."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """What is wrong in one cell."""

    row: int
    column: str
    message: str
    values: tuple[tuple[str, str | int], ...] = ()


class _Wrong(Exception):
    """This row cannot be put anywhere: what comes after in it says nothing more."""


@dataclass
class Applying:
    """Puts rows into a plan whose tree stands; it must be in a unit of work that can be undone."""

    session: Session
    tree: PlanTree
    by: UUID
    is_new: bool
    problems: list[SheetProblem] = field(default_factory=list)
    made: list[tuple[str, str, Facts]] = field(default_factory=list)
    changed: int = 0
    added: int = 0

    def __post_init__(self) -> None:
        self._nodes = {one.node.code: one.node for one in self.tree.walk()}
        self._results = {one.code: one for one in self.tree.results.values()}
        self._indicators = {one.code: one for one in self.tree.indicators.values()}
        self._links = {result: list(ids) for result, ids in self.tree.indicators_of.items()}
        self._feeds = {
            result: [with_filters(one.measure, one.filters) for one in rows]
            for result, rows in self.tree.measures_of.items()
        }
        self._said: dict[str, tuple[int, str]] = {}

    def take(self, row: SheetRow) -> None:
        """Put one row into the plan, or keep what is wrong with it."""
        if len(self.problems) >= _MOST_PROBLEMS:
            return
        try:
            node = self._place(row)
            if row["result"] or row["result_code"]:
                result = self._result(row, node)
                self._tie(result, self._shown(row, node))
                self._feed(row, result)
            else:
                self._shown(row, node)
        except _Wrong:
            return

    def _wrong(self, at: SheetRow, column: str, message: str, /, **values: str | int) -> _Wrong:
        self.problems.append(SheetProblem(at.number, column, message, tuple(values.items())))
        return _Wrong()

    def finish(self) -> None:
        """Put the indicators of a whole new plan in the order of their codes: rows name them in
        the order of the results that they show."""
        numbered = [(_number(one.code), one) for one in self._indicators.values()]
        for number, one in numbered if self.is_new else ():
            one.ordinal = number or one.ordinal
        self.session.flush()

    # Where it stands

    def _place(self, row: SheetRow) -> PlanNode | None:
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
            raise self._wrong(
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
            if found is None and not self.is_new:
                message = mark("The plan has no part with this code. Leave it empty for a new one.")
                raise self._wrong(row, code, message)
            if found and (found.kind is not kind or found.parent_id != above_id):
                raise self._wrong(row, code, mark("In the plan this code stands elsewhere."))
            return found
        named = (one for one in self._nodes.values() if one.parent_id == above_id)
        return next((o for o in named if o.kind is kind and tidy(o.label) == row[label]), None)

    def _new_node(
        self, row: SheetRow, kind: NodeKind, above: PlanNode | None, code: str, label: str
    ) -> PlanNode:
        column = next((c for k, _code, c in _LEVELS if k is kind), "part")
        if not label:
            raise self._wrong(row, column, mark("A new part needs a name."))
        if kind is NodeKind.OPERATIONAL and above is None:
            raise self._wrong(row, "strategic_objective", mark("It stands under no objective."))
        self._checked_code(row, column, code)
        node = PlanNode(
            plan_id=self.tree.plan.id,
            parent_id=above.id if above else None,
            kind=kind,
            code=code or codes.of_node(kind, above.code if above else "", label, self._nodes),
            label=label,
            ordinal=1 + self._last(above),
        )
        self.session.add(node)
        self.session.flush()
        self._nodes[node.code] = node
        self._note("node_added", node.code)
        self.added += 1
        return node

    def _last(self, above: PlanNode | None) -> int:
        above_id = above.id if above else None
        return max((o.ordinal for o in self._nodes.values() if o.parent_id == above_id), default=0)

    def _checked_code(self, row: SheetRow, column: str, code: str) -> None:
        if code and not codes.SHAPE.fullmatch(code):
            raise self._wrong(row, column, mark("A code has small letters, figures, dots only."))

    def _rename(self, row: SheetRow, node: PlanNode, label: str) -> None:
        self._agrees(row, label, node.code, row[label])
        if tidy(node.label) != row[label]:
            node.label = row[label]
            self.session.add(node)
            self._note("node_renamed", node.code)
            self.changed += 1

    def _agrees(self, row: SheetRow, column: str, code: str, text: str) -> None:
        first = self._said.setdefault(code, (row.number, text))
        if first[1] != text:
            message = mark("Row {row} says another text for the same code.")
            raise self._wrong(row, column, message, row=first[0])

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
            raise self._wrong(row, column, mark("The ministry's list has no such code."))
        self._set(node, "catalogue_code", row[column])

    def _last_day(self, row: SheetRow) -> date | None:
        try:
            return last_days.parsed(row["due_on"])
        except BadInput as refusal:
            raise self._wrong(row, "due_on", refusal.problems[0].message) from None

    def _set(self, node: PlanNode, column: str, value: str | date | None) -> None:
        if getattr(node, column) != value:
            setattr(node, column, value)
            self.session.add(node)
            self._note(column, node.code)
            self.changed += 1

    # The result

    def _result(self, row: SheetRow, node: PlanNode | None) -> ExpectedResult:
        if node is None or node.kind is not NodeKind.OPERATIONAL:
            message = mark("A result stands under an operational objective.")
            raise self._wrong(row, "operational_objective", message)
        known = self._results.get(row["result_code"])
        if row["result_code"]:
            self._once(row)
        if known is None:
            return self._new_result(row, node)
        if known.node_id != node.id:
            message = mark("In the plan this code stands elsewhere.")
            raise self._wrong(row, "result_code", message)
        self._change(row, known)
        return known

    def _once(self, row: SheetRow) -> None:
        code = row["result_code"]
        if code not in self._results and not self.is_new:
            message = mark("The plan has no result with this code. Leave it empty for a new one.")
            raise self._wrong(row, "result_code", message)
        self._checked_code(row, "result_code", code)
        seen = self._said.setdefault(code, (row.number, ""))
        if seen[0] != row.number:
            message = mark("Row {row} has the same code.")
            raise self._wrong(row, "result_code", message, row=seen[0])

    def _new_result(self, row: SheetRow, node: PlanNode) -> ExpectedResult:
        if not row["result"]:
            raise self._wrong(row, "result", mark("Write what is expected."))
        fields = self._parsed(row) if row["kind"] else fields_of(reading.read(row["result"]))
        mine = [one for one in self._results.values() if one.node_id == node.id]
        made = ExpectedResult(
            node_id=node.id,
            ordinal=1 + max((one.ordinal for one in mine), default=0),
            code=row["result_code"] or codes.numbered(codes.RESULT, node.code, self._results),
            raw=row["result"],
            **({"per": each.of_whom(row["result"])} | fields),
        )
        if row["kind"]:
            made.inferred = [one for one in _parts(row["inferred"]) if one]
            made.flags = list(reading.read(made.raw).flags)
            if row["confirmed"] == YES:
                made.confirmed_by, made.confirmed_at = self.by, clock.now()
        self.session.add(made)
        self.session.flush()
        self._results[made.code] = made
        self._note("result_added", made.code)
        self.added += 1
        return made

    def _parsed(self, row: SheetRow) -> dict[str, Any]:
        try:
            return reading_fields.parsed(row.cells)
        except BadInput as refusal:
            for one in refusal.problems:
                self._wrong(row, one.field, one.message, **dict(one.values))
            raise _Wrong from None

    def _change(self, row: SheetRow, result: ExpectedResult) -> None:
        how: dict[str, str] = {}
        if row["result"] and tidy(result.raw) != row["result"]:
            result.raw = row["result"]
            how["text"] = "changed"
        if _says_another(row, result):
            how |= self._read_anew(result, self._parsed(_filled(row, result)))
        if how:
            self.session.add(result)
            self.session.flush()
            self._note("result_changed", result.code, **how)
            self.changed += 1

    def _read_anew(self, result: ExpectedResult, fields: Mapping[str, Any]) -> dict[str, str]:
        before = {name: getattr(result, name) for name in READING}
        changed = [name for name in READING if not _same(before[name], fields[name])]
        for name in changed:
            setattr(result, name, fields[name])
        if changed:
            # He typed it: what he changed is inferred no more, and the rest is as it was.
            result.inferred = [one for one in result.inferred if one not in changed]
        if changed and result.confirmed_at is not None:
            result.confirmed_by, result.confirmed_at = self.by, clock.now()
        return {name: told(before[name], fields[name]) for name in changed}

    # What shows it, what feeds it

    def _shown(self, row: SheetRow, node: PlanNode | None) -> list[Indicator] | None:
        """The indicators of the row; ``None`` where the file does not speak of them."""
        if "indicators" not in row.cells and "indicator_codes" not in row.cells:
            return None
        texts, named = _parts(row["indicators"]), _parts(row["indicator_codes"])
        if named and texts and len(named) != len(texts):
            message = mark("As many codes as indicators are needed, with | between them.")
            raise self._wrong(row, "indicator_codes", message)
        pairs = list(zip(named or [""] * len(texts), texts or [""] * len(named), strict=True))
        classes = _parts(row["indicator_classes"]) or [""] * len(pairs)
        if len(classes) != len(pairs) or any(c and c not in set(IndicatorClass) for c in classes):
            message = mark("For each indicator: {words}.")
            every = ", ".join(IndicatorClass)
            raise self._wrong(row, "indicator_classes", message, words=every)
        home = self._home(node)
        if pairs and home is None:
            message = mark("An indicator stands under a strategic objective.")
            raise self._wrong(row, "indicators", message)
        return [
            self._indicator(row, home, *pair, sort)
            for pair, sort in zip(pairs, classes, strict=True)
            if home is not None
        ]

    def _home(self, node: PlanNode | None) -> PlanNode | None:
        """Where a new indicator of this row stands: under the strategic objective."""
        by_id = {one.id: one for one in self._nodes.values()}
        while node is not None and node.kind is NodeKind.OPERATIONAL and node.parent_id:
            node = by_id[node.parent_id]
        held = (NodeKind.STRATEGIC, NodeKind.OPERATIONAL)
        return node if node is not None and node.kind in held else None

    def _indicator(
        self, row: SheetRow, home: PlanNode, code: str, text: str, sort: str
    ) -> Indicator:
        found = self._indicators.get(code) if code else None
        if code and found is None and not self.is_new:
            message = mark("The plan has no indicator with this code.")
            raise self._wrong(row, "indicator_codes", message)
        if found is None and not code:
            mine = (one for one in self._indicators.values() if one.node_id == home.id)
            found = next((one for one in mine if tidy(one.text) == text), None)
        if found is None:
            return self._new_indicator(row, home, code, text, sort)
        if text:
            self._agrees(row, "indicators", found.code, text)
        if (text and tidy(found.text) != text) or (sort and sort != found.indicator_class):
            found.text = text or found.text
            found.indicator_class = IndicatorClass(sort or found.indicator_class)
            self.session.add(found)
            self._note("indicator_changed", found.code)
            self.changed += 1
        return found

    def _new_indicator(
        self, row: SheetRow, home: PlanNode, code: str, text: str, sort: str
    ) -> Indicator:
        if not text:
            raise self._wrong(row, "indicators", mark("A new indicator needs its text."))
        self._checked_code(row, "indicator_codes", code)
        mine = [one for one in self._indicators.values() if one.node_id == home.id]
        made = Indicator(
            node_id=home.id,
            ordinal=1 + max((one.ordinal for one in mine), default=0),
            code=code or codes.numbered(codes.INDICATOR, home.code, self._indicators),
            text=text,
            indicator_class=IndicatorClass(sort or IndicatorClass.ACTIVITY),
        )
        self.session.add(made)
        self.session.flush()
        self._indicators[made.code] = made
        self._said[made.code] = (row.number, text)
        self._note("indicator_added", made.code)
        self.added += 1
        return made

    def _tie(self, result: ExpectedResult, indicators: list[Indicator] | None) -> None:
        if indicators is None:
            return
        wanted = list(dict.fromkeys(one.id for one in indicators))
        if set(wanted) == set(self._links.get(result.id, [])):
            return
        self.session.exec(
            delete(ResultIndicator).where(col(ResultIndicator.result_id) == result.id)
        )
        self.session.add_all(
            ResultIndicator(result_id=result.id, indicator_id=one) for one in wanted
        )
        self.session.flush()
        self._links[result.id] = wanted
        self._note("links", result.code)
        self.changed += 0 if self._is_added(result.code) else 1

    def _feed(self, row: SheetRow, result: ExpectedResult) -> None:
        if "measures" not in row.cells:
            return
        wanted = list(dict.fromkeys(_parts(row["measures"])))
        before = self._feeds.get(result.id, [])
        feeds = {one: self._checked_feed(row, one) for one in wanted if one not in before}
        if set(before) - set(wanted):
            self.session.exec(
                delete(ResultMeasure).where(col(ResultMeasure.result_id) == result.id)
            )
            feeds |= {one: _feed_of(one) for one in wanted if one in before}
        for measure, filters in feeds.values():
            self.session.add(ResultMeasure(result_id=result.id, measure=measure, filters=filters))
        self.session.flush()
        self._feeds[result.id] = wanted
        if set(before) != set(wanted):
            self._note("feed", result.code, measure=" ".join(wanted)[:200])
            self.changed += 0 if self._is_added(result.code) else 1

    def _checked_feed(self, row: SheetRow, said: str) -> tuple[str, dict[str, str]]:
        measure, filters = _feed_of(said)
        if measure not in MEASURES:
            message = mark("The hub has no measure {measure}.")
            raise self._wrong(row, "measures", message, measure=measure[:60])
        strange = sorted(set(filters) - MEASURES[measure].filters)
        if strange:
            message = mark("The measure {measure} is not narrowed by {name}.")
            raise self._wrong(row, "measures", message, measure=measure, name=strange[0][:60])
        return measure, filters

    def _is_added(self, code: str) -> bool:
        return any(what == "result_added" and made == code for what, made, _facts in self.made)

    def _note(self, what: str, code: str, **facts: str | int | None) -> None:
        self.made.append((what, code, facts))


def _says_another(row: SheetRow, result: ExpectedResult) -> bool:
    """Whether a cell of its reading is not as the table would have it now."""
    now = reading_fields.typed_of(result)
    return any(name in row.cells and row[name] != tidy(now[name]) for name in now)


def _parts(cell: str) -> list[str]:
    """What stands between the bars of a cell."""
    return [one.replace("\\|", "|").strip() for one in _BETWEEN.split(cell)] if cell else []


def _feed_of(said: str) -> tuple[str, dict[str, str]]:
    """A measure and what it is narrowed by, from ``m.meetings[level=local; body=…]``."""
    measure, _bracket, rest = said.partition("[")
    pairs = (one.partition("=") for one in rest.removesuffix("]").split(";") if one.strip())
    return measure.strip(), {name.strip(): value.strip() for name, _is, value in pairs}


def _filled(row: SheetRow, result: ExpectedResult) -> SheetRow:
    """The row with what its file has no column for, as it stands."""
    return SheetRow(row.number, reading_fields.typed_of(result) | row.cells)


def _number(code: str) -> int:
    """The number at the end of an indicator's code; 0 for one of another make."""
    found = re.search(r"\.i([0-9]{1,4})$", code)
    return int(found[1]) if found else 0


def _same(before: object, after: object) -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        if (before.get("value") or None) != (after.get("value") or None):
            return False
        return all(tidy(str(before.get(o) or "")) == after.get(o) for o in ("text", "unit"))
    return before == after
