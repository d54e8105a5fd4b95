"""For whom somebody writes: his town, and in it every service or his own (R41)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from feedback import report_services, reports_reach
from feedback.models import ReportService
from hub import clock
from hub.access import POLICY, Action, Actor
from hub.errors import NotFound
from partnerships import appointments
from partnerships.days import today
from partnerships.models import Account, Appointment, Organisation
from plan.models import StaffMember


@dataclass(frozen=True, slots=True)
class Circle:
    """One town as one person keeps its registers. ``services`` are those he may write for, and
    ``own`` who he is among the staff."""

    actor: Actor
    town: Organisation
    keeps_all: bool
    services: tuple[ReportService, ...]
    own: StaffMember | None

    @property
    def service_ids(self) -> tuple[UUID, ...]:
        return tuple(one.id for one in self.services)


def towns(session: Session, actor: Actor) -> Sequence[Organisation]:
    """The towns in which somebody keeps registers, by name."""
    return reports_reach.towns(session, actor, Action.KEEP_REGISTERS)


def circle_of(session: Session, actor: Actor, slug: str = "") -> Circle:
    """His circle in the town of this slug, the first of his for none. Raises ``NotFound``."""
    town = next((one for one in towns(session, actor) if slug in ("", one.slug)), None)
    if town is None:
        raise NotFound
    keeps_all = town.id in {one.id for one in reports_reach.towns(session, actor, Action.KEEP_PLAN)}
    mine = _own(session, actor, town)
    services = report_services.of_towns(session, [town.id])
    his = {one.service_id for one in mine}
    within = tuple(one for one in services if keeps_all or one.id in his)
    return Circle(actor, town, keeps_all, within, mine[0] if mine else None)


def _own(session: Session, actor: Actor, town: Organisation) -> Sequence[StaffMember]:
    """His places in the services of a town that he has not left, the newest first."""
    wanted = select(StaffMember).where(
        StaffMember.account_id == actor.account_id,
        StaffMember.municipality_id == town.id,
        or_(col(StaffMember.left_on).is_(None), col(StaffMember.left_on) > today()),
    )
    return session.exec(
        wanted.order_by(col(StaffMember.started_on).desc(), col(StaffMember.id).desc())
    ).all()


def in_charge(session: Session, town: Organisation) -> Sequence[str]:
    """The names of those who keep the registers of a whole town: whom to ask."""
    at = clock.now()
    roles = [role for role, actions in POLICY.items() if Action.KEEP_PLAN in actions]
    held = (
        select(Account)
        .join(Appointment, col(Appointment.account_id) == col(Account.id))
        .where(
            Appointment.scope_id == town.id,
            col(Appointment.role).in_(roles),
            col(Appointment.starts_at) <= at,
            appointments.not_over(at),
            col(Account.disabled_at).is_(None),
        )
    )
    return sorted({one.name for one in session.exec(held)})
