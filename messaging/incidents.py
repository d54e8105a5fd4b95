"""Incidents: the facts, opened by police, closed only when the members were told how it ended."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import false, or_, true
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from messaging import phenomena
from messaging.models import Broadcast, Incident, IncidentStatus
from partnerships.models import Organisation, OrganisationKind, Partnership

PLACE_LENGTH = 120
SHORTEST_REASON, LONGEST_REASON = 5, 500


def open_incident(
    session: Session,
    actor: Actor,
    *,
    phenomenon: str,
    place: str,
    facts_at: datetime,
    reported_at: datetime | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    police_zone: str = "",
    client_request_id: str | None = None,
) -> Incident:
    """Record what happened. Raises ``BadInput`` naming each field that cannot be taken.

    ``police_zone`` is the slug of one; needed only from somebody who works in several. The same
    ``client_request_id`` again, however close upon the first, gives the same incident.
    """
    if (existing := _opened_before(session, actor, client_request_id)) is not None:
        return existing
    code = phenomena.code_of(phenomenon)
    zone = _chosen(police_zones(session, actor), police_zone)
    problems = [*_place_problems(place), *_time_problems(facts_at, reported_at)]
    if code is None:
        problems.insert(0, FieldProblem("phenomenon", mark("Choose a phenomenon from the list.")))
    if zone is None:
        problems.insert(0, FieldProblem("police_zone", mark("Choose one of your police zones.")))
    if code is None or zone is None or problems:
        raise BadInput(*problems)
    incident = Incident(
        police_zone_id=zone.id,
        phenomenon=code,
        place=place.strip(),
        latitude=latitude,
        longitude=longitude,
        facts_at=facts_at,
        reported_at=reported_at or clock.now(),
        opened_by=actor.account_id,
        opened_at=clock.now(),
        client_request_id=client_request_id,
    )
    try:
        with session.begin_nested():
            session.add(incident)
    except IntegrityError:
        # The same request, sent twice at one moment: the other was a little earlier.
        twin = _opened_before(session, actor, client_request_id)
        if twin is None:
            raise
        return twin
    audit.record(session, "incident.open", ("incident", incident.id), by=actor.account_id)
    return incident


def _opened_before(session: Session, actor: Actor, request_id: str | None) -> Incident | None:
    """What this account opened with this very request before."""
    if request_id is None:
        return None
    same_request = select(Incident).where(
        Incident.opened_by == actor.account_id, Incident.client_request_id == request_id
    )
    return session.exec(same_request).first()


def may_correct(session: Session, incident: Incident) -> bool:
    """Whether its facts may still be put right: nothing has been said about it yet."""
    said = select(Broadcast.id).where(
        Broadcast.incident_id == incident.id, col(Broadcast.released_at).is_not(None)
    )
    is_open = incident.status is IncidentStatus.OPEN
    return is_open and session.exec(said.limit(1)).first() is None


def correct(
    session: Session,
    actor: Actor,
    incident: Incident,
    *,
    phenomenon: str,
    place: str,
    facts_at: datetime,
    latitude: float | None = None,
    longitude: float | None = None,
) -> None:
    """Put the facts right before anything is said. Raises ``BadInput`` as ``open_incident`` does;
    changes nothing once something was said."""
    code = phenomena.code_of(phenomenon)
    problems = [*_place_problems(place), *_time_problems(facts_at, None)]
    if code is None:
        problems.insert(0, FieldProblem("phenomenon", mark("Choose a phenomenon from the list.")))
    if code is None or problems:
        raise BadInput(*problems)
    before = (incident.phenomenon, incident.place, incident.facts_at)
    if not may_correct(session, incident) or before == (code, place.strip(), facts_at):
        return
    incident.phenomenon, incident.place, incident.facts_at = code, place.strip(), facts_at
    # It was reported no earlier than it happened, whatever was thought before.
    incident.reported_at = max(incident.reported_at, facts_at)
    if latitude is not None:
        incident.latitude, incident.longitude = latitude, longitude
    session.add(incident)
    audit.record(session, "incident.correct", ("incident", incident.id), by=actor.account_id)


def _place_problems(place: str) -> list[FieldProblem]:
    if not place.strip():
        return [FieldProblem("place", mark("Say where it happened: a street or a crossing."))]
    if len(place) > PLACE_LENGTH:
        problem = mark("At most {count} characters.")
        return [FieldProblem("place", problem, (("count", PLACE_LENGTH),))]
    return []


def _time_problems(facts_at: datetime, reported_at: datetime | None) -> list[FieldProblem]:
    problems = []
    if facts_at > clock.now():
        problems.append(FieldProblem("facts_at", mark("This moment is still to come.")))
    if reported_at and reported_at < facts_at:
        problem = mark("It cannot be reported before it happened.")
        problems.append(FieldProblem("reported_at", problem))
    return problems


def police_zones(session: Session, actor: Actor) -> Sequence[Organisation]:
    """The police zones in which ``actor`` may open an incident, by name."""
    ids = actor.reach(Action.OPEN_INCIDENT).police_zones
    wanted = select(Organisation).where(
        Organisation.kind == OrganisationKind.POLICE_ZONE, col(Organisation.id).in_(ids)
    )
    return session.exec(wanted.order_by(Organisation.name, Organisation.slug)).all()


def zone_concerned(
    session: Session, actor: Actor, concerned: Sequence[Partnership]
) -> Organisation:
    """The police zone of an incident that concerns these partnerships: that of the first of them
    which is one of ``actor``'s, else his first by name."""
    zones = police_zones(session, actor)
    by_id = {one.id: one for one in zones}
    meant = [by_id[one.police_zone_id] for one in concerned if one.police_zone_id in by_id]
    return (meant or zones)[0]


