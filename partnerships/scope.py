"""Cutting a query to the partnerships within somebody's reach (R41, H7)."""

from sqlalchemy import false, or_, true
from sqlmodel import Session, col, select

from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import HubError, NotFound
from hub.i18n import mark
from partnerships.models import Partnership


def within_reach(actor: Actor, action: Action) -> Condition:
    """The condition on ``Partnership`` under which ``actor`` may do ``action``."""
    reach = actor.reach(action)
    if reach.everywhere:
        return true()
    return or_(
        false(),
        col(Partnership.police_zone_id).in_(reach.police_zones),
        col(Partnership.municipality_id).in_(reach.municipalities),
        col(Partnership.id).in_(reach.partnerships),
    )


def covers(actor: Actor, action: Action, partnership: Partnership) -> bool:
    """Whether ``actor`` may do ``action`` in this very partnership."""
    its = (partnership.police_zone_id, partnership.municipality_id, partnership.id)
    return actor.reach(action).covers(*its)


def partnerships_of(session: Session, actor: Actor, action: Action) -> list[Partnership]:
    """The partnerships in which ``actor`` may do ``action``, by name."""
    visible = select(Partnership).where(within_reach(actor, action))
    return list(session.exec(visible.order_by(Partnership.name)))


def partnership_by_slug(session: Session, slug: str, actor: Actor, action: Action) -> Partnership:
    """One partnership within reach; raises ``NotFound`` whether it is absent or out of reach."""
    wanted = select(Partnership).where(Partnership.slug == slug, within_reach(actor, action))
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def any_partnership(session: Session, slug: str) -> Partnership:
    """One partnership by its slug, for an operator at the command line, who sees them all.

    Raises ``HubError`` when there is none.
    """
    found = session.exec(select(Partnership).where(Partnership.slug == slug)).first()
    if found is None:
        raise HubError(mark("There is no partnership called {slug}."), slug=slug)
    return found
