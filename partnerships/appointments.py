"""Who is appointed to what, from when until when, and to whom a partnership's work falls.

An appointment is given only within the reach of the one who gives it (R41), and ends at the next
request of the one who held it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import BadInput, FieldProblem, NotAllowed, NotFound
from hub.i18n import Language, mark
from hub.roles import SCOPE_OF_ROLE, Role, ScopeKind
from partnerships import accounts, password_links
from partnerships.contact import address
from partnerships.days import end_of, start_of, today
from partnerships.models import Account, Appointment, Partnership

COORDINATORS = (Role.COORDINATOR, Role.CO_COORDINATOR)
# What can be given on a partnership's page; a dispatcher or an administrator is made elsewhere.
APPOINTABLE = (
    Role.COORDINATOR,
    Role.CO_COORDINATOR,
    Role.STEERING_GROUP,
    Role.MANDATED_OFFICER,
    Role.DEPUTY_OFFICER,
    Role.NEIGHBOURHOOD_INSPECTOR,
    Role.CHIEF_OF_POLICE,
    Role.PREVENTION_OFFICER,
    Role.PEACE_OFFICER,
    Role.SERVICE_WORKER,
    Role.MAYOR,
)
# Who relays when the one before is not there (domain.md 2b: the steering group covers absence).
RELAY_ORDER = (
    Role.COORDINATOR,
    Role.CO_COORDINATOR,
    Role.STEERING_GROUP,
    Role.MANDATED_OFFICER,
    Role.DEPUTY_OFFICER,
)
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """Whom to appoint to what. Days are Belgian and included; without ``last_day`` it stays open.
    ``name`` and ``language`` count only for somebody who has no account yet."""

    role: Role
    email: str
    name: str
    language: Language
    first_day: date
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """An appointment and whose it is."""

    appointment: Appointment
    account: Account

    @property
    def role(self) -> Role:
        return self.appointment.role

    def is_over(self, at: datetime) -> bool:
        return self.appointment.ends_at is not None and self.appointment.ends_at <= at

    def holds_at(self, at: datetime) -> bool:
        return self.appointment.starts_at <= at and not self.is_over(at)


@dataclass(frozen=True, slots=True)
class RelayTo:
    """To whom messages for a partnership go: the first role of ``RELAY_ORDER`` that somebody holds,
    and all who hold it."""

    role: Role
    accounts: tuple[Account, ...]


def appoint(
    session: Session, actor: Actor, partnership: Partnership, wanted: NewAppointment
) -> Appointment:
    """Appoint somebody; who has no account gets one, and a mail to choose a password by.

    Raises ``NotAllowed`` for a role beyond the actor's reach, ``BadInput`` with every wrong field.
    """
    if not may_appoint(actor, partnership, wanted.role):
        raise NotAllowed
    email = _checked(session, actor, partnership, wanted)
    known = accounts.by_email(session, email)
    account = known or password_links.account_without_password(
        session, email=email, name=wanted.name.strip(), language=wanted.language
    )
    appointment = Appointment(
        account_id=account.id,
        role=wanted.role,
        scope_kind=SCOPE_OF_ROLE[wanted.role],
        scope_id=scope_of(partnership, wanted.role),
        starts_at=start_of(wanted.first_day),
        ends_at=end_of(wanted.last_day) if wanted.last_day else None,
        appointed_by=actor.account_id,
    )
    session.add(appointment)
    session.flush()
    _record(session, "account.appoint", appointment, actor)
    if known is None:
        password_links.send(session, account)
    return appointment


def may_appoint(actor: Actor, partnership: Partnership, role: Role) -> bool:
    """Whether the whole scope of this role lies within the reach of the actor: an officer of a
    police zone gives nothing that counts for a municipality."""
    if role not in APPOINTABLE:
        return False
    reach = actor.reach(Action.APPOINT)
    in_zone = reach.everywhere or partnership.police_zone_id in reach.police_zones
    in_town = reach.everywhere or partnership.municipality_id in reach.municipalities
    if SCOPE_OF_ROLE[role] is ScopeKind.POLICE_ZONE:
        return in_zone
    if SCOPE_OF_ROLE[role] is ScopeKind.MUNICIPALITY:
        return in_town
    return in_zone or in_town or partnership.id in reach.partnerships


def scope_of(partnership: Partnership, role: Role) -> UUID:
    """What a role on this partnership's page is held in: the partnership, its zone or its town."""
    return {
        ScopeKind.POLICE_ZONE: partnership.police_zone_id,
        ScopeKind.MUNICIPALITY: partnership.municipality_id,
    }.get(SCOPE_OF_ROLE[role], partnership.id)


