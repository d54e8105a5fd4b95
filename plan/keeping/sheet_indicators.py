"""What shows the result of a row of a tidy table: indicators, and their ties to results."""

import re

from sqlmodel import col, delete

from hub.i18n import mark
from partnerships.typed_text import tidy
from plan.keeping import codes
from plan.keeping.sheet_table import SheetRow, Table, parts
from plan.models import ExpectedResult, Indicator, IndicatorClass, PlanNode, ResultIndicator


class Indicators:
    """The indicators of the plan by code, and which results they show."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._indicators = {one.code: one for one in table.tree.indicators.values()}
        self._links = {result: list(ids) for result, ids in table.tree.indicators_of.items()}

    def finish(self) -> None:
        """Put those of a whole new plan in the order of their codes: rows name them in the order
        of the results that they show."""
        numbered = [(_number(one.code), one) for one in self._indicators.values()]
        for number, one in numbered if self._table.is_new else ():
            one.ordinal = number or one.ordinal

    def of_row(self, row: SheetRow, home: PlanNode | None) -> list[Indicator] | None:
        """The indicators of the row; ``None`` where the file does not speak of them."""
        if "indicators" not in row.cells and "indicator_codes" not in row.cells:
            return None
        texts, named = parts(row["indicators"]), parts(row["indicator_codes"])
        if named and texts and len(named) != len(texts):
            message = mark("As many codes as indicators are needed, with | between them.")
            raise self._table.wrong(row, "indicator_codes", message)
        pairs = list(zip(named or [""] * len(texts), texts or [""] * len(named), strict=True))
        classes = parts(row["indicator_classes"]) or [""] * len(pairs)
        if len(classes) != len(pairs) or any(c and c not in set(IndicatorClass) for c in classes):
            message = mark("For each indicator: {words}.")
            every = ", ".join(IndicatorClass)
            raise self._table.wrong(row, "indicator_classes", message, words=every)
        if pairs and home is None:
            message = mark("An indicator stands under a strategic objective.")
            raise self._table.wrong(row, "indicators", message)
        return [
            self._indicator(row, home, *pair, sort)
            for pair, sort in zip(pairs, classes, strict=True)
            if home is not None
        ]

    def _indicator(
        self, row: SheetRow, home: PlanNode, code: str, text: str, sort: str
    ) -> Indicator:
        found = self._indicators.get(code) if code else None
        if code and found is None and not self._table.is_new:
            message = mark("The plan has no indicator with this code.")
            raise self._table.wrong(row, "indicator_codes", message)
        if found is None and not code:
            mine = (one for one in self._indicators.values() if one.node_id == home.id)
            found = next((one for one in mine if tidy(one.text) == text), None)
        if found is None:
            return self._new_indicator(row, home, code, text, sort)
        if text:
            self._table.agrees(row, "indicators", found.code, text)
        if (text and tidy(found.text) != text) or (sort and sort != found.indicator_class):
            found.text = text or found.text
            found.indicator_class = IndicatorClass(sort or found.indicator_class)
            self._table.session.add(found)
            self._table.note("indicator_changed", found.code)
            self._table.changed += 1
        return found

    def _new_indicator(
        self, row: SheetRow, home: PlanNode, code: str, text: str, sort: str
    ) -> Indicator:
        if not text:
            raise self._table.wrong(row, "indicators", mark("A new indicator needs its text."))
        self._table.checked_code(row, "indicator_codes", code)
        mine = [one for one in self._indicators.values() if one.node_id == home.id]
        made = Indicator(
            node_id=home.id,
            ordinal=1 + max((one.ordinal for one in mine), default=0),
            code=code or codes.numbered(codes.INDICATOR, home.code, self._indicators),
            text=text,
            indicator_class=IndicatorClass(sort or IndicatorClass.ACTIVITY),
        )
        self._table.session.add(made)
        self._table.session.flush()
        self._indicators[made.code] = made
        self._table.said[made.code] = (row.number, text)
        self._table.note("indicator_added", made.code)
        self._table.added += 1
        return made

    def tie(self, result: ExpectedResult, indicators: list[Indicator] | None) -> None:
        """Let just these show the result; ``None`` leaves it as it is."""
        if indicators is None:
            return
        wanted = list(dict.fromkeys(one.id for one in indicators))
        if set(wanted) == set(self._links.get(result.id, [])):
            return
        self._table.session.exec(
            delete(ResultIndicator).where(col(ResultIndicator.result_id) == result.id)
        )
        self._table.session.add_all(
            ResultIndicator(result_id=result.id, indicator_id=one) for one in wanted
        )
        self._table.session.flush()
        self._links[result.id] = wanted
        self._table.note("links", result.code)
        self._table.changed += 0 if self._table.is_added(result.code) else 1


def _number(code: str) -> int:
    """The number at the end of an indicator's code; 0 for one of another make."""
    found = re.search(r"\.i([0-9]{1,4})$", code)
    return int(found[1]) if found else 0
