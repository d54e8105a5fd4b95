"""Who joined and left a partnership in a year (indicator I12)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from feedback.evaluation_years import Year
from hub.db import Condition
from partnerships.models import Membership


@dataclass(frozen=True, slots=True)
class MemberFigures:
    """``at_end`` is now, while the year is not over."""

    joined: int = 0
    left: int = 0
    at_end: int = 0


def of_year(session: Session, partnership_id: UUID, year: Year) -> MemberFigures:
    """Whoever joined, left and came back in one year counts by his newest membership."""
    its = col(Membership.partnership_id) == partnership_id
    joined, left, at_end = session.execute(
        select(
            func.count().filter(_in_year(col(Membership.joined_at), year)),
            func.count().filter(_in_year(col(Membership.left_at), year)),
            func.count().filter(_is_member_at(year.end)),
        )
        .select_from(Membership)
        .where(its)
    ).one()
    return MemberFigures(joined, left, at_end)


def _in_year(moment: Any, year: Year) -> Condition:
    inside: Condition = (moment >= year.start) & (moment < year.end)
    return inside


def _is_member_at(at: datetime) -> Condition:
    left = col(Membership.left_at)
    return (col(Membership.joined_at) < at) & or_(left.is_(None), left >= at)
