"""The cockpit of those who type figures, and the form of one figure."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import translate
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships.documents import Upload
from plan.dashboard.reach import within_reach
from plan.dashboard.words import Words
from plan.entries import assigning, cockpit, entering, figures, lines, numbers, proof
from plan.entries.cockpit import Want
from plan.entries.figures import Figure
from plan.entries.lines import Line
from plan.models import EntryState, ExpectedResult, Plan, PlanStatus
from plan.registers import evidence
from plan.standing import spans, values
from plan.standing.judging import judged
from plan.standing.spans import Span
from plan.standing.values import Reached, Values

router = APIRouter(include_in_schema=False)

Enters = Annotated[Actor, allowed(Action.ENTER_FIGURES)]
Approves = Annotated[Actor, allowed(Action.APPROVE_FIGURES)]


@router.get("/figures")
def show_cockpit(request: Request, actor: Enters, session: DbSession) -> Response:
    asked = request.query_params
    plans = _plans(session, actor)
    plan = next((one for one in plans if str(one.id) == asked.get("plan")), None)
    plan = plan or (plans[0] if plans else None)
    if plan is None:
        return page(request, "plan/entries/no_plan.html")
    as_of = clock.now()
    span = spans.chosen(plan, asked.get("span", ""), clock.in_brussels(as_of).date())
    own = entering.own_services(session, actor, plan)
    only = next((one for one in Want if one.value == asked.get("want")), None)
    return page(
        request,
        "plan/entries/cockpit.html",
        cockpit=cockpit.of_plan(session, plan, span, as_of, own, only),
        plan=plan,
        plans=plans,
        spans=spans.every(plan),
        wants=list(Want),
        only=only,
        words=Words(language_of(request)),
        services=assigning.services(session, plan),
        may_approve=own is None,
        has_service=own is None or bool(own),
    )


@router.post("/figures/assign")
def assign_results(actor: Approves, form: PostedForm, session: DbSession) -> Response:
    """The results of one objective become a service's."""
    plan_id, node_id = _id(form, "plan"), _id(form, "node")
    if plan_id is None or node_id is None:
        raise NotFound
    assigning.assign(session, actor, plan_id, node_id, _id(form, "service"))
    asked = urlencode({"plan": str(plan_id), "span": form.text("span")})
    return go_to(f"/figures?{asked}#n-{node_id}")


@router.get("/figures/{result_id}")
def show_figure(request: Request, result_id: UUID, actor: Enters, session: DbSession) -> Response:
    plan, result = entering.result_of(session, actor, result_id)
    span = _span(plan, request)
    line = lines.chosen(session, plan, result, span.period, request.query_params.get("line", ""))
    return _form(request, session, actor, plan, result, span, line)


@router.post("/figures/{result_id}")
def keep_figure(
    request: Request, result_id: UUID, actor: Enters, form: PostedForm, session: DbSession
) -> Response:
    """One of the steps: draft, submit, approve, send back."""
    plan, result = entering.result_of(session, actor, result_id)
    span = spans.named(plan, form.text("span"))
    line = lines.chosen(session, plan, result, span.period, form.text("line"))
    try:
        # What is refused leaves nothing half done.
        with session.begin_nested():
            _do(session, actor, result, span, line, form)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _form(request, session, actor, plan, result, span, line, problems, form)
    except Conflict as refusal:
        problems = {"conflict": translate(language_of(request), refusal.message)}
        return _form(request, session, actor, plan, result, span, line, problems, form, 409)
    if not line.is_whole and form.text("step") in ("draft", "submit"):
        # On to the other lines.
        return go_to(f"/figures/{result.id}?span={span.key}#lines")
    asked = {"span": span.key} | ({} if line.is_whole else {"line": line.key})
    return go_to(f"/figures/{result.id}?{urlencode(asked)}")


@router.post("/figures/{result_id}/evidence", max_body_size=evidence.MOST_BODY_BYTES)
def keep_evidence(
    request: Request, result_id: UUID, actor: Enters, form: PostedForm, session: DbSession
) -> Response:
    plan, result = entering.result_of(session, actor, result_id)
    span = spans.named(plan, form.text("span"))
    line = lines.chosen(session, plan, result, span.period, form.text("line"))
    upload = Upload(form.file("file", evidence.LARGEST_BYTES), form.file_name("file"))
    try:
        proof.keep(session, actor, plan, result, span.period, line, upload)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _form(request, session, actor, plan, result, span, line, problems, form)
    asked = {"span": span.key} | ({} if line.is_whole else {"line": line.key})
    return go_to(f"/figures/{result.id}?{urlencode(asked)}#proof")


