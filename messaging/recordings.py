"""Spoken messages: recorded or uploaded for a draft, and played in calls instead of a read text.

The sound itself is read by three doors only: the officer's, the carrier's, and nobody else's. What
sends a chunk needs no more than the languages there are.
"""

import hashlib
from uuid import UUID

from sqlmodel import Session, select

from channels.sound import Sound, read_sound
from hub import audit, clock
from hub.access import Actor
from hub.config import settings
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import Language, language_from, mark
from hub.security import read_reference, signed_reference
from messaging.models import Broadcast, BroadcastRecording, BroadcastStatus, BroadcastText

LARGEST_BYTES = 2 * 1024 * 1024
LONGEST_SECONDS = 60
_TOKEN = "recording"  # noqa: S105 - the name of a purpose


def recorded_languages(session: Session, broadcast_id: UUID) -> frozenset[Language]:
    """The languages in which a broadcast has a spoken message; reads no sound."""
    wanted = select(BroadcastRecording.language).where(
        BroadcastRecording.broadcast_id == broadcast_id
    )
    return frozenset(Language(code) for code in session.exec(wanted))


def recording_of(session: Session, broadcast_id: UUID, language: Language) -> BroadcastRecording:
    """One spoken message with its sound. Raises ``NotFound``."""
    found = session.get(BroadcastRecording, (broadcast_id, language))
    if found is None:
        raise NotFound
    return found


def recording_url(broadcast_id: UUID, language: Language) -> str:
    """Where the carrier fetches a spoken message: an address that nobody can guess."""
    token = signed_reference(_TOKEN, f"{broadcast_id}_{language}")
    return f"{settings().base_url}/webhooks/twilio/voice/recordings/{token}"


def recording_at(session: Session, token: str) -> BroadcastRecording:
    """The spoken message a carrier's address leads to. Raises ``NotFound`` for any other token."""
    reference = read_reference(_TOKEN, token)
    if reference is None:
        raise NotFound
    broadcast_id, _, code = reference.partition("_")
    language = language_from(code)
    if language is None:
        raise NotFound
    return recording_of(session, UUID(broadcast_id), language)


def keep(
    session: Session, actor: Actor, broadcast: Broadcast, language: Language, content: bytes
) -> None:
    """Store the spoken message of one language, in the place of an earlier one.

    Raises ``Conflict`` unless the broadcast is a draft, and ``BadInput`` naming ``sound`` for what
    a call cannot play, is too large or too long, or is in a language this broadcast has not.
    """
    _refuse_unless_draft(session, broadcast)
    sound = _playable(session, broadcast, language, content)
    row = session.get(BroadcastRecording, (broadcast.id, language)) or BroadcastRecording(
        broadcast_id=broadcast.id,
        language=language,
        media_type=sound.media_type,
        content=content,
        recorded_by=actor.account_id,
    )
    row.media_type, row.content = sound.media_type, content
    row.recorded_by, row.recorded_at = actor.account_id, clock.now()
    session.add(row)
    session.flush()
    audit.record(
        session,
        "broadcast.record",
        ("broadcast", broadcast.id),
        by=actor.account_id,
        language=language,
        sound=hashlib.sha256(content).hexdigest(),
        seconds=round(sound.seconds),
    )


def remove(session: Session, actor: Actor, broadcast: Broadcast, language: Language) -> None:
    """Let calls read the text again. Raises ``Conflict`` unless the broadcast is a draft."""
    _refuse_unless_draft(session, broadcast)
    row = session.get(BroadcastRecording, (broadcast.id, language))
    if row is None:
        return
    session.delete(row)
    session.flush()
    subject = ("broadcast", broadcast.id)
    audit.record(session, "broadcast.unrecord", subject, by=actor.account_id, language=language)


def _refuse_unless_draft(session: Session, broadcast: Broadcast) -> None:
    # Locked, so that it is not sent with one message while another is being stored.
    status = session.exec(
        select(Broadcast.status).where(Broadcast.id == broadcast.id).with_for_update()
    ).one()
    if status is not BroadcastStatus.DRAFT:
        raise Conflict(mark("This message has been sent: its recordings can no longer change."))


def _playable(session: Session, broadcast: Broadcast, language: Language, content: bytes) -> Sound:
    if session.get(BroadcastText, (broadcast.id, language)) is None:
        raise _refused(mark("This message has no text in this language."))
    if not content:
        raise _refused(mark("Choose a sound file, or record one."))
    if len(content) > LARGEST_BYTES:
        problem = mark("This recording is too large: at most {count} MB.")
        raise _refused(problem, ("count", LARGEST_BYTES // (1024 * 1024)))
    sound = read_sound(content)
    if sound is None:
        problem = mark("A telephone call cannot play this file. Save it as MP3 or as 16-bit WAV.")
        raise _refused(problem)
    if sound.seconds > LONGEST_SECONDS + 1:
        problem = mark("This recording is too long: at most {count} seconds.")
        raise _refused(problem, ("count", LONGEST_SECONDS))
    return sound


def _refused(problem: str, *values: tuple[str, str | int]) -> BadInput:
    return BadInput(FieldProblem("sound", problem, values))
