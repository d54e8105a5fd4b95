"""What was read of a plan, beside its own words: confirmed, chosen, put right by a person."""

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
from plan.keeping import confirming, course, reach, reading_fields, tree
from plan.keeping.plan_pages import facts_of
from plan.models import Comparator, ExpectedResult, NodeKind, Plan, ResultKind, TargetPeriod

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Keep = Annotated[Actor, allowed(Action.KEEP_PLAN)]


@router.get("/plans/{plan_id}/reading")
def show_reading(
    plan_id: UUID, request: Request, actor: See, session: DbSession, show: str = ""
) -> Response:
    plan = reach.plan_for(session, plan_id, actor)
    whole = tree.of_plan(session, plan)
    lines = confirming.lines_outside(session, plan)
    lost = [one for one in lines if not one.role]
    unsettled = sum(1 for one in lost if one.settled_at is None)
    return page(
        request,
        "plan/keeping/reading.html",
        **facts_of(request, session, actor, plan),
        tree=whole,
        only_waiting=show == "waiting",
        progress=confirming.progress(whole.results.values(), unsettled),
        lost=lost,
        other=[one for one in lines if one.role],
        waits=confirming.waits,
        waiting_of=confirming.waiting_of,
        lacks_number=confirming.lacks_number,
        alternatives=confirming.alternatives,
        fingerprint=confirming.fingerprint,
    )


@router.post("/plans/{plan_id}/reading/{result_id}")
def settle_reading(
    plan_id: UUID, result_id: UUID, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    plan, result = held_result(session, plan_id, result_id, actor)
    chosen = form.text("reading")
    if chosen:
        number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 4 else -1
        confirming.choose(session, plan, result, number, actor.account_id)
    else:
        confirming.confirm(session, plan, [result], form.text("seen"), actor.account_id)
    return _back(plan, form, f"result-{result.code}")


def _back(plan: Plan, form: Form, place: str) -> Response:
    show = "?show=waiting" if form.text("show") == "waiting" else ""
    return go_to(f"/plans/{plan.id}/reading{show}#{place}")


def held_result(
    session: Session, plan_id: UUID, result_id: UUID, actor: Actor
) -> tuple[Plan, ExpectedResult]:
    """A plan to be changed, and a result of it. Raises ``NotFound``; ``WrongTime`` when closed."""
    plan = reach.held(session, plan_id, actor)
    course.refuse_closed(plan)
    result = tree.of_plan(session, plan).results.get(result_id)
    if result is None:
        raise NotFound
    return plan, result


@router.post("/plans/{plan_id}/objectives/{node_id}/confirm")
def confirm_objective(
    plan_id: UUID, node_id: UUID, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    plan = reach.held(session, plan_id, actor)
    course.refuse_closed(plan)
    node = tree.of_plan(session, plan).nodes.get(node_id)
    if node is None or node.node.kind is not NodeKind.OPERATIONAL:
        raise NotFound
    confirming.confirm(session, plan, node.results, form.text("seen"), actor.account_id)
    return _back(plan, form, f"objective-{node.node.code}")


@router.post("/plans/{plan_id}/lines/{line_id}/settle")
def settle_line(
    plan_id: UUID, line_id: UUID, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    plan = reach.held(session, plan_id, actor)
    confirming.settle_line(session, plan, line_id, actor.account_id)
    return _back(plan, form, "lines")


@router.get("/plans/{plan_id}/reading/{result_id}")
def show_form(
    plan_id: UUID, result_id: UUID, request: Request, actor: Keep, session: DbSession
) -> Response:
    plan = reach.plan_for(session, plan_id, actor, Action.KEEP_PLAN)
    result = tree.of_plan(session, plan).results.get(result_id)
    if result is None:
        raise NotFound
    return _form(request, session, actor, plan, result, reading_fields.typed_of(result), {})


def _form(
    request: Request,
    session: Session,
    actor: Actor,
    plan: Plan,
    result: ExpectedResult,
    typed: dict[str, str],
    problems: dict[str, str],
) -> Response:
    return page(
        request,
        "plan/keeping/reading_form.html",
        422 if problems else 200,
        **facts_of(request, session, actor, plan),
        result=result,
        node=tree.of_plan(session, plan).nodes[result.node_id].node,
        typed=typed,
        problems=problems,
        kinds=list(ResultKind),
        comparators=list(Comparator),
        periods=list(TargetPeriod),
        aggregations=reading_fields.AGGREGATIONS,
        each=reading_fields.EACH,
    )


@router.post("/plans/{plan_id}/reading/{result_id}/fields")
def change_reading(
    plan_id: UUID,
    result_id: UUID,
    request: Request,
    actor: Keep,
    form: PostedForm,
    session: DbSession,
) -> Response:
    plan, result = held_result(session, plan_id, result_id, actor)
    typed = {name: form.text(name) for name in reading_fields.FIELDS}
    try:
        fields = reading_fields.parsed(typed)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _form(request, session, actor, plan, result, typed, problems)
    confirming.settle(session, plan, result, fields, actor.account_id)
    return go_to(f"/plans/{plan.id}/reading#result-{result.code}")
