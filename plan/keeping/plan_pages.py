"""One plan: what it is, how far it is, its parts; in force, closed, prolonged."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships.models import Organisation
from plan.keeping import changes, confirming, course, prolonging, reach, tree
from plan.keeping.words import words
from plan.measures import definitions
from plan.models import Plan

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Keep = Annotated[Actor, allowed(Action.KEEP_PLAN)]


@router.get("/plans/{plan_id}")
def show_plan(plan_id: UUID, request: Request, actor: See, session: DbSession) -> Response:
    return _plan(request, session, actor, reach.plan_for(session, plan_id, actor))


def _plan(
    request: Request,
    session: Session,
    actor: Actor,
    plan: Plan,
    form: Form | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    whole = tree.of_plan(session, plan)
    return page(
        request,
        "plan/keeping/plan.html",
        422 if problems else 200,
        **facts_of(request, session, actor, plan),
        tree=whole,
        progress=confirming.progress_of(session, [plan])[plan.id],
        follows=session.get(Plan, plan.prolongs_id) if plan.prolongs_id else None,
        next_days=prolonging.next_days(plan),
        lacks_number=confirming.lacks_number,
        waits=confirming.waits,
        typed=form.text if form else lambda _name: "",
        problems=problems or {},
    )


def facts_of(request: Request, session: Session, actor: Actor, plan: Plan) -> dict[str, Any]:
    """What every page of a plan says of it."""
    return {
        "plan": plan,
        "town": session.get_one(Organisation, plan.municipality_id),
        "keeps_it": reach.keeps(actor, plan),
        "said": words(language_of(request)),
    }


@router.post("/plans/{plan_id}/in-force")
def put_in_force(plan_id: UUID, actor: Keep, _form: PostedForm, session: DbSession) -> Response:
    plan = reach.held(session, plan_id, actor)
    course.put_in_force(session, plan, actor.account_id)
    return go_to(f"/plans/{plan.id}")


@router.post("/plans/{plan_id}/close")
def close(plan_id: UUID, actor: Keep, _form: PostedForm, session: DbSession) -> Response:
    plan = reach.held(session, plan_id, actor)
    course.close(session, plan, actor.account_id)
    return go_to(f"/plans/{plan.id}")


@router.post("/plans/{plan_id}/facts")
def change_facts(
    plan_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    plan = reach.held(session, plan_id, actor)
    days = (form.text("starts_on"), form.text("ends_on"))
    try:
        course.change_facts(session, plan, form.text("title"), days, actor.account_id)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _plan(request, session, actor, plan, form, problems)
    return go_to(f"/plans/{plan.id}")


@router.post("/plans/{plan_id}/prolong")
def prolong(
    plan_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    plan = reach.held(session, plan_id, actor)
    days = (form.text("next_starts_on"), form.text("next_ends_on"))
    try:
        following = prolonging.prolong(
            session, plan, form.text("next_title"), days, actor.account_id
        )
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _plan(request, session, actor, plan, form, problems)
    return go_to(f"/plans/{following.id}")


@router.get("/plans/{plan_id}/journal")
def show_journal(plan_id: UUID, request: Request, actor: See, session: DbSession) -> Response:
    plan = reach.plan_for(session, plan_id, actor)
    return page(
        request,
        "plan/keeping/journal.html",
        **facts_of(request, session, actor, plan),
        decisions=changes.journal(session, plan),
        names=changes.names(session, plan),
        measures=definitions.names(language_of(request)),
    )
