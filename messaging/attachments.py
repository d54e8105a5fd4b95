"""The papers of a message that can wait: PDF alone, opened from the mail by an address that nobody
can guess.

Pictures go inside a PDF: it shows the same on every telephone, and carries no place where a photo
was taken unless its writer put it there.
"""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.config import settings
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from hub.security import read_reference, signed_reference
from messaging.cold_words import Enclosed
from messaging.models import ColdAttachment, ColdMessage
from partnerships.documents import LARGEST_BYTES, Upload, checked_pages, safe_name

MOST = 3
_TOKEN = "cold-attachment"  # noqa: S105 - the name of a purpose
_NAME = "message"


def keep(session: Session, actor: Actor, message: ColdMessage, upload: Upload) -> ColdAttachment:
    """Add a PDF to a message that is still being written; the same file again is the same one.

    Raises ``BadInput`` naming ``file`` for what is no PDF, too large, protected, or one too many.
    """
    pages = checked_pages(upload.content)
    sha256 = hashlib.sha256(upload.content).hexdigest()
    kept = of_message(session, message)
    for one in kept:
        if one.sha256 == sha256:
            return one
    if len(kept) >= MOST:
        raise BadInput(FieldProblem("file", mark("At most {count} files."), (("count", MOST),)))
    added = ColdAttachment(
        message_id=message.id,
        file_name=safe_name(upload.file_name, _NAME),
        size=len(upload.content),
        pages=pages,
        sha256=sha256,
        content=upload.content,
        uploaded_by=actor.account_id,
        uploaded_at=clock.now(),
    )
    session.add(added)
    session.flush()
    subject = ("cold_attachment", added.id)
    audit.record(session, "cold.attach", subject, by=actor.account_id, sha256=sha256)
    return added


def remove(session: Session, actor: Actor, message: ColdMessage, attachment_id: UUID) -> None:
    """Take a PDF away from a message that is still being written; raises ``NotFound``."""
    for one in of_message(session, message):
        if one.id == attachment_id:
            session.delete(one)
            audit.record(session, "cold.detach", ("cold_attachment", one.id), by=actor.account_id)
            return
    raise NotFound


def of_message(session: Session, message: ColdMessage) -> Sequence[ColdAttachment]:
    """The papers of a message without their contents, in the order in which they were added."""
    kept = select(ColdAttachment).where(ColdAttachment.message_id == message.id)
    lightly = kept.options(defer(ColdAttachment.content))  # type: ignore[arg-type]  # SQLModel types a column as its value
    return session.exec(lightly.order_by(col(ColdAttachment.id))).all()


def enclosed(session: Session, message: ColdMessage) -> list[Enclosed]:
    """The same as members find them."""
    return [Enclosed(one.file_name, address_of(one)) for one in of_message(session, message)]


def address_of(attachment: ColdAttachment) -> str:
    """Where anybody who was given it opens this paper; nothing in it can be guessed."""
    return f"{settings().base_url}/papers/{signed_reference(_TOKEN, str(attachment.id))}"


def behind(session: Session, reference: str) -> ColdAttachment:
    """The paper at such an address; raises ``NotFound`` for one that we did not give out."""
    known = read_reference(_TOKEN, reference)
    found = session.get(ColdAttachment, UUID(known)) if known else None
    if found is None:
        raise NotFound
    return found


LARGEST_MEGABYTES = LARGEST_BYTES // (1024 * 1024)
