"""The rows of a tidy table, put into the plan one by one; what is wrong is told with its place."""

from uuid import UUID

from sqlmodel import Session

from plan.keeping.sheet_feeds import Feeds
from plan.keeping.sheet_indicators import Indicators
from plan.keeping.sheet_places import Places
from plan.keeping.sheet_results import Results
from plan.keeping.sheet_table import SheetRow, Table, WrongRow
from plan.keeping.tree import PlanTree

_MOST_PROBLEMS = 50


class Applying:
    """Puts rows into a plan whose tree stands; it must be in a unit of work that can be undone."""

    def __init__(self, session: Session, tree: PlanTree, by: UUID, *, is_new: bool) -> None:
        self.table = Table(session, tree, by, is_new)
        self._places, self._results = Places(self.table), Results(self.table)
        self._indicators, self._feeds = Indicators(self.table), Feeds(self.table)

    def take(self, row: SheetRow) -> None:
        """Put one row into the plan, or keep what is wrong with it."""
        if len(self.table.problems) >= _MOST_PROBLEMS:
            return
        try:
            node = self._places.of_row(row)
            home = self._places.home_of_indicators(node)
            if row["result"] or row["result_code"]:
                result = self._results.of_row(row, node)
                self._indicators.tie(result, self._indicators.of_row(row, home))
                self._feeds.take(row, result)
            else:
                self._indicators.of_row(row, home)
        except WrongRow:
            return

    def finish(self) -> None:
        """What can be done only once every row is in its place."""
        self._indicators.finish()
        self.table.session.flush()
