"""Why somebody got a message, or did not: asked by telephone, answered from this page."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import language_of, page
from messaging import audience, broadcasts, kept_to, why
from messaging.models import Broadcast
from messaging.why import Why
from partnerships import zone_words

router = APIRouter(include_in_schema=False)


@router.get("/broadcasts/{broadcast_id}/why")
def show_audience(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)],
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    return _page(request, session, broadcast)


@router.post("/broadcasts/{broadcast_id}/why")
def ask_why(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """Posted, not linked: a number is nothing for the list of visited pages."""
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    typed = form.text("contact").strip()
    try:
        found = why.of_contact(session, actor, broadcast, typed)
    except BadInput as refusal:
        told = sentences(refusal.problems, language_of(request))
        return _page(request, session, broadcast, typed, problems=told)
    return _page(request, session, broadcast, typed, found)


def _page(
    request: Request,
    session: Session,
    broadcast: Broadcast,
    typed: str = "",
    found: list[Why] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Response:
    return page(
        request,
        "messaging/why.html",
        422 if problems else 200,
        broadcast=broadcast,
        chosen=why.chosen(session, broadcast),
        ground=why.ground(session, broadcast),
        kept_to=audience.languages_kept_to(session, broadcast),
        kept=kept_to.of_broadcast(session, broadcast),
        typed=typed,
        found=found or [],
        problems=problems or {},
        metres=lambda far: zone_words.distance(far, language_of(request)),
    )
