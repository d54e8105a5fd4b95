"""Whose accounts may do something in one place, such as a municipality, now."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from hub.access import POLICY, Action
from partnerships import appointments
from partnerships.models import Account, Appointment


def in_scope(session: Session, scope_id: UUID, action: Action) -> Sequence[Account]:
    """Each account once, whoever is appointed to it just there; those that were closed are not."""
    at = clock.now()
    roles = [role for role, actions in POLICY.items() if action in actions]
    held = (
        select(Account)
        .join(Appointment, col(Appointment.account_id) == col(Account.id))
        .where(
            Appointment.scope_id == scope_id,
            col(Appointment.role).in_(roles),
            col(Appointment.starts_at) <= at,
            appointments.not_over(at),
            col(Account.disabled_at).is_(None),
        )
        .order_by(col(Account.id))
    )
    return list({one.id: one for one in session.exec(held)}.values())
