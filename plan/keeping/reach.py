"""Which plans somebody sees, and which he keeps: those of his municipalities (R42)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import false, or_, true
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import NotFound
from partnerships.models import Organisation, OrganisationKind
from plan.models import Plan


def towns(
    session: Session, actor: Actor, action: Action = Action.KEEP_PLAN
) -> Sequence[Organisation]:
    """The municipalities in which ``actor`` may do ``action``, by name."""
    wanted = select(Organisation).where(
        Organisation.kind == OrganisationKind.MUNICIPALITY,
        _within(actor, action, col(Organisation.id)),
    )
    return session.exec(wanted.order_by(Organisation.name, Organisation.slug)).all()


def plans(session: Session, actor: Actor) -> Sequence[Plan]:
    """The plans within reach, the newest first."""
    visible = select(Plan).where(_within(actor, Action.SEE_PLAN, col(Plan.municipality_id)))
    return session.exec(visible.order_by(col(Plan.starts_on).desc(), col(Plan.id).desc())).all()


def plan_for(
    session: Session, plan_id: UUID, actor: Actor, action: Action = Action.SEE_PLAN
) -> Plan:
    """One plan within reach; raises ``NotFound`` whether it is absent or out of reach."""
    return _found(session.exec(_one(plan_id, actor, action)).first())


def held(session: Session, plan_id: UUID, actor: Actor) -> Plan:
    """The same to be changed: nobody else changes it, or what is in it, until the commit."""
    wanted = _one(plan_id, actor, Action.KEEP_PLAN)
    plan = _found(session.exec(wanted.with_for_update(of=Plan)).first())
    # Another may have changed it between a first look and the lock.
    session.refresh(plan)
    return plan


def keeps(actor: Actor, plan: Plan) -> bool:
    """Whether ``actor`` may change this plan."""
    return actor.reach(Action.KEEP_PLAN).covers(plan.municipality_id)


def _one(plan_id: UUID, actor: Actor, action: Action) -> SelectOfScalar[Plan]:
    within = _within(actor, action, col(Plan.municipality_id))
    return select(Plan).where(Plan.id == plan_id, within)


def _within(actor: Actor, action: Action, town: Any) -> Condition:
    reach = actor.reach(action)
    return true() if reach.everywhere else or_(false(), town.in_(reach.municipalities))


def _found(plan: Plan | None) -> Plan:
    if plan is None:
        raise NotFound
    return plan
