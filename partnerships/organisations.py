"""The organisations behind partnerships, and the contacts that each of them names.

A municipality is part of one police zone, a zone of one province: whoever keeps a zone's register
keeps what belongs to the zone. What is above a zone belongs to other zones too, and is kept by
those alone whose role covers it: no role is held in a province, so only by the administrator, whose
role is held everywhere. An officer may say once in which province his zone lies; the administrator
corrects it.
Police zones themselves are made by the operator.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, true
from sqlmodel import Session, col, select

from hub import audit
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import BadInput, FieldProblem, HubError, NotFound
from hub.i18n import mark
from partnerships import contact_fields
from partnerships.models import (
    Organisation,
    OrganisationContact,
    OrganisationKind,
    Partnership,
)
from partnerships.slugs import free_slug, slug_of
from partnerships.typed_text import tidy

LONGEST_NAME = 120
_NAME_LENGTH = mark("A name has 2 to {count} characters.")
_LONGEST = (("count", LONGEST_NAME),)


@dataclass(frozen=True, slots=True)
class Details:
    """What an organisation is called, where citizens reach it (printed on posters and pages), and,
    of a police zone, in which province it lies."""

    name: str
    public_telephone: str = ""
    public_email: str = ""
    province: str = ""


def kept_by(session: Session, actor: Actor) -> list[Organisation]:
    """The organisations this person keeps: his zones and what they are made of."""
    kept = select(Organisation).where(_within_reach(actor))
    return list(session.exec(kept.order_by(Organisation.name)))


def kept_by_slug(session: Session, slug: str, actor: Actor) -> Organisation:
    """One of them. Raises ``NotFound`` whether it is absent or out of reach."""
    wanted = select(Organisation).where(Organisation.slug == slug, _within_reach(actor))
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def _within_reach(actor: Actor) -> Condition:
    reach = actor.reach(Action.KEEP_ORGANISATIONS)
    if reach.everywhere:
        return true()
    return or_(
        col(Organisation.id).in_(reach.police_zones | reach.municipalities),
        col(Organisation.part_of_id).in_(reach.police_zones),
    )


def by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Organisation]:
    """These organisations, to be named beside what belongs to them."""
    found = session.exec(select(Organisation).where(col(Organisation.id).in_(list(ids))))
    return {one.id: one for one in found}


def seen_by(session: Session, actor: Actor) -> list[Organisation]:
    """The zones, municipalities and provinces of the partnerships this person may see."""
    reach = actor.reach(Action.SEE_PARTNERSHIPS)
    if reach.everywhere:
        return list(session.exec(select(Organisation).order_by(col(Organisation.slug))))
    held = reach.police_zones | reach.municipalities
    inside = select(Partnership.police_zone_id, Partnership.municipality_id).where(
        or_(
            col(Partnership.police_zone_id).in_(reach.police_zones),
            col(Partnership.municipality_id).in_(reach.municipalities),
            col(Partnership.id).in_(reach.partnerships),
        )
    )
    ids = held | {one for pair in session.exec(inside) for one in pair}
    above = select(Organisation.part_of_id).where(col(Organisation.id).in_(ids))
    seen = select(Organisation).where(
        col(Organisation.id).in_(ids)
        | col(Organisation.id).in_(above)
        | col(Organisation.part_of_id).in_(reach.police_zones)
    )
    return list(session.exec(seen.order_by(col(Organisation.slug))))


def zones_kept_by(session: Session, actor: Actor) -> list[Organisation]:
    """The police zones in which this person may add municipalities, by name."""
    return [one for one in kept_by(session, actor) if one.kind is OrganisationKind.POLICE_ZONE]


def add_police_zone(session: Session, name: str, province: str = "") -> Organisation:
    """A police zone, made by the operator; its province is made with it, or found by its name.

    Raises ``BadInput`` for a name that will not do or is taken.
    """
    zone = _made(session, OrganisationKind.POLICE_ZONE, name, by=None)
    if province.strip():
        zone.part_of_id = _province(session, province, by=None).id
    session.add(zone)
    session.flush()
    return zone


def add_municipality(
    session: Session, name: str, zone: Organisation, by: UUID | None
) -> Organisation:
    """A municipality of this zone. Raises ``BadInput`` for a name that will not do or is taken."""
    made = _made(session, OrganisationKind.MUNICIPALITY, name, by)
    made.part_of_id = zone.id
    session.add(made)
    session.flush()
    return made


def _province(session: Session, name: str, by: UUID | None) -> Organisation:
    """The province of this name; it is made where nobody has named it before."""
    provinces = select(Organisation).where(Organisation.kind == OrganisationKind.PROVINCE)
    known = [one for one in session.exec(provinces) if slug_of(one.name) == slug_of(name)]
    return known[0] if known else _made(session, OrganisationKind.PROVINCE, name, by)


def _made(session: Session, kind: OrganisationKind, name: str, by: UUID | None) -> Organisation:
    _refuse_bad_name(session, kind, name)
    made = Organisation(
        kind=kind,
        slug=free_slug(name, kind.value.replace("_", "-"), lambda one: _has_slug(session, one)),
        name=tidy(name),
    )
    session.add(made)
    session.flush()
    audit.record(session, "organisation.create", ("organisation", made.id), by=by, kind=kind)
    return made


def _has_slug(session: Session, slug: str) -> bool:
    return (
        session.exec(select(Organisation.id).where(Organisation.slug == slug)).first() is not None
    )


def _refuse_bad_name(
    session: Session, kind: OrganisationKind, name: str, itself: UUID | None = None
) -> None:
    if not _is_a_name(name):
        raise BadInput(FieldProblem("name", _NAME_LENGTH, _LONGEST))
    same_kind = session.exec(select(Organisation).where(Organisation.kind == kind))
    if any(slug_of(one.name) == slug_of(name) and one.id != itself for one in same_kind):
        raise BadInput(FieldProblem("name", mark("This organisation is in the register already.")))


def _is_a_name(name: str) -> bool:
    return 2 <= len(tidy(name)) <= LONGEST_NAME


def change(session: Session, organisation: Organisation, details: Details, by: Actor) -> None:
    """Let an organisation be called and reached like this.

    Raises ``BadInput`` naming every field that will not do.
    """
    problems: list[FieldProblem] = []
    try:
        _refuse_bad_name(session, organisation.kind, details.name, organisation.id)
    except BadInput as refusal:
        problems.extend(refusal.problems)
    telephone = contact_fields.telephone("public_telephone", details.public_telephone, problems)
    typed = details.public_email
    email = contact_fields.address("public_email", typed, problems) if typed.strip() else None
    names_province = organisation.kind is OrganisationKind.POLICE_ZONE and details.province.strip()
    if names_province and not _is_a_name(details.province):
        problems.append(FieldProblem("province", _NAME_LENGTH, _LONGEST))
    elif names_province and not _may_lie_in(session, organisation, details.province, by):
        sentence = mark("Only an administrator moves a police zone to another province.")
        problems.append(FieldProblem("province", sentence))
    if problems:
        raise BadInput(*problems)
    organisation.name = tidy(details.name)
    organisation.public_telephone, organisation.public_email = telephone, email
    if names_province:
        organisation.part_of_id = _province(session, details.province, by.account_id).id
    session.add(organisation)
    session.flush()
    subject = ("organisation", organisation.id)
    audit.record(session, "organisation.change", subject, by=by.account_id)


def _may_lie_in(session: Session, zone: Organisation, province: str, by: Actor) -> bool:
    """Whether this person may say so: as it is known, for the first time, or everywhere."""
    if zone.part_of_id is None or by.reach(Action.KEEP_ORGANISATIONS).everywhere:
        return True
    return slug_of(session.get_one(Organisation, zone.part_of_id).name) == slug_of(province)


def move_to_province(session: Session, slug: str, province: str) -> Organisation:
    """Write down, for the operator, in which province a police zone lies; it is made if it is new.

    Raises ``HubError`` for a zone that is not in the register, ``BadInput`` for what is no name.
    """
    wanted = select(Organisation).where(
        Organisation.slug == slug, Organisation.kind == OrganisationKind.POLICE_ZONE
    )
    zone = session.exec(wanted).first()
    if zone is None:
        raise HubError(mark("There is no police zone called {slug}."), slug=slug)
    if not _is_a_name(province):
        raise BadInput(FieldProblem("province", _NAME_LENGTH, _LONGEST))
    zone.part_of_id = _province(session, province, by=None).id
    session.add(zone)
    session.flush()
    audit.record(session, "organisation.change", ("organisation", zone.id), by=None)
    return zone


def behind(session: Session, partnership: Partnership) -> list[Organisation]:
    """Its municipality, its police zone, and the province if that is known: from near to far."""
    zone = session.get_one(Organisation, partnership.police_zone_id)
    town = session.get_one(Organisation, partnership.municipality_id)
    province = session.get(Organisation, zone.part_of_id) if zone.part_of_id else None
    return [town, zone, *([province] if province else [])]


def contacts_by(
    session: Session, organisations: Sequence[Organisation]
) -> dict[UUID, list[OrganisationContact]]:
    """Whom each of these organisations names, in the order in which they were written down."""
    ids = [one.id for one in organisations]
    named = select(OrganisationContact).where(col(OrganisationContact.organisation_id).in_(ids))
    people: dict[UUID, list[OrganisationContact]] = {one: [] for one in ids}
    for one in session.exec(named.order_by(col(OrganisationContact.id))):
        people[one.organisation_id].append(one)
    return people
