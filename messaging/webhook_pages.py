"""The pages on which a zone says where it wants to be told of its alerts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.i18n import mark
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import webhook_failing, webhook_register, zone_reach
from messaging.models import CallState, Webhook, WebhookEvent
from partnerships.models import Organisation

router = APIRouter(include_in_schema=False)

_EVENTS = {
    WebhookEvent.ALERT_RELEASED: mark("An urgent alert was released"),
    WebhookEvent.ALERT_FINISHED: mark("An urgent alert has reached everybody it can reach"),
    WebhookEvent.ALERT_CANCELLED: mark("An urgent alert was stopped on its way"),
    WebhookEvent.UPDATE_RELEASED: mark("An update was released"),
    WebhookEvent.ALL_CLEAR_RELEASED: mark("The all clear was released"),
    WebhookEvent.CORRECTION_RELEASED: mark("A correction was released"),
    WebhookEvent.FEEDBACK_RELEASED: mark("Feedback was released"),
    WebhookEvent.TEST: mark("A test"),
}
_STATES = {
    CallState.QUEUED: mark("Waiting"),
    CallState.SENDING: mark("On its way"),
    CallState.DELIVERED: mark("Taken"),
    CallState.FAILED: mark("Given up"),
}
_REASONS = {
    "timed_out": mark("No answer in time"),
    "no_connection": mark("No connection"),
    "bad_certificate": mark("Its certificate is not valid"),
    "private_address": mark("It leads into a private network"),
    "removed": mark("The address was removed"),
    "gone": mark("It asked not to be called any more"),
    "disabled": mark("It is switched off"),
}


@router.get("/outgoing-webhooks")
def list_webhooks(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    session: DbSession,
) -> Response:
    return _list(request, session, actor)


@router.post("/outgoing-webhooks")
def add_webhook(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    typed = {"url": form.text("url").strip(), "zone": form.text("zone")}
    try:
        zone = zone_reach.chosen_zone(session, typed["zone"], actor, Action.KEEP_WEBHOOKS)
        made = webhook_register.add(session, actor, zone, typed["url"])
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _list(request, session, actor, typed, problems)
    # No other page follows: this answer is the only one that ever holds the secret.
    return _one(request, session, made, made.secret)


def _list(
    request: Request,
    session: Session,
    actor: Actor,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    zones = zone_reach.zones_within(session, actor, Action.KEEP_WEBHOOKS)
    return page(
        request,
        "messaging/webhooks.html",
        422 if problems else 200,
        zones=zones,
        kept=[(one, webhook_register.of_zone(session, one.id)) for one in zones],
        events=[(event, words) for event, words in _EVENTS.items() if event != "test"],
        typed=typed or {"url": "", "zone": ""},
        problems=problems or {},
    )


@router.get("/outgoing-webhooks/{webhook_id}")
def show_webhook(
    webhook_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    session: DbSession,
) -> Response:
    return _one(request, session, webhook_register.webhook_for(session, webhook_id, actor))


def _one(request: Request, session: Session, webhook: Webhook, secret: str = "") -> Response:
    return page(
        request,
        "messaging/webhook.html",
        webhook=webhook,
        zone=session.get_one(Organisation, webhook.police_zone_id),
        calls=webhook_register.calls_of(session, webhook),
        secret=secret,
        events=_EVENTS,
        states=_STATES,
        reasons=_REASONS,
    )


@router.post("/outgoing-webhooks/{webhook_id}/test")
def send_test(
    webhook_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    webhook = webhook_register.webhook_for(session, webhook_id, actor)
    webhook_register.test(session, actor, webhook)
    return go_to(f"/outgoing-webhooks/{webhook.id}#calls")


@router.post("/outgoing-webhooks/{webhook_id}/secret")
def renew_secret(
    webhook_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    webhook = webhook_register.webhook_for(session, webhook_id, actor)
    webhook_register.renew_secret(session, actor, webhook)
    return _one(request, session, webhook, webhook.secret)


@router.post("/outgoing-webhooks/{webhook_id}/on")
def switch_on(
    webhook_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    webhook = webhook_register.webhook_for(session, webhook_id, actor)
    webhook_failing.switch_on(session, actor, webhook)
    return go_to(f"/outgoing-webhooks/{webhook.id}")


@router.post("/outgoing-webhooks/{webhook_id}/remove")
def remove_webhook(
    webhook_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    webhook = webhook_register.webhook_for(session, webhook_id, actor)
    webhook_register.remove(session, actor, webhook)
    return go_to("/outgoing-webhooks")
