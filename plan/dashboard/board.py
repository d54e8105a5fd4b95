"""The dashboard: sections and what stands in them, each indicator with its colour and figures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from plan.keeping import tree
from plan.keeping.tree import PlanTree, TreeNode
from plan.measures.period import Period
from plan.models import (
    Colour,
    Evaluation,
    ExpectedResult,
    Indicator,
    NodeKind,
    Plan,
    PlanNode,
)
from plan.standing import values
from plan.standing.judging import Judged, colour_of, judged, judged_in
from plan.standing.spans import Span
from plan.standing.values import Values

ORDER = (Colour.GREEN, Colour.ORANGE, Colour.RED, Colour.GREY)


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many indicators have each colour. There is no colour of all of them together."""

    counts: dict[Colour, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def pieces(self) -> list[tuple[Colour, int]]:
        """Those that there are, from green to grey."""
        return [(colour, self.counts[colour]) for colour in ORDER if self.counts[colour]]


@dataclass(frozen=True, slots=True)
class Shown:
    """An indicator and how it stands. ``evaluation`` is the officer's newest decision."""

    indicator: Indicator
    objective: PlanNode
    service: PlanNode | None
    results: tuple[Judged, ...]
    evaluation: Evaluation | None = None

    @property
    def speaks(self) -> Judged | None:
        """The result that gives the suggested colour."""
        return colour_of(self.results)

    @property
    def suggested(self) -> Colour:
        return self.speaks.verdict.colour if self.speaks else Colour.GREY

    @property
    def colour(self) -> Colour:
        """The officer's where he decided, else the suggested one."""
        decided = self.evaluation.final if self.evaluation else None
        return decided or self.suggested

    @property
    def is_decided(self) -> bool:
        return bool(self.evaluation and self.evaluation.final)

    @property
    def wants_motivation(self) -> bool:
        """Orange and red, and a colour other than the suggested one, want a reason in words."""
        said = bool(self.evaluation and self.evaluation.motivation.strip())
        other = self.is_decided and self.colour is not self.suggested
        return not said and (other or self.colour in (Colour.ORANGE, Colour.RED))


@dataclass(frozen=True, slots=True)
class Section:
    """A phenomenon, or the coordination, with what of it is shown."""

    node: PlanNode
    shown: tuple[Shown, ...]

    @property
    def distribution(self) -> Distribution:
        return distribution(self.shown)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader wants to see; empty is all of it. ``mine`` are the services whose results are
    wanted; ``None`` for all."""

    phenomenon: str = ""
    service: str = ""
    colour: str = ""
    without_motivation: bool = False
    mine: frozenset[UUID] | None = None


@dataclass(frozen=True)
class Board:
    """A plan in a stretch of days, as it was known at a moment."""

    plan: Plan
    span: Span
    as_of: datetime
    tree: PlanTree
    values: Values
    sections: tuple[Section, ...] = ()
    wish: Wish = field(default_factory=Wish)

    @property
    def today(self) -> date:
        return clock.in_brussels(self.as_of).date()

    @property
    def shown(self) -> list[Shown]:
        return [one for section in self.sections for one in section.shown]

    @property
    def distribution(self) -> Distribution:
        return distribution(self.shown)

    def in_span(self, shown: Shown, period: Period) -> tuple[Judged, ...]:
        """The same results in other days."""
        return tuple(
            judged(self.plan, one.result, self.values.of(one.result, period), period, self.today)
            for one in shown.results
        )


def distribution(shown: Iterable[Shown]) -> Distribution:
    counted = Counter(one.colour for one in shown)
    return Distribution({colour: counted[colour] for colour in ORDER})


def of_plan(
    session: Session,
    plan: Plan,
    span: Span,
    as_of: datetime,
    wish: Wish | None = None,
    *,
    approved_only: bool = False,
) -> Board:
    """The whole plan in a fixed number of queries, cut to what is wished for."""
    its_tree = tree.of_plan(session, plan)
    found = values.of_plan(
        session, plan.id, as_of, approved_only=approved_only, zones_in=span.period
    )
    decided = _decisions(session, plan, span.period, as_of)
    board = Board(plan, span, as_of, its_tree, found, wish=wish or Wish())
    sections = tuple(
        Section(root.node, tuple(_shown(board, root, decided))) for root in its_tree.roots
    )
    kept = (_cut(section, board.wish) for section in sections if _in_section(section, board.wish))
    return Board(
        plan,
        span,
        as_of,
        its_tree,
        found,
        tuple(one for one in kept if one.shown or not is_narrow(board.wish)),
        board.wish,
    )


def _decisions(
    session: Session, plan: Plan, period: Period, as_of: datetime
) -> dict[UUID, Evaluation]:
    mine = (
        select(Indicator.id)
        .join(PlanNode, col(PlanNode.id) == col(Indicator.node_id))
        .where(PlanNode.plan_id == plan.id)
    )
    rows = session.exec(
        select(Evaluation)
        .where(
            col(Evaluation.indicator_id).in_(mine),
            Evaluation.period_start == period.first,
            Evaluation.period_end == period.last,
            col(Evaluation.decided_by).is_not(None),
            col(Evaluation.decided_at) <= as_of,
        )
        .order_by(col(Evaluation.decided_at))
    )
    return {one.indicator_id: one for one in rows}


def _shown(board: Board, root: TreeNode, decided: dict[UUID, Evaluation]) -> Iterable[Shown]:
    its_tree = board.tree
    for node in root.walk():
        service = its_tree.nearest(node.node.id, NodeKind.SERVICE) if node.indicators else None
        for indicator in node.indicators:
            results = (its_tree.results[one] for one in its_tree.results_of.get(indicator.id, ()))
            yield Shown(
                indicator,
                node.node,
                service.node if service else None,
                tuple(_judged(board, result) for result in results),
                decided.get(indicator.id),
            )


def _judged(board: Board, result: ExpectedResult) -> Judged:
    return judged_in(board.plan, result, board.values, board.span.period, board.today)


def _in_section(section: Section, wish: Wish) -> bool:
    return wish.phenomenon in ("", str(section.node.id))


def _cut(section: Section, wish: Wish) -> Section:
    return Section(section.node, tuple(one for one in section.shown if _wished(one, wish)))


def _wished(one: Shown, wish: Wish) -> bool:
    return (
        wish.service in ("", str(one.service.id) if one.service else "")
        and wish.colour in ("", one.colour.value)
        and (not wish.without_motivation or one.wants_motivation)
        and (wish.mine is None or any(each.result.service_id in wish.mine for each in one.results))
    )


def is_narrow(wish: Wish) -> bool:
    """Whether only some of the indicators are wanted."""
    return bool(wish.service or wish.colour or wish.without_motivation or wish.mine is not None)


def services(its_tree: PlanTree) -> Sequence[PlanNode]:
    """What can be chosen as a service, as printed."""
    return [one.node for one in its_tree.walk() if one.node.kind is NodeKind.SERVICE]
