"""Outgoing webhooks for machines: where a zone's other systems are told of its alerts."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from messaging import webhook_failing, webhook_register, zone_reach
from messaging.models import CallState, Webhook, WebhookEvent
from partnerships.models import Organisation

router = APIRouter(prefix="/api/v1", tags=["webhooks"])


class WebhookInput(BaseModel):
    url: str = Field(description="An https address out in the world; redirects are not followed.")
    zone: str = Field(default="", description="Of the police zone; needed where you keep several.")


class WebhookOutput(BaseModel):
    id: UUID
    zone: str
    url: str
    created_at: datetime
    failing_since: datetime | None = Field(description="Null as long as it takes its calls.")
    disabled_at: datetime | None = Field(
        description="It took none for five days, or answered 410: it is not called."
    )


class NewWebhookOutput(WebhookOutput):
    secret: str = Field(
        description="Signs every call (Standard Webhooks, v1). It is shown once: keep it."
    )


class CallOutput(BaseModel):
    id: UUID
    event: WebhookEvent
    broadcast_id: UUID | None
    state: CallState
    attempts: int
    created_at: datetime
    not_before: datetime
    ended_at: datetime | None
    answer_status: int | None
    reason: str | None


@router.get("/webhooks")
def list_webhooks(
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)], session: DbSession
) -> list[WebhookOutput]:
    """The addresses of the zones you keep."""
    return [
        _described(zone, one)
        for zone in zone_reach.zones_within(session, actor, Action.KEEP_WEBHOOKS)
        for one in webhook_register.of_zone(session, zone.id)
    ]


@router.post("/webhooks", status_code=201)
def add_webhook(
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    wanted: WebhookInput,
    session: DbSession,
) -> NewWebhookOutput:
    """Tell this address of the zone's alerts from now on."""
    zone = zone_reach.chosen_zone(session, wanted.zone, actor, Action.KEEP_WEBHOOKS)
    made = webhook_register.add(session, actor, zone, wanted.url.strip())
    return _with_secret(zone, made)


@router.post("/webhooks/{webhook_id}/secret")
def renew_secret(
    webhook_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    session: DbSession,
) -> NewWebhookOutput:
    """Sign with another secret from now on; for a day with the old one too."""
    webhook = webhook_register.webhook_for(session, webhook_id, actor)
    webhook_register.renew_secret(session, actor, webhook)
    return _with_secret(session.get_one(Organisation, webhook.police_zone_id), webhook)


@router.post("/webhooks/{webhook_id}/on")
def switch_on(
    webhook_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    session: DbSession,
) -> WebhookOutput:
    """Call an address again that was switched off, with what happened within the last day too."""
    webhook = webhook_register.webhook_for(session, webhook_id, actor)
    webhook_failing.switch_on(session, actor, webhook)
    return _described(session.get_one(Organisation, webhook.police_zone_id), webhook)


@router.delete("/webhooks/{webhook_id}", status_code=204)
def remove_webhook(
    webhook_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    session: DbSession,
) -> None:
    """Tell it nothing any more."""
    webhook = webhook_register.webhook_for(session, webhook_id, actor)
    webhook_register.remove(session, actor, webhook)


@router.post("/webhooks/{webhook_id}/test", status_code=202)
def send_test(
    webhook_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    session: DbSession,
) -> CallOutput:
    """Send it a call that is about nothing."""
    webhook = webhook_register.webhook_for(session, webhook_id, actor)
    made = webhook_register.test(session, actor, webhook)
    return CallOutput.model_validate(made, from_attributes=True)


@router.get("/webhooks/{webhook_id}/calls")
def list_calls(
    webhook_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    session: DbSession,
) -> list[CallOutput]:
    """The last calls to an address, the newest first."""
    webhook = webhook_register.webhook_for(session, webhook_id, actor)
    made = webhook_register.calls_of(session, webhook)
    return [CallOutput.model_validate(one, from_attributes=True) for one in made]


def _described(zone: Organisation, webhook: Webhook) -> WebhookOutput:
    return WebhookOutput(
        id=webhook.id,
        zone=zone.slug,
        url=webhook.url,
        created_at=webhook.created_at,
        failing_since=webhook.failing_since,
        disabled_at=webhook.disabled_at,
    )


def _with_secret(zone: Organisation, webhook: Webhook) -> NewWebhookOutput:
    return NewWebhookOutput(**_described(zone, webhook).model_dump(), secret=webhook.secret)
