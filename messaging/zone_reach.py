"""The police zones in which somebody may do something."""

from uuid import UUID

from sqlalchemy import true
from sqlmodel import Session, col, select

from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from partnerships.models import Organisation, OrganisationKind


def zones_within(session: Session, actor: Actor, action: Action) -> list[Organisation]:
    """The police zones within reach, by name."""
    zones = select(Organisation).where(
        Organisation.kind == OrganisationKind.POLICE_ZONE, _within(actor, action)
    )
    return list(session.exec(zones.order_by(Organisation.name)))


def _within(actor: Actor, action: Action) -> Condition:
    reach = actor.reach(action)
    return true() if reach.everywhere else col(Organisation.id).in_(reach.police_zones)


def zone_by_slug(session: Session, slug: str, actor: Actor, action: Action) -> Organisation:
    """One of them; raises ``NotFound`` whether it is absent or out of reach."""
    for zone in zones_within(session, actor, action):
        if zone.slug == slug:
            return zone
    raise NotFound


def chosen_zone(session: Session, slug: str, actor: Actor, action: Action) -> Organisation:
    """The zone somebody named; the only one within reach need not be named.

    Raises ``BadInput`` when it is not clear which is meant.
    """
    zones = zones_within(session, actor, action)
    named = [one for one in zones if one.slug == slug] if slug else zones
    if len(named) != 1:
        raise BadInput(FieldProblem("zone", mark("Choose a police zone.")))
    return named[0]


def is_within(zone_id: UUID, actor: Actor, action: Action) -> bool:
    """Whether a police zone is within reach."""
    return actor.reach(action).covers(zone_id)
