"""Which measure of the hub feeds which result: proposed, and taken by a person."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, NotFound
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from plan.keeping import course, feeding, reach, tree
from plan.keeping.plan_pages import facts_of
from plan.keeping.reading_pages import held_result
from plan.measures import definitions
from plan.measures.catalogue import MEASURES
from plan.models import ExpectedResult, Plan

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Keep = Annotated[Actor, allowed(Action.KEEP_PLAN)]
_FILTER = "filter."


@router.get("/plans/{plan_id}/feeds")
def show_feeds(plan_id: UUID, request: Request, actor: See, session: DbSession) -> Response:
    plan = reach.plan_for(session, plan_id, actor)
    whole = tree.of_plan(session, plan)
    language = language_of(request)
    return page(
        request,
        "plan/keeping/feeds.html",
        **facts_of(request, session, actor, plan),
        tree=whole,
        proposed=feeding.proposed,
        names=definitions.names(language),
    )


@router.post("/plans/{plan_id}/feeds")
def take_all(plan_id: UUID, actor: Keep, _form: PostedForm, session: DbSession) -> Response:
    """Take every proposal for a result that nothing feeds yet."""
    plan = reach.held(session, plan_id, actor)
    course.refuse_closed(plan)
    whole = tree.of_plan(session, plan)
    free = feeding.without_measure(list(whole.results.values()), whole.measures_of)
    feeding.feed_all(session, plan, free, actor.account_id)
    return go_to(f"/plans/{plan.id}/feeds")


@router.get("/plans/{plan_id}/feeds/{result_id}")
def show_form(
    plan_id: UUID, result_id: UUID, request: Request, actor: Keep, session: DbSession
) -> Response:
    plan = reach.plan_for(session, plan_id, actor, Action.KEEP_PLAN)
    result = tree.of_plan(session, plan).results.get(result_id)
    if result is None:
        raise NotFound
    return _form(request, session, actor, plan, result)


def _form(
    request: Request,
    session: Session,
    actor: Actor,
    plan: Plan,
    result: ExpectedResult,
    form: Form | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    whole = tree.of_plan(session, plan)
    now = next(iter(whole.measures_of.get(result.id, ())), None)
    proposal = feeding.proposed(result)
    kept = now or proposal
    measure = form.text("measure") if form else (kept.measure if kept else "")
    filters = _filters(form) if form else (dict(kept.filters) if kept else {})
    language = language_of(request)
    return page(
        request,
        "plan/keeping/feed_form.html",
        422 if problems else 200,
        **facts_of(request, session, actor, plan),
        result=result,
        proposal=proposal,
        measure=measure,
        filters=filters,
        accepted=sorted({name for one in MEASURES.values() for name in one.filters}),
        takes=MEASURES[measure].filters if measure in MEASURES else frozenset(),
        names=definitions.names(language),
        problems=problems or {},
    )


def _filters(form: Form) -> dict[str, str]:
    names = {name for one in MEASURES.values() for name in one.filters}
    return {name: form.text(_FILTER + name) for name in names if form.text(_FILTER + name)}


@router.post("/plans/{plan_id}/feeds/{result_id}")
def change_feed(
    plan_id: UUID,
    result_id: UUID,
    request: Request,
    actor: Keep,
    form: PostedForm,
    session: DbSession,
) -> Response:
    plan, result = held_result(session, plan_id, result_id, actor)
    try:
        feeding.feed(session, plan, result, form.text("measure"), _filters(form), actor.account_id)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _form(request, session, actor, plan, result, form, problems)
    return go_to(f"/plans/{plan.id}/feeds#result-{result.code}")


@router.post("/plans/{plan_id}/feeds/{result_id}/take")
def take_one(
    plan_id: UUID, result_id: UUID, actor: Keep, _form: PostedForm, session: DbSession
) -> Response:
    """Take what is proposed for one result."""
    plan, result = held_result(session, plan_id, result_id, actor)
    proposal = feeding.proposed(result)
    if proposal is None:
        raise NotFound
    feeding.feed(session, plan, result, proposal.measure, proposal.filters, actor.account_id)
    return go_to(f"/plans/{plan.id}/feeds#result-{result.code}")
