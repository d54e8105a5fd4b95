"""The silence monitor: which partnerships have heard nothing for longest, or said nothing."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from feedback import silence_monitor
from feedback.silence_monitor import PAGE
from hub import clock, i18n
from hub.access import Action, Actor, allowed
from hub.config import settings
from hub.db import DbSession
from hub.web.pages import language_of, page
from messaging import cold_starters
from partnerships.health import Level

router = APIRouter(include_in_schema=False)

# No police zone has so many partnerships; a greater number is a slip.
_MOST_PAGES = 1000


@router.get("/silence")
def show_silence(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_SILENCE)],
    session: DbSession,
    number: Annotated[int, Query(ge=1, le=_MOST_PAGES, alias="page")] = 1,
) -> Response:
    at, language = clock.now(), language_of(request)
    every = silence_monitor.rows(session, actor, at)
    shown = every[(number - 1) * PAGE : number * PAGE]
    ids = [one.partnership.id for one in shown]
    readable = {one.partnership.id for one in shown if one.reads_police}
    return page(
        request,
        "feedback/silence.html",
        rows=shown,
        number=number,
        pages=-(-len(every) // PAGE),
        wrong=sum(bool(one.told.level) for one in every),
        total=len(every),
        months=silence_monitor.months(session, ids, readable, at),
        starters=silence_monitor.starters(session, ids, at),
        titles=dict(cold_starters.named(language)),
        month_name=lambda first: i18n.month(first, language),
        limits=settings(),
        levels=Level,
    )
