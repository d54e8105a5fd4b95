"""The pages on which the officer decides colours, and others read why."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, Conflict, NotFound
from hub.i18n import translate
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from plan.dashboard.reach import plan_of
from plan.dashboard.words import Words
from plan.entries import deciding
from plan.models import Colour, Plan
from plan.standing import spans, standings, thresholds
from plan.standing.spans import Span
from plan.standing.standings import IndicatorStanding

router = APIRouter(include_in_schema=False)

Sees = Annotated[Actor, allowed(Action.SEE_PLAN)]
Decides = Annotated[Actor, allowed(Action.DECIDE_COLOUR)]


@router.get("/plans/{plan_id}/colours")
def show_colours(request: Request, plan_id: UUID, actor: Sees, session: DbSession) -> Response:
    plan = plan_of(session, actor, plan_id)
    span = _span(plan, request.query_params.get("span", ""))
    found = list(_standings(session, plan, span).values())
    only_undecided = request.query_params.get("show") == "undecided"
    return page(
        request,
        "plan/entries/colours.html",
        plan=plan,
        span=span,
        spans=spans.every(plan),
        words=Words(language_of(request)),
        shown=[one for one in found if not only_undecided or deciding.is_undecided(one)],
        total=len(found),
        undecided=sum(deciding.is_undecided(one) for one in found),
        greens=len(deciding.greens(found)),
        only_undecided=only_undecided,
        is_undecided=deciding.is_undecided,
        may_decide=_may_decide(actor, plan),
    )


@router.post("/plans/{plan_id}/colours")
def accept_greens(plan_id: UUID, actor: Decides, form: PostedForm, session: DbSession) -> Response:
    plan = plan_of(session, actor, plan_id, Action.DECIDE_COLOUR)
    span = _span(plan, form.text("span"))
    deciding.accept_greens(session, actor, plan.id, span.period)
    return go_to(f"/plans/{plan.id}/colours?{urlencode({'span': span.key})}")


@router.get("/plans/{plan_id}/colours/{indicator_id}")
def show_colour(
    request: Request, plan_id: UUID, indicator_id: UUID, actor: Sees, session: DbSession
) -> Response:
    plan = plan_of(session, actor, plan_id)
    span = _span(plan, request.query_params.get("span", ""))
    return _page(request, session, actor, plan, indicator_id, span)


@router.post("/plans/{plan_id}/colours/{indicator_id}")
def decide_colour(
    request: Request,
    plan_id: UUID,
    indicator_id: UUID,
    actor: Decides,
    form: PostedForm,
    session: DbSession,
) -> Response:
    plan = plan_of(session, actor, plan_id, Action.DECIDE_COLOUR)
    span = _span(plan, form.text("span"))
    colour = next((one for one in Colour if one.value == form.text("colour")), None)
    try:
        deciding.decide(
            session,
            actor,
            plan.id,
            indicator_id,
            span.period,
            colour,
            form.text("motivation"),
            seen=_seen(form),
        )
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _page(request, session, actor, plan, indicator_id, span, problems, form)
    except Conflict as refusal:
        problems = {"conflict": translate(language_of(request), refusal.message)}
        return _page(request, session, actor, plan, indicator_id, span, problems, form, 409)
    return go_to(f"/plans/{plan.id}/colours/{indicator_id}?{urlencode({'span': span.key})}")


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    plan: Plan,
    indicator_id: UUID,
    span: Span,
    problems: dict[str, str] | None = None,
    form: Form | None = None,
    status: int = 422,
) -> Response:
    one = _standings(session, plan, span).get(indicator_id)
    if one is None:
        raise NotFound
    decided = one.evaluation.final if one.evaluation else None
    return page(
        request,
        "plan/entries/colour.html",
        status if problems else 200,
        plan=plan,
        span=span,
        spans=spans.every(plan),
        words=Words(language_of(request)),
        one=one,
        colours=list(Colour),
        chosen=form.text("colour") if form else (decided or one.verdict.colour).value,
        motivation=form.text("motivation") if form else "",
        history=deciding.history(session, indicator_id, span.period),
        may_decide=_may_decide(actor, plan),
        thresholds=thresholds.told(language_of(request)),
        problems=problems or {},
    )


def _may_decide(actor: Actor, plan: Plan) -> bool:
    return actor.reach(Action.DECIDE_COLOUR).covers(plan.municipality_id)


def _standings(session: Session, plan: Plan, span: Span) -> dict[UUID, IndicatorStanding]:
    return standings.of_plan(session, plan, span.period, clock.now())


def _span(plan: Plan, key: str) -> Span:
    return spans.chosen(plan, key, clock.in_brussels(clock.now()).date())


def _seen(form: Form) -> UUID | None:
    try:
        return UUID(form.text("seen"))
    except ValueError:
        return None
