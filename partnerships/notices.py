"""Writing a notice: what the hub itself says to one person, by text or by mail, soon."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from hub import clock
from hub.i18n import Language
from hub.queue import QueueName, enqueue
from partnerships.models import Channel, ContactKind, Notice

SEND_NOTICE_JOB = "workers.jobs.send_notice"
CHANNEL_OF_NOTICE = {ContactKind.MOBILE: Channel.SMS, ContactKind.EMAIL: Channel.EMAIL}
# Kinds of which thousands leave at once: they use the bulk workers and keep the sender's pace, and
# one that may have left is never sent again.
BULK_KINDS = frozenset({"survey"})


def queue_of(kind: str) -> QueueName:
    """The queue on which notices of this kind leave."""
    return QueueName.BULK if kind in BULK_KINDS else QueueName.DEFAULT


@dataclass(frozen=True, slots=True)
class About:
    """What a notice is about: the page of that thing shows whether it was sent."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says, already in the reader's language. A text has no subject."""

    language: Language
    body: str
    subject: str = ""


def write(
    session: Session,
    kind: str,
    about: About,
    channel: Channel,
    to: str,
    words: Words,
    good_for: timedelta,
    not_before: datetime | None = None,
) -> Notice:
    """Put one notice on record and ring for it after the commit.

    ``channel`` is SMS or email, ``to`` a normalised number or address. It leaves now, or at
    ``not_before``; what has not left ``good_for`` after that never leaves: a code that expired is
    worth nothing.
    """
    assert channel in (Channel.SMS, Channel.EMAIL), channel
    at = clock.now()
    due_at = max(at, not_before or at)
    notice = Notice(
        kind=kind,
        about_kind=about.kind,
        about_id=about.id,
        channel=channel,
        to=to,
        language=words.language,
        subject=words.subject,
        body=words.body,
        created_at=at,
        not_before=due_at,
        expires_at=due_at + good_for,
    )
    session.add(notice)
    session.flush()
    if due_at == at:
        enqueue(session, SEND_NOTICE_JOB, str(notice.id), queue=queue_of(kind))
    return notice
