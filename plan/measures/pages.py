"""The pages of the measures: what each is, one figure looked into, and measuring now."""

import csv
import io
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.web.forms import PostedForm
from hub.web.pages import go_to, language_of, page
from plan.measures import definitions, looking, measuring, reach
from plan.measures.buckets import key_of, named
from plan.models import ExpectedResult, Plan

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Keep = Annotated[Actor, allowed(Action.KEEP_PLAN)]
_MOST_ROWS = 100_000


@router.get("/measures-of-the-plan")
def show_definitions(request: Request, actor: See) -> Response:  # noqa: ARG001 - the rule is his
    return page(
        request, "plan/measures/definitions.html", measures=definitions.of(language_of(request))
    )


@router.get("/plans/{plan_id}/measured/{result_id}")
def show_measured(
    plan_id: UUID,
    result_id: UUID,
    request: Request,
    actor: See,
    session: DbSession,
    period: str = "",
    area: str = "",
) -> Response:
    plan, result = _found(session, plan_id, result_id, actor)
    chosen = named(plan, period)
    language = language_of(request)
    return page(
        request,
        "plan/measures/measured.html",
        plan=plan,
        result=result,
        period=chosen,
        area=area,
        periods=looking.periods(plan),
        key_of=key_of,
        areas=looking.areas(session, plan),
        looks=looking.looks(session, actor, plan, result, chosen, area),
        kinds=reach.KIND_WORDS,
        page_of=lambda case: reach.page_of(actor, plan, case.kind, case.subject),
        text_of=lambda measure: definitions.text_of(measure, language),
        units=definitions.UNIT_WORDS,
        may_measure=actor.reach(Action.KEEP_PLAN).covers(plan.municipality_id),
        measuring=measuring.newest_of(session, plan.id),
    )


def _found(
    session: Session, plan_id: UUID, result_id: UUID, actor: Actor
) -> tuple[Plan, ExpectedResult]:
    plan = reach.plan_of(session, plan_id, actor, Action.SEE_PLAN)
    return plan, reach.result_of(session, plan, result_id)


@router.get("/plans/{plan_id}/measured/{result_id}/rows.csv")
def download_rows(
    plan_id: UUID,
    result_id: UUID,
    actor: See,
    session: DbSession,
    period: str = "",
    area: str = "",
) -> Response:
    """The rows of the figure, each by its number and day; nothing that says who anybody is."""
    plan, result = _found(session, plan_id, result_id, actor)
    chosen = named(plan, period)
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["measure", "period_start", "period_end", "area", "kind", "id", "at", "counts",
                    "unknown"])  # fmt: skip
    for look in looking.looks(session, actor, plan, result, chosen, area, most=_MOST_ROWS):
        for one in look.cases or ():
            table.writerow([look.measure.code, chosen.first, chosen.last, area, one.kind,
                            one.subject, one.at.isoformat(), int(one.counts),
                            int(one.unknown)])  # fmt: skip
    return Response(
        written.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="rows.csv"'},
    )


@router.post("/plans/{plan_id}/measure")
def measure_now(plan_id: UUID, actor: Keep, form: PostedForm, session: DbSession) -> Response:
    plan = reach.plan_of(session, plan_id, actor, Action.KEEP_PLAN)
    measuring.ask(session, plan, actor)
    return go_to(_back(plan, form.text("result"), form.text("period")))


def _back(plan: Plan, result: str, period: str) -> str:
    """Where he came from, made anew of what can only be an id and a period."""
    try:
        looked_into = UUID(result)
    except ValueError:
        return f"/plans/{plan.id}/measuring"
    return f"/plans/{plan.id}/measured/{looked_into}?period={key_of(named(plan, period))}"


@router.get("/plans/{plan_id}/measuring")
def show_measuring(plan_id: UUID, request: Request, actor: See, session: DbSession) -> Response:
    plan = reach.plan_of(session, plan_id, actor, Action.SEE_PLAN)
    is_part = request.headers.get("HX-Request") == "true"
    return page(
        request,
        "plan/measures/progress.html" if is_part else "plan/measures/measuring.html",
        plan=plan,
        measuring=measuring.newest_of(session, plan.id),
        may_measure=actor.reach(Action.KEEP_PLAN).covers(plan.municipality_id),
    )
