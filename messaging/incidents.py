"""Incidents: the facts, opened by police, closed only when the members were told how it ended."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import false, or_, true
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from messaging import phenomena
from messaging.models import Broadcast, Incident, IncidentStatus, LaunchDecision, Step
from partnerships.models import Organisation, OrganisationKind

PLACE_LENGTH = 120


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
) -> Incident:
    """Record what happened. Raises ``BadInput`` naming each field that cannot be taken."""
    code = phenomena.code_of(phenomenon)
    problems = [*_place_problems(place), *_time_problems(facts_at, reported_at)]
    if code is None:
        problems.insert(0, FieldProblem("phenomenon", mark("Choose a phenomenon from the list.")))
    if code is None or problems:
        raise BadInput(*problems)
    incident = Incident(
        police_zone_id=_police_zone(session, actor),
        phenomenon=code,
        place=place.strip(),
        latitude=latitude,
        longitude=longitude,
        facts_at=facts_at,
        reported_at=reported_at or clock.now(),
        opened_by=actor.account_id,
        opened_at=clock.now(),
    )
    session.add(incident)
    session.flush()
    audit.record(session, "incident.open", ("incident", incident.id), by=actor.account_id)
    return incident


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


def _police_zone(session: Session, actor: Actor) -> UUID:
    zones = actor.reach(Action.OPEN_INCIDENT).police_zones
    first = select(Organisation.id).where(
        Organisation.kind == OrganisationKind.POLICE_ZONE, col(Organisation.id).in_(zones)
    )
    return session.exec(first.order_by(Organisation.slug).limit(1)).one()


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


def record_launch(session: Session, broadcast: Broadcast, actor: Actor) -> None:
    """The first release of an incident is the decision to launch (R30)."""
    if broadcast.incident_id is None or broadcast.step is not Step.FIRST:
        return
    decision = LaunchDecision(
        incident_id=broadcast.incident_id,
        launched=True,
        reason="alert_sent",
        decided_by=actor.account_id,
        decided_at=clock.now(),
    )
    session.add(decision)


def close(session: Session, incident: Incident, by: UUID | None) -> None:
    """Close an incident whose members are all being told how it ended."""
    if incident.status is IncidentStatus.CLOSED:
        return
    incident.status = IncidentStatus.CLOSED
    incident.closed_at = clock.now()
    session.add(incident)
    audit.record(session, "incident.close", ("incident", incident.id), by=by)
