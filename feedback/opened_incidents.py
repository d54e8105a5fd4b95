"""An incident that a member's message reported: opened from it, once, and it stays joined to it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from feedback import inbox_list
from feedback.models import InboundKind, InboundMessage
from hub import audit
from hub.access import Action, Actor
from hub.errors import Conflict, NotFound
from hub.i18n import mark
from messaging import incidents, reporters
from messaging.models import Incident
from partnerships.models import Channel, ContactPoint


def reply_for(session: Session, actor: Actor, reply_id: UUID) -> InboundMessage:
    """A message to the police within reach; raises ``NotFound`` whether it is absent, out of reach,
    or no message (STOP, START)."""
    found = session.exec(_wanted(actor, reply_id)).first()
    if found is None:
        raise NotFound
    return found


def _wanted(actor: Actor, reply_id: UUID) -> SelectOfScalar[InboundMessage]:
    return select(InboundMessage).where(
        InboundMessage.id == reply_id,
        inbox_list.within_reach(actor),
        InboundMessage.kind == InboundKind.MESSAGE,
    )


def opened_from(session: Session, actor: Actor, reply: InboundMessage) -> Incident | None:
    """The incident that was opened from it before.

    Raises ``Conflict`` where that is one of a police zone whose incidents ``actor`` does not see.
    """
    if reply.opened_incident_id is None:
        return None
    try:
        return incidents.incident_for(
            session, reply.opened_incident_id, actor, Action.SEE_INCIDENTS
        )
    except NotFound:
        said = mark("Another police zone has opened an incident from this message.")
        raise Conflict(said) from None


def open_from(
    session: Session,
    actor: Actor,
    reply_id: UUID,
    *,
    phenomenon: str,
    place: str,
    facts_at: datetime | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    police_zone: str = "",
) -> Incident:
    """Open an incident from a message; a second time, however close upon the first, gives the same.

    It was reported when the message came in, and happened then where nothing else is said. Raises
    ``BadInput`` as ``incidents.open_incident`` does, and what ``reply_for`` and ``opened_from`` do.
    """
    reply = _held(session, actor, reply_id)
    existing = opened_from(session, actor, reply)
    if existing is not None:
        return existing
    at = facts_at or reply.received_at
    incident = incidents.open_incident(
        session,
        actor,
        phenomenon=phenomenon,
        place=place,
        facts_at=at,
        # It was reported no earlier than it happened, whatever the clock of the message says.
        reported_at=max(reply.received_at, at),
        latitude=latitude,
        longitude=longitude,
        police_zone=police_zone,
    )
    _join(session, reply, incident)
    subject = ("incident", incident.id)
    audit.record(session, "incident.open_from_reply", subject, by=actor.account_id)
    return incident


def _held(session: Session, actor: Actor, reply_id: UUID) -> InboundMessage:
    """The message, which nobody else opens an incident from until the commit."""
    found = session.exec(_wanted(actor, reply_id).with_for_update(of=InboundMessage)).first()
    if found is None:
        raise NotFound
    return found


def _join(session: Session, reply: InboundMessage, incident: Incident) -> None:
    reply.opened_incident_id = incident.id
    # One that answers an alert stays with that one, too.
    reply.incident_id = reply.incident_id or incident.id
    session.add(reply)
    reporters.keep(
        session,
        incident,
        # Whoever wrote on his own page is told on his telephone.
        channel=reply.way or Channel.SMS,
        reported_at=reply.received_at,
        number=reply.sender,
        point=session.get(ContactPoint, reply.contact_point_id) if reply.contact_point_id else None,
    )


def zone_slug(session: Session, actor: Actor, reply: InboundMessage) -> str:
    """The police zone to begin with in the form: the message's own, if it is one of ``actor``'s."""
    zones = incidents.police_zones(session, actor)
    return next((one.slug for one in zones if one.id == reply.police_zone_id), "")
