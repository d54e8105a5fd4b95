"""The pages of what follows an alert: updates, its end, stopping it, sending it again."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, NotFound
from hub.i18n import translate
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import (
    broadcasts,
    composer,
    follow_ups,
    forms,
    incidents,
    missed,
    phenomena,
    progress,
    sending_again,
    stopping,
)
from messaging.by_the_plan import PlanRefuses
from messaging.follow_ups import FollowUp
from messaging.models import Broadcast, Incident, Step
from messaging.texts import MOST_SEGMENTS

router = APIRouter(include_in_schema=False)

_STEP_OF_PATH = {
    "update": Step.UPDATE,
    "all-clear": Step.ALL_CLEAR,
    "correction": Step.CORRECTION,
}


def _step(path: str) -> Step:
    if path not in _STEP_OF_PATH:
        raise NotFound
    return _STEP_OF_PATH[path]


@router.get("/incidents/{incident_id}/follow-up/{path}")
def write_follow_up(
    incident_id: UUID,
    path: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    session: DbSession,
) -> Response:
    incident = incidents.incident_for(session, incident_id, actor, Action.SEND_BROADCAST)
    step = _step(path)
    follow_ups.refuse_none(session, incident, step)
    texts = follow_ups.words_for_all(session, incident, step)
    return _form(request, session, incident, FollowUp(step, "", texts), {})


@router.post("/incidents/{incident_id}/follow-up/{path}")
def send_follow_up(
    incident_id: UUID,
    path: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """Send it to everyone who got an alert of this incident."""
    incident = incidents.incident_for(session, incident_id, actor, Action.SEND_BROADCAST)
    texts, step = forms.texts_in(form), _step(path)
    wanted = FollowUp(
        step,
        f"{step}-{forms.request_id(form, texts, ())}",
        texts,
        bool(form.text("counts_as_feedback")),
        form.text("deviation_reason"),
    )
    try:
        sent = follow_ups.send_to_all(session, actor, incident, wanted)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _form(request, session, incident, wanted, problems)
    except PlanRefuses as refusal:
        problems = _reason_wanted(request, refusal)
        return _form(request, session, incident, wanted, problems)
    return go_to(f"/broadcasts/{sent.id}")


def _reason_wanted(request: Request, refusal: PlanRefuses) -> dict[str, str]:
    """The refusal of a plan, beside the field in which somebody may say why he sends it anyway."""
    sentence = translate(language_of(request), refusal.message, **refusal.values)
    return {"deviation_reason": sentence}


def _form(
    request: Request,
    session: Session,
    incident: Incident,
    wanted: FollowUp,
    problems: dict[str, str],
) -> Response:
    texts = wanted.texts or {}
    alerts = follow_ups.alerts_to_follow(session, incident, wanted.step)
    return page(
        request,
        "messaging/incident_follow_up.html",
        422 if problems else 200,
        incident=incident,
        phenomenon=phenomena.label(incident.phenomenon, language_of(request)),
        wanted=replace(wanted, texts=texts),
        texts=texts,
        people=sum(follow_ups.people(session, one) for one in alerts),
        may_deviate="deviation_reason" in problems or bool(wanted.deviation_reason),
        lengths=composer.lengths(texts),
        most_segments=MOST_SEGMENTS,
        problems=problems,
        form_id=forms.new_form_id(),
    )


@router.get("/broadcasts/{broadcast_id}/stop")
def show_stop(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.STOP_BROADCAST)],
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.STOP_BROADCAST)
    return _stop_form(request, session, broadcast, "", {})


@router.post("/broadcasts/{broadcast_id}/stop")
def stop_broadcast(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.STOP_BROADCAST)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """Pause it, let it go on, or stop it for good."""
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.STOP_BROADCAST)
    how, reason = form.text("how"), form.text("reason")
    try:
        if how == "resume":
            stopping.resume(session, actor, broadcast, reason)
        elif how == "pause":
            stopping.pause(session, actor, broadcast, reason)
        else:
            stopping.refuse_bad_reason(reason)
            stopping.cancel(session, actor, broadcast, reason)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _stop_form(request, session, broadcast, reason, problems)
    return go_to(f"/broadcasts/{broadcast.id}")


def _stop_form(
    request: Request,
    session: Session,
    broadcast: Broadcast,
    reason: str,
    problems: dict[str, str],
) -> Response:
    return page(
        request,
        "messaging/incident_stop.html",
        422 if problems else 200,
        broadcast=broadcast,
        partnerships=broadcasts.partnerships_of(session, broadcast),
        progress=progress.progress_of(session, broadcast),
        reason=reason,
        problems=problems,
    )


@router.get("/broadcasts/{broadcast_id}/again")
def show_again(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    session: DbSession,
) -> Response:
    alert = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    follow_ups.refuse(session, alert, Step.AGAIN)
    return _again_form(request, session, alert, {})


@router.post("/broadcasts/{broadcast_id}/again")
def send_again(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """Send the same words to those who did not get them."""
    alert = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    request_id = f"again-{form.text('form_id')[:40]}"
    reason = form.text("deviation_reason")
    try:
        sent = sending_again.send(session, actor, alert, request_id, reason)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _again_form(request, session, alert, problems, reason)
    except PlanRefuses as refusal:
        return _again_form(request, session, alert, _reason_wanted(request, refusal), reason)
    return go_to(f"/broadcasts/{sent.id}")


def _again_form(
    request: Request,
    session: Session,
    alert: Broadcast,
    problems: dict[str, str],
    deviation_reason: str = "",
) -> Response:
    return page(
        request,
        "messaging/incident_again.html",
        422 if problems else 200,
        broadcast=alert,
        partnerships=broadcasts.partnerships_of(session, alert),
        people=missed.count(session, alert),
        texts=broadcasts.texts_of(session, alert),
        may_deviate="deviation_reason" in problems,
        deviation_reason=deviation_reason,
        problems=problems,
        form_id=forms.new_form_id(),
    )
