"""The pages of street work and of a territorial strategy."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import translate
from hub.web.pages import language_of, page
from plan.dashboard.words import Words
from plan.keeping import reach, tree
from plan.keeping.plan_pages import facts_of
from plan.methods import strategy, street_work
from plan.registers.columns import CONTACT_CODES
from plan.standing import spans, standings

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
# Workers are named there: for those who keep the register itself.
Keep = Annotated[Actor, allowed(Action.KEEP_REGISTERS)]


@router.get("/plans/{plan_id}/street-work")
def show_street_work(plan_id: UUID, request: Request, actor: Keep, session: DbSession) -> Response:
    plan = reach.plan_for(session, plan_id, actor, Action.KEEP_REGISTERS)
    language, today = language_of(request), clock.in_brussels(clock.now()).date()
    span = spans.chosen(plan, request.query_params.get("period", ""), today)
    quarters = [one for one in spans.quarters(plan) if one.year == span.year]
    return page(
        request,
        "plan/methods/street_work.html",
        **facts_of(request, session, actor, plan),
        years=spans.years(plan),
        span=span,
        quarters=quarters,
        tables=street_work.tables(session, plan, quarters, [code for code, _ in CONTACT_CODES]),
        counted={code: translate(language, name) for code, name in CONTACT_CODES},
        words=Words(language),
    )


@router.get("/plans/{plan_id}/strategy")
def show_strategy(plan_id: UUID, request: Request, actor: See, session: DbSession) -> Response:
    plan = reach.plan_for(session, plan_id, actor)
    as_of = clock.now()
    today = clock.in_brussels(as_of).date()
    span = spans.chosen(plan, request.query_params.get("period", ""), today)
    standing = standings.of_plan(session, plan, span.period, as_of)
    return page(
        request,
        "plan/methods/strategy.html",
        **facts_of(request, session, actor, plan),
        every=spans.every(plan),
        span=span,
        axes=strategy.axes(tree.of_plan(session, plan), standing, today),
        classes=strategy.CLASSES,
        words=Words(language_of(request)),
    )
