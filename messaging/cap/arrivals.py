"""Alerts that came from other systems: drafts of an incident, which only a person makes into one.

Nothing here sends anything. An alert that came twice is one arrival; what belongs to it joins it,
and the incident that was opened for it, whichever of them came first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.columns import new_id
from hub.errors import Conflict, FieldProblem, NotFound
from hub.i18n import mark
from messaging import incidents, phenomena, zone_reach
from messaging.cap import areas, composing, reading, rules, threads
from messaging.cap.alert import Alert, Area, Info
from messaging.models import CapArrival, CapDocument, Incident
from partnerships import scope
from partnerships.ground import point
from partnerships.models import Organisation, Partnership
from partnerships.near import touched_by

_OURS = mark("This alert was published by this hub ({identifier}): it is not taken in again.")
_SET_ASIDE = mark("This alert was set aside.")
_KILOMETRE = 1000.0
# What nobody opened an incident for concerned nobody here.
UNUSED_KEPT = timedelta(days=30)


class OwnAlert(Conflict):
    """An alert of ours that came back."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an incident for this alert would say, as far as the alert says it."""

    phenomenon: str
    place: str
    facts_at: datetime
    latitude: float | None
    longitude: float | None


def take_in(
    session: Session,
    zone_id: UUID,
    content: bytes,
    by: UUID | None,
    source_id: UUID | None = None,
) -> CapArrival:
    """Keep an alert that came to a police zone; the same one again gives the first.

    Raises ``reading.Refused`` for what is no CAP alert, ``OwnAlert`` for one of ours.
    """
    alert = reading.read(content)
    if _is_ours(session, alert):
        raise OwnAlert(_OURS, identifier=alert.identifier)
    threads.hold(session, zone_id)
    known = _known(session, zone_id, alert)
    if known is not None:
        return known
    thread_id, incident_id = threads.joined(session, zone_id, alert)
    arrival_id = new_id()
    arrival = CapArrival(
        id=arrival_id,
        police_zone_id=zone_id,
        thread_id=thread_id or arrival_id,
        sender=alert.sender,
        identifier=alert.identifier,
        message_type=alert.message_type,
        status=alert.status,
        sent_at=alert.sent,
        document=content,
        source_id=source_id,
        brought_by=by,
        arrived_at=clock.now(),
        incident_id=incident_id,
    )
    session.add(arrival)
    session.flush()
    threads.note_references(session, arrival, alert)
    audit.record(session, "cap.take_in", ("cap_arrival", arrival.id), by=by, joins=bool(thread_id))
    return arrival


def _is_ours(session: Session, alert: Alert) -> bool:
    """By its sender too: our documents are kept for a time, and nobody else signs as our zones."""
    slug, _at, domain = alert.sender.partition("@")
    if (
        domain == composing.domain()
        and session.exec(select(Organisation.id).where(Organisation.slug == slug)).first()
    ):
        return True
    ours = select(CapDocument.id).where(
        CapDocument.sender == alert.sender, CapDocument.identifier == alert.identifier
    )
    return session.exec(ours).first() is not None


def _known(session: Session, zone_id: UUID, alert: Alert) -> CapArrival | None:
    return session.exec(
        select(CapArrival).where(
            CapArrival.police_zone_id == zone_id,
            CapArrival.sender == alert.sender,
            CapArrival.identifier == alert.identifier,
        )
    ).first()


def alert_of(arrival: CapArrival) -> Alert:
    """What the alert says."""
    return reading.read(arrival.document)


def doubts_about(alert: Alert) -> list[FieldProblem]:
    """What whoever reads it should know of how it is written."""
    return rules.doubts(alert)


def info_for(alert: Alert, language: str) -> Info | None:
    """What it says in this language, else in its first."""
    spoken = [one for one in alert.infos if one.language[:2].lower() == language]
    return next(iter((*spoken, *alert.infos)), None)


def proposal(alert: Alert) -> Proposal:
    """The facts of an incident, out of the alert. What it does not say is empty."""
    info = next(iter(alert.infos), None)
    happened = (info and (info.onset or info.effective)) or alert.sent
    middle = areas.middle_of(_areas(alert))
    places = [area.description for area in _areas(alert)]
    return Proposal(
        phenomenon=_phenomenon(alert),
        place=places[0][: incidents.PLACE_LENGTH] if places else "",
        facts_at=min(happened, clock.now()),
        latitude=middle[0] if middle else None,
        longitude=middle[1] if middle else None,
    )


