"""Files that prove an entry or a figure: checked, sealed, and opened by those who see what they
prove. Who opened one is on record."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from feedback import report_attachments
from hub import audit, clock, sealing
from hub.access import Actor
from hub.db import unit_of_work
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from partnerships.documents import Upload
from plan.models import Evidence

MOST = 10
MOST_BODY_BYTES = report_attachments.MOST_BODY_BYTES
LARGEST_BYTES = report_attachments.LARGEST_BYTES
_PURPOSE = "evidence"


def keep(
    session: Session, actor: Actor, town_id: UUID, kind: str, subject_id: UUID, upload: Upload
) -> Evidence:
    """Keep a PDF or a photo as proof of a thing that the caller found within reach. The very same
    file again is kept once. Raises ``BadInput`` naming ``file``."""
    content, media_type, name = report_attachments.checked(upload)
    known = of_subject(session, kind, subject_id)
    sha256 = hashlib.sha256(content).hexdigest()
    twin = next((one for one in known if one.sha256 == sha256), None)
    if twin is not None:
        return twin
    if len(known) >= MOST:
        said = mark("At most {count} files for one entry.")
        raise BadInput(FieldProblem("file", said, (("count", MOST),)))
    kept = Evidence(
        municipality_id=town_id,
        subject_kind=kind,
        subject_id=subject_id,
        file_name=name,
        media_type=media_type,
        size=len(content),
        sha256=sha256,
        sealed=sealing.seal(_PURPOSE, content),
        kept_by=actor.account_id,
        kept_at=clock.now(),
    )
    session.add(kept)
    session.flush()
    audit.record(session, "evidence.keep", (kind, subject_id), by=actor.account_id, sha256=sha256)
    return kept


def of_subject(session: Session, kind: str, subject_id: UUID) -> Sequence[Evidence]:
    """The files of one thing, oldest first, without what is in them."""
    wanted = select(Evidence).where(
        Evidence.subject_kind == kind, Evidence.subject_id == subject_id
    )
    lightly = wanted.options(defer(Evidence.sealed))  # type: ignore[arg-type]  # SQLModel types a column as its value
    return session.exec(lightly.order_by(col(Evidence.id))).all()


def counts(session: Session, kind: str, subject_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many files each of these things has."""
    wanted = (
        select(Evidence.subject_id, func.count())
        .where(Evidence.subject_kind == kind, col(Evidence.subject_id).in_(subject_ids))
        .group_by(col(Evidence.subject_id))
    )
    return dict(session.exec(wanted).all()) if subject_ids else {}


def opened(
    session: Session, actor: Actor, kind: str, subject_id: UUID, evidence_id: UUID
) -> tuple[Evidence, bytes]:
    """One of them with its content; that it was opened is on record. The caller found the thing
    within reach. Raises ``NotFound`` for another thing's."""
    found = session.get(Evidence, evidence_id)
    if found is None or (found.subject_kind, found.subject_id) != (kind, subject_id):
        raise NotFound
    content = sealing.unseal(_PURPOSE, found.sealed)
    # By itself: the page that hands it out only reads.
    with unit_of_work() as recording:
        audit.record(recording, "evidence.open", ("evidence", found.id), by=actor.account_id)
    return found, content
