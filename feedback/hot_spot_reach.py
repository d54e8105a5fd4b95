"""Whose hot spots somebody sees: those of his towns, or of the towns of his police zone (R41)."""

from uuid import UUID

from sqlmodel import Session

from feedback import reports_reach
from feedback.models import HotSpot
from hub.access import Action, Actor
from hub.errors import NotFound
from partnerships.models import Organisation


def town_ids(session: Session, actor: Actor, action: Action) -> set[UUID]:
    """The towns in which ``actor`` may do ``action``."""
    return {one.id for one in reports_reach.towns(session, actor, action)}


def town_by_slug(session: Session, actor: Actor, action: Action, slug: str) -> Organisation:
    """One of his towns, the first for no slug; raises ``NotFound`` where it is none of them."""
    towns = reports_reach.towns(session, actor, action)
    found = next((one for one in towns if slug in ("", one.slug)), None)
    if found is None:
        raise NotFound
    return found


def hot_spot_for(
    session: Session, actor: Actor, spot_id: UUID, action: Action = Action.SEE_HOT_SPOTS
) -> HotSpot:
    """One hot spot within reach; raises ``NotFound`` whether it is absent or out of reach."""
    found = session.get(HotSpot, spot_id)
    if found is None or found.municipality_id not in town_ids(session, actor, action):
        raise NotFound
    return found


def covers(session: Session, actor: Actor, town_id: UUID, action: Action) -> bool:
    """Whether ``actor`` may do ``action`` in this town."""
    return town_id in town_ids(session, actor, action)
