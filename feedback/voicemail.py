"""Voicemail: what somebody says after the tone becomes a message of the inbox, once.

The carrier tells of a recording at two doors, in any order and as often as it likes: both lead
here. It names the call and not the caller, so a call in which somebody may speak is noted first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from channels.sms import RECEIPT_RETRIES
from channels.twilio_recordings import RECORDING_ID
from channels.twiml import RECORD_SECONDS
from feedback import inbox, senders
from feedback.inbox import IncomingText
from feedback.models import (
    InboundChannel,
    InboundKind,
    InboundMessage,
    Meaning,
    Voicemail,
    VoicemailCall,
    VoicemailStatus,
)
from feedback.reading.meaning import Reading
from feedback.senders import Origin
from hub import clock
from hub.config import settings
from hub.db import insert_new
from hub.metrics import inbound_stored
from hub.queue import QueueName, enqueue
from hub.security import blind_index
from messaging.models import Delivery

# What the carrier calls a recording too short or too silent to keep, and one that it lost.
_ABSENT, _FAILED = "absent", "failed"
FETCH_JOB = "workers.jobs.fetch_voicemail"
# A sweep rings again if the first bell was not heard.
_RING_AGAIN = timedelta(minutes=1)
# Whoever rings on and on is told to call 101, and records no more.
_MOST_CALLS_IN_AN_HOUR = 10
# Those who withhold their number cannot be told apart: one of them must not silence the others.
_MOST_WITHHELD_IN_AN_HOUR = 100


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording as the carrier tells of it. ``seconds`` is 0 where nothing was said; ``is_lost``
    where something was, and the carrier cannot hand it out."""

    recording_id: str
    call_id: str
    account_id: str
    seconds: int
    is_lost: bool = False


def recorded(form: Mapping[str, str]) -> Recorded | None:
    """What a form of the carrier says of a recording; ``None`` if it names none of its ids."""
    recording_id = form.get("RecordingSid", "")
    if not RECORDING_ID.fullmatch(recording_id):
        return None
    status = form.get("RecordingStatus", "")
    return Recorded(
        recording_id,
        form.get("CallSid", "").replace("\0", "")[:64],
        form.get("AccountSid", ""),
        0 if status == _ABSENT else _seconds(form),
        is_lost=status == _FAILED,
    )


def _seconds(form: Mapping[str, str]) -> int:
    """What it says, at most what may be recorded; one that says nothing is fetched to see."""
    said = form.get("RecordingDuration", "").strip()
    if said == "-1" or not said:
        return 1
    return min(int(said[:6]), RECORD_SECONDS) if said.isascii() and said.isdigit() else 1


def may_speak(session: Session, sender: str) -> bool:
    """Whether one more message is recorded from this number now."""
    lately = select(func.count()).where(
        VoicemailCall.sender_index == blind_index(sender),
        col(VoicemailCall.began_at) > clock.now() - timedelta(hours=1),
    )
    most = _MOST_CALLS_IN_AN_HOUR if sender else _MOST_WITHHELD_IN_AN_HOUR
    return (session.scalar(lately) or 0) < most


def note_call(
    session: Session, call_id: str, sender: str, delivery: Delivery | None = None
) -> None:
    """Keep who speaks in this call, once; a recording that was told of before becomes his."""
    call_id = call_id.replace("\0", "")[:64]
    if not call_id:
        return
    row = VoicemailCall(
        id=call_id,
        sender=sender,
        sender_index=blind_index(sender),
        delivery_id=delivery.id if delivery else None,
        began_at=clock.now(),
    )
    new = session.execute(
        insert_new(session, VoicemailCall)
        .values(**row.model_dump())
        .returning(col(VoicemailCall.id))
    )
    if new.first() is not None:
        _give_to_caller(session, session.get_one(VoicemailCall, call_id))


