"""A report filled from the plan and its figures, cut to what was chosen."""

from collections.abc import Iterator
from uuid import UUID

from sqlmodel import Session

from hub import clock
from hub.i18n import Language
from partnerships.models import Organisation
from plan.colour_rule import SENTENCES
from plan.keeping import tree
from plan.keeping.tree import PlanTree, TreeNode
from plan.models import ExpectedResult, NodeKind, Plan
from plan.report import definitions, words
from plan.report.choices import Choices
from plan.report.contents import (
    Figure,
    IndicatorLine,
    Objective,
    Report,
    ResultLine,
    Section,
    Strategic,
)
from plan.report.cut import SECTIONS, Cut, label
from plan.report.history import events
from plan.report.tidy_rows import rows_of
from plan.standing import standings
from plan.standing.standings import IndicatorStanding, ResultStanding


def gather(session: Session, plan: Plan, choices: Choices) -> Report:
    """The report on this plan. Raises ``BadInput`` for a part that the plan does not have."""
    whole = tree.of_plan(session, plan)
    cut = Cut(session, whole, choices)
    known = standings.of_plan(
        session,
        plan,
        choices.period,
        choices.moment,
        approved_only=not choices.with_drafts,
    )
    sections = tuple(_Sections(whole, cut, known, choices.language))
    shown = _shown(whole, sections)
    return Report(
        plan_id=str(plan.id),
        title=plan.title,
        municipality=session.get_one(Organisation, plan.municipality_id).name,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        first=choices.period.first,
        last=choices.period.last,
        as_of=choices.as_of,
        language=choices.language,
        with_drafts=choices.with_drafts,
        made_at=clock.now(),
        sections=sections,
        rows=rows_of(session, whole, shown, choices),
        definitions=(
            *definitions.of_results(whole, shown, choices.language),
            definitions.of_colours(choices.language),
        ),
        journal=events(session, whole, shown, choices),
        cut_to=cut.names,
    )


def _shown(whole: PlanTree, sections: tuple[Section, ...]) -> list[ExpectedResult]:
    ids = {
        each.id
        for section in sections
        for strategic in section.strategic
        for one in strategic.objectives
        for each in one.results
    }
    return [one for one in whole.results.values() if str(one.id) in ids]


class _Sections:
    """The sections in the plan's order, each phenomenon with its number."""

    def __init__(
        self,
        whole: PlanTree,
        cut: Cut,
        standings: dict[UUID, IndicatorStanding],
        language: Language,
    ) -> None:
        self._whole, self._cut, self._standings = whole, cut, standings
        self._language = language

    def __iter__(self) -> Iterator[Section]:
        number = 0
        loose: list[Strategic] = []
        for root in self._whole.roots:
            number += root.node.kind is NodeKind.PHENOMENON
            if not self._cut.takes(root):
                continue
            strategic = tuple(self._strategic_of(root))
            if root.node.kind not in SECTIONS:
                loose.extend(strategic)
            elif strategic or not self._cut.is_by_service:
                yield Section(
                    label=label(root, self._language),
                    number=number if root.node.kind is NodeKind.PHENOMENON else None,
                    general=tuple(
                        one.node.label for one in root.walk() if one.node.kind is NodeKind.GENERAL
                    ),
                    strategic=strategic,
                )
        if loose:
            # Of a plan without sections, as those of other methods are.
            yield Section(label=self._whole.plan.title, strategic=tuple(loose))

    def _strategic_of(self, root: TreeNode) -> Iterator[Strategic]:
        for branch in _branches(root):
            if not self._cut.takes_branch(branch):
                continue
            found = self._strategic(branch)
            if found.objectives or found.indicators or not self._cut.is_by_result:
                yield found

    def _strategic(self, branch: TreeNode) -> Strategic:
        service = self._whole.nearest(branch.node.id, NodeKind.SERVICE)
        return Strategic(
            label=label(branch, self._language),
            service=service.node.label if service else "",
            objectives=tuple(
                Objective(
                    label=one.node.label,
                    responsible=one.node.responsible,
                    results=tuple(
                        ResultLine(str(each.id), each.code, each.raw)
                        for each in one.results
                        if self._cut.takes_result(each)
                    ),
                )
                for one in branch.walk()
                if self._is_shown(one)
            ),
            indicators=tuple(
                self._indicator(self._standings[one.id])
                for one in branch.all_indicators
                if one.id in self._standings and self._shows(one.id)
            ),
        )

    def _is_shown(self, one: TreeNode) -> bool:
        if self._cut.is_by_result:
            return any(self._cut.takes_result(each) for each in one.results)
        return one.node.kind is NodeKind.OPERATIONAL or bool(one.results)

    def _shows(self, indicator_id: UUID) -> bool:
        if not self._cut.is_by_result:
            return True
        results = self._whole.results_of.get(indicator_id, ())
        return any(self._cut.takes_result(self._whole.results[one]) for one in results)

    def _indicator(self, stands: IndicatorStanding) -> IndicatorLine:
        decided = stands.evaluation is not None and stands.evaluation.final is not None
        sentence = stands.sentence or SENTENCES[stands.verdict.reason]
        return IndicatorLine(
            id=str(stands.indicator.id),
            code=stands.indicator.code,
            text=stands.indicator.text,
            colour=stands.colour,
            is_decided=decided,
            motivation=stands.evaluation.motivation if stands.evaluation else "",
            why=words.known(sentence, self._language),
            figures=tuple(figure(one) for one in stands.results),
        )


def _branches(root: TreeNode) -> Iterator[TreeNode]:
    """The strategic objectives under a root; where results stand under none, what they do."""
    if root.node.kind is NodeKind.STRATEGIC or not any(
        one.node.kind is NodeKind.STRATEGIC for one in root.walk()
    ):
        yield root
        return
    for child in root.children:
        if child.node.kind is not NodeKind.GENERAL:
            yield from _branches(child)


def figure(stands: ResultStanding) -> Figure:
    """A result as it stands, for the grey line."""
    result = stands.result
    comparator = result.evaluate_as or result.comparator
    return Figure(
        result_id=str(result.id),
        code=result.code,
        expected=result.raw,
        kind=result.kind.value,
        value=stands.value,
        numerator=stands.numerator,
        denominator=stands.denominator,
        unknown=stands.unknown,
        state=stands.state.value if stands.state else "",
        source=stands.source.value,
        is_draft=stands.is_draft,
        reason=stands.reason,
        target=result.target,
        comparator=comparator.value if comparator else "",
        target_period=result.period.value,
        unit=result.unit,
    )
