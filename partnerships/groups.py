"""Groups of neighbouring partnerships of one police zone that act as one: supra-local ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import false, true
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from partnerships.models import (
    GroupedPartnership,
    Organisation,
    Partnership,
    PartnershipGroup,
    PartnershipStatus,
)
from partnerships.slugs import free_slug, slug_of
from partnerships.typed_text import tidy

LONGEST_NAME = 120
_OVER = (PartnershipStatus.ENDED, PartnershipStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class Grouped:
    """A group and the partnerships in it, by name."""

    group: PartnershipGroup
    partnerships: Sequence[Partnership]


def kept_by(session: Session, actor: Actor) -> list[Grouped]:
    """The groups of the zones whose register this person keeps, by name."""
    kept = select(PartnershipGroup).where(_within_reach(actor)).order_by(PartnershipGroup.name)
    return [_with_partnerships(session, one) for one in session.exec(kept)]


def kept_by_slug(session: Session, slug: str, actor: Actor) -> Grouped:
    """One of them. Raises ``NotFound`` whether it is absent or out of reach."""
    wanted = select(PartnershipGroup).where(PartnershipGroup.slug == slug, _within_reach(actor))
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return _with_partnerships(session, found)


def _within_reach(actor: Actor) -> Condition:
    # A group may span municipalities, so a whole zone is what it takes to keep one.
    reach = actor.reach(Action.KEEP_PARTNERSHIPS)
    if reach.everywhere:
        return true()
    zones = reach.police_zones
    return col(PartnershipGroup.police_zone_id).in_(zones) if zones else false()


def of_partnership(session: Session, partnership: Partnership) -> list[Grouped]:
    """The groups it is in."""
    its = select(PartnershipGroup).where(
        col(PartnershipGroup.id).in_(
            select(GroupedPartnership.group_id).where(
                GroupedPartnership.partnership_id == partnership.id
            )
        )
    )
    ordered = its.order_by(PartnershipGroup.name)
    return [_with_partnerships(session, one) for one in session.exec(ordered)]


def _with_partnerships(session: Session, group: PartnershipGroup) -> Grouped:
    members = (
        select(Partnership)
        .join(GroupedPartnership, col(GroupedPartnership.partnership_id) == Partnership.id)
        .where(GroupedPartnership.group_id == group.id)
    )
    return Grouped(group, session.exec(members.order_by(Partnership.name)).all())


def others_in_zone(session: Session, grouped: Grouped) -> list[Partnership]:
    """The partnerships of the zone that could be added, by name."""
    there = {one.id for one in grouped.partnerships}
    in_zone = select(Partnership).where(
        Partnership.police_zone_id == grouped.group.police_zone_id,
        col(Partnership.status).not_in(_OVER),
    )
    found = session.exec(in_zone.order_by(Partnership.name))
    return [one for one in found if one.id not in there]


def make(session: Session, zone: Organisation, name: str, by: Actor) -> PartnershipGroup:
    """A group without partnerships yet. Raises ``BadInput`` naming ``name``."""
    _refuse_bad_name(session, zone.id, name)
    made = PartnershipGroup(
        slug=free_slug(name, "group", lambda one: _has_slug(session, one)),
        name=tidy(name),
        police_zone_id=zone.id,
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    audit.record(session, "group.create", ("partnership_group", made.id), by=by.account_id)
    return made


def _has_slug(session: Session, slug: str) -> bool:
    known = select(PartnershipGroup.id).where(PartnershipGroup.slug == slug)
    return session.exec(known).first() is not None


def rename(session: Session, group: PartnershipGroup, name: str, by: Actor) -> None:
    """Let a group be called this; its address stays. Raises ``BadInput`` naming ``name``."""
    _refuse_bad_name(session, group.police_zone_id, name, group.id)
    group.name = tidy(name)
    session.add(group)
    session.flush()
    audit.record(session, "group.rename", ("partnership_group", group.id), by=by.account_id)


def _refuse_bad_name(
    session: Session, zone_id: UUID, name: str, itself: UUID | None = None
) -> None:
    if not 2 <= len(tidy(name)) <= LONGEST_NAME:
        sentence = mark("A name has 2 to {count} characters.")
        raise BadInput(FieldProblem("name", sentence, (("count", LONGEST_NAME),)))
    in_zone = select(PartnershipGroup).where(PartnershipGroup.police_zone_id == zone_id)
    others = [one for one in session.exec(in_zone) if one.id != itself]
    if any(slug_of(one.name) == slug_of(name) for one in others):
        sentence = mark("A group of this name exists already in this police zone.")
        raise BadInput(FieldProblem("name", sentence))


def add(session: Session, grouped: Grouped, slug: str, by: Actor) -> None:
    """Take a partnership of the zone into the group; taking it twice is taking it once.

    Raises ``BadInput`` naming ``partnership`` for any other.
    """
    if any(one.slug == slug for one in grouped.partnerships):
        return
    found = next((one for one in others_in_zone(session, grouped) if one.slug == slug), None)
    if found is None:
        sentence = mark("Choose a partnership of this police zone.")
        raise BadInput(FieldProblem("partnership", sentence))
    session.add(GroupedPartnership(group_id=grouped.group.id, partnership_id=found.id))
    session.flush()
    _record(session, "group.add", grouped.group, found, by)


def remove(session: Session, grouped: Grouped, slug: str, by: Actor) -> None:
    """Take a partnership out of the group; one that is not in it stays out."""
    for one in grouped.partnerships:
        if one.slug == slug:
            session.delete(session.get_one(GroupedPartnership, (grouped.group.id, one.id)))
            session.flush()
            _record(session, "group.remove", grouped.group, one, by)


def dissolve(session: Session, grouped: Grouped, by: Actor) -> None:
    """Let a group be no more; its partnerships go on."""
    for one in grouped.partnerships:
        remove(session, grouped, one.slug, by)
    subject = ("partnership_group", grouped.group.id)
    audit.record(session, "group.dissolve", subject, by=by.account_id)
    session.delete(grouped.group)
    session.flush()


def _record(
    session: Session, action: str, group: PartnershipGroup, partnership: Partnership, by: Actor
) -> None:
    subject = ("partnership_group", group.id)
    audit.record(session, action, subject, by=by.account_id, partnership_id=str(partnership.id))
