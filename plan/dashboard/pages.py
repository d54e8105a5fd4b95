"""How a plan stands: the dashboard of those who keep it and those who answer for it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.config import settings
from hub.db import DbSession
from hub.web.forms import PostedForm
from hub.web.pages import go_to, language_of, page
from partnerships import spreadsheets
from plan.dashboard import board, changes, drawings, publishing, sheet, zones
from plan.dashboard.board import Board, Wish
from plan.dashboard.reach import newest_in_force, plan_of, services_of
from plan.dashboard.words import Words
from plan.models import Plan
from plan.standing import spans

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Keep = Annotated[Actor, allowed(Action.KEEP_PLAN)]


@router.get("/plan")
def show_newest_plan(actor: See, session: DbSession) -> Response:
    """The plan that is in force; where there is none, the list, from which one is made."""
    newest = newest_in_force(session, actor)
    return go_to(f"/plans/{newest.id}/dashboard" if newest else "/plans")


@router.get("/plans/{plan_id}/dashboard")
def show_dashboard(request: Request, plan_id: UUID, actor: See, session: DbSession) -> Response:
    plan = plan_of(session, actor, plan_id)
    shown = _board(request, session, actor, plan)
    return page(request, "plan/dashboard/dashboard.html", **_parts(request, session, actor, shown))


@router.get("/plans/{plan_id}/dashboard.csv")
def download_figures(request: Request, plan_id: UUID, actor: See, session: DbSession) -> Response:
    """The figures that the page with these filters shows."""
    plan = plan_of(session, actor, plan_id)
    shown = _board(request, session, actor, plan)
    name = f"plan-{shown.span.key}-{shown.today.isoformat()}.csv"
    return StreamingResponse(
        spreadsheets.as_csv(list(sheet.rows(shown, language_of(request)))),
        media_type=spreadsheets.MEDIA_TYPES[spreadsheets.Format.CSV],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.post("/plans/{plan_id}/public")
def publish_or_withdraw(
    plan_id: UUID, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    plan = plan_of(session, actor, plan_id, Action.KEEP_PLAN)
    if form.text("choice") == "publish":
        publishing.publish(session, actor, plan, with_motivations="motivations" in form)
    else:
        publishing.withdraw(session, actor, plan)
    return go_to(f"/plans/{plan.id}/dashboard#public")


def _board(request: Request, session: Session, actor: Actor, plan: Plan) -> Board:
    as_of = clock.now()
    asked = request.query_params
    span = spans.chosen(plan, asked.get("period", ""), clock.in_brussels(as_of).date())
    wish = Wish(
        asked.get("phenomenon", ""),
        asked.get("service", ""),
        asked.get("colour", ""),
        bool(asked.get("unexplained")),
        services_of(session, actor, plan) if asked.get("mine") else None,
    )
    return board.of_plan(session, plan, span, as_of, wish)


def _parts(request: Request, session: Session, actor: Actor, shown: Board) -> dict[str, Any]:
    reach = actor.reach(Action.KEEP_PLAN)
    asked = request.query_params
    return {
        "board": shown,
        "plan": shown.plan,
        "words": Words(language_of(request)),
        "spans": spans.every(shown.plan),
        "services": board.services(shown.tree),
        "order": board.ORDER,
        "asked": asked,
        "query": str(asked),
        "on_paper": bool(asked.get("paper")),
        "is_narrow": board.is_narrow(shown.wish),
        "pieces": drawings.pieces,
        "bullet": drawings.bullet,
        "trend": lambda one: drawings.trend(shown, one),
        "comparison": changes.compared(shown),
        "most_listed": changes.MOST_LISTED,
        "zone_map": zones.drawn(session, shown, asked.get("result", "")),
        "zone_choices": zones.choices(shown),
        "may_keep": reach.covers(shown.plan.municipality_id),
        "may_decide": actor.reach(Action.DECIDE_COLOUR).covers(shown.plan.municipality_id),
        "public_address": f"{settings().base_url}/public/plan/{shown.plan.public_reference}"
        if shown.plan.public_reference
        else "",
    }
