"""The services that reports are given to (R34), as each town keeps them; and who works on them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from feedback.models import ReportService
from feedback.report_categories import MOST_OF_A_TOWN, checked_name
from hub import audit, clock
from hub.access import POLICY, Action, Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import Language, mark, translate
from partnerships.models import Account, Appointment, Organisation

# What most towns have; whether it is the police's.
USUAL = (
    (mark("Neighbourhood police"), True),
    (mark("Peace officers"), False),
    (mark("Street cleaning"), False),
    (mark("Green spaces"), False),
    (mark("Roads and lighting"), False),
    (mark("Environment"), False),
    (mark("Youth work"), False),
)


def of_towns(session: Session, town_ids: Sequence[UUID]) -> Sequence[ReportService]:
    """Every service of these towns, used or not, by name."""
    wanted = select(ReportService).where(col(ReportService.municipality_id).in_(town_ids))
    return session.exec(wanted.order_by(ReportService.name, col(ReportService.id))).all()


def add(
    session: Session, actor: Actor, town_id: UUID, typed: str, *, is_police: bool = False
) -> ReportService:
    """A service more. Raises ``BadInput`` naming ``service_name``."""
    name = checked_name("service_name", typed)
    known = of_towns(session, [town_id])
    if name.casefold() in {one.name.casefold() for one in known}:
        raise BadInput(FieldProblem("service_name", mark("This name is in the list already.")))
    if len(known) >= MOST_OF_A_TOWN:
        raise BadInput(FieldProblem("service_name", mark("The list is full.")))
    made = ReportService(municipality_id=town_id, name=name, is_police=is_police)
    session.add(made)
    session.flush()
    audit.record(session, "report_service.add", ("report_service", made.id), by=actor.account_id)
    return made


def add_usual(session: Session, actor: Actor, town_id: UUID, language: Language) -> None:
    """What most towns have, for one that has none yet; else nothing."""
    if of_towns(session, [town_id]):
        return
    for name, is_police in USUAL:
        add(session, actor, town_id, translate(language, name), is_police=is_police)


def use(session: Session, actor: Actor, town_id: UUID, service_id: UUID, *, is_used: bool) -> None:
    """Offer a service for reports, or no longer. Raises ``NotFound`` for another town's."""
    found = session.get(ReportService, service_id)
    if found is None or found.municipality_id != town_id:
        raise NotFound
    found.is_used = is_used
    session.add(found)
    subject = ("report_service", found.id)
    audit.record(session, "report_service.use", subject, by=actor.account_id, is_used=is_used)


def workers(session: Session, town: Organisation) -> Sequence[Account]:
    """Those to whom a report of this town can be given: who may write in it now, by name."""
    roles = [role for role, actions in POLICY.items() if Action.KEEP_REPORTS in actions]
    at = clock.now()
    scopes = [one for one in (town.id, town.part_of_id) if one is not None]
    holding = select(Appointment.account_id).where(
        col(Appointment.role).in_(roles),
        col(Appointment.scope_id).in_(scopes),
        col(Appointment.starts_at) <= at,
        or_(col(Appointment.ends_at).is_(None), col(Appointment.ends_at) > at),
    )
    found = session.exec(
        select(Account).where(col(Account.id).in_(holding), col(Account.disabled_at).is_(None))
    )
    return sorted(found, key=lambda one: one.name.casefold())