@router.get("/figures/{result_id}/evidence/{evidence_id}")
def open_evidence(
    result_id: UUID, evidence_id: UUID, actor: Enters, session: DbSession
) -> Response:
    _plan, result = entering.result_of(session, actor, result_id)
    found, content = proof.opened(session, actor, result, evidence_id)
    ending = "pdf" if found.media_type == "application/pdf" else "jpg"
    # To be saved, never shown inside the hub's own pages.
    named = {"Content-Disposition": f'attachment; filename="evidence.{ending}"'}
    return Response(content, media_type=found.media_type, headers=named)


def _do(
    session: Session,
    actor: Actor,
    result: ExpectedResult,
    span: Span,
    line: Line,
    form: Form,
) -> None:
    seen, step = _id(form, "seen"), form.text("step")
    if step == "approve":
        entering.approve(session, actor, result.id, span.period, seen, line)
    elif step == "send_back":
        reason = form.text("reason")
        entering.send_back(session, actor, result.id, span.period, seen, reason, line)
    else:
        typed, submit = _typed(form), step == "submit"
        entering.enter(
            session, actor, result.id, span.period, typed, seen=seen, submit=submit, line=line
        )


def _typed(form: Form) -> Figure:
    problems: list[FieldProblem] = []
    read: dict[str, float | None] = {}
    for name in ("value", "numerator", "denominator"):
        try:
            read[name] = numbers.read(name, form.text(name))
        except BadInput as refusal:
            problems.extend(refusal.problems)
    if problems:
        raise BadInput(*problems)
    state = next((one for one in EntryState if one.value == form.text("state")), None)
    return Figure(**read, state=state, note=form.text("note").strip())


def _form(
    request: Request,
    session: Session,
    actor: Actor,
    plan: Plan,
    result: ExpectedResult,
    span: Span,
    line: Line,
    problems: dict[str, str] | None = None,
    form: Form | None = None,
    status: int = 422,
) -> Response:
    as_of = clock.now()
    steps = entering.history(session, result.id, span.period, line)
    newest = entering.newest(session, result.id, span.period, line)
    known = values.of_plan(session, plan.id, as_of, zones_in=span.period)
    mine = lines.of_result(session, plan, result, span.period) if line.is_whole else []
    today = clock.in_brussels(as_of).date()
    return page(
        request,
        "plan/entries/figure.html",
        status if problems else 200,
        plan=plan,
        result=result,
        span=span,
        spans=spans.every(plan),
        words=Words(language_of(request)),
        line=line,
        one=judged(plan, result, _reached(known, result, span, line), span.period, today),
        lines=[
            (each, judged(plan, result, _reached(known, result, span, each), span.period, today))
            for each in mine
        ],
        last_steps=entering.newest_of_lines(session, result.id, span.period) if mine else {},
        steps=list(reversed(steps)),
        files=proof.of_figure(session, result.id, span.period, line),
        most_files=evidence.MOST,
        megabytes=evidence.LARGEST_BYTES // (1024 * 1024),
        newest=newest,
        typed=_fields(newest, form),
        is_share=result.kind in figures.SHARES,
        is_state=result.kind in figures.STATES,
        may_approve=entering.own_services(session, actor, plan) is None,
        is_open=plan.status is PlanStatus.IN_FORCE and span.period.first <= today,
        problems=problems or {},
    )


def _reached(known: Values, result: ExpectedResult, span: Span, line: Line) -> Reached:
    if line.worker_id is not None:
        return known.of_workers(result, span.period).get(line.worker_id, Reached())
    return known.of(result, span.period, line.area)


def _fields(newest: Any, form: Form | None) -> dict[str, str]:
    """What stands in the fields: what was just typed, else the newest step."""
    names = ("value", "numerator", "denominator", "state", "note")
    if form is not None and form.text("step") in ("draft", "submit"):
        return {name: form.text(name) for name in names}
    given = {name: getattr(newest, name, None) for name in names}
    if given["note"] and newest.status.value == "sent_back":
        given["note"] = ""
    return {
        name: numbers.written(one) if isinstance(one, float) else one or ""
        for name, one in given.items()
    }


def _plans(session: Session, actor: Actor) -> list[Plan]:
    mine = select(Plan).where(
        Plan.status == PlanStatus.IN_FORCE, within_reach(actor, Action.ENTER_FIGURES)
    )
    newest_first = mine.order_by(col(Plan.starts_on).desc(), col(Plan.created_at).desc())
    return list(session.exec(newest_first))


def _span(plan: Plan, request: Request) -> Span:
    today = clock.in_brussels(clock.now()).date()
    return spans.chosen(plan, request.query_params.get("span", ""), today)


def _id(form: Form, name: str) -> UUID | None:
    """``None`` of what is no id at all."""
    try:
        return UUID(form.text(name))
    except ValueError:
        return None
