"""The incident as a timeline, and feedback to those who got the alert."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel import Session

from feedback import inbox_list, outcome, sightings
from feedback.made_from_replies import made_of
from hub.access import Action, Actor, allowed
from hub.db import DbSession, unit_of_work
from hub.errors import BadInput
from hub.web import live
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page, render
from messaging import (
    broadcasts,
    composing,
    costs,
    follow_ups,
    forms,
    incident_timeline,
    incidents,
    launch_words,
    overdue_feedback,
    phenomena,
    template_filling,
)
from messaging.incident_timeline import Entry, EntryKind
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
    """Whoever may read this incident and its replies; refused before the stream begins."""
    with unit_of_work(read_only=True) as session:
        incidents.incident_for(session, incident_id, actor, Action.SEE_INBOX)
    return actor


@router.get("/incidents/{incident_id}/events", response_class=EventSourceResponse)
async def incident_events(
    incident_id: UUID, request: Request, actor: Annotated[Actor, Depends(_reader)]
) -> AsyncIterator[ServerSentEvent]:
    """What happens about one incident, as it happens."""

    def fragment() -> tuple[str, bool]:
        with unit_of_work(read_only=True) as session:
            incident = incidents.incident_for(session, incident_id, actor, Action.SEE_INBOX)
            context = _course(request, session, actor, incident)
            return render(request, "feedback/incident_timeline.html", **context), False

    async for event in live.changes(request, "timeline", fragment):
        yield event


def _course(request: Request, session: Session, actor: Actor, incident: Incident) -> dict[str, Any]:
    """All that happened, replies included, in order of time."""
    language = language_of(request)
    told = inbox_list.replies(session, actor, incident.id) if actor.may(Action.SEE_INBOX) else []
    happened = [
        *incident_timeline.entries(session, incident),
        *_sightings(session, actor, incident),
    ]
    return {
        "timeline": _with_replies(incident, happened, told),
        **made_of(session, told),
        "reason_label": lambda reason: launch_words.label(reason, language),
        "tick_label": lambda tick: launch_words.tick_label(tick, language),
    }


def _sightings(session: Session, actor: Actor, incident: Incident) -> list[Entry]:
    """What was seen, for the police alone (R17), at the moment we heard of it."""
    if not actor.may(Action.SEE_SIGHTINGS):
        return []
    found = sightings.of_incident(session, actor, incident.id)
    return [Entry(one.sighting.received_at, EntryKind.SIGHTING, what=one) for one in found]


def _with_replies(
    incident: Incident, happened: list[Entry], told: list[inbox_list.Reply]
) -> list[Entry]:
    """The timeline with what members said; one that was opened from a message begins with it."""
    first = [one for one in told if one.opened_incident_id == incident.id]
    said = [Entry(one.received_at, EntryKind.REPLY, what=one) for one in told if one not in first]
    if first:
        happened = [one for one in happened if one.kind is not EntryKind.REPORTED]
    return [
        *(Entry(one.received_at, EntryKind.REPORTED, what=one) for one in first),
        *incident_timeline.in_order([*happened, *said]),
    ]


def _timeline(
    request: Request,
    session: Session,
    actor: Actor,
    incident: Incident,
    texts: Texts | None,
    problems: dict[str, str],
    deviation_reason: str = "",
) -> Response:
    waiting = broadcasts.awaiting_feedback(session, incident.id)
    languages = [language for one in waiting[:1] for language in broadcasts.texts_of(session, one)]
    beginnings = template_filling.feedback(session, incident, languages)
    is_open = incident.status is IncidentStatus.OPEN
    return page(
        request,
        "feedback/incident.html",
        422 if problems else 200,
        incident=incident,
        is_open=is_open,
        phenomenon=phenomena.label(incident.phenomenon, language_of(request)),
        sent=follow_ups.alerts_of(session, incident),
        steps=[
            step
            for step in follow_ups.FOLLOW_UPS
            if follow_ups.alerts_to_follow(session, incident, step)
        ],
        overdue=overdue_feedback.of_incident(session, incident),
        cost=costs.of_incident(session, incident.id),
        others=composing.others(session, actor, incident.id),
        may_give=is_open and bool(waiting) and actor.may(Action.GIVE_FEEDBACK),
        texts=texts or beginnings,
        problems=problems,
        may_deviate=bool(deviation_reason or "deviation_reason" in problems),
        deviation_reason=deviation_reason,
        form_id=forms.new_form_id(),
        **_course(request, session, actor, incident),
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
    texts, reason = forms.texts_in(form), form.text("deviation_reason")
    try:
        outcome.refuse_unfinished(session, incident, texts)
        request_id = forms.request_id(form, texts, ())
        given = outcome.give_to_all(session, actor, incident, texts, request_id, reason)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _timeline(request, session, actor, incident, texts, problems, reason)
    return go_to(f"/broadcasts/{given.id}")
