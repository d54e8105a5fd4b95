"""The territory of a partnership (R1): drawn, changed, and put back as it was."""

from collections.abc import Collection
from uuid import UUID

import shapely
from shapely.geometry import shape
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import NotFound
from partnerships.ground import Geometry, box_of, square_metres
from partnerships.models import FormerZone, Partnership, Zone
from partnerships.outlines import Outline
from partnerships.zone_checks import territory
from partnerships.zone_doubts import Unconfirmed, doubts, overlaps


def zone_of(session: Session, partnership_id: UUID) -> Zone | None:
    """The zone a partnership has now; ``None`` as long as nobody drew one."""
    return session.get(Zone, partnership_id)


def change(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    outlines: list[Outline],
    confirmed: Collection[str] = (),
) -> Zone:
    """Give a partnership the zone somebody drew; the one it had is kept among its former ones.

    Raises ``ZoneRefused`` when the outlines bound no territory, and ``Unconfirmed`` when there is
    something unusual about it whose key is not in ``confirmed``.
    """
    geometry = territory(outlines)
    overlapping = overlaps(session, actor, partnership.id, geometry)
    open_doubts = [one for one in doubts(geometry, overlapping) if one.key not in confirmed]
    if open_doubts:
        raise Unconfirmed(open_doubts, overlapping)
    former = zone_of(session, partnership.id)
    if former and former.polygon == geometry:
        return former
    if former:
        _keep(session, actor, former)
    zone = draw(session, partnership.id, geometry)
    _record(session, actor, zone, len(overlapping))
    return zone


def draw(session: Session, partnership_id: UUID, geometry: Geometry) -> Zone:
    """Write a territory down with its box and its area. ``geometry`` is a valid GeoJSON geometry,
    longitude before latitude."""
    west, south, east, north = box_of(geometry)
    drawn = Zone(
        partnership_id=partnership_id,
        polygon=geometry,
        west=west,
        south=south,
        east=east,
        north=north,
        square_metres=square_metres(geometry),
        changed_at=clock.now(),
    )
    kept = session.merge(drawn)
    session.flush()
    return kept


def _keep(session: Session, actor: Actor, zone: Zone) -> None:
    """Among the former zones, before another takes its place."""
    session.add(
        FormerZone(
            partnership_id=zone.partnership_id,
            polygon=zone.polygon,
            square_metres=zone.square_metres,
            drawn_at=zone.changed_at,
            replaced_by=actor.account_id,
            replaced_at=clock.now(),
        )
    )


def _record(session: Session, actor: Actor, zone: Zone, overlap_count: int) -> None:
    # Not the ground itself: the log is kept for ten years, and says who decided, not where.
    audit.record(
        session,
        "zone.change",
        ("partnership", zone.partnership_id),
        by=actor.account_id,
        square_metres=round(zone.square_metres),
        corners=corner_count(zone.polygon),
        overlaps=overlap_count,
    )


def corner_count(geometry: Geometry) -> int:
    """The corners of a valid geometry; the one that closes each ring is counted once."""
    ground = shape(geometry)
    rings = shapely.get_rings(shapely.get_parts(ground))
    return int(shapely.count_coordinates(ground)) - len(rings)


def former_zones(session: Session, partnership_id: UUID, limit: int) -> list[FormerZone]:
    """The last zones a partnership had before this one, the newest first."""
    known = select(FormerZone).where(FormerZone.partnership_id == partnership_id)
    newest = known.order_by(col(FormerZone.replaced_at).desc()).limit(limit)
    return list(session.exec(newest))


def former_zone(session: Session, partnership_id: UUID, zone_id: UUID) -> FormerZone:
    """One of them; raises ``NotFound`` when it is not this partnership's."""
    found = session.get(FormerZone, zone_id)
    if found is None or found.partnership_id != partnership_id:
        raise NotFound
    return found
