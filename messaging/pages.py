"""The pages from an incident to a message on its way."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession, unit_of_work
from hub.errors import BadInput
from hub.web import live
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page, render
from messaging import (
    alert_templates,
    broadcasts,
    composer,
    drafts,
    forms,
    incidents,
    phenomena,
    progress,
)
from messaging.models import Broadcast, BroadcastKind, BroadcastStatus, Incident
from messaging.texts import MOST_SEGMENTS, Texts
from partnerships.models import Partnership

router = APIRouter(include_in_schema=False)


@router.get("/incidents")
def list_incidents(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_INCIDENTS)],
    session: DbSession,
) -> Response:
    return page(
        request,
        "messaging/incidents.html",
        incidents=incidents.recent(session, actor),
        phenomenon=phenomena.label,
    )


@router.get("/incidents/new")
def new_incident(
    request: Request, _actor: Annotated[Actor, allowed(Action.OPEN_INCIDENT)]
) -> Response:
    blank = {"phenomenon": "", "place": "", "facts_at": _minute(clock.now())}
    return _incident_form(request, blank, {})


@router.post("/incidents")
def open_incident(
    request: Request,
    actor: Annotated[Actor, allowed(Action.OPEN_INCIDENT)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    try:
        incident = incidents.open_incident(
            session,
            actor,
            phenomenon=form.text("phenomenon"),
            place=form.text("place"),
            facts_at=form.moment("facts_at"),
        )
    except BadInput as refusal:
        typed = {name: form.text(name) for name in ("phenomenon", "place", "facts_at")}
        problems = sentences(refusal.problems, language_of(request))
        return _incident_form(request, typed, problems, status_code=422)
    return go_to(f"/incidents/{incident.id}/alert")


def _incident_form(
    request: Request, typed: dict[str, str], problems: dict[str, str], status_code: int = 200
) -> Response:
    return page(
        request,
        "messaging/incident_new.html",
        status_code,
        typed=typed,
        problems=problems,
        phenomena=phenomena.labels(language_of(request)),
        latest=_minute(clock.now()),
    )


def _minute(moment: datetime) -> str:
    return clock.in_brussels(moment).strftime("%Y-%m-%dT%H:%M")


@router.get("/incidents/{incident_id}/alert")
def compose_alert(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    session: DbSession,
) -> Response:
    incident = incidents.incident_for(session, incident_id, actor, Action.COMPOSE_BROADCAST)
    choices = composer.choices(session, actor)
    texts = {
        language: alert_templates.alert(incident, language)
        for language in composer.languages_of(choices)
    }
    chosen = choices if len(choices) == 1 else []
    return _composer(request, session, incident, choices, chosen, texts, {})


@router.post("/incidents/{incident_id}/alert")
def save_alert(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    incident = incidents.incident_for(session, incident_id, actor, Action.COMPOSE_BROADCAST)
    texts, chosen = forms.texts_in(form), form.all("partnerships")
    draft = drafts.Draft(
        client_request_id=forms.request_id(form, texts, chosen),
        kind=BroadcastKind.URGENT_ALERT,
        texts=texts,
        partnerships=chosen,
        incident_id=incident.id,
    )
    try:
        broadcast = drafts.create(session, actor, draft)
    except BadInput as refusal:
        choices = composer.choices(session, actor)
        problems = sentences(refusal.problems, language_of(request))
        ticked = [one for one in choices if one.slug in chosen]
        return _composer(request, session, incident, choices, ticked, texts, problems)
    return go_to(f"/broadcasts/{broadcast.id}/confirm")


def _composer(
    request: Request,
    session: Session,
    incident: Incident,
    choices: list[Partnership],
    chosen: list[Partnership],
    texts: Texts,
    problems: dict[str, str],
) -> Response:
    return page(
        request,
        "messaging/composer.html",
        422 if problems else 200,
        incident=incident,
        phenomenon=phenomena.label(incident.phenomenon, language_of(request)),
        choices=choices,
        chosen=[one.slug for one in chosen],
        texts=texts,
        problems=problems,
        form_id=forms.new_form_id(),
        preview=composer.preview(session, chosen, BroadcastKind.URGENT_ALERT, texts),
        most_segments=MOST_SEGMENTS,
    )


@router.post("/incidents/{incident_id}/alert/preview")
def preview_alert(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """The figures beside the words, again, while they are being typed."""
    incidents.incident_for(session, incident_id, actor, Action.COMPOSE_BROADCAST)
    chosen = _chosen(session, actor, form)
    texts = forms.texts_in(form)
    figures = composer.preview(session, chosen, BroadcastKind.URGENT_ALERT, texts)
    return page(request, "messaging/preview.html", preview=figures, most_segments=MOST_SEGMENTS)


def _chosen(session: Session, actor: Actor, form: Form) -> list[Partnership]:
    slugs = form.all("partnerships")
    return [one for one in composer.choices(session, actor) if one.slug in slugs]


@router.get("/broadcasts/{broadcast_id}/confirm")
def confirm_broadcast(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    if broadcast.status is not BroadcastStatus.DRAFT:
        return go_to(f"/broadcasts/{broadcast.id}")
    chosen = broadcasts.partnerships_of(session, broadcast)
    texts = broadcasts.texts_of(session, broadcast)
    return page(
        request,
        "messaging/confirm.html",
        broadcast=broadcast,
        partnerships=chosen,
        texts=texts,
        preview=composer.preview(session, chosen, broadcast.kind, texts),
        most_segments=MOST_SEGMENTS,
    )


@router.post("/broadcasts/{broadcast_id}/send")
def send_broadcast(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    broadcasts.send(session, actor, broadcast)
    return go_to(f"/broadcasts/{broadcast.id}")


@router.get("/broadcasts/{broadcast_id}")
def watch_broadcast(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)],
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    return page(
        request,
        "messaging/broadcast.html",
        broadcast=broadcast,
        partnerships=broadcasts.partnerships_of(session, broadcast),
        texts=broadcasts.texts_of(session, broadcast),
        progress=progress.progress_of(session, broadcast.id),
    )


def _watcher(broadcast_id: UUID, actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)]) -> Actor:
    """Whoever may watch this broadcast; refused before the stream begins, not inside it."""
    with unit_of_work(read_only=True) as session:
        broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    return actor


@router.get("/broadcasts/{broadcast_id}/events", response_class=EventSourceResponse)
async def broadcast_events(
    broadcast_id: UUID, request: Request, actor: Annotated[Actor, Depends(_watcher)]
) -> AsyncIterator[ServerSentEvent]:
    """The deliveries of a broadcast, as they change."""

    def fragment() -> tuple[str, bool]:
        with unit_of_work(read_only=True) as session:
            return _progress_fragment(request, session, actor, broadcast_id)

    async for event in live.changes(request, "progress", fragment):
        yield event


def _progress_fragment(
    request: Request, session: Session, actor: Actor, broadcast_id: UUID
) -> tuple[str, bool]:
    found: Broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    figures = progress.progress_of(session, broadcast_id)
    html = render(request, "messaging/progress.html", broadcast=found, progress=figures)
    return html, found.status is BroadcastStatus.FINISHED
