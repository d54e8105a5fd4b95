"""Which reports count in a figure, and what of them a reader may know.

A report that was merged into another counts once. A confidential one counts only for those who may
read it; of incidents only the police know.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col

from feedback import hot_spot_reach
from feedback.models import Report, ReportStatus
from hub.access import Action, Actor
from hub.db import Condition


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader may know, by town."""

    words: Collection[UUID]
    confidential: Collection[UUID]
    incidents: Collection[UUID]


def sight_of(session: Session, actor: Actor) -> Sight:
    """What this reader may know: words of reports, confidential ones, incidents."""
    return Sight(
        words=hot_spot_reach.town_ids(session, actor, Action.SEE_REPORTS),
        confidential=hot_spot_reach.town_ids(session, actor, Action.SEE_CONFIDENTIAL_REPORTS),
        incidents=hot_spot_reach.town_ids(session, actor, Action.SEE_INCIDENTS),
    )


def counted(town_id: UUID, sight: Sight, category: str = "") -> tuple[Condition, ...]:
    """The conditions on ``Report`` under which it counts; an empty category is all of them."""
    conditions: list[Condition] = [
        col(Report.municipality_id) == town_id,
        col(Report.status) != ReportStatus.MERGED,
    ]
    if town_id not in sight.confidential:
        conditions.append(col(Report.is_confidential).is_(False))
    if category:
        conditions.append(col(Report.category) == category)
    return tuple(conditions)
