"""The incident as a timeline, the inbox, and feedback to those who got the alert."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel import Session

from feedback import inbox, outcome
from hub.access import Action, Actor, allowed
from hub.db import DbSession, unit_of_work
from hub.errors import BadInput
from hub.web import live
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page, render
from messaging import alert_templates, broadcasts, forms, incidents, phenomena, progress
from messaging.models import Incident, IncidentStatus
from messaging.texts import Texts

router = APIRouter(include_in_schema=False)


@router.get("/incidents/{incident_id}")
def show_incident(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_INCIDENTS)],
    session: DbSession,
) -> Response:
    incident = incidents.incident_for(session, incident_id, actor, Action.SEE_INCIDENTS)
    return _timeline(request, session, actor, incident, texts=None, problems={})


def _reader(incident_id: UUID, actor: Annotated[Actor, allowed(Action.SEE_INBOX)]) -> Actor:
    """Whoever may read this incident's replies; refused before the stream begins."""
    with unit_of_work(read_only=True) as session:
        incidents.incident_for(session, incident_id, actor, Action.SEE_INBOX)
    return actor


@router.get("/incidents/{incident_id}/replies/events", response_class=EventSourceResponse)
async def incident_replies(
    incident_id: UUID, request: Request, actor: Annotated[Actor, Depends(_reader)]
) -> AsyncIterator[ServerSentEvent]:
    """The replies on one incident, as they come in."""

    def fragment() -> tuple[str, bool]:
        with unit_of_work(read_only=True) as session:
            replies = inbox.replies(session, actor, incident_id)
        return render(request, "feedback/replies.html", replies=replies, with_place=False), False

    async for event in live.changes(request, "replies", fragment):
        yield event


def _timeline(
    request: Request,
    session: Session,
    actor: Actor,
    incident: Incident,
    texts: Texts | None,
    problems: dict[str, str],
) -> Response:
    sent = [one for one in incidents.broadcasts_of(session, incident) if one.released_at]
    languages = [language for one in sent[:1] for language in broadcasts.texts_of(session, one)]
    beginnings = {one: alert_templates.feedback(incident, one) for one in languages}
    return page(
        request,
        "feedback/incident.html",
        422 if problems else 200,
        incident=incident,
        is_open=incident.status is IncidentStatus.OPEN,
        phenomenon=phenomena.label(incident.phenomenon, language_of(request)),
        sent=[(one, progress.progress_of(session, one.id)) for one in sent],
        replies=inbox.replies(session, actor, incident.id),
        with_place=False,
        texts=texts or beginnings,
        problems=problems,
        form_id=forms.new_form_id(),
    )


@router.post("/incidents/{incident_id}")
def give_feedback(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.GIVE_FEEDBACK)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    incident = incidents.incident_for(session, incident_id, actor, Action.GIVE_FEEDBACK)
    texts = forms.texts_in(form)
    try:
        outcome.refuse_unfinished(incident, texts)
        request_id = forms.request_id(form, texts, ())
        given = outcome.give_to_all(session, actor, incident, texts, request_id)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _timeline(request, session, actor, incident, texts, problems)
    return go_to(f"/broadcasts/{given.id}")


@router.get("/inbox")
def show_inbox(
    request: Request, actor: Annotated[Actor, allowed(Action.SEE_INBOX)], session: DbSession
) -> Response:
    replies = inbox.replies(session, actor)
    return page(request, "feedback/inbox.html", replies=replies, with_place=True)


@router.get("/inbox/events", response_class=EventSourceResponse)
async def inbox_events(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_INBOX)],
    newest: Annotated[int, Query(ge=1, le=100)] = 100,
) -> AsyncIterator[ServerSentEvent]:
    """Replies as they come in, the newest so many."""

    def fragment() -> tuple[str, bool]:
        with unit_of_work(read_only=True) as session:
            replies = inbox.replies(session, actor, limit=newest)
        return render(request, "feedback/replies.html", replies=replies, with_place=True), False

    async for event in live.changes(request, "replies", fragment):
        yield event
