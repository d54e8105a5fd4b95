"""The prevention officer's page."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.web.pages import page
from plan import overview

router = APIRouter(include_in_schema=False)


@router.get("/plan")
def show_plan(
    request: Request, actor: Annotated[Actor, allowed(Action.SEE_PLAN)], session: DbSession
) -> Response:
    as_of = clock.now()
    plans = [(one, overview.figures(session, one, as_of)) for one in overview.plans(session, actor)]
    return page(request, "plan/plan.html", plans=plans, as_of=as_of)
