"""The result of a row of a tidy table: new, or changed where the row says another thing."""

from collections.abc import Mapping
from typing import Any

from hub import clock
from hub.errors import BadInput
from hub.i18n import mark
from partnerships.typed_text import tidy
from plan.keeping import codes, reading_fields
from plan.keeping.confirming import READING, told
from plan.keeping.sheet import YES
from plan.keeping.sheet_table import SheetRow, Table, WrongRow, parts
from plan.keeping.storing import fields_of
from plan.models import ExpectedResult, NodeKind, PlanNode
from plan.targets import each, reading


class Results:
    """The results of the plan by code."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._results = {one.code: one for one in table.tree.results.values()}

    def of_row(self, row: SheetRow, node: PlanNode | None) -> ExpectedResult:
        """The result of the row, made or changed. Raises ``WrongRow`` where it can be neither."""
        if node is None or node.kind is not NodeKind.OPERATIONAL:
            message = mark("A result stands under an operational objective.")
            raise self._table.wrong(row, "operational_objective", message)
        known = self._results.get(row["result_code"])
        if row["result_code"]:
            self._once(row)
        if known is None:
            return self._new_result(row, node)
        if known.node_id != node.id:
            message = mark("In the plan this code stands elsewhere.")
            raise self._table.wrong(row, "result_code", message)
        self._change(row, known)
        return known

    def _once(self, row: SheetRow) -> None:
        code = row["result_code"]
        if code not in self._results and not self._table.is_new:
            message = mark("The plan has no result with this code. Leave it empty for a new one.")
            raise self._table.wrong(row, "result_code", message)
        self._table.checked_code(row, "result_code", code)
        seen = self._table.said.setdefault(code, (row.number, ""))
        if seen[0] != row.number:
            message = mark("Row {row} has the same code.")
            raise self._table.wrong(row, "result_code", message, row=seen[0])

    def _new_result(self, row: SheetRow, node: PlanNode) -> ExpectedResult:
        if not row["result"]:
            raise self._table.wrong(row, "result", mark("Write what is expected."))
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
            made.inferred = [one for one in parts(row["inferred"]) if one]
            made.flags = list(reading.read(made.raw).flags)
            if row["confirmed"] == YES:
                made.confirmed_by, made.confirmed_at = self._table.by, clock.now()
        self._table.session.add(made)
        self._table.session.flush()
        self._results[made.code] = made
        self._table.note("result_added", made.code)
        self._table.added += 1
        return made

    def _parsed(self, row: SheetRow) -> dict[str, Any]:
        try:
            return reading_fields.parsed(row.cells)
        except BadInput as refusal:
            for one in refusal.problems:
                self._table.wrong(row, one.field, one.message, **dict(one.values))
            raise WrongRow from None

    def _change(self, row: SheetRow, result: ExpectedResult) -> None:
        how: dict[str, str] = {}
        if row["result"] and tidy(result.raw) != row["result"]:
            result.raw = row["result"]
            how["text"] = "changed"
        if _says_another(row, result):
            how |= self._read_anew(result, self._parsed(_filled(row, result)))
        if how:
            self._table.session.add(result)
            self._table.session.flush()
            self._table.note("result_changed", result.code, **how)
            self._table.changed += 1

    def _read_anew(self, result: ExpectedResult, fields: Mapping[str, Any]) -> dict[str, str]:
        before = {name: getattr(result, name) for name in READING}
        changed = [name for name in READING if not _same(before[name], fields[name])]
        for name in changed:
            setattr(result, name, fields[name])
        if changed:
            # He typed it: what he changed is inferred no more, and the rest is as it was.
            result.inferred = [one for one in result.inferred if one not in changed]
        if changed and result.confirmed_at is not None:
            result.confirmed_by, result.confirmed_at = self._table.by, clock.now()
        return {name: told(before[name], fields[name]) for name in changed}


def _says_another(row: SheetRow, result: ExpectedResult) -> bool:
    """Whether a cell of its reading is not as the table would have it now."""
    now = reading_fields.typed_of(result)
    return any(name in row.cells and row[name] != tidy(now[name]) for name in now)


def _filled(row: SheetRow, result: ExpectedResult) -> SheetRow:
    """The row with what its file has no column for, as it stands."""
    return SheetRow(row.number, reading_fields.typed_of(result) | row.cells)


def _same(before: object, after: object) -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        if (before.get("value") or None) != (after.get("value") or None):
            return False
        return all(tidy(str(before.get(o) or "")) == after.get(o) for o in ("text", "unit"))
    return before == after
