"""Drafts: what somebody wrote, checked as a whole before one row is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from hub.access import Action, Actor
from hub.config import settings
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import Language, mark
from messaging import audience, incidents
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastText,
    Incident,
    IncidentStatus,
    Step,
)
from messaging.texts import Texts, problems
from partnerships import communication_plan, scope
from partnerships.models import CommunicationPlan, Partnership


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote, before anything is checked."""

    client_request_id: str
    kind: BroadcastKind
    texts: Texts
    partnerships: Sequence[str] = ()
    incident_id: UUID | None = None
    expires_at: datetime | None = None
    is_drill: bool = False


def create(session: Session, actor: Actor, draft: Draft) -> Broadcast:
    """Store a draft. The same ``client_request_id`` again gives the same broadcast.

    Raises ``BadInput`` naming every field at once: an unknown partnership, a missing language, a
    text too long, an expired time, nobody to reach.
    """
    existing = already_created(session, actor, draft.client_request_id)
    if existing is not None:
        return existing
    if draft.kind is BroadcastKind.FEEDBACK:
        problem = mark("Feedback is given on an alert: it goes to those who got it.")
        raise BadInput(FieldProblem("kind", problem))
    incident = _open_incident(session, actor, draft.incident_id)
    targets, found = _targets(session, actor, draft.partnerships)
    expires_at = draft.expires_at or clock.now() + timedelta(
        minutes=settings().urgent_lifetime_minutes
    )
    found += problems(draft.texts, _languages_of(session, targets))
    found += _expiry_problems(expires_at)
    if targets and not found:
        found += _audience_problems(session, targets, draft.kind)
    if found:
        raise BadInput(*found)
    broadcast = Broadcast(
        client_request_id=draft.client_request_id,
        kind=draft.kind,
        step=Step.FIRST,
        incident_id=incident.id if incident else None,
        author_id=actor.account_id,
        is_drill=draft.is_drill,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    _store(session, broadcast, targets, draft.texts)
    return broadcast


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What somebody wrote to those who got an earlier broadcast."""

    step: Step
    kind: BroadcastKind
    texts: Texts
    client_request_id: str


def create_follow_up(
    session: Session, actor: Actor, followed: Broadcast, draft: FollowUp
) -> Broadcast:
    """Store a draft for exactly those who got ``followed``; raises ``BadInput`` on its texts."""
    existing = already_created(session, actor, draft.client_request_id)
    if existing is not None:
        return existing
    targets = _targets_of(session, followed)
    found = problems(draft.texts, _languages_of(session, targets))
    if found:
        raise BadInput(*found)
    broadcast = Broadcast(
        client_request_id=draft.client_request_id,
        kind=draft.kind,
        step=draft.step,
        incident_id=followed.incident_id,
        follows_id=followed.id,
        author_id=actor.account_id,
        is_drill=followed.is_drill,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=1),
    )
    _store(session, broadcast, targets, draft.texts)
    return broadcast


def already_created(session: Session, actor: Actor, request_id: str) -> Broadcast | None:
    """What this account made with this very request before."""
    same_request = select(Broadcast).where(
        Broadcast.author_id == actor.account_id, Broadcast.client_request_id == request_id
    )
    return session.exec(same_request).first()


def _open_incident(session: Session, actor: Actor, incident_id: UUID | None) -> Incident | None:
    if incident_id is None:
        return None
    try:
        incident = incidents.incident_for(session, incident_id, actor, Action.COMPOSE_BROADCAST)
    except NotFound:
        raise BadInput(FieldProblem("incident_id", mark("There is no such incident."))) from None
    if incident.status is IncidentStatus.CLOSED:
        raise BadInput(FieldProblem("incident_id", mark("This incident is closed.")))
    return incident


Targets = list[tuple[UUID, UUID]]  # partnership, communication plan in force


def _targets(
    session: Session, actor: Actor, slugs: Sequence[str]
) -> tuple[Targets, list[FieldProblem]]:
    if not slugs:
        return [], [FieldProblem("partnerships", mark("Choose at least one partnership."))]
    targets: Targets = []
    found: list[FieldProblem] = []
    for position, slug in enumerate(dict.fromkeys(slugs)):
        plan = _plan_in_force(session, actor, slug)
        if plan is None:
            problem = mark("There is no partnership called {slug} with an agreed plan.")
            found.append(FieldProblem(f"partnerships.{position}", problem, (("slug", slug),)))
        else:
            targets.append((plan.partnership_id, plan.id))
    return targets, found


def _plan_in_force(session: Session, actor: Actor, slug: str) -> CommunicationPlan | None:
    try:
        partnership = scope.partnership_by_slug(session, slug, actor, Action.COMPOSE_BROADCAST)
    except NotFound:
        return None
    return communication_plan.in_force(session, partnership.id, clock.now())


def _targets_of(session: Session, broadcast: Broadcast) -> Targets:
    rows = session.exec(
        select(BroadcastPartnership).where(BroadcastPartnership.broadcast_id == broadcast.id)
    )
    return [(row.partnership_id, row.communication_plan_id) for row in rows]


def _languages_of(session: Session, targets: Targets) -> list[Language]:
    """Every language of these partnerships, in their order."""
    ids = [partnership_id for partnership_id, _plan_id in targets]
    lists = session.exec(
        select(Partnership.languages).where(col(Partnership.id).in_(ids)).order_by(Partnership.slug)
    )
    return list(dict.fromkeys(Language(code) for codes in lists for code in codes))


def _expiry_problems(expires_at: datetime) -> list[FieldProblem]:
    if expires_at > clock.now():
        return []
    return [FieldProblem("expires_at", mark("This moment has passed."))]


def _audience_problems(
    session: Session, targets: Targets, kind: BroadcastKind
) -> list[FieldProblem]:
    rows = audience.of_plans([plan_id for _partnership, plan_id in targets], kind)
    if audience.summary(session, rows).reached:
        return []
    return [FieldProblem("partnerships", mark("Nobody in this choice can be reached."))]


def _store(session: Session, broadcast: Broadcast, targets: Targets, texts: Texts) -> None:
    session.add(broadcast)
    session.flush()
    for partnership_id, plan_id in targets:
        session.add(
            BroadcastPartnership(
                broadcast_id=broadcast.id,
                partnership_id=partnership_id,
                communication_plan_id=plan_id,
            )
        )
    for language, words in texts.items():
        session.add(
            BroadcastText(
                broadcast_id=broadcast.id,
                language=language,
                subject=words.subject.strip(),
                short=words.short.strip(),
                long=words.long.strip() or words.short.strip(),
            )
        )
    session.flush()
