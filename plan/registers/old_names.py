"""Names of staff who left, kept for a time only; what they did stays counted."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from hub.config import settings
from partnerships.days import today
from plan.models import StaffMember


def forget_old(session: Session) -> None:
    """Empty the names of those who left long ago, and let go of their accounts. Doing it twice a
    day does no harm."""
    since = today() - timedelta(days=settings().staff_names_kept_days)
    session.execute(
        update(StaffMember)
        .where(col(StaffMember.left_on) < since, col(StaffMember.name) != "")
        .values(name="", account_id=None)
        .execution_options(synchronize_session=False)
    )
