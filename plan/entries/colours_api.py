"""The JSON door of colours: what the rule suggests for each indicator, and what was decided."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import translate
from hub.web.pages import language_of
from plan.dashboard.reach import plan_of
from plan.entries import deciding
from plan.models import Colour
from plan.standing import spans, standings
from plan.standing.standings import IndicatorStanding

router = APIRouter(prefix="/api/v1", tags=["colours"])

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Decides = Annotated[Actor, allowed(Action.DECIDE_COLOUR)]


class ColourOutput(BaseModel):
    """``suggested`` and ``reason`` are the rule's; ``decided`` is null until the officer decides.
    ``seen`` is to be given with a decision. The ministry's own column is not here: it is its."""

    indicator_id: UUID
    code: str
    suggested: Colour
    reason: str
    decided: Colour | None
    motivation: str
    decided_at: datetime | None
    seen: UUID | None
    results: list[UUID]


class ColourInput(BaseModel):
    """Orange and red want a motivation, and so does another colour than the suggested one."""

    model_config = ConfigDict(extra="forbid")

    span: str = Field(max_length=20)
    colour: Colour
    motivation: str = Field(default="", max_length=10_000)
    seen: UUID | None = None


@router.get("/plans/{plan_id}/colours")
def list_colours(
    plan_id: UUID, request: Request, actor: See, session: DbSession, span: str
) -> list[ColourOutput]:
    """Every indicator of the plan in these days."""
    plan = plan_of(session, actor, plan_id)
    found = standings.of_plan(session, plan, spans.named(plan, span).period, clock.now())
    return [_colour(request, one) for one in found.values()]


@router.post("/plans/{plan_id}/colours/{indicator_id}", status_code=201)
def decide_colour(
    plan_id: UUID,
    indicator_id: UUID,
    request: Request,
    actor: Decides,
    wanted: ColourInput,
    session: DbSession,
) -> ColourOutput:
    """The officer's colour. 409 where somebody decided since it was read."""
    plan = plan_of(session, actor, plan_id, Action.DECIDE_COLOUR)
    period = spans.named(plan, wanted.span).period
    told = (wanted.colour, wanted.motivation)
    deciding.decide(session, actor, plan.id, indicator_id, period, *told, seen=wanted.seen)
    # Decided a moment ago, and so within what is known now.
    return _colour(request, standings.of_plan(session, plan, period, clock.now())[indicator_id])


def _colour(request: Request, one: IndicatorStanding) -> ColourOutput:
    decision = one.evaluation
    return ColourOutput(
        indicator_id=one.indicator.id,
        code=one.indicator.code,
        suggested=one.verdict.colour,
        reason=translate(language_of(request), one.sentence),
        decided=decision.final if decision else None,
        motivation=decision.motivation if decision else "",
        decided_at=decision.decided_at if decision else None,
        seen=decision.id if decision else None,
        results=[result.result.id for result in one.results],
    )
