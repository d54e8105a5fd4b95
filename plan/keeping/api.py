"""The JSON door of plans: which there are, one as a tree, and the confirming of what was read."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from plan.keeping import confirming, course, reach, tree
from plan.keeping.reading_pages import held_result
from plan.keeping.storing import fields_of
from plan.models import (
    Comparator,
    ExpectedResult,
    IndicatorClass,
    NodeKind,
    Plan,
    PlanMethod,
    PlanStatus,
    ResultKind,
    TargetPeriod,
)

router = APIRouter(prefix="/api/v1")

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Keep = Annotated[Actor, allowed(Action.KEEP_PLAN)]


class PlanOutput(BaseModel):
    """A plan, and how much of it waits for somebody."""

    id: UUID
    municipality_id: UUID
    title: str
    starts_on: date
    ends_on: date
    method: PlanMethod
    status: PlanStatus
    version: int
    prolongs_id: UUID | None
    results: int
    waiting: int = Field(description="Results whose reading nobody has confirmed yet.")
    lines_without_place: int


class PlansOutput(BaseModel):
    plans: list[PlanOutput]


class ReadingOutput(BaseModel):
    """A way in which a text can be read."""

    kind: ResultKind
    comparator: Comparator | None
    evaluate_as: Comparator | None
    target: float | None = Field(description="None where the text states no number; never 0.")
    unit: str
    period: TargetPeriod


class PlanResultOutput(ReadingOutput):
    """An expected result: its words, and how they are read."""

    id: UUID
    code: str
    raw: str
    condition: dict[str, Any] | None
    per: str
    inferred: list[str] = Field(description="What is a reading, and not literally in the text.")
    waits: bool
    confirmed_at: datetime | None
    closed_on: date | None
    readings: list[ReadingOutput] = Field(description="Where the text can be read in several ways.")
    fingerprint: str = Field(description="Of the reading as it stands; to confirm just that.")
    indicators: list[UUID]
    measures: list[str]


class PlanIndicatorOutput(BaseModel):
    id: UUID
    code: str
    text: str
    indicator_class: IndicatorClass
    closed_on: date | None
    results: list[UUID]


class PlanNodeOutput(BaseModel):
    id: UUID
    code: str
    kind: NodeKind
    label: str
    catalogue_code: str
    responsible: str
    closed_on: date | None
    results: list[PlanResultOutput]
    indicators: list[PlanIndicatorOutput]
    children: list["PlanNodeOutput"]


class PlanTreeOutput(PlanOutput):
    """The whole plan, in order."""

    nodes: list[PlanNodeOutput]


class ConfirmInput(BaseModel):
    """``fingerprint`` is that of the reading as it was seen: another since then is refused (409).
    ``reading`` chooses one of ``readings`` instead, counted from 0."""

    model_config = ConfigDict(extra="forbid")

    fingerprint: str
    reading: int | None = Field(default=None, ge=0, le=100)


@router.get("/plans")
def list_plans(actor: See, session: DbSession) -> PlansOutput:
    """The plans within reach, the newest first."""
    plans = reach.plans(session, actor)
    left = confirming.progress_of(session, plans)
    return PlansOutput(plans=[PlanOutput(**_facts(one, left[one.id])) for one in plans])


@router.get("/plans/{plan_id}")
def show_plan(plan_id: UUID, actor: See, session: DbSession) -> PlanTreeOutput:
    """One plan as a tree."""
    plan = reach.plan_for(session, plan_id, actor)
    whole = tree.of_plan(session, plan)
    left = confirming.progress_of(session, [plan])[plan.id]
    return PlanTreeOutput(**_facts(plan, left), nodes=[_node(whole, one) for one in whole.roots])


@router.post("/plans/{plan_id}/results/{result_id}/confirm")
def confirm_reading(
    plan_id: UUID, result_id: UUID, wanted: ConfirmInput, actor: Keep, session: DbSession
) -> PlanResultOutput:
    """Confirm how a result is read, or choose one of the ways in which it can be."""
    plan, result = held_result(session, plan_id, result_id, actor)
    if wanted.reading is None:
        confirming.confirm(session, plan, [result], wanted.fingerprint, actor.account_id)
    elif wanted.fingerprint != confirming.fingerprint([result]):
        raise confirming.ReadAnew
    elif wanted.reading >= len(confirming.alternatives(result)):
        raise BadInput(FieldProblem("reading", mark("There is no such reading.")))
    else:
        confirming.choose(session, plan, result, wanted.reading, actor.account_id)
    return _result(tree.of_plan(session, plan), result)


@router.post("/plans/{plan_id}/in-force")
def put_in_force(plan_id: UUID, actor: Keep, session: DbSession) -> PlanOutput:
    """From now on figures are held against it."""
    plan = reach.held(session, plan_id, actor)
    course.put_in_force(session, plan, actor.account_id)
    return PlanOutput(**_facts(plan, confirming.progress_of(session, [plan])[plan.id]))


def _facts(plan: Plan, left: confirming.Progress) -> dict[str, Any]:
    own = {
        *("id", "municipality_id", "title", "starts_on", "ends_on", "method", "status"),
        *("version", "prolongs_id"),
    }
    told = {"results": left.results, "waiting": left.waiting, "lines_without_place": left.lines}
    return plan.model_dump(include=own) | told


def _node(whole: tree.PlanTree, one: tree.TreeNode) -> PlanNodeOutput:
    return PlanNodeOutput(
        **one.node.model_dump(
            include={
                *("id", "code", "kind", "label", "catalogue_code", "responsible", "closed_on"),
            }
        ),
        results=[_result(whole, result) for result in one.results],
        indicators=[
            PlanIndicatorOutput(
                **indicator.model_dump(
                    include={"id", "code", "text", "indicator_class", "closed_on"}
                ),
                results=list(whole.results_of.get(indicator.id, ())),
            )
            for indicator in one.indicators
        ],
        children=[_node(whole, child) for child in one.children],
    )


_READ = {"kind", "comparator", "evaluate_as", "target", "unit", "period"}


def _result(whole: tree.PlanTree, result: ExpectedResult) -> PlanResultOutput:
    own = {"id", "code", "raw", "condition", "per", "inferred", "confirmed_at", "closed_on"}
    return PlanResultOutput(
        **result.model_dump(include=own | _READ),
        waits=confirming.waits(result),
        readings=[
            ReadingOutput.model_validate({name: fields_of(one)[name] for name in _READ})
            for one in confirming.alternatives(result)
        ],
        fingerprint=confirming.fingerprint([result]),
        indicators=list(whole.indicators_of.get(result.id, ())),
        measures=[one.measure for one in whole.measures_of.get(result.id, ())],
    )
