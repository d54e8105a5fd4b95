"""Whose a message that can wait is: who sees it, who may change it, who reads it for the police."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import and_, false, or_
from sqlmodel import Session, col, select

from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import NotAllowed, NotFound
from hub.roles import Role
from messaging.models import ColdMessage, ColdStatus, Relay
from partnerships import scope
from partnerships.appointments import COORDINATORS
from partnerships.models import Partnership

# The police of the zone, who answer for what its members read.
REVIEWERS = (Role.MANDATED_OFFICER, Role.DEPUTY_OFFICER)
# A coordinator sees what the police write once it is on its way to him.
_NOT_YET = (ColdStatus.DRAFT, ColdStatus.SCHEDULED)


def as_writer(actor: Actor) -> Actor:
    """The same person with the rights of police and prevention alone."""
    others = tuple(one for one in actor.appointments if one.role not in COORDINATORS)
    return replace(actor, appointments=others)


def as_reviewer(actor: Actor) -> Actor:
    """The same person with the rights of an officer alone."""
    officers = tuple(one for one in actor.appointments if one.role in REVIEWERS)
    return replace(actor, appointments=officers)


def partnerships_of(session: Session, message: ColdMessage) -> list[Partnership]:
    """The partnerships it is for, by name."""
    chosen = (
        select(Partnership)
        .join(Relay, col(Relay.partnership_id) == col(Partnership.id))
        .where(Relay.message_id == message.id)
    )
    return list(session.exec(chosen.order_by(Partnership.name)))


def within_reach(actor: Actor, action: Action) -> Condition:
    """The condition on ``ColdMessage``: it is for a partnership within reach. A coordinator sees
    no draft of others."""
    return or_(
        col(ColdMessage.author_id) == actor.account_id,
        _for(as_writer(actor), action),
        and_(_for(actor, action), col(ColdMessage.status).not_in(_NOT_YET)),
    )


def _for(actor: Actor, action: Action) -> Condition:
    reachable = (
        select(Relay.message_id)
        .join(Partnership, col(Partnership.id) == col(Relay.partnership_id))
        .where(scope.within_reach(actor, action))
    )
    return or_(false(), col(ColdMessage.id).in_(reachable))


def message_for(session: Session, message_id: UUID, actor: Actor, action: Action) -> ColdMessage:
    """One message within reach; raises ``NotFound`` whether it is absent or out of reach."""
    wanted = select(ColdMessage).where(ColdMessage.id == message_id, within_reach(actor, action))
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def newest(session: Session, actor: Actor, limit: int) -> Sequence[ColdMessage]:
    """The newest messages within reach, whatever became of them."""
    visible = select(ColdMessage).where(within_reach(actor, Action.SEE_COLD))
    return session.exec(visible.order_by(col(ColdMessage.created_at).desc()).limit(limit)).all()


def may_change(actor: Actor, message: ColdMessage, partnerships: Sequence[Partnership]) -> bool:
    """Whether ``actor`` may release or withdraw it: its writer, and the officers of the zone."""
    if actor.account_id != message.author_id:
        held = as_reviewer(actor)
    else:
        held = actor if message.is_own else as_writer(actor)
    return all(scope.covers(held, Action.COMPOSE_COLD, one) for one in partnerships)


def refuse_others(session: Session, actor: Actor, message: ColdMessage) -> None:
    """Raise ``NotAllowed`` for somebody who may see a message but not change it."""
    if not may_change(actor, message, partnerships_of(session, message)):
        raise NotAllowed


def may_review(actor: Actor, message: ColdMessage, partnerships: Sequence[Partnership]) -> bool:
    """Whether ``actor`` is an officer of the zone who did not write it himself."""
    officer = as_reviewer(actor)
    return actor.account_id != message.author_id and all(
        scope.covers(officer, Action.COMPOSE_COLD, one) for one in partnerships
    )
