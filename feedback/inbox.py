"""Replies: stored once, tied to the member and the incident, answered, and shown to police only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, false, or_, true
from sqlmodel import Session, col, select

from feedback.consent_words import kind_of
from feedback.models import InboundKind, InboundMessage
from hub import audit, clock
from hub.access import Action, Actor
from hub.db import Condition, insert_new
from hub.i18n import Language, mark, translate
from hub.metrics import inbound_stored
from messaging.models import Broadcast, Delivery, Incident
from partnerships import contact
from partnerships.models import (
    ContactPoint,
    Membership,
    Organisation,
    OrganisationKind,
    Partnership,
    Person,
)

# A reply within this time is about the last alert; later it is about something else.
_ABOUT_LAST_ALERT = timedelta(hours=48)
# The carrier's own limit; more is cut, never refused: the text may be a call for help.
_LONGEST_BODY = 1600

ANSWERS = {
    InboundKind.MESSAGE: mark(
        "Your message went to the police. Urgent? Call 101. STOP = no more SMS."
    ),
    InboundKind.STOP: mark(
        "No more SMS or calls on this number. You stay a member. Text START to get them again."
    ),
    InboundKind.START: mark("You will get our SMS again. Urgent? Call 101. STOP = no more SMS."),
}


@dataclass(frozen=True, slots=True)
class IncomingText:
    """A reply as the carrier hands it in. ``opt_out_answered``: the carrier has answered it."""

    carrier_id: str
    sender: str
    body: str
    opt_out_answered: bool = False


@dataclass(frozen=True, slots=True)
class _Origin:
    """Who a reply is from and what it is about, as far as we know."""

    person: Person | None = None
    point: ContactPoint | None = None
    delivery: Delivery | None = None
    incident_id: UUID | None = None
    police_zone_id: UUID | None = None
    language: Language = Language.FRENCH


def receive(session: Session, incoming: IncomingText) -> str | None:
    """Store a reply once, act on it once, and say what to answer (``None``: nothing).

    A repeat gives the same answer and has no second effect. The sender of a text can be forged, so
    nothing but closing and opening his own channel is done on its word.
    """
    repeated = _stored(session, incoming.carrier_id)
    if repeated is not None:
        return repeated.answer
    kind = kind_of(incoming.body)
    origin = _origin(session, incoming.sender)
    answer = None if incoming.opt_out_answered else translate(origin.language, ANSWERS[kind])
    if not _store(session, incoming, kind, origin, answer):
        # Two repeats at once: the other one stored it and did what it asks.
        return answer
    _act(session, kind, incoming.sender)
    inbound_stored.inc()
    return answer


def _stored(session: Session, carrier_id: str) -> InboundMessage | None:
    same = select(InboundMessage).where(InboundMessage.carrier_id == carrier_id)
    return session.exec(same).first()


def _origin(session: Session, sender: str) -> _Origin:
    points = contact.points_with_value(session, sender)
    if not points:
        return _Origin(police_zone_id=_only_police_zone(session))
    last = _last_delivery(session, [point.id for point in points])
    point = next((p for p in points if last and p.id == last.contact_point_id), points[0])
    person = session.get_one(Person, point.person_id)
    incident = _incident_of(session, last)
    zone = incident.police_zone_id if incident else _police_zone_of(session, person)
    return _Origin(
        person=person,
        point=point,
        delivery=last,
        incident_id=incident.id if incident else None,
        police_zone_id=zone,
        language=person.language,
    )


def _last_delivery(session: Session, point_ids: Sequence[UUID]) -> Delivery | None:
    recent = select(Delivery).where(
        col(Delivery.contact_point_id).in_(point_ids),
        col(Delivery.handed_over_at).is_not(None),
        col(Delivery.queued_at) > clock.now() - _ABOUT_LAST_ALERT,
    )
    return session.exec(recent.order_by(col(Delivery.id).desc()).limit(1)).first()


def _incident_of(session: Session, delivery: Delivery | None) -> Incident | None:
    if delivery is None:
        return None
    broadcast = session.get_one(Broadcast, delivery.broadcast_id)
    return session.get(Incident, broadcast.incident_id) if broadcast.incident_id else None


def _police_zone_of(session: Session, person: Person) -> UUID | None:
    zone = (
        select(Partnership.police_zone_id)
        .join(Membership, col(Membership.partnership_id) == col(Partnership.id))
        .where(Membership.person_id == person.id)
    )
    return session.exec(zone.order_by(col(Membership.joined_at)).limit(1)).first()


def _only_police_zone(session: Session) -> UUID | None:
    zones = session.exec(
        select(Organisation.id).where(Organisation.kind == OrganisationKind.POLICE_ZONE).limit(2)
    ).all()
    return zones[0] if len(zones) == 1 else None


def _store(
    session: Session,
    incoming: IncomingText,
    kind: InboundKind,
    origin: _Origin,
    answer: str | None,
) -> bool:
    """Whether this call stored it."""
    row = InboundMessage(
        carrier_id=incoming.carrier_id,
        received_at=clock.now(),
        sender=incoming.sender,
        body=incoming.body[:_LONGEST_BODY],
        kind=kind,
        answer=answer,
        language=origin.language,
        person_id=origin.person.id if origin.person else None,
        contact_point_id=origin.point.id if origin.point else None,
        delivery_id=origin.delivery.id if origin.delivery else None,
        incident_id=origin.incident_id,
        police_zone_id=origin.police_zone_id,
    )
    stored = session.execute(
        insert_new(session, InboundMessage)
        .values(**row.model_dump())
        .returning(col(InboundMessage.id))
    )
    return stored.first() is not None


def _act(session: Session, kind: InboundKind, sender: str) -> None:
    if kind is InboundKind.MESSAGE:
        return
    # Everyone behind this number: a second member on it would still make the telephone ring.
    for point in contact.points_with_value(session, sender):
        if kind is InboundKind.STOP:
            contact.stop_all(session, point, "texted_stop")
        else:
            contact.resume_all(session, point)
        audit.record(session, f"member.{kind}", ("contact_point", point.id), by=None)


def within_reach(actor: Actor) -> Condition:
    """The condition on ``InboundMessage``: of a police zone within reach, or of none we know.

    A text from an unknown number is nobody's by right; it is shown to every police zone rather
    than to no one.
    """
    reach = actor.reach(Action.SEE_INBOX)
    if reach.everywhere:
        return true()
    if not reach.police_zones:
        return false()
    return or_(
        col(InboundMessage.police_zone_id).in_(reach.police_zones),
        col(InboundMessage.police_zone_id).is_(None),
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply as police see it."""

    id: UUID
    received_at: datetime
    sender: str
    name: str | None
    body: str
    place: str | None
    incident_id: UUID | None


def replies(
    session: Session, actor: Actor, incident_id: UUID | None = None, limit: int = 100
) -> list[Reply]:
    """The newest replies within reach that say something, all or of one incident."""
    condition = and_(within_reach(actor), col(InboundMessage.kind) == InboundKind.MESSAGE)
    if incident_id is not None:
        condition = and_(condition, col(InboundMessage.incident_id) == incident_id)
    rows = session.exec(
        select(InboundMessage, Person.name, Incident.place)
        .outerjoin(Person, col(Person.id) == col(InboundMessage.person_id))
        .outerjoin(Incident, col(Incident.id) == col(InboundMessage.incident_id))
        .where(condition)
        .order_by(col(InboundMessage.received_at).desc(), col(InboundMessage.id).desc())
        .limit(limit)
    )
    return [
        Reply(m.id, m.received_at, m.sender, name, m.body, place, m.incident_id)
        for m, name, place in rows
    ]
