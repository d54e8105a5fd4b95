"""Reports that were closed long ago: who reported, what was written and shown is dropped.

What a statistic needs stays: number, source, category, street, about where, the days, the state,
the service. Nothing of the kind is dropped while a report is open.
"""

from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from feedback.models import Report, ReportAttachment, ReportEvent
from hub import clock
from hub.config import settings

_AT_ONCE = 500
# About a hundred metres: where in a street, and no longer at whose door.
_DECIMALS = 3


def drop_old(session: Session) -> bool:
    """Drop what is personal in some of the reports that were closed so long ago; whether there may
    be more. Doing it again drops nothing more."""
    before = clock.now() - timedelta(days=settings().reports_kept_days)
    due = select(Report).where(col(Report.closed_at) < before, col(Report.dropped_at).is_(None))
    # In one order, and not those that somebody changes at this moment.
    some = due.order_by(col(Report.id)).limit(_AT_ONCE).with_for_update(skip_locked=True)
    found = session.exec(some).all()
    for report in found:
        _blank(report)
        session.add(report)
    ids = [one.id for one in found]
    session.execute(delete(ReportAttachment).where(col(ReportAttachment.report_id).in_(ids)))
    session.execute(
        update(ReportEvent)
        .where(col(ReportEvent.report_id).in_(ids))
        .values(before="", after="", words="")
    )
    session.flush()
    return len(found) == _AT_ONCE


def _blank(report: Report) -> None:
    report.words = report.house_number = report.external_reference = ""
    report.reporter_name = report.reporter_contact = ""
    report.reporter_index = report.reporter_language = None
    report.person_id = report.message_id = None
    if report.latitude is not None and report.longitude is not None:
        report.latitude = round(report.latitude, _DECIMALS)
        report.longitude = round(report.longitude, _DECIMALS)
    report.dropped_at = clock.now()