def _phenomenon(alert: Alert) -> str:
    """Our code for what it is about, when the alert has it as a code or by its name."""
    for info in alert.infos:
        for said in (*(value for _name, value in info.event_codes), info.event):
            code = phenomena.code_of(said)
            if code:
                return code
    return ""


def _areas(alert: Alert) -> list[Area]:
    """Of one language: the others have the same."""
    return list(alert.infos[0].areas) if alert.infos else []


def touched(session: Session, actor: Actor, alert: Alert) -> list[Partnership]:
    """The partnerships within reach whose zones the alert's area touches, by name."""
    within = scope.within_reach(actor, Action.IMPORT_CAP)
    grounds = []
    for area in _areas(alert):
        grounds += [(areas.geometry_of(ring), 0.0) for ring in area.polygons]
        grounds += [
            (point(one.longitude, one.latitude), one.kilometres * _KILOMETRE)
            for one in area.circles
        ]
    return touched_by(session, grounds, within)


def arrival_for(session: Session, arrival_id: UUID, actor: Actor, action: Action) -> CapArrival:
    """One of them; raises ``NotFound`` whether it is absent or out of reach."""
    found = session.get(CapArrival, arrival_id)
    if found is None or not zone_reach.is_within(found.police_zone_id, actor, action):
        raise NotFound
    return found


def arrivals_in(session: Session, zone_id: UUID, limit: int = 50) -> list[CapArrival]:
    """What came to a zone and was not set aside, the newest first."""
    came = select(CapArrival).where(
        CapArrival.police_zone_id == zone_id, col(CapArrival.set_aside_at).is_(None)
    )
    return list(session.exec(came.order_by(col(CapArrival.id).desc()).limit(limit)))


def thread_of(session: Session, arrival: CapArrival) -> list[CapArrival]:
    """Everything that came about the same thing, oldest first."""
    same = select(CapArrival).where(CapArrival.thread_id == arrival.thread_id)
    return list(session.exec(same.order_by(col(CapArrival.sent_at), col(CapArrival.id))))


def of_incident(session: Session, incident: Incident) -> list[CapArrival]:
    """What other systems said about an incident, oldest first."""
    said = select(CapArrival).where(CapArrival.incident_id == incident.id)
    return list(session.exec(said.order_by(col(CapArrival.sent_at), col(CapArrival.id))))


def open_incident(
    session: Session,
    actor: Actor,
    arrival: CapArrival,
    *,
    phenomenon: str,
    place: str,
    facts_at: datetime,
) -> UUID:
    """Open an incident for this alert, and for what refers to it; its id. Twice is once.

    Raises ``BadInput`` on the facts, ``Conflict`` when it was set aside.
    """
    threads.hold(session, arrival.police_zone_id)
    session.refresh(arrival)
    known = threads.incident_of(session, arrival.thread_id)
    if known is not None:
        return known
    if arrival.set_aside_at is not None:
        raise Conflict(_SET_ASIDE)
    proposed = proposal(alert_of(arrival))
    incident = incidents.open_incident(
        session,
        actor,
        phenomenon=phenomenon,
        place=place,
        facts_at=facts_at,
        latitude=proposed.latitude,
        longitude=proposed.longitude,
        police_zone=session.get_one(Organisation, arrival.police_zone_id).slug,
    )
    session.execute(
        update(CapArrival)
        .where(col(CapArrival.thread_id) == arrival.thread_id)
        .values(incident_id=incident.id)
    )
    subject = ("cap_arrival", arrival.id)
    audit.record(session, "cap.open", subject, by=actor.account_id, incident=str(incident.id))
    return incident.id


def set_aside(session: Session, actor: Actor, arrival: CapArrival) -> None:
    """Take it off the list: it concerns nobody here. It stays on record."""
    if arrival.set_aside_at is None:
        arrival.set_aside_at = clock.now()
        session.add(arrival)
        audit.record(session, "cap.set_aside", ("cap_arrival", arrival.id), by=actor.account_id)
