"""Files that prove a typed figure. They hang on its first step, so that they stay while the figure
is corrected and approved."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from hub.access import Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from partnerships.documents import Upload
from plan.entries import entering
from plan.entries.lines import WHOLE, Line
from plan.measures.period import Period
from plan.models import Entry, Evidence, ExpectedResult, Plan
from plan.registers import evidence

KIND = "entry"


def of_figure(
    session: Session, result_id: UUID, period: Period, line: Line = WHOLE
) -> Sequence[Evidence]:
    """The files of what was typed for just these days, oldest first."""
    steps = entering.history(session, result_id, period, line)
    return evidence.of_subject(session, KIND, steps[0].id) if steps else []


def keep(
    session: Session,
    actor: Actor,
    plan: Plan,
    result: ExpectedResult,
    period: Period,
    line: Line,
    upload: Upload,
) -> None:
    """Keep a file with the figure. Raises ``BadInput`` naming ``file``: for what is no PDF or
    photo, and where no figure was typed yet."""
    steps = entering.history(session, result.id, period, line)
    if not steps:
        raise BadInput(FieldProblem("file", mark("Type the figure first, then prove it.")))
    evidence.keep(session, actor, plan.municipality_id, KIND, steps[0].id, upload)


def opened(
    session: Session, actor: Actor, result: ExpectedResult, evidence_id: UUID
) -> tuple[Evidence, bytes]:
    """One file of this result with its content; that it was opened is on record. Raises
    ``NotFound`` for another result's."""
    found = session.get(Evidence, evidence_id)
    entry = session.get(Entry, found.subject_id) if found else None
    if entry is None or entry.result_id != result.id:
        raise NotFound
    return evidence.opened(session, actor, KIND, entry.id, evidence_id)
