"""Photos and papers of a report: checked, sealed, and served only to who may see the report."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from feedback import photos, reports, reports_reach
from feedback.models import Report, ReportAttachment, ReportEventKind
from hub import audit, clock, sealing
from hub.access import Action, Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from partnerships import documents
from partnerships.documents import Upload
from partnerships.typed_text import tidy

MOST = 12
LARGEST_BYTES = max(photos.LARGEST_BYTES, documents.LARGEST_BYTES)
# Room for a file that is too large, so that the page can say so beside the field.
MOST_BODY_BYTES = 48 * 1024 * 1024
PDF = "application/pdf"
_PURPOSE = "report-attachment"
_LONGEST_NAME = 100


def keep(session: Session, actor: Actor, report_id: UUID, upload: Upload) -> ReportAttachment:
    """Keep a photo or a PDF with a report. The very same content again is kept once.

    Raises ``BadInput`` naming ``file`` for what is neither, too large, or one too many.
    """
    content, media_type, name = checked(upload)
    report = reports_reach.held(session, report_id, actor)
    kept = ReportAttachment(
        report_id=report.id,
        file_name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        sealed=sealing.seal(_PURPOSE, content),
        attached_by=actor.account_id,
        attached_at=clock.now(),
    )
    twin = select(ReportAttachment).where(
        ReportAttachment.report_id == report.id, ReportAttachment.sha256 == kept.sha256
    )
    existing = session.exec(twin).first()
    if existing is not None:
        return existing
    _refuse_too_many(session, report)
    session.add(kept)
    session.flush()
    reports.told(session, actor, report, ReportEventKind.ATTACHED, after=kept.media_type)
    audit.record(
        session, "report.attach", ("report", report.id), by=actor.account_id, sha256=kept.sha256
    )
    return kept


def checked(upload: Upload) -> tuple[bytes, str, str]:
    """What is kept of a file, its media type and its name. Raises ``BadInput`` naming ``file``."""
    if b"%PDF-" in upload.content[:1024]:
        documents.checked_pages(upload.content)
        return upload.content, PDF, documents.safe_name(upload.file_name, "report")
    if not upload.content:
        raise BadInput(FieldProblem("file", mark("Choose a file.")))
    content = photos.cleaned(upload.content, "file").content
    name = tidy(upload.file_name).replace("/", "-").replace("\\", "-")[:_LONGEST_NAME]
    return content, photos.MEDIA_TYPE, name or "photo.jpg"


def _refuse_too_many(session: Session, report: Report) -> None:
    kept = select(func.count()).where(col(ReportAttachment.report_id) == report.id)
    if session.exec(kept).one() >= MOST:
        said = mark("At most {count} photos and papers for one report.")
        raise BadInput(FieldProblem("file", said, (("count", MOST),)))


def of_report(session: Session, report_id: UUID) -> Sequence[ReportAttachment]:
    """The photos and papers of a report, oldest first, without what is in them."""
    wanted = select(ReportAttachment).where(ReportAttachment.report_id == report_id)
    lightly = wanted.options(defer(ReportAttachment.sealed))  # type: ignore[arg-type]  # SQLModel types a column as its value
    return session.exec(lightly.order_by(col(ReportAttachment.id))).all()


def opened(
    session: Session, actor: Actor, report_id: UUID, attachment_id: UUID
) -> tuple[ReportAttachment, bytes]:
    """One of them with its content. Raises ``NotFound`` where it or its report is out of reach."""
    report = reports_reach.report_for(session, report_id, actor, Action.SEE_REPORTS)
    found = session.get(ReportAttachment, attachment_id)
    if found is None or found.report_id != report.id:
        raise NotFound
    return found, sealing.unseal(_PURPOSE, found.sealed)
