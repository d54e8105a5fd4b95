"""The areas that facts are counted in: a police zone whole, a municipality, a partnership."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from hub.access import Action, Actor
from hub.errors import NotFound
from messaging import zone_reach
from partnerships.models import Organisation, OrganisationKind, Partnership

# A town and a partnership may be called the same.
OF_PARTNERSHIP = "plp."


@dataclass(frozen=True, slots=True)
class Area:
    """``code`` names it in the counts: empty for the whole zone, else a town's slug, or that of a
    partnership after ``OF_PARTNERSHIP``."""

    zone_id: UUID
    zone_slug: str
    code: str
    name: str

    @property
    def key(self) -> str:
        """How a form and an address name it."""
        return f"{self.zone_slug}/{self.code}" if self.code else self.zone_slug


def within_reach(session: Session, actor: Actor, action: Action) -> list[Area]:
    """Where this person may do it: the police in their whole zone, a town in its own part of it.

    Each zone's areas follow it: the zone, its municipalities, its partnerships, by name.
    """
    whole = {one.id for one in zone_reach.zones_within(session, actor, action)}
    reach = actor.reach(action)
    towns = session.exec(
        select(Organisation)
        .where(
            Organisation.kind == OrganisationKind.MUNICIPALITY,
            col(Organisation.part_of_id).is_not(None),
            or_(
                col(Organisation.part_of_id).in_(whole),
                col(Organisation.id).in_(reach.municipalities),
            ),
        )
        .order_by(Organisation.name)
    ).all()
    zone_ids = whole | {one.part_of_id for one in towns if one.part_of_id}
    zones = session.exec(
        select(Organisation).where(col(Organisation.id).in_(zone_ids)).order_by(Organisation.name)
    ).all()
    partnerships = session.exec(
        select(Partnership)
        .where(
            or_(
                col(Partnership.police_zone_id).in_(whole),
                col(Partnership.municipality_id).in_([one.id for one in towns]),
            )
        )
        .order_by(Partnership.name)
    ).all()
    found: list[Area] = []
    for zone in zones:
        if zone.id in whole:
            found.append(Area(zone.id, zone.slug, "", zone.name))
        found.extend(
            Area(zone.id, zone.slug, one.slug, one.name)
            for one in towns
            if one.part_of_id == zone.id
        )
        found.extend(
            Area(zone.id, zone.slug, f"{OF_PARTNERSHIP}{one.slug}", one.name)
            for one in partnerships
            if one.police_zone_id == zone.id
        )
    return found


def by_key(session: Session, actor: Actor, action: Action, key: str) -> Area:
    """One of them; the first where none is named. Raises ``NotFound`` whether it is absent or out
    of reach."""
    for area in within_reach(session, actor, action):
        if not key or key in (area.key, area.code):
            return area
    raise NotFound


def names_in(session: Session, zone: Organisation) -> dict[str, str]:
    """The name of every area of a zone, by its code."""
    towns = session.exec(select(Organisation).where(Organisation.part_of_id == zone.id)).all()
    partnerships = session.exec(select(Partnership).where(Partnership.police_zone_id == zone.id))
    return {
        "": zone.name,
        **{one.slug: one.name for one in towns},
        **{f"{OF_PARTNERSHIP}{one.slug}": one.name for one in partnerships},
    }