def _chosen(zones: Sequence[Organisation], slug: str) -> Organisation | None:
    """The one that is meant: the only one there is need not be said."""
    meant = [one for one in zones if one.slug == slug.strip()] if slug.strip() else zones
    return meant[0] if len(meant) == 1 else None


def within_reach(actor: Actor, action: Action) -> Condition:
    """The condition on ``Incident`` under which ``actor`` may do ``action``."""
    reach = actor.reach(action)
    zones = col(Incident.police_zone_id).in_(reach.police_zones)
    return true() if reach.everywhere else or_(false(), zones)


def incident_for(session: Session, incident_id: UUID, actor: Actor, action: Action) -> Incident:
    """One incident within reach; raises ``NotFound`` whether it is absent or out of reach."""
    wanted = select(Incident).where(Incident.id == incident_id, within_reach(actor, action))
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def recent(session: Session, actor: Actor, limit: int = 50) -> list[Incident]:
    """The newest incidents within reach, those still open first."""
    visible = select(Incident).where(within_reach(actor, Action.SEE_INCIDENTS))
    ordered = visible.order_by(col(Incident.status).desc(), col(Incident.opened_at).desc())
    return list(session.exec(ordered.limit(limit)))


def broadcasts_of(session: Session, incident: Incident) -> list[Broadcast]:
    """What was sent about it, oldest first."""
    sent = select(Broadcast).where(Broadcast.incident_id == incident.id)
    return list(session.exec(sent.order_by(col(Broadcast.created_at))))


def close(session: Session, incident: Incident, by: UUID | None, reason: str = "") -> None:
    """Close an incident: its members are all being told how it ended, or ``reason`` says why not.
    Closing twice is closing once."""
    if incident.status is IncidentStatus.CLOSED:
        return
    incident.status = IncidentStatus.CLOSED
    incident.closed_at, incident.closed_by = clock.now(), by
    incident.close_reason = reason or None
    session.add(incident)
    audit.record(
        session, "incident.close", ("incident", incident.id), by=by, without_feedback=bool(reason)
    )


def close_without_feedback(session: Session, actor: Actor, incident: Incident, reason: str) -> None:
    """Close it for a reason that stays on record. Raises ``BadInput`` where that says nothing."""
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        problem = mark("Say why nobody is told how it ended: this stays on record.")
        raise BadInput(FieldProblem("reason", problem))
    if len(reason) > LONGEST_REASON:
        problem = mark("At most {count} characters.")
        raise BadInput(FieldProblem("reason", problem, (("count", LONGEST_REASON),)))
    close(session, incident, actor.account_id, reason)


def reopen(session: Session, incident: Incident, by: UUID | None) -> None:
    """Open an incident again whose members are not all being told how it ended after all."""
    if incident.status is IncidentStatus.OPEN:
        return
    incident.status = IncidentStatus.OPEN
    incident.closed_at = incident.closed_by = incident.close_reason = None
    session.add(incident)
    audit.record(session, "incident.reopen", ("incident", incident.id), by=by)
