"""Silence in either direction (R31): when a partnership was last written to, and last wrote."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from feedback.models import InboundKind, InboundMessage, Sighting
from messaging.models import Broadcast, BroadcastPartnership
from partnerships.models import Membership


@dataclass(frozen=True, slots=True)
class LastMessages:
    """When members were last told something, and when one of them last said something."""

    to_members: datetime | None = None
    from_members: datetime | None = None


def last_messages(
    session: Session, partnership_ids: Sequence[UUID], readable: Collection[UUID]
) -> dict[UUID, LastMessages]:
    """Per partnership. Drills, and STOP and START, are no messages; calls to 101 are not known
    here.

    What members of the ``readable`` ones wrote to the police counts; of the others only questions
    that were passed on to their coordinators: when somebody wrote to the police is a trace of what
    he saw (R17).
    """
    told, said = _told(session, partnership_ids), _asked(session, partnership_ids)
    read = [one for one in partnership_ids if one in readable]
    for found in (_said(session, read), _seen(session, read)):
        said |= {one: max(at, said.get(one, at)) for one, at in found.items()}
    return {one: LastMessages(told.get(one), said.get(one)) for one in partnership_ids}


def _told(session: Session, partnership_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    released = (
        select(BroadcastPartnership.partnership_id, func.max(col(Broadcast.released_at)))
        .join(Broadcast, col(Broadcast.id) == col(BroadcastPartnership.broadcast_id))
        .where(
            col(BroadcastPartnership.partnership_id).in_(partnership_ids),
            col(Broadcast.released_at).is_not(None),
            col(Broadcast.is_drill).is_(False),
        )
        .group_by(col(BroadcastPartnership.partnership_id))
    )
    return {one: at for one, at in session.exec(released) if at is not None}


def _said(session: Session, partnership_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    received = (
        select(Membership.partnership_id, func.max(col(InboundMessage.received_at)))
        .join(InboundMessage, col(InboundMessage.person_id) == col(Membership.person_id))
        .where(
            col(Membership.partnership_id).in_(partnership_ids),
            col(Membership.left_at).is_(None),
            InboundMessage.kind == InboundKind.MESSAGE,
        )
        .group_by(col(Membership.partnership_id))
    )
    return dict(session.exec(received).all())


def _seen(session: Session, partnership_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """What was filled in on the form of a sighting is no message, and says as much."""
    received = (
        select(Membership.partnership_id, func.max(col(Sighting.received_at)))
        .join(Sighting, col(Sighting.person_id) == col(Membership.person_id))
        .where(
            col(Membership.partnership_id).in_(partnership_ids),
            col(Membership.left_at).is_(None),
            col(Sighting.message_id).is_(None),
        )
        .group_by(col(Membership.partnership_id))
    )
    return dict(session.exec(received).all())


def _asked(session: Session, partnership_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    to = col(InboundMessage.for_partnership_id)
    asked = (
        select(to, func.max(col(InboundMessage.received_at)))
        .where(to.in_(partnership_ids))
        .group_by(to)
    )
    return {one: at for one, at in session.exec(asked) if one is not None}
