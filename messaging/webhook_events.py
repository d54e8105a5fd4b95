"""What other systems are told of an alert, and when: found in the rows, told once to each address.

A body holds ids, times and counts. No text, no place, no name: whoever wants the words fetches the
CAP document with a token of his own.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists
from sqlmodel import Session, col, select

from hub import clock, rounds
from hub.db import Condition, insert_new, unit_of_work
from messaging import broadcasts, progress
from messaging.cap import composing
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    Step,
    Webhook,
    WebhookCall,
    WebhookEvent,
)
from partnerships.models import Organisation, Partnership

# A call is tried for so long; what happened before that is not told any more.
GOOD_FOR = timedelta(hours=24)
_MOST_AT_ONCE = 100

_RELEASED = {
    Step.FIRST: WebhookEvent.ALERT_RELEASED,
    Step.UPDATE: WebhookEvent.UPDATE_RELEASED,
    Step.ALL_CLEAR: WebhookEvent.ALL_CLEAR_RELEASED,
    Step.CORRECTION: WebhookEvent.CORRECTION_RELEASED,
    Step.FEEDBACK: WebhookEvent.FEEDBACK_RELEASED,
}
# An alert itself, and whatever is said to those who got it.
_OF_ALERTS = (BroadcastKind.URGENT_ALERT, BroadcastKind.FEEDBACK)


def tell_due() -> int:
    """Put on record every call that is due and was not yet; how many. Two timetables at once do
    no harm. Counted and written first, stored then: others wait to write meanwhile."""
    with unit_of_work(read_only=True) as session:
        calls = _calls(session)
    if not calls:
        return 0
    with unit_of_work() as session:
        return sum(_store(session, one) for one in calls)


def _calls(session: Session) -> list[WebhookCall]:
    if session.exec(select(Webhook.id).where(_is_kept()).limit(1)).first() is None:
        return []
    calls = []
    for event, condition in _occasions():
        for webhook, broadcast in _untold(session, event, condition):
            with rounds.apart("webhook_event_failed", broadcast_id=broadcast.id, event_told=event):
                calls.append(_call(session, webhook, broadcast, event))
    return calls


def _occasions() -> Iterator[tuple[WebhookEvent, Condition]]:
    """Each event, and the condition on ``Broadcast`` that it has happened."""
    for step, event in _RELEASED.items():
        yield event, col(Broadcast.step) == step
    is_first = col(Broadcast.step) == Step.FIRST
    finished = col(Broadcast.status) == BroadcastStatus.FINISHED
    yield WebhookEvent.ALERT_FINISHED, is_first & finished
    stopped = col(Broadcast.status) == BroadcastStatus.CANCELLED
    yield WebhookEvent.ALERT_CANCELLED, is_first & stopped


def _untold(
    session: Session, event: WebhookEvent, condition: Condition
) -> list[tuple[Webhook, Broadcast]]:
    told = exists().where(
        col(WebhookCall.webhook_id) == col(Webhook.id),
        col(WebhookCall.broadcast_id) == col(Broadcast.id),
        col(WebhookCall.event) == event,
    )
    in_its_zone = exists().where(
        col(BroadcastPartnership.broadcast_id) == col(Broadcast.id),
        col(BroadcastPartnership.partnership_id) == col(Partnership.id),
        col(Partnership.police_zone_id) == col(Webhook.police_zone_id),
    )
    untold = select(Webhook, Broadcast).where(
        _is_kept(),
        col(Broadcast.kind).in_(_OF_ALERTS),
        col(Broadcast.released_at) >= clock.now() - GOOD_FOR,
        # What was on its way before an address was added is none of its business.
        col(Broadcast.released_at) >= col(Webhook.created_at),
        condition,
        in_its_zone,
        ~told,
    )
    ordered = untold.order_by(col(Broadcast.released_at), col(Webhook.id)).limit(_MOST_AT_ONCE)
    return [(webhook, broadcast) for webhook, broadcast in session.exec(ordered)]


def _is_kept() -> Condition:
    return col(Webhook.removed_at).is_(None) & col(Webhook.disabled_at).is_(None)


def _call(
    session: Session, webhook: Webhook, broadcast: Broadcast, event: WebhookEvent
) -> WebhookCall:
    at = clock.now()
    return WebhookCall(
        webhook_id=webhook.id,
        event=event,
        broadcast_id=broadcast.id,
        body=_body(event, at, _data(session, webhook, broadcast)),
        created_at=at,
        not_before=at,
        expires_at=at + GOOD_FOR,
    )


def _store(session: Session, call: WebhookCall) -> int:
    insert = insert_new(session, WebhookCall).values(**call.model_dump())
    return len(session.execute(insert.returning(col(WebhookCall.id))).all())


def test_body(session: Session, webhook: Webhook, at: datetime) -> str:
    """The body of a call that is about nothing."""
    zone = session.get_one(Organisation, webhook.police_zone_id)
    return _body(WebhookEvent.TEST, at, {"police_zone": zone.slug})


def _body(event: WebhookEvent, at: datetime, data: dict[str, Any]) -> str:
    told = {"type": event.value, "timestamp": at.isoformat(timespec="seconds"), "data": data}
    return json.dumps(told, separators=(",", ":"))


def _data(session: Session, webhook: Webhook, broadcast: Broadcast) -> dict[str, Any]:
    zone = session.get_one(Organisation, webhook.police_zone_id)
    # Those of its own zone: an alert may go further.
    slugs = [
        one.slug
        for one in broadcasts.partnerships_of(session, broadcast)
        if one.police_zone_id == zone.id
    ]
    return {
        "police_zone": zone.slug,
        "broadcast_id": str(broadcast.id),
        "incident_id": _text(broadcast.incident_id),
        "follows_id": _text(broadcast.follows_id),
        "step": broadcast.step.value,
        "status": broadcast.status.value,
        "is_drill": broadcast.is_drill,
        # Also of a hub on trial, which a receiver cannot know otherwise.
        "cap_status": composing.status_of(broadcast),
        "partnerships": slugs,
        "released_at": _iso(broadcast.released_at),
        "expires_at": _iso(broadcast.expires_at),
        "finished_at": _iso(broadcast.finished_at),
        "counts": _counts(session, broadcast),
    }


def _counts(session: Session, broadcast: Broadcast) -> dict[str, int]:
    """How many deliveries are in each state; empty before there are any."""
    by_state = progress.progress_of(session, broadcast).by_state
    return {state.value: count for state, count in by_state.items() if count}


def _text(key: object) -> str | None:
    return None if key is None else str(key)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
