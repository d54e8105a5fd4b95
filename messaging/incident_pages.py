"""The pages of an incident before anything is sent: opened, decided on, closed without a word."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession, unit_of_work
from hub.errors import BadInput
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import (
    composing,
    follow_ups,
    forms,
    incidents,
    launch,
    launch_forms,
    overdue_feedback,
    phenomena,
    reporters,
)
from messaging.models import Incident, IncidentStatus
from partnerships import communication_plan
from partnerships.models import Partnership

router = APIRouter(include_in_schema=False)

_INCIDENT_FIELDS = ("police_zone", "phenomenon", "place", "facts_at")


@router.get("/incidents")
def list_incidents(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_INCIDENTS)],
    session: DbSession,
) -> Response:
    found = incidents.recent(session, actor)
    late = {one.id for one in found if overdue_feedback.of_incident(session, one)}
    return page(
        request,
        "messaging/incidents.html",
        incidents=found,
        late=late,
        phenomenon=phenomena.label,
    )


@router.get("/incidents/new")
def new_incident(
    request: Request,
    actor: Annotated[Actor, allowed(Action.OPEN_INCIDENT)],
    session: DbSession,
) -> Response:
    blank = {**dict.fromkeys(_INCIDENT_FIELDS, ""), "facts_at": _minute(clock.now())}
    return _incident_form(request, session, actor, blank, {})


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
            police_zone=form.text("police_zone"),
            client_request_id=_request_id(form),
        )
    except BadInput as refusal:
        typed = {name: form.text(name) for name in _INCIDENT_FIELDS}
        problems = sentences(refusal.problems, language_of(request))
        return _incident_form(request, session, actor, typed, problems)
    after = "decision" if form.text("then") == "decide" else "alert"
    return go_to(f"/incidents/{incident.id}/{after}")


def _request_id(form: Form) -> str | None:
    """The same for a double click; another once a word was changed."""
    if not form.text("form_id"):
        return None
    return forms.request_id(form, {}, (), *(form.text(name) for name in _INCIDENT_FIELDS))


def _incident_form(
    request: Request,
    session: Session,
    actor: Actor,
    typed: dict[str, str],
    problems: dict[str, str],
) -> Response:
    return page(
        request,
        "messaging/incident_new.html",
        422 if problems else 200,
        typed=typed,
        police_zones=incidents.police_zones(session, actor),
        problems=problems,
        phenomena=phenomena.labels(language_of(request)),
        latest=_minute(clock.now()),
        form_id=forms.new_form_id(),
    )


def _minute(moment: datetime) -> str:
    return clock.in_brussels(moment).strftime("%Y-%m-%dT%H:%M")


@router.get("/incidents/{incident_id}/decision")
def show_decision(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.DECIDE_LAUNCH)],
    session: DbSession,
) -> Response:
    incident = incidents.incident_for(session, incident_id, actor, Action.DECIDE_LAUNCH)
    if incident.status is IncidentStatus.CLOSED or follow_ups.alerts_of(session, incident):
        return go_to(f"/incidents/{incident.id}")
    return _decision_form(request, session, actor, incident, _NOTHING_TYPED, {})


@router.post("/incidents/{incident_id}/decision")
def decide(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.DECIDE_LAUNCH)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    incident = incidents.incident_for(session, incident_id, actor, Action.DECIDE_LAUNCH)
    decided = launch_forms.decided_in(form, launched=form.text("launched") == "yes")
    try:
        decision = launch.decide(session, actor, incident, decided)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _decision_form(request, session, actor, incident, decided, problems)
    if decision.launched:
        return go_to(f"/incidents/{incident.id}/alert")
    if form.text("close"):
        launch.close_after(session, actor, incident, decision)
    return go_to(f"/incidents/{incident.id}")


_NOTHING_TYPED = launch.Decided(launched=False, reason="")


def _decision_form(
    request: Request,
    session: Session,
    actor: Actor,
    incident: Incident,
    typed: launch.Decided,
    problems: dict[str, str],
) -> Response:
    language = language_of(request)
    choices = launch.to_tell(session, actor)
    return page(
        request,
        "messaging/incident_decision.html",
        422 if problems else 200,
        incident=incident,
        phenomenon=phenomena.label(incident.phenomenon, language),
        typed=typed,
        problems=problems,
        choices=choices,
        wanting_two=_wanting_two(session, choices),
        reporter=reporters.seen(session, incident.id),
        **launch_forms.choices(language),
    )


def _wanting_two(session: Session, choices: list[Partnership]) -> list[Partnership]:
    """The partnerships whose plans want two to decide at night."""
    plans = communication_plan.in_force_of(session, [one.id for one in choices], clock.now())
    return [one for one in choices if one.id in plans and plans[one.id].second_person_at_night]


@router.post("/incidents/{incident_id}/close")
def close_incident(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.GIVE_FEEDBACK)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """Close an incident of which nobody is told how it ended."""
    incident = incidents.incident_for(session, incident_id, actor, Action.GIVE_FEEDBACK)
    try:
        incidents.close_without_feedback(session, actor, incident, form.text("reason"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _close_form(request, incident, form.text("reason"), problems)
    return go_to(f"/incidents/{incident.id}")


@router.get("/incidents/{incident_id}/close")
def show_close(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.GIVE_FEEDBACK)],
    session: DbSession,
) -> Response:
    incident = incidents.incident_for(session, incident_id, actor, Action.GIVE_FEEDBACK)
    if incident.status is IncidentStatus.CLOSED:
        return go_to(f"/incidents/{incident.id}")
    return _close_form(request, incident, "", {})


def _close_form(
    request: Request, incident: Incident, reason: str, problems: dict[str, str]
) -> Response:
    return page(
        request,
        "messaging/incident_close.html",
        422 if problems else 200,
        incident=incident,
        phenomenon=phenomena.label(incident.phenomenon, language_of(request)),
        reason=reason,
        problems=problems,
    )


@router.get("/incidents/{incident_id}/composing")
def who_is_composing(
    incident_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    session: DbSession,
) -> Response:
    """Who else has the composer of this incident open; whoever asks has it open himself."""
    incident = incidents.incident_for(session, incident_id, actor, Action.COMPOSE_BROADCAST)
    # By itself: what is only read keeps nobody waiting.
    with unit_of_work() as noting:
        composing.is_here(noting, actor, incident.id)
    return page(request, "messaging/incident_composing.html", **seen(session, actor, incident))


def seen(session: Session, actor: Actor, incident: Incident) -> dict[str, Any]:
    """What a dispatcher at this incident should know of the others at it."""
    return {
        "others": composing.others(session, actor, incident.id),
        "left": follow_ups.alerts_of(session, incident),
    }
