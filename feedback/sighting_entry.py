"""A sighting comes in: filled in by whoever saw it, or made from a message by an officer; once."""

from dataclasses import asdict
from uuid import UUID

from sqlmodel import Session, col, select

from feedback import opened_incidents, owed_answers, plates, seen_links, sighting_photos
from feedback.models import (
    InboundMessage,
    Sighting,
    SightingEvent,
    SightingEventKind,
    SightingPlatePart,
)
from feedback.photos import CleanPhoto
from feedback.sighting_facts import Facts
from hub import audit, clock
from hub.access import Action, Actor
from hub.db import hold_alone, insert_new
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import mark
from messaging import incidents
from messaging.models import Delivery, Incident
from partnerships.models import Organisation, OrganisationKind

_SENT_TOO_OFTEN = mark(
    "So much came in by this link that we take no more from it. Did you see something? Call 101."
)


def from_form(
    session: Session,
    delivery: Delivery,
    facts: Facts,
    photo: CleanPhoto | None,
    *,
    request_id: str,
    place: str,
) -> Sighting:
    """Keep what whoever got this delivery filled in; the same form again is the same sighting.

    Raises ``Conflict`` where too much came by this link or from this ``place`` of the internet, and
    for somebody of whom no police zone is known.
    """
    # Two at once by one link are one after the other: the second finds the first.
    hold_alone(session, UUID(int=delivery.id or 0))
    if (existing := _sent_before(session, request_id)) is not None:
        return existing
    if seen_links.is_used_up(session, delivery, place):
        raise Conflict(_SENT_TOO_OFTEN)
    origin = seen_links.origin_of(session, delivery)
    if origin.police_zone_id is None:
        raise Conflict(mark("We do not know which police zone this is for. Call 101."))
    sighting = Sighting(
        **asdict(facts),
        plate_index=plates.index(facts.plate),
        police_zone_id=origin.police_zone_id,
        incident_id=origin.incident_id,
        delivery_id=delivery.id,
        client_request_id=request_id,
        sent_from_index=place,
        person_id=delivery.person_id,
        contact_point_id=delivery.contact_point_id,
        channel=delivery.channel,
        language=origin.language,
        received_at=clock.now(),
    )
    session.add(sighting)
    if photo is not None:
        session.flush()
        sighting_photos.keep(session, sighting, photo)
    _entered(session, sighting, by=None)
    return sighting


def _sent_before(session: Session, request_id: str) -> Sighting | None:
    same = select(Sighting).where(Sighting.client_request_id == request_id)
    return session.exec(same).first()


def from_message(
    session: Session,
    actor: Actor,
    message_id: UUID,
    facts: Facts,
    *,
    incident_id: UUID | None,
    police_zone: str = "",
) -> Sighting:
    """Keep what an officer read out of a message; a second time gives the same sighting.

    It was received when the message was. Raises ``NotFound`` for a message or an incident out of
    reach, ``BadInput`` naming ``police_zone`` where nothing says which is meant.
    """
    message = message_for(session, actor, message_id)
    incident = _incident(session, actor, incident_id)
    hold_alone(session, message_id)
    if (existing := of_message(session, actor, message_id)) is not None:
        return existing
    sighting = Sighting(
        **asdict(facts),
        plate_index=plates.index(facts.plate),
        police_zone_id=_zone(session, actor, message, incident, police_zone),
        incident_id=incident.id if incident else None,
        message_id=message.id,
        delivery_id=message.delivery_id,
        person_id=message.person_id,
        contact_point_id=message.contact_point_id,
        channel=message.way,
        language=message.language,
        received_at=message.received_at,
        completed_by=actor.account_id,
        completed_at=clock.now(),
    )
    session.add(sighting)
    _entered(session, sighting, by=actor.account_id)
    return sighting


def message_for(session: Session, actor: Actor, message_id: UUID) -> InboundMessage:
    """A message to the police within reach; raises ``NotFound`` for another."""
    return opened_incidents.reply_for(session, actor, message_id)


def incident_of(session: Session, actor: Actor, message_id: UUID) -> UUID | None:
    """The incident a message reported or answers, if ``actor`` sees it; raises ``NotFound`` as
    ``message_for`` does."""
    message = message_for(session, actor, message_id)
    its = message.opened_incident_id or message.incident_id
    reach = actor.reach(Action.SEE_INCIDENTS)
    incident = session.get(Incident, its) if its else None
    return its if incident is not None and reach.covers(incident.police_zone_id) else None


def of_message(session: Session, actor: Actor, message_id: UUID) -> Sighting | None:
    """The sighting that was made from this message before.

    Raises ``Conflict`` where that is one of a police zone whose sightings ``actor`` does not see.
    """
    its = select(Sighting).where(col(Sighting.message_id) == message_id)
    found = session.exec(its).first()
    reach = actor.reach(Action.SEE_SIGHTINGS)
    if found is not None and not reach.covers(found.police_zone_id):
        raise Conflict(mark("Another police zone has made a sighting of this message."))
    return found


def _incident(session: Session, actor: Actor, incident_id: UUID | None) -> Incident | None:
    if incident_id is None:
        return None
    return incidents.incident_for(session, incident_id, actor, Action.SEE_INCIDENTS)


def _zone(
    session: Session,
    actor: Actor,
    message: InboundMessage,
    incident: Incident | None,
    slug: str,
) -> UUID:
    """That of the incident, else of the message, else the one he named or works in."""
    if incident is not None:
        return incident.police_zone_id
    zones = police_zones(session, actor)
    meant = [one.id for one in zones if slug.strip() in ("", one.slug)]
    if message.police_zone_id in meant:
        return message.police_zone_id
    if len(meant) != 1:
        raise BadInput(FieldProblem("police_zone", mark("Choose one of your police zones.")))
    return meant[0]


def police_zones(session: Session, actor: Actor) -> list[Organisation]:
    """The police zones in which ``actor`` keeps sightings, by name."""
    ids = actor.reach(Action.KEEP_SIGHTINGS).police_zones
    wanted = select(Organisation).where(
        Organisation.kind == OrganisationKind.POLICE_ZONE, col(Organisation.id).in_(ids)
    )
    return list(session.exec(wanted.order_by(Organisation.name, Organisation.slug)))


def _entered(session: Session, sighting: Sighting, *, by: UUID | None) -> None:
    event = SightingEvent(
        sighting_id=sighting.id, kind=SightingEventKind.ENTERED, by=by, at=clock.now()
    )
    session.flush()
    session.add(event)
    keep_plate_parts(session, sighting)
    owed_answers.owe_for_sighting(session, sighting)
    audit.record(session, "sighting.enter", ("sighting", sighting.id), by=by)


def keep_plate_parts(session: Session, sighting: Sighting) -> None:
    """Let a plate that was seen in part find this one."""
    for part in sorted(plates.part_indexes(sighting.plate)):
        row = {"part_index": part, "sighting_id": sighting.id}
        session.execute(insert_new(session, SightingPlatePart).values(**row))
