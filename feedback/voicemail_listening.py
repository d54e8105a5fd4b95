"""Listening to a spoken message: police only, and each listening on record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from feedback import inbox_list
from feedback.models import InboundMessage, Voicemail, VoicemailStatus
from feedback.voicemail_fetching import PURPOSE
from hub import audit, clock
from hub.access import Actor
from hub.errors import NotFound
from hub.sealing import unseal

# A browser asks for one sound in several parts, and again when somebody goes back in it.
_ONE_LISTENING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a reply's card says of its voice message."""

    seconds: int
    status: VoicemailStatus
    # When somebody of the police last listened to it.
    heard_at: datetime | None


def of_replies(session: Session, reply_ids: Iterable[UUID]) -> dict[UUID, Spoken]:
    """The voice messages among these replies, by the reply's id; reads no sound."""
    wanted = select(
        Voicemail.message_id, Voicemail.seconds, Voicemail.status, Voicemail.heard_at
    ).where(col(Voicemail.message_id).in_(list(reply_ids)))
    return {
        reply: Spoken(long, VoicemailStatus(status), heard_at)
        for reply, long, status, heard_at in session.exec(wanted)
        if reply
    }


def of_reply(session: Session, reply_id: UUID) -> Spoken | None:
    """The same for one reply; ``None`` where nothing was said."""
    return of_replies(session, [reply_id]).get(reply_id)


def listened(session: Session, actor: Actor, reply_id: UUID) -> tuple[bytes, str]:
    """The sound and what it is, and that he listened: on record once, however many parts of it his
    browser asks for. Raises ``NotFound`` out of reach and where there is none (yet)."""
    wanted = (
        select(Voicemail)
        .join(InboundMessage, col(InboundMessage.id) == col(Voicemail.message_id))
        .where(InboundMessage.id == reply_id, inbox_list.within_reach(actor))
    )
    found = session.exec(wanted.with_for_update(of=Voicemail)).first()
    if found is None or found.sealed is None:
        raise NotFound
    content = unseal(PURPOSE, found.sealed)
    if not _is_listening(actor, found):
        found.heard_at, found.heard_by = clock.now(), actor.account_id
        session.add(found)
        session.flush()
        subject = ("inbound_message", reply_id)
        audit.record(session, "voicemail.listen", subject, by=actor.account_id)
    return content, found.media_type


def _is_listening(actor: Actor, voicemail: Voicemail) -> bool:
    """Whether he, and nobody since, began to listen a moment ago."""
    at = voicemail.heard_at
    return (
        at is not None
        and voicemail.heard_by == actor.account_id
        and clock.now() - at < _ONE_LISTENING
    )
