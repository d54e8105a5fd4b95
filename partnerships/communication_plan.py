"""Which agreement is in force (R3): the plan of a moment decides every sending of that moment."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from partnerships.models import CommunicationPlan


def in_force(session: Session, partnership_id: UUID, at: datetime) -> CommunicationPlan | None:
    """The newest version that had come into force by ``at``."""
    versions = select(CommunicationPlan).where(
        CommunicationPlan.partnership_id == partnership_id,
        CommunicationPlan.in_force_from <= at,
    )
    return session.exec(versions.order_by(col(CommunicationPlan.version).desc())).first()


def shortest_feedback_delay(session: Session, plan_ids: Iterable[UUID]) -> int:
    """The delay, in hours, that keeps the promise made to every one of these partnerships."""
    delays = select(CommunicationPlan.feedback_within_hours).where(
        col(CommunicationPlan.id).in_(plan_ids)
    )
    return min(session.exec(delays))
