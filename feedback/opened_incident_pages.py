"""The page on which an incident is opened from a member's message."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import opened_incidents, voicemail_listening
from feedback.models import InboundChannel, InboundMessage
from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import incidents, phenomena
from partnerships.models import Person

router = APIRouter(include_in_schema=False)

_FIELDS = ("police_zone", "phenomenon", "place", "facts_at")


@router.get("/inbox/{reply_id}/incident")
def show_form(
    reply_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.OPEN_INCIDENT)],
    session: DbSession,
) -> Response:
    reply = opened_incidents.reply_for(session, actor, reply_id)
    existing = opened_incidents.opened_from(session, actor, reply)
    if existing is not None:
        return go_to(f"/incidents/{existing.id}")
    came_in = clock.in_brussels(reply.received_at).strftime("%Y-%m-%dT%H:%M")
    blank = {**dict.fromkeys(_FIELDS, ""), "facts_at": came_in}
    blank["police_zone"] = opened_incidents.zone_slug(session, actor, reply)
    return _form(request, session, actor, reply, blank, {})


@router.post("/inbox/{reply_id}/incident")
def open_from_reply(
    reply_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.OPEN_INCIDENT)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    try:
        incident = opened_incidents.open_from(
            session,
            actor,
            reply_id,
            phenomenon=form.text("phenomenon"),
            place=form.text("place"),
            facts_at=form.moment("facts_at"),
            police_zone=form.text("police_zone"),
        )
    except BadInput as refusal:
        reply = opened_incidents.reply_for(session, actor, reply_id)
        typed = {name: form.text(name) for name in _FIELDS}
        problems = sentences(refusal.problems, language_of(request))
        return _form(request, session, actor, reply, typed, problems)
    after = "decision" if form.text("then") == "decide" else "alert"
    return go_to(f"/incidents/{incident.id}/{after}")


def _form(
    request: Request,
    session: Session,
    actor: Actor,
    reply: InboundMessage,
    typed: dict[str, str],
    problems: dict[str, str],
) -> Response:
    person = session.get(Person, reply.person_id) if reply.person_id else None
    return page(
        request,
        "feedback/incident_from_reply.html",
        422 if problems else 200,
        reply=reply,
        name=person.name if person else "",
        spoken=voicemail_listening.of_reply(session, reply.id),
        by_mail=reply.channel is InboundChannel.EMAIL,
        typed=typed,
        problems=problems,
        police_zones=incidents.police_zones(session, actor),
        phenomena=phenomena.labels(language_of(request)),
        # One message opens one incident: the form needs no mark of its own.
        form_id="",
        latest=clock.in_brussels(clock.now()).strftime("%Y-%m-%dT%H:%M"),
    )
