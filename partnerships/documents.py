"""The papers of a partnership: taken in as PDF, checked, and all kept; the newest of a kind holds.

A paper is served as a file to save, never shown inside the hub's own pages.
"""

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pypdf import PdfReader
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from partnerships import partner_notices
from partnerships.models import DocumentKind, Partnership, PartnershipDocument
from partnerships.typed_text import tidy

LARGEST_BYTES = 10 * 1024 * 1024
_LONGEST_NAME = 100
# Within its first kilobyte, as readers have it: some programs write a line of their own before it.
_BEGINNING = b"%PDF-"
_BEGINNING_WITHIN = 1024
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|]+')


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sends it; the name is whatever its owner calls it."""

    content: bytes
    file_name: str


def keep(
    session: Session, partnership: Partnership, kind: DocumentKind, upload: Upload, by: Actor
) -> PartnershipDocument:
    """Keep a paper as the newest of its kind, and tell the partners. The very file that is the
    newest already is not kept twice.

    Raises ``BadInput`` naming ``file`` for what is no PDF, too large, protected or without pages.
    """
    pages = checked_pages(upload.content)
    sha256 = hashlib.sha256(upload.content).hexdigest()
    before = newest(session, partnership, kind)
    if before is not None and before.sha256 == sha256:
        return before
    kept = PartnershipDocument(
        partnership_id=partnership.id,
        kind=kind,
        file_name=safe_name(upload.file_name, kind.value),
        size=len(upload.content),
        pages=pages,
        sha256=sha256,
        content=upload.content,
        uploaded_by=by.account_id,
        uploaded_at=clock.now(),
    )
    session.add(kept)
    session.flush()
    subject = ("partnership_document", kept.id)
    audit.record(session, "document.keep", subject, by=by.account_id, kind=kind, sha256=sha256)
    partner_notices.document_kept(session, partnership, kept, by.account_id)
    return kept


def checked_pages(content: bytes) -> int:
    """How many pages a PDF has. Raises ``BadInput`` for a file that cannot be taken as one."""
    if not content:
        raise _refused(mark("Choose a file."))
    if len(content) > LARGEST_BYTES:
        megabytes = LARGEST_BYTES // (1024 * 1024)
        raise _refused(mark("This file is too large: at most {count} MB."), count=megabytes)
    if _BEGINNING not in content[:_BEGINNING_WITHIN]:
        raise _refused(mark("This is not a PDF, whatever its name says. Save it as PDF first."))
    try:
        reader = PdfReader(io.BytesIO(content))
        pages = 0 if reader.is_encrypted else len(reader.pages)
    except Exception:
        # A broken file makes the parser stumble over anything, far beyond its own errors.
        raise _refused(mark("This PDF is damaged: it cannot be opened. Save it again.")) from None
    if reader.is_encrypted:
        raise _refused(mark("This PDF is protected. Save it without password or restrictions."))
    if pages == 0:
        raise _refused(mark("This PDF has no page."))
    return pages


def _refused(sentence: str, **values: int) -> BadInput:
    return BadInput(FieldProblem("file", sentence, tuple(values.items())))


def safe_name(file_name: str, otherwise: str) -> str:
    """A name that is safe on every disk: no path, nothing invisible, ending in .pdf."""
    last = re.split(r"[\\/]", file_name)[-1]
    plain = _NOT_IN_A_NAME.sub("-", tidy(last))
    stem = re.sub(r"\.pdf$", "", plain, flags=re.IGNORECASE).strip(" .-")
    return f"{stem[:_LONGEST_NAME].strip() or otherwise}.pdf"


def newest(
    session: Session, partnership: Partnership, kind: DocumentKind
) -> PartnershipDocument | None:
    """The paper of this kind that holds now, without its content."""
    papers = kept_of(session, partnership)
    return next((one for one in papers if one.kind is kind), None)


def kept_of(session: Session, partnership: Partnership) -> Sequence[PartnershipDocument]:
    """Every paper ever kept, the newest first, without their contents."""
    papers = select(PartnershipDocument).where(PartnershipDocument.partnership_id == partnership.id)
    # Ten megabytes each: read only for the one who asks for the file.
    lightly = papers.options(defer(PartnershipDocument.content))  # type: ignore[arg-type]  # SQLModel types a column as its value
    return session.exec(lightly.order_by(col(PartnershipDocument.id).desc())).all()


def document_of(
    session: Session, partnership: Partnership, document_id: UUID
) -> PartnershipDocument:
    """One paper with its content. Raises ``NotFound`` when it is another partnership's."""
    found = session.get(PartnershipDocument, document_id)
    if found is None or found.partnership_id != partnership.id:
        raise NotFound
    return found
