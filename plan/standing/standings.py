"""How each indicator of a plan stands in a stretch of days, in a fixed number of questions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from plan.colour_rule import SENTENCES, Reason, Verdict
from plan.keeping import tree
from plan.keeping.tree import PlanTree
from plan.measures.catalogue import MEASURES, Mode
from plan.measures.period import Period
from plan.models import (
    Colour,
    Entry,
    EntryState,
    Evaluation,
    ExpectedResult,
    Indicator,
    MeasureValue,
    Plan,
)
from plan.standing import values
from plan.standing.judging import Judged, colour_of, judged_in
from plan.standing.values import Values


class Source(StrEnum):
    """Where a figure comes from."""

    AUTO = "auto"  # counted by the hub, of what it does itself
    REGISTER = "register"  # counted by the hub, of what a service wrote down
    TYPED = "typed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ResultStanding:
    """What one result reached. ``value`` ``None`` is no figure, never nought: ``reason`` says why.

    ``entry`` and ``measured`` are the newest rows of just these days, where there are such.
    """

    judged: Judged
    source: Source
    entry: Entry | None = None
    measured: MeasureValue | None = None

    @property
    def result(self) -> ExpectedResult:
        return self.judged.result

    @property
    def value(self) -> float | None:
        return self.judged.reached.value

    @property
    def numerator(self) -> float | None:
        return self.judged.reached.numerator

    @property
    def denominator(self) -> float | None:
        return self.judged.reached.denominator

    @property
    def unknown(self) -> int:
        return self.judged.reached.unknown

    @property
    def state(self) -> EntryState | None:
        return self.judged.reached.state

    @property
    def is_draft(self) -> bool:
        """Nobody has approved what was typed."""
        return self.judged.reached.provisional

    @property
    def reason(self) -> str:
        return self.judged.reached.reason

    @property
    def computed_at(self) -> datetime | None:
        return self.measured.computed_at if self.measured else None


@dataclass(frozen=True, slots=True)
class IndicatorStanding:
    """The worst of the results that are known speaks for their indicator (decision 34)."""

    indicator: Indicator
    results: tuple[ResultStanding, ...]
    # The officer's newest decision for just these days.
    evaluation: Evaluation | None = None

    @property
    def speaks(self) -> Judged | None:
        return colour_of([one.judged for one in self.results])

    @property
    def verdict(self) -> Verdict:
        none = Verdict(Colour.GREY, Reason.NO_DATA)
        return self.speaks.verdict if self.speaks else none

    @property
    def sentence(self) -> str:
        """Why, as a sentence to be translated."""
        return SENTENCES[self.verdict.reason]

    @property
    def colour(self) -> Colour:
        """The officer's where he decided, else the suggested one."""
        decided = self.evaluation.final if self.evaluation else None
        return decided or self.verdict.colour


def of_plan(
    session: Session,
    plan: Plan,
    period: Period,
    as_of: datetime,
    *,
    approved_only: bool = False,
    area: str = "",
) -> dict[UUID, IndicatorStanding]:
    """By indicator, as it was known at ``as_of``."""
    whole = tree.of_plan(session, plan)
    known = values.of_plan(session, plan.id, as_of, approved_only=approved_only, area=area)
    decided = evaluations(session, whole.indicators, period, as_of)
    return of_tree(whole, known, decided, period, as_of, area)


def of_tree(
    whole: PlanTree,
    known: Values,
    decided: dict[UUID, Evaluation],
    period: Period,
    as_of: datetime,
    area: str = "",
) -> dict[UUID, IndicatorStanding]:
    """The same of what was read already."""
    results = {one.result.id: one for one in results_of_tree(whole, known, period, as_of, area)}
    return {
        one.id: IndicatorStanding(
            one,
            tuple(results[result_id] for result_id in whole.results_of.get(one.id, ())),
            decided.get(one.id),
        )
        for one in whole.indicators.values()
    }


def results_of_plan(
    session: Session, whole: PlanTree, period: Period, as_of: datetime, area: str = ""
) -> list[ResultStanding]:
    """Every result, with an indicator or without, in the order of the plan."""
    known = values.of_plan(session, whole.plan.id, as_of, area=area)
    return results_of_tree(whole, known, period, as_of, area)


def results_of_tree(
    whole: PlanTree, known: Values, period: Period, as_of: datetime, area: str = ""
) -> list[ResultStanding]:
    """The same of what was read already."""
    today = clock.in_brussels(as_of).date()
    return [
        _standing(
            whole, known, judged_in(whole.plan, one, known, period, today, area), period, area
        )
        for one in whole.results.values()
    ]


def _standing(
    whole: PlanTree, known: Values, one: Judged, period: Period, area: str
) -> ResultStanding:
    result = one.result
    entries = [
        row
        for row in known.typed.get(result.id, ())
        if row.area == area
        and row.worker_id is None
        and (row.period_start, row.period_end) == (period.first, period.last)
    ]
    taken = [
        row
        for row in known.measured.get(result.id, ())
        if row.area == area and (row.period_start, row.period_end) == (period.first, period.last)
    ]
    measured = max(taken, key=lambda row: row.computed_at, default=None)
    entry = entries[-1] if entries else None
    return ResultStanding(one, _source(whole, one), entry, measured)


def _source(whole: PlanTree, one: Judged) -> Source:
    if not one.reached.is_known:
        return Source.NONE
    if one.reached.typed:
        return Source.TYPED
    feeds = (MEASURES.get(feed.measure) for feed in whole.measures_of.get(one.result.id, ()))
    by_hand = any(feed is not None and feed.mode is Mode.REGISTER for feed in feeds)
    return Source.REGISTER if by_hand else Source.AUTO


def evaluations(
    session: Session, indicator_ids: Iterable[UUID], period: Period, as_of: datetime
) -> dict[UUID, Evaluation]:
    """The officer's newest decision of each indicator, for just these days."""
    rows = session.exec(
        select(Evaluation)
        .where(
            col(Evaluation.indicator_id).in_(list(indicator_ids)),
            Evaluation.period_start == period.first,
            Evaluation.period_end == period.last,
            col(Evaluation.decided_at) <= as_of,
        )
        .order_by(col(Evaluation.decided_at), col(Evaluation.id))
    )
    return {row.indicator_id: row for row in rows}
