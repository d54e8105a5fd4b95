"""Calling other systems: claimed, signed, posted, tried again for a day, and on record all along.

Beside everything else: no worker that sends messages waits for a receiver that does not answer. A
process that dies in a call leaves it to the next one: the id in it tells the receiver that he has
had it before.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from hub import clock, rounds
from hub.db import Condition, unit_of_work
from messaging import outside, webhook_failing
from messaging.models import CallState, Webhook, WebhookCall
from messaging.outside import Answer, OutsideError
from messaging.webhook_signature import headers

_LEASE = timedelta(seconds=30)
# The last is repeated until the call is worth nothing any more.
_AGAIN_AFTER_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200, 14_400)
_MOST_AT_ONCE = 2000
_RECEIVERS_AT_ONCE = 50
# A receiver that takes its time has the rest at the next round: the others wait for the slowest.
_TURN_SECONDS = 15.0
_GONE = 410


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed call with what is needed to make it."""

    id: UUID
    url: str
    secrets: tuple[str, ...]
    body: bytes


async def call_due() -> int:
    """Make the calls that are due; how many were taken. Receivers are called side by side, each
    with one call after the other, in the order of what happened, until he fails to take one."""
    with unit_of_work(read_only=True) as session:
        by_receiver = _due(session)
    free = asyncio.Semaphore(_RECEIVERS_AT_ONCE)
    return sum(await asyncio.gather(*(_in_turn(one, free) for one in by_receiver)))


async def _in_turn(call_ids: Sequence[UUID], free: asyncio.Semaphore) -> int:
    taken = 0
    async with free:
        began = time.monotonic()
        for call_id in call_ids:
            if time.monotonic() - began > _TURN_SECONDS or not await _is_made(call_id):
                break
            taken += 1
    return taken


async def _is_made(call_id: UUID) -> bool:
    """Whether it was taken; one that fails on our side keeps no other receiver waiting."""
    made = []
    with rounds.apart("webhook_call_failed", call_id=call_id):
        made.append(await _call(call_id))
    return any(made)


async def _call(call_id: UUID) -> bool:
    """Make one call if it is due; whether it was taken just now."""
    with unit_of_work() as session:
        outgoing = _claim(session, call_id)
    if outgoing is None:
        return False
    answer, reason = await _post(outgoing)
    with unit_of_work() as session:
        _record(session, session.get_one(WebhookCall, call_id), answer, reason)
    return _is_taken(answer)


async def _post(outgoing: Outgoing) -> tuple[Answer | None, str | None]:
    """The answer, or why there is none."""
    # Of this try, on the real clock: receivers refuse what is five minutes away from theirs.
    signed = headers(outgoing.secrets, outgoing.id, int(time.time()), outgoing.body)
    try:
        return await outside.post(outgoing.url, outgoing.body, signed), None
    except OutsideError as refusal:
        return None, refusal.reason


def _is_taken(answer: Answer | None) -> bool:
    return answer is not None and 200 <= answer.status < 300


def _due(session: Session) -> list[list[UUID]]:
    """The calls that are due, of each receiver those of the earliest events first."""
    waiting = (
        select(WebhookCall.webhook_id, WebhookCall.id)
        .where(_is_open(), _is_free(), col(WebhookCall.not_before) <= clock.now())
        .order_by(col(WebhookCall.not_before))
        .limit(_MOST_AT_ONCE)
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for webhook_id, call_id in session.exec(waiting):
        found[webhook_id].append(call_id)
    # Ids grow with time.
    return [sorted(one) for one in found.values()]


def _is_open() -> Condition:
    return col(WebhookCall.state).in_((CallState.QUEUED, CallState.SENDING))


def _is_free() -> Condition:
    """Nobody holds it, or whoever held it is dead."""
    return or_(
        col(WebhookCall.state) == CallState.QUEUED,
        and_(
            col(WebhookCall.state) == CallState.SENDING,
            col(WebhookCall.lease_until) < clock.now(),
        ),
    )


def end_late(session: Session) -> None:
    """Give up the calls whose time is over, and see what that says of their receivers."""
    at = clock.now()
    ended = session.execute(
        update(WebhookCall)
        .where(_is_open(), col(WebhookCall.expires_at) <= at)
        .values(state=CallState.FAILED, ended_at=at, lease_until=None)
        .returning(col(WebhookCall.webhook_id), col(WebhookCall.event))
        .execution_options(synchronize_session=False)
    ).all()
    webhook_failing.judge(session, [(webhook_id, event) for webhook_id, event in ended])


def is_any_late(session: Session) -> bool:
    """Whether a call is open whose time is over."""
    late = select(WebhookCall.id).where(_is_open(), col(WebhookCall.expires_at) <= clock.now())
    return session.exec(late.limit(1)).first() is not None


def _claim(session: Session, call_id: UUID) -> Outgoing | None:
    """Take it for this worker, so that two bells make one call."""
    at = clock.now()
    taken = session.execute(
        update(WebhookCall)
        .where(
            col(WebhookCall.id) == call_id,
            _is_free(),
            col(WebhookCall.not_before) <= at,
            col(WebhookCall.expires_at) > at,
        )
        .values(
            state=CallState.SENDING,
            lease_until=at + _LEASE,
            attempts=col(WebhookCall.attempts) + 1,
        )
        .returning(col(WebhookCall.webhook_id), col(WebhookCall.body))
        .execution_options(synchronize_session=False)
    ).all()
    if not taken:
        return None
    webhook_id, body = taken[0]
    webhook = session.get_one(Webhook, webhook_id)
    if webhook.removed_at is not None or webhook.disabled_at is not None:
        reason = "removed" if webhook.removed_at else "disabled"
        _end(session.get_one(WebhookCall, call_id), CallState.FAILED, reason)
        return None
    return Outgoing(call_id, webhook.url, _secrets(webhook), body.encode())


def _secrets(webhook: Webhook) -> tuple[str, ...]:
    """What it signs with: the new secret first, and the one before as long as it holds."""
    until = webhook.previous_until
    old_holds = until is not None and until > clock.now()
    return (webhook.secret, webhook.previous_secret) if old_holds else (webhook.secret,)


def _record(session: Session, made: WebhookCall, answer: Answer | None, reason: str | None) -> None:
    made.answer_status, made.reason = answer.status if answer else None, reason
    made.lease_until = None
    session.add(made)
    if _is_taken(answer):
        _end(made, CallState.DELIVERED, None)
        webhook_failing.note_taken(session, made.webhook_id)
    elif answer and answer.status == _GONE:
        # Whoever answers so asks never to be called again.
        _end(made, CallState.FAILED, "gone")
        webhook_failing.note_gone(session, made.webhook_id)
    else:
        made.state = CallState.QUEUED
        made.not_before = clock.now() + _pause(made.attempts, answer.retry_after if answer else 0)
        webhook_failing.note_not_taken(session, made.webhook_id)


def _pause(attempts: int, asked_for: int) -> timedelta:
    longest = _AGAIN_AFTER_SECONDS[min(attempts, len(_AGAIN_AFTER_SECONDS)) - 1]
    # Not all at the same moment, when a receiver comes back.
    seconds = longest * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
    return timedelta(seconds=max(seconds, min(asked_for, _AGAIN_AFTER_SECONDS[-1])))


def _end(made: WebhookCall, state: CallState, reason: str | None) -> None:
    made.state, made.reason, made.ended_at = state, reason, clock.now()
    made.lease_until = None
