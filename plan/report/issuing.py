"""Issuing a report: its figures frozen at once, its files made of them and kept byte for byte."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.db import unit_of_work
from hub.errors import NotFound
from hub.queue import QueueName, enqueue
from hub.sealing import seal, unseal
from partnerships.models import Account
from plan.models import IssuedFile, IssuedReport, Plan
from plan.report.choices import Choices
from plan.report.contents import Report, from_whole, to_json, whole
from plan.report.files import Kind, made

_SEALED_FOR = "issued-report"
# What the files are made of, beside them.
_FROZEN = "frozen"
# A bell that rang in vain is rung again for so long.
_RUNG_AGAIN_FOR = timedelta(days=2)
_LAST_MADE = list(Kind)[-1]


def issue(
    session: Session, actor: Actor, plan: Plan, report: Report, choices: Choices
) -> IssuedReport:
    """Freeze the report for good, with the name of who issues it. Its files follow."""
    signed = replace(report, issued_by=actor.name)
    issued = IssuedReport(
        plan_id=plan.id,
        as_of=choices.as_of,
        language=choices.language.value,
        choices=choices.as_typed(),
        figures=to_json(signed),
        issued_by=actor.account_id,
        issued_at=report.made_at,
    )
    session.add(issued)
    session.flush()
    session.add(_kept(issued.id, _FROZEN, whole(signed)))
    session.flush()
    enqueue(session, "workers.jobs.make_report_files", str(issued.id), queue=QueueName.DEFAULT)
    audit.record(
        session,
        "plan_report.issue",
        ("issued_report", issued.id),
        by=actor.account_id,
        plan_id=str(plan.id),
    )
    return issued


def _kept(report_id: UUID, kind: str, content: bytes) -> IssuedFile:
    return IssuedFile(report_id=report_id, kind=kind, sealed=seal(_SEALED_FOR, content))


def make_files(report_id: UUID) -> None:
    """Make the files that are missing, each kept as soon as it is there."""
    with unit_of_work(read_only=True) as session:
        issued = session.get_one(IssuedReport, report_id)
        frozen = from_whole(_content(session, issued, _FROZEN))
    for kind in Kind:
        if kind.value not in issued.sha256:
            _keep_file(report_id, kind, made(frozen, kind))


def _keep_file(report_id: UUID, kind: Kind, content: bytes) -> None:
    with unit_of_work() as session:
        mine = select(IssuedReport).where(IssuedReport.id == report_id).with_for_update()
        issued = session.exec(mine).one()
        # Another worker may have been quicker: what stands is never written over.
        if kind.value in issued.sha256:
            return
        fingerprint = sha256(content).hexdigest()
        issued.sha256 = {**issued.sha256, kind.value: fingerprint}
        session.add_all([issued, _kept(report_id, kind.value, content)])
        session.flush()
        audit.record(
            session,
            "plan_report.make_file",
            ("issued_report", report_id),
            by=None,
            kind=kind.value,
            sha256=fingerprint,
        )


def ring_again(session: Session) -> None:
    """Ring for reports whose files no worker came for, or whose worker died."""
    finished = select(IssuedFile.report_id).where(IssuedFile.kind == _LAST_MADE.value)
    unfinished = select(IssuedReport.id).where(
        col(IssuedReport.id).not_in(finished),
        col(IssuedReport.issued_at) > clock.now() - _RUNG_AGAIN_FOR,
    )
    for report_id in session.exec(unfinished):
        enqueue(session, "workers.jobs.make_report_files", str(report_id), queue=QueueName.DEFAULT)


def of_plan(session: Session, plan: Plan) -> list[tuple[IssuedReport, str]]:
    """The plan's issued reports with the name of who issued each, the newest first."""
    rows = (
        select(IssuedReport, Account.name)
        .join(Account, col(Account.id) == col(IssuedReport.issued_by))
        .where(IssuedReport.plan_id == plan.id)
        .order_by(col(IssuedReport.issued_at).desc(), col(IssuedReport.id).desc())
    )
    return [(report, name) for report, name in session.exec(rows)]


def one_of(session: Session, plan: Plan, report_id: UUID) -> IssuedReport:
    """Raises ``NotFound`` for a report of another plan, or none."""
    found = session.get(IssuedReport, report_id)
    if found is None or found.plan_id != plan.id:
        raise NotFound
    return found


def file_of(session: Session, issued: IssuedReport, kind: Kind) -> bytes:
    """The file as it was issued. Raises ``NotFound`` while it is being made."""
    return _content(session, issued, kind.value)


def _content(session: Session, issued: IssuedReport, kind: str) -> bytes:
    kept = session.get(IssuedFile, (issued.id, kind))
    if kept is None:
        raise NotFound
    return unseal(_SEALED_FOR, kept.sealed)
