"""A plan that everybody may read: the officer switches it on and off. Off by default."""

from sqlmodel import Session, select

from hub import audit
from hub.access import Actor
from hub.errors import NotFound
from hub.security import new_token
from plan.models import Plan


def publish(session: Session, actor: Actor, plan: Plan, *, with_motivations: bool) -> None:
    """Give it an address that nobody can guess; the one it has already stays."""
    plan.public_reference = plan.public_reference or new_token()
    plan.public_motivations = with_motivations
    session.flush()
    audit.record(
        session,
        "plan.publish",
        ("plan", plan.id),
        by=actor.account_id,
        with_motivations=with_motivations,
    )


def withdraw(session: Session, actor: Actor, plan: Plan) -> None:
    """Its address leads nowhere from now on; published again, it gets another."""
    if plan.public_reference is None:
        return
    plan.public_reference = None
    plan.public_motivations = False
    session.flush()
    audit.record(session, "plan.withdraw", ("plan", plan.id), by=actor.account_id)


def published(session: Session, reference: str) -> Plan:
    """The plan at this address. Raises ``NotFound`` where there is none."""
    plan = session.exec(select(Plan).where(Plan.public_reference == reference)).first()
    if plan is None:
        raise NotFound
    return plan
