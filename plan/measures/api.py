"""The JSON door of the measures: what each is, and what was taken for a plan."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlmodel import Session, col, select

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import translate
from hub.web.pages import language_of
from plan.measures import definitions, measuring, reach
from plan.models import ExpectedResult, MeasureValue, PlanNode

router = APIRouter(prefix="/api/v1")

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Keep = Annotated[Actor, allowed(Action.KEEP_PLAN)]
_MOST = 1000


class Defined(BaseModel):
    """What a measure counts, in words of the account's language."""

    code: str
    name: str
    definition: str
    unit: str
    version: int


class Taken(BaseModel):
    """A figure of a result. ``value`` is null where there is none, and ``reason`` says why;
    ``unknown`` counts cases whose end nobody knows. ``area`` is a partnership, or the whole town
    where it is empty."""

    result_id: UUID
    result_code: str
    measure: str
    definition_version: int
    period_start: date
    period_end: date
    area: str
    value: float | None
    numerator: float | None
    denominator: float | None
    unknown: int
    reason: str
    computed_at: datetime


class Measured(BaseModel):
    """Figures, and the id to go on after when there are more."""

    values: list[Taken]
    next_after: UUID | None


class Asked(BaseModel):
    """A taking of all measures of a plan, and how far it is."""

    id: UUID
    asked_at: datetime
    measures: int
    done: int
    failed: int
    finished_at: datetime | None


@router.get("/measures", name="list_measures")
def list_measures(request: Request, actor: See) -> list[Defined]:  # noqa: ARG001 - the rule is his
    """Every measure with its definition."""
    return [
        Defined(code=code, name=name, definition=text, unit=unit, version=version)
        for code, name, text, unit, version in definitions.of(language_of(request))
    ]


@router.get("/plans/{plan_id}/measures")
def list_measured(
    plan_id: UUID,
    request: Request,
    actor: See,
    session: DbSession,
    area: str | None = None,
    after: UUID | None = None,
) -> Measured:
    """What was taken for the plan, by id, a thousand at a time; of one area where it is named."""
    reach.plan_of(session, plan_id, actor, Action.SEE_PLAN)
    found = _values(session, plan_id, area, after)
    language = language_of(request)
    values = [
        Taken(
            **value.model_dump() | {"reason": translate(language, value.reason)}, result_code=code
        )
        for value, code in found[:_MOST]
    ]
    more = found[_MOST - 1][0].id if len(found) > _MOST else None
    return Measured(values=values, next_after=more)


def _values(
    session: Session, plan_id: UUID, area: str | None, after: UUID | None
) -> list[tuple[MeasureValue, str]]:
    its = (
        select(MeasureValue, ExpectedResult.code)
        .join(ExpectedResult, col(ExpectedResult.id) == col(MeasureValue.result_id))
        .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
        .where(PlanNode.plan_id == plan_id)
    )
    if area is not None:
        its = its.where(MeasureValue.area == area)
    if after is not None:
        its = its.where(MeasureValue.id > after)
    return list(session.exec(its.order_by(col(MeasureValue.id)).limit(_MOST + 1)))


@router.post("/plans/{plan_id}/measure", status_code=202)
def measure_now(plan_id: UUID, actor: Keep, session: DbSession, response: Response) -> Asked:
    """Have the plan measured; one that waits or runs already is the one."""
    plan = reach.plan_of(session, plan_id, actor, Action.KEEP_PLAN)
    asked = measuring.ask(session, plan, actor)
    response.headers["Location"] = f"/api/v1/plans/{plan.id}/measuring"
    return Asked(**asked.model_dump())


@router.get("/plans/{plan_id}/measuring")
def show_measuring(plan_id: UUID, actor: See, session: DbSession) -> Asked | None:
    """The newest taking of the plan's measures; null where there was none."""
    reach.plan_of(session, plan_id, actor, Action.SEE_PLAN)
    newest = measuring.newest_of(session, plan_id)
    return Asked(**newest.model_dump()) if newest else None