def _checked(
    session: Session, actor: Actor, partnership: Partnership, wanted: NewAppointment
) -> str:
    """The address in its one spelling. Raises ``BadInput`` with all that is wrong."""
    problems: list[FieldProblem] = []
    email = ""
    try:
        email = address("email", wanted.email)
    except BadInput as refusal:
        problems.extend(refusal.problems)
    account = accounts.by_email(session, email) if email else None
    if account is not None:
        problems.extend(_account_problems(session, actor, partnership, wanted, account))
    elif email and not 1 <= len(wanted.name.strip()) <= LONGEST_NAME:
        problems.append(FieldProblem("name", mark("A name is needed.")))
    problems.extend(_day_problems(wanted))
    if problems:
        raise BadInput(*problems)
    return email


def _account_problems(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    wanted: NewAppointment,
    account: Account,
) -> list[FieldProblem]:
    if account.id == actor.account_id:
        return [FieldProblem("email", mark("Nobody appoints himself: ask a colleague."))]
    if account.disabled_at is not None:
        return [FieldProblem("email", mark("This account is closed."))]
    held = select(Appointment.id).where(
        Appointment.account_id == account.id,
        Appointment.role == wanted.role,
        Appointment.scope_id == scope_of(partnership, wanted.role),
        not_over(clock.now()),
    )
    if session.exec(held).first() is not None:
        return [FieldProblem("email", mark("He holds this appointment already."))]
    return []


def _day_problems(wanted: NewAppointment) -> list[FieldProblem]:
    if wanted.last_day is None:
        return []
    if wanted.last_day < wanted.first_day:
        return [FieldProblem("last_day", mark("The last day comes before the first."))]
    if wanted.last_day < today():
        return [FieldProblem("last_day", mark("This day has passed."))]
    return []


def end(session: Session, actor: Actor, appointment: Appointment, last_day: date) -> None:
    """Let an appointment end with this Belgian day; today or earlier is at once.

    Raises ``BadInput`` naming ``last_day`` for a day after its end.
    """
    ends_at = clock.now() if last_day <= today() else end_of(last_day)
    if appointment.ends_at is not None and ends_at > appointment.ends_at:
        raise BadInput(FieldProblem("last_day", mark("It ends before this day already.")))
    appointment.ends_at = ends_at
    appointment.ended_by = actor.account_id
    session.add(appointment)
    _record(session, "account.end_appointment", appointment, actor)


def _record(session: Session, action: str, appointment: Appointment, actor: Actor) -> None:
    audit.record(
        session,
        action,
        ("appointment", appointment.id),
        by=actor.account_id,
        account_id=str(appointment.account_id),
        role=appointment.role,
        scope_id=str(appointment.scope_id),
    )


def appointment_for(
    session: Session, actor: Actor, partnership: Partnership, appointment_id: UUID
) -> Holder:
    """An appointment of a partnership that the actor may end; raises ``NotFound`` otherwise."""
    for holder in of_partnership(session, partnership):
        mine = may_appoint(actor, partnership, holder.role)
        if holder.appointment.id == appointment_id and mine:
            return holder
    raise NotFound


def of_partnership(session: Session, partnership: Partnership) -> list[Holder]:
    """All that was ever given for a partnership, its zone and its town, in the order of
    ``APPOINTABLE``, the newest of each first."""
    found = session.exec(
        select(Appointment, Account)
        .join(Account, col(Account.id) == col(Appointment.account_id))
        .where(_concerns([partnership]), col(Appointment.role).in_(APPOINTABLE))
        .order_by(col(Appointment.starts_at).desc())
    )
    holders = [Holder(appointment, account) for appointment, account in found]
    return sorted(holders, key=lambda one: APPOINTABLE.index(one.role))


def holders_at(
    session: Session, partnerships: Sequence[Partnership], since: datetime
) -> list[Holder]:
    """Who holds something for these partnerships at ``since`` or later, but for closed accounts."""
    found = session.exec(
        select(Appointment, Account)
        .join(Account, col(Account.id) == col(Appointment.account_id))
        .where(_concerns(partnerships), not_over(since), col(Account.disabled_at).is_(None))
        .order_by(col(Appointment.starts_at))
    )
    return [Holder(appointment, account) for appointment, account in found]


def _concerns(partnerships: Sequence[Partnership]) -> Condition:
    scopes = {
        scope for one in partnerships for scope in (one.id, one.police_zone_id, one.municipality_id)
    }
    return col(Appointment.scope_id).in_(scopes)


def not_over(at: datetime) -> Condition:
    """The condition on ``Appointment`` that it has not ended by ``at``."""
    return or_(col(Appointment.ends_at).is_(None), col(Appointment.ends_at) > at)


def coordinator_or_deputy(session: Session, partnership_id: UUID, at: datetime) -> RelayTo | None:
    """To whom a message for this partnership goes at this moment (R26), whoever is missing: the
    coordinator, else a co-coordinator, else the steering group, else the mandated officer or his
    deputy. ``None`` when there is nobody at all."""
    partnership = session.get_one(Partnership, partnership_id)
    standing = [one for one in holders_at(session, [partnership], at) if one.holds_at(at)]
    for role in RELAY_ORDER:
        holding = tuple(one.account for one in standing if one.role is role)
        if holding:
            return RelayTo(role, holding)
    return None
