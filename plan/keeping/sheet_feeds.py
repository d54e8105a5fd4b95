"""Which measures feed the result of a row of a tidy table."""

from sqlmodel import col, delete

from hub.i18n import mark
from plan.keeping.sheet import with_filters
from plan.keeping.sheet_table import SheetRow, Table, parts
from plan.measures.catalogue import MEASURES
from plan.models import ExpectedResult, ResultMeasure


class Feeds:
    """What feeds each result of the plan."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._feeds = {
            result: [with_filters(one.measure, one.filters) for one in rows]
            for result, rows in table.tree.measures_of.items()
        }

    def take(self, row: SheetRow, result: ExpectedResult) -> None:
        """Let just the measures of the row feed it. Raises ``WrongRow`` for one there is not."""
        if "measures" not in row.cells:
            return
        wanted = list(dict.fromkeys(parts(row["measures"])))
        before = self._feeds.get(result.id, [])
        feeds = {one: self._checked_feed(row, one) for one in wanted if one not in before}
        if set(before) - set(wanted):
            self._table.session.exec(
                delete(ResultMeasure).where(col(ResultMeasure.result_id) == result.id)
            )
            feeds |= {one: _feed_of(one) for one in wanted if one in before}
        for measure, filters in feeds.values():
            self._table.session.add(
                ResultMeasure(result_id=result.id, measure=measure, filters=filters)
            )
        self._table.session.flush()
        self._feeds[result.id] = wanted
        if set(before) != set(wanted):
            self._table.note("feed", result.code, measure=" ".join(wanted)[:200])
            self._table.changed += 0 if self._table.is_added(result.code) else 1

    def _checked_feed(self, row: SheetRow, said: str) -> tuple[str, dict[str, str]]:
        measure, filters = _feed_of(said)
        if measure not in MEASURES:
            message = mark("The hub has no measure {measure}.")
            raise self._table.wrong(row, "measures", message, measure=measure[:60])
        strange = sorted(set(filters) - MEASURES[measure].filters)
        if strange:
            message = mark("The measure {measure} is not narrowed by {name}.")
            raise self._table.wrong(row, "measures", message, measure=measure, name=strange[0][:60])
        return measure, filters


def _feed_of(said: str) -> tuple[str, dict[str, str]]:
    """A measure and what it is narrowed by, from ``m.meetings[level=local; body=…]``."""
    measure, _bracket, rest = said.partition("[")
    pairs = (one.partition("=") for one in rest.removesuffix("]").split(";") if one.strip())
    return measure.strip(), {name.strip(): value.strip() for name, _is, value in pairs}
