"""Changing a plan's tree by hand: parts, results, indicators and what belongs together.

What has figures is not removed but closed: it stays readable, and the next period goes on without.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, SQLModel, col, delete, func, select

from hub.errors import BadInput, FieldProblem, HubError, NotFound
from hub.i18n import Language, mark
from messaging import phenomena
from partnerships.days import today
from partnerships.typed_text import tidy
from plan import objectives
from plan.keeping import changes, codes, last_days
from plan.keeping.reading_fields import LONGEST_TEXT
from plan.keeping.storing import fields_of
from plan.keeping.tree import PlanTree, TreeNode
from plan.models import (
    Entry,
    Evaluation,
    ExpectedResult,
    Indicator,
    IndicatorClass,
    MeasureValue,
    NodeKind,
    PlanNode,
    ResultIndicator,
    ResultMeasure,
)
from plan.targets import each, reading

LONGEST_LABEL = 1000
# What may stand under what; the first row is the top of the plan.
UNDER: dict[NodeKind | None, tuple[NodeKind, ...]] = {
    None: (NodeKind.SECTION, NodeKind.PHENOMENON),
    NodeKind.SECTION: (NodeKind.GENERAL, NodeKind.SERVICE, NodeKind.STRATEGIC),
    NodeKind.PHENOMENON: (NodeKind.GENERAL, NodeKind.SERVICE, NodeKind.STRATEGIC),
    NodeKind.SERVICE: (NodeKind.STRATEGIC,),
    NodeKind.STRATEGIC: (NodeKind.OPERATIONAL,),
}
HOLDS_INDICATORS = (NodeKind.STRATEGIC, NodeKind.OPERATIONAL)
UP, DOWN = "up", "down"
_MOST_PARTS = 2_000


class HoldsParts(HubError):
    """A part that still has something in it."""

    status = 409

    def __init__(self) -> None:
        super().__init__(mark("There is something in this part. Take that out first."))


class Editor:
    """Changes one plan for one person; each change goes on record by itself, so make one each."""

    def __init__(self, session: Session, tree: PlanTree, by: UUID) -> None:
        self._session, self._tree, self._by = session, tree, by

    # Parts

    def add_node(
        self,
        above: TreeNode | None,
        kind: NodeKind,
        label: str,
        catalogue: str = "",
        *,
        field: str = "label",
    ) -> PlanNode:
        """A new part, the last under ``above`` (or of the plan). One of the ministry's list may be
        named by its code alone. Raises ``BadInput`` naming ``field`` or ``kind``."""
        if kind not in UNDER.get(above.node.kind if above else None, ()):
            raise BadInput(FieldProblem("kind", mark("This cannot stand here.")))
        label = tidy(label) or _of_the_list(kind, catalogue)
        siblings = above.children if above else self._tree.roots
        taken = {one.node.code for one in self._tree.walk()}
        if len(taken) >= _MOST_PARTS:
            raise BadInput(FieldProblem(field, mark("A plan has no more parts than this.")))
        node = PlanNode(
            plan_id=self._tree.plan.id,
            parent_id=above.node.id if above else None,
            kind=kind,
            code=codes.of_node(kind, above.node.code if above else "", label, taken),
            label=_text(field, label, LONGEST_LABEL),
            catalogue_code=catalogue if _is_listed(kind, catalogue) else "",
            ordinal=1 + max((one.node.ordinal for one in siblings), default=0),
        )
        self._session.add(node)
        self._note("node_added", node.code)
        return node

    def rename(self, one: TreeNode, label: str, responsible: str, due_on: str = "") -> None:
        """Other words for a part, who answers for it and until when. Raises ``BadInput`` naming
        ``label`` or ``due_on``."""
        wanted = _text("label", label, LONGEST_LABEL)
        who, until = tidy(responsible)[:200], last_days.parsed(due_on)
        if (one.node.label, one.node.responsible, one.node.due_on) == (wanted, who, until):
            return
        one.node.label, one.node.responsible, one.node.due_on = wanted, who, until
        self._note("node_renamed", one.node.code)

    def remove_node(self, one: TreeNode) -> None:
        """Take an empty part out. Raises ``HoldsParts``."""
        if one.children or one.results or one.indicators:
            raise HoldsParts
        self._session.delete(one.node)
        self._note("node_removed", one.node.code)

    # Results

    def add_result(self, one: TreeNode, raw: str) -> ExpectedResult:
        """A new result, read as one of a document is: what is inferred waits for a click.

        Raises ``BadInput`` naming ``result``.
        """
        if one.node.kind is not NodeKind.OPERATIONAL:
            raise NotFound
        text = _text("result", raw, LONGEST_TEXT)
        made = ExpectedResult(
            node_id=one.node.id,
            ordinal=1 + max((o.ordinal for o in one.results), default=0),
            code=codes.numbered(
                codes.RESULT, one.node.code, {o.code for o in self._tree.results.values()}
            ),
            raw=text,
            per=each.of_whom(text),
            **fields_of(reading.read(text)),
        )
        self._session.add(made)
        self._note("result_added", made.code)
        return made

    def reword(self, result: ExpectedResult, raw: str) -> None:
        """Other words for a result; how it is read stays as it was. Raises ``BadInput``."""
        text = _text("result", raw, LONGEST_TEXT)
        if text != tidy(result.raw):
            result.raw = text
            self._note("result_changed", result.code, text="changed")

    def remove_result(self, result: ExpectedResult) -> None:
        """Take a result out, or close it where figures were typed for it."""
        self._session.flush()
        if self._count(Entry, result_id=result.id):
            result.closed_on = today()
            self._note("result_closed", result.code)
            return
        for table in (MeasureValue, ResultMeasure, ResultIndicator):
            self._session.exec(delete(table).where(col(table.result_id) == result.id))
        self._session.delete(result)
        self._note("result_removed", result.code)

    def tie(self, result: ExpectedResult, indicators: Sequence[UUID]) -> None:
        """These indicators show the result, and no others. Raises ``NotFound``."""
        wanted = dict.fromkeys(indicators)
        if any(one not in self._tree.indicators for one in wanted):
            raise NotFound
        if set(wanted) == set(self._tree.indicators_of.get(result.id, ())):
            return
        self._session.exec(
            delete(ResultIndicator).where(col(ResultIndicator.result_id) == result.id)
        )
        self._session.add_all(
            ResultIndicator(result_id=result.id, indicator_id=one) for one in wanted
        )
        self._note("links", result.code)

    # Indicators

    def add_indicator(self, one: TreeNode, text: str, sort: str) -> Indicator:
        """A new indicator. Raises ``BadInput`` naming ``indicator`` or ``class``."""
        if one.node.kind not in HOLDS_INDICATORS:
            raise NotFound
        made = Indicator(
            node_id=one.node.id,
            ordinal=1 + max((o.ordinal for o in one.indicators), default=0),
            code=codes.numbered(
                codes.INDICATOR, one.node.code, {o.code for o in self._tree.indicators.values()}
            ),
            text=_text("indicator", text, LONGEST_TEXT),
            indicator_class=_class(sort),
        )
        self._session.add(made)
        self._note("indicator_added", made.code)
        return made

    def change_indicator(self, indicator: Indicator, text: str, sort: str) -> None:
        """Other words or another class. Raises ``BadInput``."""
        wanted = (_text("indicator", text, LONGEST_TEXT), _class(sort))
        if (tidy(indicator.text), indicator.indicator_class) != wanted:
            indicator.text, indicator.indicator_class = wanted
            self._note("indicator_changed", indicator.code)

    def remove_indicator(self, indicator: Indicator) -> None:
        """Take an indicator out, or close it where its colour was decided."""
        if self._count(Evaluation, indicator_id=indicator.id):
            indicator.closed_on = today()
            self._note("indicator_closed", indicator.code)
            return
        self._session.exec(
            delete(ResultIndicator).where(col(ResultIndicator.indicator_id) == indicator.id)
        )
        self._session.delete(indicator)
        self._note("indicator_removed", indicator.code)

    # Order

    def move(self, moved: PlanNode | ExpectedResult | Indicator, where: str) -> None:
        """One place up or down among its like; at the end it stays where it is."""
        rows = self._siblings(moved)
        at = next(place for place, one in enumerate(rows) if one.id == moved.id)
        other = at - 1 if where == UP else at + 1
        if where not in (UP, DOWN) or not 0 <= other < len(rows):
            return
        rows[at], rows[other] = rows[other], rows[at]
        for ordinal, one in enumerate(rows, start=1):
            one.ordinal = ordinal
        self._note("moved", moved.code)

    def _siblings(
        self, moved: PlanNode | ExpectedResult | Indicator
    ) -> "list[PlanNode | ExpectedResult | Indicator]":
        if isinstance(moved, PlanNode):
            above = self._tree.nodes.get(moved.parent_id) if moved.parent_id else None
            return [one.node for one in (above.children if above else self._tree.roots)]
        home = self._tree.nodes[moved.node_id]
        return list(home.results if isinstance(moved, ExpectedResult) else home.indicators)

    def _count(self, table: type[SQLModel], **where: UUID) -> int:
        counted = select(func.count()).select_from(table).filter_by(**where)
        return self._session.exec(counted).one()

    def _note(self, what: str, code: str, **facts: str) -> None:
        self._session.flush()
        changes.note(self._session, self._tree.plan, what, code, self._by, **facts)


def _text(field: str, typed: str, longest: int) -> str:
    text = tidy(typed)
    if not text:
        raise BadInput(FieldProblem(field, mark("Write this first.")))
    if len(text) > longest:
        most = (("most", longest),)
        raise BadInput(FieldProblem(field, mark("At most {most} characters."), most))
    return text


def _class(typed: str) -> IndicatorClass:
    try:
        return IndicatorClass(typed)
    except ValueError:
        raise BadInput(FieldProblem("class", mark("Choose one of the list."))) from None


def _is_listed(kind: NodeKind, code: str) -> bool:
    lists = {NodeKind.PHENOMENON: phenomena.CODES, NodeKind.STRATEGIC: objectives.CATALOGUE}
    return code in lists.get(kind, ())


def _of_the_list(kind: NodeKind, code: str) -> str:
    """Its name as the ministry prints it, in French as the plans are; empty for none."""
    if not _is_listed(kind, code):
        return ""
    if kind is NodeKind.STRATEGIC:
        return objectives.label(code)
    return phenomena.label(code, Language.FRENCH)
