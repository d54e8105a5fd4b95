"""Which plans somebody may look at, and which of a plan's results are his own service's."""

from uuid import UUID

from sqlalchemy import false, or_, true
from sqlmodel import Session, col, select

from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import NotFound
from plan.models import Plan, PlanStatus, StaffMember


def within_reach(actor: Actor, action: Action = Action.SEE_PLAN) -> Condition:
    """The condition on ``Plan``: of a municipality in which this person may do it."""
    reach = actor.reach(action)
    if reach.everywhere:
        return true()
    return or_(false(), col(Plan.municipality_id).in_(reach.municipalities))


def plan_of(
    session: Session, actor: Actor, plan_id: UUID, action: Action = Action.SEE_PLAN
) -> Plan:
    """The plan. Raises ``NotFound`` where it is out of reach, as where there is none."""
    found = session.exec(select(Plan).where(Plan.id == plan_id, within_reach(actor, action)))
    plan = found.first()
    if plan is None:
        raise NotFound
    return plan


def newest_in_force(session: Session, actor: Actor) -> Plan | None:
    """The plan a meeting is about."""
    wanted = select(Plan).where(Plan.status == PlanStatus.IN_FORCE, within_reach(actor))
    newest = wanted.order_by(col(Plan.starts_on).desc(), col(Plan.created_at).desc())
    return session.exec(newest.limit(1)).first()


def services_of(session: Session, actor: Actor, plan: Plan) -> frozenset[UUID]:
    """The services of the town in which this person works now."""
    his = select(StaffMember.service_id).where(
        StaffMember.account_id == actor.account_id,
        StaffMember.municipality_id == plan.municipality_id,
        col(StaffMember.left_on).is_(None),
    )
    return frozenset(session.exec(his))
