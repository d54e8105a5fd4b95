"""Sending the hub's own notices: claimed, handed over, blanked once nothing more comes of it.

A notice whose worker died may go out twice: a code or a link is the same the second time.
"""

import asyncio
import time
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlmodel import Session, col

from channels.contract import Accepted, Mail, Meaning, Refused, Result, Sms, Unclear
from channels.sms_length import measure
from hub import clock, log
from hub.db import Condition, unit_of_work
from hub.queue import enqueue
from hub.security import keyed_digest
from hub.templating import environment
from messaging.carriers import Carriers, Route
from messaging.mail_addresses import message_id_of
from partnerships.models import Channel, Notice, NoticeState
from partnerships.notices import BULK_KINDS, SEND_NOTICE_JOB, queue_of

_log = log.get(__name__)

_LEASE = timedelta(seconds=30)
# A bell that rang is heard within milliseconds; after this it was lost.
_BELL_PATIENCE = timedelta(seconds=2)
# The last is repeated until the notice is worth nothing any more.
_AGAIN_AFTER_SECONDS = (5, 30, 60, 120, 300)
_ANOTHER_LOOK_SECONDS = 10
# After these no later try can succeed.
_HOPELESS = (Meaning.STOP_POINT, Meaning.OPTED_OUT, Meaning.FAULT)
_LONGEST_VALIDITY_SECONDS = 36_000
_MOST_BELLS = 200
# No worker is away for longer; what must wait longer is rung for again.
_MOST_PATIENCE_SECONDS = 2.0


async def send_notice(carriers: Carriers, notice_id: UUID) -> bool:
    """Send one notice if it is due; whether it was handed over just now."""
    with unit_of_work() as session:
        notice = _claim(session, notice_id)
    if notice is None:
        return False
    result = await _hand_over(carriers, notice)
    with unit_of_work() as session:
        _record(session, session.get_one(Notice, notice_id), result)
    return isinstance(result, Accepted)


async def _hand_over(carriers: Carriers, notice: Notice) -> Result | None:
    """What the carrier said; None when none is well or it is not its turn, so that nobody was
    asked."""
    route = carriers.route(notice.channel)
    if route is None or not await _is_its_turn(route, notice):
        return None
    began = time.monotonic()
    result = await route.sender.send(_message(notice))
    await route.learn(result, time.monotonic() - began)
    return result


async def _is_its_turn(route: Route, notice: Notice) -> bool:
    """One by one a notice is hardly anything; of thousands each waits for its turn, and gives way
    to an alert."""
    if notice.kind not in BULK_KINDS:
        return True
    cost = measure(notice.body).segments if notice.channel is Channel.SMS else 1
    permit = await route.pace.ask(False, 1, cost)
    if not permit.granted and 0 < permit.wait <= _MOST_PATIENCE_SECONDS:
        await asyncio.sleep(permit.wait)
        permit = await route.pace.ask(False, 1, cost)
    return bool(permit.granted)


def ring_again(session: Session) -> None:
    """Expire what is too late, and ring for what is due and nobody came for."""
    at = clock.now()
    session.execute(
        update(Notice)
        .where(_is_open(), col(Notice.expires_at) <= at)
        .values(state=NoticeState.EXPIRED, ended_at=at, to="", subject="", body="")
        .execution_options(synchronize_session=False)
    )
    for notice_id, kind in _waiting(session, at - _BELL_PATIENCE):
        enqueue(session, SEND_NOTICE_JOB, str(notice_id), queue=queue_of(kind))


def due(session: Session, before: datetime | None = None) -> list[UUID]:
    """Notices that should have left by ``before`` (now, if not given), oldest first."""
    return [notice_id for notice_id, _kind in _waiting(session, before or clock.now())]


def _waiting(session: Session, before: datetime) -> list[tuple[UUID, str]]:
    waiting = select(col(Notice.id), col(Notice.kind)).where(
        _is_open(), _is_free(), col(Notice.not_before) <= before
    )
    rows = session.execute(waiting.order_by(col(Notice.not_before)).limit(_MOST_BELLS))
    return [(notice_id, kind) for notice_id, kind in rows]


def _is_open() -> Condition:
    return col(Notice.state).in_((NoticeState.QUEUED, NoticeState.SENDING))


def _is_free() -> Condition:
    """Nobody holds it, or whoever held it is dead."""
    return or_(
        col(Notice.state) == NoticeState.QUEUED,
        and_(
            col(Notice.state) == NoticeState.SENDING,
            col(Notice.lease_until) < clock.now(),
            # It may have left: a code may come twice, a question may not.
            col(Notice.kind).not_in(BULK_KINDS),
        ),
    )


def _claim(session: Session, notice_id: UUID) -> Notice | None:
    """Take it for this worker, so that two bells send one notice."""
    at = clock.now()
    taken = session.execute(
        update(Notice)
        .where(
            col(Notice.id) == notice_id,
            _is_free(),
            col(Notice.not_before) <= at,
            col(Notice.expires_at) > at,
        )
        .values(
            state=NoticeState.SENDING, lease_until=at + _LEASE, attempts=col(Notice.attempts) + 1
        )
        .returning(col(Notice.id))
        .execution_options(synchronize_session=False)
    ).all()
    if not taken:
        return None
    notice = session.get_one(Notice, notice_id)
    session.refresh(notice)
    session.expunge(notice)
    return notice


def _message(notice: Notice) -> Sms | Mail:
    if notice.channel is Channel.SMS:
        left = int((notice.expires_at - clock.now()).total_seconds())
        return Sms(
            to=notice.to,
            body=notice.body,
            # Nobody waits for its receipt: whoever did not get it asks for another.
            status_callback="",
            valid_for=max(1, min(left, _LONGEST_VALIDITY_SECONDS)),
            attempt=notice.attempts,
        )
    templates = environment(notice.language)
    context = {"body": notice.body, "subject": notice.subject, "language_code": notice.language}
    return Mail(
        to=notice.to,
        subject=notice.subject,
        text=templates.get_template("messaging/notice.txt").render(context),
        html=templates.get_template("messaging/notice.html").render(context),
        message_id=message_id_of(keyed_digest("notice", str(notice.id))),
    )


def _record(session: Session, notice: Notice, result: Result | None) -> None:
    at = clock.now()
    notice.lease_until = None
    session.add(notice)
    if isinstance(result, Accepted):
        notice.carrier_id = result.carrier_id
        _end(notice, NoticeState.SENT)
        return
    notice.reason = _reason(result)
    _log.warning("notice_not_sent", kind=notice.kind, reason=notice.reason)
    is_hopeless = isinstance(result, Refused) and result.meaning in _HOPELESS
    if is_hopeless or (isinstance(result, Unclear) and notice.kind in BULK_KINDS):
        _end(notice, NoticeState.FAILED)
        return
    notice.state = NoticeState.QUEUED
    notice.not_before = at + timedelta(seconds=_wait(notice, result))


def _wait(notice: Notice, result: Result | None) -> int:
    """Seconds until the next try. Where no carrier was well it was no try."""
    if result is None:
        notice.attempts -= 1
        return _ANOTHER_LOOK_SECONDS
    return _AGAIN_AFTER_SECONDS[min(notice.attempts, len(_AGAIN_AFTER_SECONDS)) - 1]


def _reason(result: Result | None) -> str:
    if isinstance(result, Refused):
        return result.code
    return "no_carrier" if result is None else "unclear"


def _end(notice: Notice, state: NoticeState) -> None:
    """Close it; number and words go, kind, times and result stay."""
    notice.state = state
    notice.ended_at = clock.now()
    notice.to = notice.subject = notice.body = ""
