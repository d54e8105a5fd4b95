"""Which agreement is in force (R3): the plan of a moment decides every sending of that moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from hub import clock
from hub.access import Action, Actor
from partnerships import plan_drafts, scope
from partnerships.models import LIVING_STATUSES, CommunicationPlan, Partnership
from partnerships.plan_versions import owned_by

# So long before the day the partners are reminded to look at their plan again.
REVIEW_NOTICE = timedelta(days=30)


def in_force(session: Session, partnership_id: UUID, at: datetime) -> CommunicationPlan | None:
    """The newest version that had come into force by ``at``."""
    versions = select(CommunicationPlan).where(
        CommunicationPlan.partnership_id == partnership_id,
        col(CommunicationPlan.in_force_from) <= at,
    )
    return session.exec(versions.order_by(col(CommunicationPlan.version).desc())).first()


def in_force_of(
    session: Session, partnership_ids: Iterable[UUID], at: datetime
) -> dict[UUID, CommunicationPlan]:
    """The same for many partnerships in one question; those without any are not in it."""
    newest = (
        select(
            CommunicationPlan.partnership_id, func.max(CommunicationPlan.version).label("version")
        )
        .where(
            col(CommunicationPlan.partnership_id).in_(list(partnership_ids)),
            col(CommunicationPlan.in_force_from) <= at,
        )
        .group_by(col(CommunicationPlan.partnership_id))
        .subquery("newest")
    )
    found = session.exec(
        select(CommunicationPlan).join(
            newest,
            (col(CommunicationPlan.partnership_id) == newest.c.partnership_id)
            & (col(CommunicationPlan.version) == newest.c.version),
        )
    )
    return {plan.partnership_id: plan for plan in found if plan.partnership_id is not None}


def start_draft(session: Session, partnership: Partnership, by: UUID | None) -> CommunicationPlan:
    """The draft of a partnership's next version; the one there is, where somebody has begun.

    ``by`` is the account of the writer. A new partnership begins with the default of its zone.
    """
    return plan_drafts.start(session, owned_by(partnership), by)


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """A plan the partners should look at again, soon or since ``review_on``."""

    partnership: Partnership
    review_on: date
    is_past: bool


def review_state(plan: CommunicationPlan) -> str:
    """``past``, ``soon`` (within 30 days) or an empty word, by the Belgian calendar."""
    today = clock.in_brussels(clock.now()).date()
    if plan.review_on is None or plan.review_on > today + REVIEW_NOTICE:
        return ""
    return "past" if plan.review_on < today else "soon"


def reviews_due(session: Session, actor: Actor) -> list[ReviewDue]:
    """The living partnerships within reach whose plan is to be looked at again; oldest first."""
    today = clock.in_brussels(clock.now()).date()
    living = select(Partnership).where(
        scope.within_reach(actor, Action.SEE_HEALTH),
        col(Partnership.status).in_(LIVING_STATUSES),
    )
    partnerships = {one.id: one for one in session.exec(living)}
    plans = in_force_of(session, partnerships, clock.now())
    due = [
        ReviewDue(partnerships[partnership_id], plan.review_on, plan.review_on < today)
        for partnership_id, plan in plans.items()
        if plan.review_on is not None and review_state(plan)
    ]
    return sorted(due, key=lambda one: (one.review_on, one.partnership.name))


def shortest_feedback_delay(session: Session, plan_ids: Iterable[UUID]) -> int:
    """The delay, in hours, that keeps the promise made to every one of these partnerships."""
    delays = select(CommunicationPlan.feedback_within_hours).where(
        col(CommunicationPlan.id).in_(plan_ids)
    )
    return min(session.exec(delays))
