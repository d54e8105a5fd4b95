"""A recording comes from the carrier's to ours, sealed, and is then taken away there."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from channels import twilio_recordings
from channels.sound import Sound, read_sound
from channels.twilio_http import TwilioAccount
from channels.twilio_recordings import NotYet, TooLarge
from feedback.models import Voicemail, VoicemailStatus
from feedback.voicemail import FETCH_JOB
from hub import clock, log
from hub.config import settings
from hub.db import unit_of_work
from hub.queue import QueueName, enqueue
from hub.sealing import seal

PURPOSE = "voicemail"
# A minute of the carrier's WAV is one megabyte.
MOST_BYTES = 2 * 1024 * 1024
_FIRST_PAUSE = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(hours=1)
# About a day; then an operator has to look.
_MOST_TRIES = 30
_MOST_RUNG = 100
_log = log.get(__name__)


def due(session: Session) -> None:
    """Ring for what is still to be fetched or taken away at the carrier's."""
    late = select(Voicemail).where(col(Voicemail.next_try_at) <= clock.now())
    rows = session.exec(late.order_by(col(Voicemail.next_try_at)).limit(_MOST_RUNG)).all()
    for one in rows:
        # Not rung for again before the worker had its time.
        one.next_try_at = clock.now() + _pause(one.tries + 1)
        session.add(one)
        enqueue(session, FETCH_JOB, str(one.id), queue=QueueName.DEFAULT)


def work(voicemail_id: UUID) -> None:
    """Do what is left to do with one recording: fetch it, then have it taken away there."""
    with unit_of_work() as session:
        found = session.get(Voicemail, voicemail_id)
        if found is None or found.next_try_at is None:
            return
        found.tries += 1
        found.next_try_at = clock.now() + _pause(found.tries)
        session.add(found)
        status, recording_id, account = found.status, found.recording_id, _account(found)
    if status is VoicemailStatus.WAITING and not _fetched(voicemail_id, account, recording_id):
        return
    _take_away(voicemail_id, account, recording_id)


def _fetched(voicemail_id: UUID, account: TwilioAccount, recording_id: str) -> bool:
    """Whether it is sealed with us now."""
    try:
        content = asyncio.run(twilio_recordings.fetch(account, recording_id, MOST_BYTES))
    except TooLarge:
        return _refuse(voicemail_id)
    except NotYet as cause:
        return _wait(voicemail_id, str(cause))
    sound = read_sound(content)
    return _keep(voicemail_id, content, sound) if sound is not None else _refuse(voicemail_id)


def _keep(voicemail_id: UUID, content: bytes, sound: Sound) -> bool:
    with unit_of_work() as session:
        row = _held(session, voicemail_id)
        if row.status is VoicemailStatus.WAITING:
            row.status, row.media_type, row.size = (
                VoicemailStatus.KEPT,
                sound.media_type,
                len(content),
            )
            # What it really plays, and not what the carrier's notice said.
            row.seconds = max(1, round(sound.seconds))
            row.sealed, row.fetched_at = seal(PURPOSE, content), clock.now()
            session.add(row)
    return True


def _refuse(voicemail_id: UUID) -> bool:
    """It stays at the carrier's until its time is over: nobody has heard it."""
    with unit_of_work() as session:
        row = _held(session, voicemail_id)
        row.status, row.next_try_at = VoicemailStatus.REFUSED, None
        session.add(row)
    _log.warning("voicemail_refused", voicemail_id=str(voicemail_id))
    return False


def _wait(voicemail_id: UUID, cause: str) -> bool:
    _log.warning("voicemail_not_fetched", voicemail_id=str(voicemail_id), cause=cause)
    with unit_of_work() as session:
        row = _held(session, voicemail_id)
        if row.tries >= _MOST_TRIES:
            row.status, row.next_try_at = VoicemailStatus.MISSING, None
            session.add(row)
    return False


def _take_away(voicemail_id: UUID, account: TwilioAccount, recording_id: str) -> None:
    try:
        asyncio.run(twilio_recordings.delete(account, recording_id))
    except NotYet as cause:
        _log.warning("voicemail_not_deleted", voicemail_id=str(voicemail_id), cause=str(cause))
        return
    with unit_of_work() as session:
        row = _held(session, voicemail_id)
        row.deleted_there_at, row.next_try_at = clock.now(), None
        session.add(row)


def _held(session: Session, voicemail_id: UUID) -> Voicemail:
    wanted = select(Voicemail).where(Voicemail.id == voicemail_id)
    rows: Sequence[Voicemail] = session.exec(wanted.with_for_update()).all()
    return rows[0]


def _pause(tries: int) -> timedelta:
    return min(_FIRST_PAUSE * (1 << min(tries - 1, 10)), _LONGEST_PAUSE)


def _account(voicemail: Voicemail) -> TwilioAccount:
    """The account it lies in: the second carrier's only where the notice named that one."""
    chosen = settings()
    second = chosen.second_twilio_account_sid
    if second and voicemail.account_id == second:
        return TwilioAccount(
            chosen.second_twilio_api_url or chosen.twilio_api_url,
            second,
            chosen.second_twilio_auth_token,
            chosen.second_twilio_sender,
        )
    return TwilioAccount(
        chosen.twilio_api_url,
        chosen.twilio_account_sid,
        chosen.twilio_auth_token,
        chosen.twilio_sender,
    )
