"""What a person reported, for himself to read; forgotten, the report says no more who it was."""

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from feedback.models import Report
from hub.i18n import mark
from partnerships.own_data import Holder

Row = dict[str, Any]


def _reported_by(session: Session, person_id: UUID) -> list[Row]:
    his = select(Report).where(Report.person_id == person_id)
    return [_row(one) for one in session.exec(his.order_by(col(Report.received_at)))]


def _row(report: Report) -> Row:
    return {
        "number": report.number,
        "received_at": report.received_at.isoformat(),
        "category": report.category,
        "text": report.words,
        "place": f"{report.street} {report.house_number}".strip(),
        "name": report.reporter_name,
        "answered_at": report.reporter_contact,
        "state": report.status,
    }


def _forget(session: Session, person_id: UUID) -> None:
    """What he reported stays the town's; from whom it came is not told."""
    session.execute(
        update(Report)
        .where(col(Report.person_id) == person_id)
        .values(person_id=None, reporter_name="", reporter_contact="", reporter_index=None)
    )


REPORTED = Holder(mark("What you reported"), _reported_by, _forget)
