"""Strong rises: the page that shows them, and the few lines other pages show of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import phenomena
from plan.rises import drawing
from plan.rises import hints as rise_hints

router = APIRouter(include_in_schema=False)

_Writer = Annotated[Actor, allowed(Action.COMPOSE_COLD)]


@router.get("/rises")
def show_rises(request: Request, actor: _Writer, session: DbSession) -> Response:
    return _page(request, session, actor, {})


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    problems: dict[str, str],
    which: tuple[str, str, str] = ("", "", ""),
    reason: str = "",
) -> Response:
    return page(
        request,
        "plan/rises/rises.html",
        422 if problems else 200,
        rises=rise_hints.every(session, actor),
        shown=drawing.of_hint,
        phenomenon=lambda code: phenomena.label(code, language_of(request)),
        problems=problems,
        which=which,
        reason=reason,
    )


@router.get("/rises/hints")
def show_hints(request: Request, actor: _Writer, session: DbSession) -> Response:
    """What the page of prevention messages fetches into itself."""
    return page(
        request,
        "plan/rises/hints.html",
        rises=rise_hints.hints(session, actor),
        phenomenon=lambda code: phenomena.label(code, language_of(request)),
    )


@router.post("/rises/{zone_id}/{phenomenon}/dismiss")
def dismiss_rise(
    zone_id: UUID,
    phenomenon: str,
    request: Request,
    actor: _Writer,
    form: PostedForm,
    session: DbSession,
) -> Response:
    try:
        area = form.text("area")
        rise_hints.dismiss(session, actor, zone_id, phenomenon, area, form.text("reason"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        which = (str(zone_id), phenomenon, area)
        return _page(request, session, actor, problems, which, form.text("reason"))
    return go_to("/rises")
