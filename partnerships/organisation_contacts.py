"""Keeping whom an organisation names as its contacts; each change is told to the partners."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import Language, mark
from partnerships import contact_fields, partner_notices
from partnerships.models import (
    Organisation,
    OrganisationContact,
    Partnership,
    PartnershipStatus,
)
from partnerships.typed_text import tidy

LONGEST_NAME = 120
_OVER = (PartnershipStatus.ENDED, PartnershipStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class Contact:
    """What was typed about somebody; only the telephone may be left out."""

    function: str
    name: str
    email: str
    telephone: str
    language: Language
    is_told_of_changes: bool


def add(session: Session, organisation: Organisation, typed: Contact, by: Actor) -> None:
    """Another contact. Raises ``BadInput`` naming every field that will not do."""
    made = OrganisationContact(
        organisation_id=organisation.id,
        function="",
        name="",
        email="",
        created_at=clock.now(),
    )
    _fill(made, typed)
    session.add(made)
    _changed(session, organisation, made.id, "contact.add", by)


def change(
    session: Session, organisation: Organisation, contact_id: UUID, typed: Contact, by: Actor
) -> None:
    """Let a contact be this. Raises ``BadInput`` naming every field that will not do, ``NotFound``
    for another organisation's."""
    found = contact_of(session, organisation, contact_id)
    _fill(found, typed)
    session.add(found)
    _changed(session, organisation, found.id, "contact.change", by)


def remove(session: Session, organisation: Organisation, contact_id: UUID, by: Actor) -> None:
    """Forget a contact. Raises ``NotFound`` for another organisation's."""
    session.delete(contact_of(session, organisation, contact_id))
    _changed(session, organisation, contact_id, "contact.remove", by)


def contact_of(
    session: Session, organisation: Organisation, contact_id: UUID
) -> OrganisationContact:
    """One contact of this organisation; raises ``NotFound`` otherwise."""
    found = session.get(OrganisationContact, contact_id)
    if found is None or found.organisation_id != organisation.id:
        raise NotFound
    return found


def _changed(
    session: Session, organisation: Organisation, contact_id: UUID, action: str, by: Actor
) -> None:
    session.flush()
    audit.record(session, action, ("organisation_contact", contact_id), by=by.account_id)
    concerned = _partnerships_of(session, organisation)
    partner_notices.organisation_changed(session, organisation, concerned, by.account_id)


def _partnerships_of(session: Session, organisation: Organisation) -> list[Partnership]:
    zones = select(Organisation.id).where(Organisation.part_of_id == organisation.id)
    concerned = select(Partnership).where(
        or_(
            col(Partnership.police_zone_id) == organisation.id,
            col(Partnership.municipality_id) == organisation.id,
            col(Partnership.police_zone_id).in_(zones),
        ),
        col(Partnership.status).not_in(_OVER),
    )
    return list(session.exec(concerned))


def _fill(row: OrganisationContact, typed: Contact) -> None:
    """Raises ``BadInput`` before anything of the row has changed."""
    problems: list[FieldProblem] = []
    function, name = tidy(typed.function), tidy(typed.name)
    if not 1 <= len(function) <= LONGEST_NAME:
        problems.append(FieldProblem("function", mark("Say what this person does there.")))
    if not 1 <= len(name) <= LONGEST_NAME:
        problems.append(FieldProblem("name", mark("A name is needed.")))
    email = contact_fields.address("email", typed.email, problems)
    telephone = contact_fields.telephone("telephone", typed.telephone, problems)
    if problems:
        raise BadInput(*problems)
    row.function, row.name, row.email = function, name, email
    row.telephone = telephone
    row.language, row.is_told_of_changes = typed.language, typed.is_told_of_changes