def take(session: Session, said: Recorded) -> None:
    """Store a recording once, with its message where something was said; then it is fetched.

    Told of again, it changes only where the carrier now says that there is nothing to fetch.
    """
    known = select(Voicemail.id).where(Voicemail.recording_id == said.recording_id)
    if session.exec(known).first() is not None:
        _give_up(session, said)
        return
    message = _message(session, said) if said.seconds else None
    row = Voicemail(
        recording_id=said.recording_id,
        account_id=said.account_id,
        call_id=said.call_id,
        message_id=message.id if message else None,
        seconds=said.seconds,
        received_at=clock.now(),
        status=_status(said),
        next_try_at=clock.now() + _RING_AGAIN,
    )
    new = session.execute(
        insert_new(session, Voicemail).values(**row.model_dump()).returning(col(Voicemail.id))
    )
    if new.first() is not None:
        enqueue(session, FETCH_JOB, str(row.id), queue=QueueName.DEFAULT)


def _status(said: Recorded) -> VoicemailStatus:
    if not said.seconds:
        return VoicemailStatus.EMPTY
    return VoicemailStatus.MISSING if said.is_lost else VoicemailStatus.WAITING


def _give_up(session: Session, said: Recorded) -> None:
    """No longer wait for what will not come; the message stays: somebody wanted to be heard."""
    status = _status(said)
    if status is not VoicemailStatus.WAITING:
        session.execute(
            update(Voicemail)
            .where(
                col(Voicemail.recording_id) == said.recording_id,
                col(Voicemail.status) == VoicemailStatus.WAITING,
            )
            .values(status=status)
        )


def _message(session: Session, said: Recorded) -> InboundMessage | None:
    call = session.get(VoicemailCall, said.call_id)
    origin = _origin(session, call)
    spoken = IncomingText(
        said.recording_id, call.sender if call else "", "", channel=InboundChannel.VOICE
    )
    reading = Reading(Meaning.OTHER, InboundKind.MESSAGE, origin.language)
    if origin.delivery is not None:
        # Before it is stored: see ``inbox.confirm``.
        inbox.confirm(session, origin.delivery, spoken)
    if inbox.store(session, spoken, reading, origin, None):
        inbound_stored.inc()
    return inbox.stored(session, said.recording_id)


def _origin(session: Session, call: VoicemailCall | None) -> Origin:
    """Whose number it is and the alert he heard; nobody's where the call is not known yet."""
    if call is None:
        return senders.of_sender(session, "")
    delivery = session.get(Delivery, call.delivery_id) if call.delivery_id else None
    if delivery is not None:
        return senders.of_delivery(session, delivery)
    return senders.of_sender(session, call.sender)


def _give_to_caller(session: Session, call: VoicemailCall) -> None:
    """What came in before its call was known was nobody's until now."""
    early = select(col(Voicemail.message_id)).where(Voicemail.call_id == call.id)
    ids = [one for one in session.exec(early) if one is not None]
    if not ids:
        return
    origin = _origin(session, call)
    if origin.delivery is not None:
        spoken = IncomingText(call.id, call.sender, "", channel=InboundChannel.VOICE)
        inbox.confirm(session, origin.delivery, spoken)
    session.execute(
        update(InboundMessage)
        .where(col(InboundMessage.id).in_(ids), col(InboundMessage.person_id).is_(None))
        .values(
            sender=call.sender,
            sender_index=call.sender_index,
            is_shared=origin.is_shared,
            language=origin.language,
            person_id=origin.person.id if origin.person else None,
            contact_point_id=origin.point.id if origin.point else None,
            delivery_id=origin.delivery.id if origin.delivery else None,
            incident_id=origin.incident_id,
            police_zone_id=origin.police_zone_id,
        )
    )


def after_url() -> str:
    """Where the carrier asks what is said once somebody has spoken."""
    return f"{settings().base_url}/webhooks/twilio/voice/spoken"


def stored_url() -> str:
    """Where the carrier tells that a recording can be fetched, until it was heard."""
    return f"{settings().base_url}/webhooks/twilio/voice/stored{RECEIPT_RETRIES}"
