"""Where other systems are told of a zone's alerts: added, tested, given a new secret, removed."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.db import hold_alone
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from messaging import outside, webhook_events, zone_reach
from messaging.models import CallState, Webhook, WebhookCall, WebhookEvent
from messaging.webhook_signature import new_secret
from partnerships.models import Organisation

_MOST_PER_ZONE = 20
_TEST_GOOD_FOR = timedelta(minutes=10)
# Time to put the new secret into the other system.
OLD_SECRET_HOLDS = timedelta(hours=24)

_KNOWN = mark("This address is in the list already.")
_TOO_MANY = mark("A zone has at most {count} addresses. Remove one first.")


def add(session: Session, actor: Actor, zone: Organisation, url: str) -> Webhook:
    """Tell this address of the zone's alerts from now on. Its ``secret`` is shown once.

    Raises ``BadInput`` on the address.
    """
    wrong = outside.problem_with(url)
    if wrong:
        raise BadInput(wrong)
    # Of two who add it at once, the second sees the first.
    hold_alone(session, zone.id)
    kept = of_zone(session, zone.id)
    if url in [one.url for one in kept]:
        raise BadInput(FieldProblem("url", _KNOWN))
    if len(kept) >= _MOST_PER_ZONE:
        raise BadInput(FieldProblem("url", _TOO_MANY, (("count", _MOST_PER_ZONE),)))
    webhook = Webhook(
        police_zone_id=zone.id,
        url=url,
        secret=new_secret(),
        created_by=actor.account_id,
        created_at=clock.now(),
    )
    session.add(webhook)
    session.flush()
    audit.record(session, "webhook.add", ("webhook", webhook.id), by=actor.account_id)
    return webhook


def of_zone(session: Session, zone_id: UUID) -> list[Webhook]:
    """The addresses of a zone, the oldest first."""
    kept = select(Webhook).where(
        Webhook.police_zone_id == zone_id, col(Webhook.removed_at).is_(None)
    )
    return list(session.exec(kept.order_by(col(Webhook.id))))


def webhook_for(session: Session, webhook_id: UUID, actor: Actor) -> Webhook:
    """One of them; raises ``NotFound`` whether it is absent, removed or out of reach."""
    found = session.get(Webhook, webhook_id)
    if found is None or found.removed_at is not None:
        raise NotFound
    if not zone_reach.is_within(found.police_zone_id, actor, Action.KEEP_WEBHOOKS):
        raise NotFound
    return found


def renew_secret(session: Session, actor: Actor, webhook: Webhook) -> Webhook:
    """Sign with another secret from now on, and for a day with the old one too."""
    webhook.previous_secret, webhook.secret = webhook.secret, new_secret()
    webhook.previous_until = clock.now() + OLD_SECRET_HOLDS
    session.add(webhook)
    audit.record(session, "webhook.renew", ("webhook", webhook.id), by=actor.account_id)
    return webhook


def remove(session: Session, actor: Actor, webhook: Webhook) -> None:
    """Tell it nothing any more. What was told stays on record for a while, no secret does."""
    webhook.removed_at = clock.now()
    webhook.secret = webhook.previous_secret = ""
    webhook.previous_until = None
    session.add(webhook)
    session.execute(
        update(WebhookCall)
        .where(
            col(WebhookCall.webhook_id) == webhook.id,
            col(WebhookCall.state) == CallState.QUEUED,
        )
        .values(state=CallState.FAILED, reason="removed", ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    audit.record(session, "webhook.remove", ("webhook", webhook.id), by=actor.account_id)


def test(session: Session, actor: Actor, webhook: Webhook) -> WebhookCall:
    """Send it a call that is about nothing, so that somebody can see it arrive."""
    at = clock.now()
    call = WebhookCall(
        webhook_id=webhook.id,
        event=WebhookEvent.TEST,
        body=webhook_events.test_body(session, webhook, at),
        created_at=at,
        not_before=at,
        expires_at=at + _TEST_GOOD_FOR,
    )
    session.add(call)
    session.flush()
    audit.record(session, "webhook.test", ("webhook", webhook.id), by=actor.account_id)
    return call


def calls_of(session: Session, webhook: Webhook, limit: int = 50) -> list[WebhookCall]:
    """The last calls to an address, the newest first."""
    made = select(WebhookCall).where(WebhookCall.webhook_id == webhook.id)
    return list(session.exec(made.order_by(col(WebhookCall.id).desc()).limit(limit)))
