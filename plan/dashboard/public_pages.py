"""What everybody may read of a plan that its officer published."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import open_to_all
from hub.db import DbSession
from hub.web.pages import language_of, page
from plan.dashboard import board, drawings, public, publishing
from plan.dashboard.words import Words
from plan.models import Plan
from plan.standing import spans

router = APIRouter(include_in_schema=False)

_PUBLISHED = open_to_all("Its officer published it; it shows approved figures, and nobody's name.")
# A page of figures that change overnight: whoever asks often is answered from nearby.
_KEPT = "public, max-age=300"


@router.get("/public/plan/{reference}", dependencies=[_PUBLISHED])
def show_public_plan(
    request: Request, reference: str, session: DbSession, year: str = "", result: str = ""
) -> Response:
    plan = publishing.published(session, reference)
    answer = _page(request, session, plan, year, result)
    answer.headers["Cache-Control"] = _KEPT
    # The same address in another language, or for somebody signed in, is another page.
    answer.headers["Vary"] = "Cookie, Accept-Language"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _page(request: Request, session: Session, plan: Plan, year: str, result: str) -> Response:
    shown = public.board_of(session, plan, year, clock.now())
    return page(
        request,
        "plan/dashboard/public.html",
        board=shown,
        plan=plan,
        words=Words(language_of(request)),
        spans=spans.years(plan),
        order=board.ORDER,
        pieces=drawings.pieces,
        bullet=drawings.bullet,
        distribution=public.distribution,
        colour=public.colour,
        is_hidden=public.is_hidden,
        zone_map=public.zone_map(session, shown, result),
        zone_choices=public.zone_choices(shown),
    )
