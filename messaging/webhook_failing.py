"""When another system takes no calls: its keeper is told after a day, and it is switched off after
five, or at once when it asks for that.

Alerts leave all the same; but somebody must know that nobody there hears of them.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub import audit, clock, log
from hub.access import Actor
from messaging import webhook_notices
from messaging.models import CallState, Webhook, WebhookCall, WebhookEvent

_log = log.get(__name__)

# Longer than a weekend and the day after it.
SWITCHED_OFF_AFTER = timedelta(days=5)


def note_taken(session: Session, webhook_id: UUID) -> None:
    """It is well."""
    session.execute(
        update(Webhook)
        .where(col(Webhook.id) == webhook_id, col(Webhook.failing_since).is_not(None))
        .values(failing_since=None, warned_at=None)
    )


def note_not_taken(session: Session, webhook_id: UUID) -> None:
    """It has been failing since now, if it has not for longer."""
    session.execute(
        update(Webhook)
        .where(col(Webhook.id) == webhook_id, col(Webhook.failing_since).is_(None))
        .values(failing_since=clock.now())
    )


def note_gone(session: Session, webhook_id: UUID) -> None:
    """It wants no more calls."""
    webhook = _standing(session, webhook_id)
    if webhook is not None:
        _switch_off(session, webhook, "gone")
        webhook_notices.tell_gone(session, webhook)


def judge(session: Session, given_up: Iterable[tuple[UUID, WebhookEvent]]) -> None:
    """Tell the keepers of those whose calls were given up; switch off those that fail for long."""
    for webhook_id in {one for one, event in given_up if event is not WebhookEvent.TEST}:
        _log.warning("webhook_call_given_up", webhook_id=str(webhook_id))
        webhook = _standing(session, webhook_id)
        # Nobody's fault but ours, when it was never called.
        if webhook is not None and webhook.failing_since is not None:
            _judge(session, webhook)


def _judge(session: Session, webhook: Webhook) -> None:
    assert webhook.failing_since is not None
    ends_at = webhook.failing_since + SWITCHED_OFF_AFTER
    if ends_at <= clock.now():
        _switch_off(session, webhook, "failing")
        webhook_notices.tell_switched_off(session, webhook)
    elif webhook.warned_at is None:
        webhook.warned_at = clock.now()
        webhook_notices.warn(session, webhook, ends_at)


def _standing(session: Session, webhook_id: UUID) -> Webhook | None:
    kept = select(Webhook).where(
        Webhook.id == webhook_id,
        col(Webhook.removed_at).is_(None),
        col(Webhook.disabled_at).is_(None),
    )
    held = kept.with_for_update().execution_options(populate_existing=True)
    return session.exec(held).first()


def _switch_off(session: Session, webhook: Webhook, why: str) -> None:
    webhook.disabled_at = clock.now()
    session.execute(
        update(WebhookCall)
        .where(
            col(WebhookCall.webhook_id) == webhook.id,
            col(WebhookCall.state) == CallState.QUEUED,
        )
        .values(state=CallState.FAILED, reason="disabled", ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    audit.record(session, "webhook.switch_off", ("webhook", webhook.id), by=None, why=why)


def switch_on(session: Session, actor: Actor, webhook: Webhook) -> None:
    """Call it again from now on, with what happened within the last day too. Twice is once."""
    if webhook.disabled_at is not None:
        webhook.disabled_at = webhook.failing_since = webhook.warned_at = None
        session.add(webhook)
        audit.record(session, "webhook.switch_on", ("webhook", webhook.id), by=actor.account_id)
