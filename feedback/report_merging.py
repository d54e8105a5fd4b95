"""Double reports: suggested, and merged into one. Each reporter stays owed his own answer."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, update
from sqlmodel import Session, col, select

from feedback import reports, reports_reach
from feedback.models import Report, ReportEventKind, ReportStatus
from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark

# Two reports of one thing seldom come further apart.
_APART = timedelta(days=14)
_MOST_SUGGESTED = 5
# About 110 m in latitude and 70 m in longitude here.
_NEAR_DEGREES = 0.001


def suggested(session: Session, actor: Actor, report: Report) -> Sequence[Report]:
    """Reports that may be of the same thing: same category, received within a fortnight, in the
    same street or about a hundred metres away. The nearest in time first."""
    if report.street_index is None and report.latitude is None:
        return []
    near = select(Report).where(
        reports_reach.seen_by(session, actor),
        Report.municipality_id == report.municipality_id,
        Report.category == report.category,
        col(Report.received_at).between(report.received_at - _APART, report.received_at + _APART),
        Report.id != report.id,
        Report.status != ReportStatus.MERGED,
        or_(*_same_place(report)),
    )
    found = session.exec(near.order_by(col(Report.received_at).desc()).limit(50)).all()
    by_time = sorted(found, key=lambda one: abs(one.received_at - report.received_at))
    return by_time[:_MOST_SUGGESTED]


def _same_place(report: Report) -> list[ColumnElement[bool]]:
    places: list[ColumnElement[bool]] = []
    if report.street_index is not None:
        places.append(col(Report.street_index) == report.street_index)
    if report.latitude is not None and report.longitude is not None:
        latitude, longitude = col(Report.latitude), col(Report.longitude)
        places.append(
            (func.abs(latitude - report.latitude) < _NEAR_DEGREES)
            & (func.abs(longitude - report.longitude) < _NEAR_DEGREES)
        )
    return places


def merge(session: Session, actor: Actor, report_id: UUID, version: int, number: int) -> Report:
    """Let a report be the same as another of its town, which is followed for both; gives that one.

    What was merged into it before goes along, and a merged target stands for the one it points to.
    Raises ``BadInput`` naming ``into``, and ``ChangedMeanwhile`` as ``reports.change`` does.
    """
    report = reports_reach.report_for(session, report_id, actor, Action.KEEP_REPORTS)
    target = _target(session, actor, report, number)
    # Always in one order, whoever merges which into which.
    for one in sorted((report.id, target.id)):
        reports_reach.held(session, one, actor)
    if report.version != version:
        raise reports.ChangedMeanwhile(report, reports.events_since(session, report, version))
    if target.status is ReportStatus.MERGED:
        raise _refused(mark("That report was merged itself meanwhile."))
    _point_to(session, actor, report, target)
    audit.record(
        session, "report.merge", ("report", report.id), by=actor.account_id, into=str(target.id)
    )
    return target


def _target(session: Session, actor: Actor, report: Report, number: int) -> Report:
    try:
        target = reports.by_number(session, actor, report.municipality_id, number)
        if target.merged_into_id is not None:
            target = reports_reach.report_for(session, target.merged_into_id, actor)
    except NotFound:
        raise _refused(mark("There is no report with this number.")) from None
    if target.id == report.id:
        raise _refused(mark("This is the report itself."))
    return target


def _refused(said: str) -> BadInput:
    return BadInput(FieldProblem("into", said))


def _point_to(session: Session, actor: Actor, report: Report, target: Report) -> None:
    report.version += 1
    target.version += 1
    report.status, report.merged_into_id = ReportStatus.MERGED, target.id
    report.closed_at = report.closed_at or clock.now()
    session.add_all([report, target])
    session.flush()
    followers = col(Report.merged_into_id) == report.id
    session.execute(update(Report).where(followers).values(merged_into_id=target.id))
    merged = ReportEventKind.MERGED
    reports.told(session, actor, report, merged, field="into", after=str(target.number))
    reports.told(session, actor, target, merged, field="from", after=str(report.number))


def merged_into(session: Session, actor: Actor, report_id: UUID) -> Sequence[Report]:
    """The reports that are the same as this one, oldest first."""
    wanted = select(Report).where(
        Report.merged_into_id == report_id, reports_reach.seen_by(session, actor)
    )
    return session.exec(wanted.order_by(col(Report.received_at))).all()
