"""Drafts: what somebody wrote, checked as a whole before one row is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from hub.access import Action, Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import Language, mark
from messaging import (
    audience,
    by_the_plan,
    deviations,
    drill,
    incidents,
    kept_to,
    leaving,
    lifetimes,
    missing_texts,
)
from messaging.by_the_plan import Target
from messaging.kept_to import EVERYBODY, KeptTo
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastLanguage,
    BroadcastPartnership,
    BroadcastText,
    DeviationKind,
    Incident,
    IncidentStatus,
    Step,
)
from messaging.texts import Texts, problems
from partnerships import scope
from partnerships.models import LIVING_STATUSES, Partnership

# From the moment at which it may leave: a plan may let feedback wait for a working day.
_FOLLOW_UP_LIFETIME = timedelta(days=3)

Targets = list[tuple[UUID, UUID]]  # partnership, communication plan in force

_NO_PLAN = mark("There is no partnership called {slug} with an agreed plan.")


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
    # Why somebody sends it whom a plan does not name.
    deviation_reason: str = ""
    # Kept to those who speak one of these; none means everybody.
    only_languages: Sequence[Language] = ()
    # Kept to the people of some streets, and of some groups.
    kept: KeptTo = EVERYBODY


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
    under, found = _under_the_plans(session, actor, draft)
    targets = [(one.partnership.id, one.plan.id) for one in under]
    expires_at = draft.expires_at or clock.now() + lifetimes.lifetime_of(draft.kind)
    needed = draft.only_languages or missing_texts.needed(session, targets)
    found += problems(draft.texts, needed)
    chosen = [one.partnership for one in under]
    found += missing_texts.too_long_together(session, chosen, draft.texts)
    found += _expiry_problems(expires_at)
    if targets and not found:
        found += _audience_problems(session, under, draft, expires_at)
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
        ends_as_said=draft.expires_at is not None,
    )
    _store(session, broadcast, targets, draft.texts)
    for language in draft.only_languages:
        session.add(BroadcastLanguage(broadcast_id=broadcast.id, language=language))
    kept_to.store(session, broadcast.id, draft.kept)
    # A reason nobody needed is none: it would let anybody send it.
    if _unnamed(actor, under):
        kinds, reason = [DeviationKind.SENDER], draft.deviation_reason
        session.add_all(deviations.said(broadcast.id, kinds, reason, actor.account_id))
    return broadcast


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What somebody wrote to those who got an earlier broadcast."""

    step: Step
    kind: BroadcastKind
    texts: Texts
    client_request_id: str
    counts_as_feedback: bool = False
    # How long it is worth sending, from the moment at which it may leave.
    lifetime: timedelta = _FOLLOW_UP_LIFETIME


def create_follow_up(
    session: Session, actor: Actor, followed: Broadcast, draft: FollowUp
) -> Broadcast:
    """Store a draft for exactly those who got ``followed``; raises ``BadInput`` on its texts."""
    existing = already_created(session, actor, draft.client_request_id)
    if existing is not None:
        return existing
    targets = _targets_of(session, followed)
    found = problems(draft.texts, missing_texts.needed_after(session, followed, targets))
    found += missing_texts.too_long_after(session, targets, draft.texts)
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
        counts_as_feedback=draft.counts_as_feedback,
        created_at=clock.now(),
        expires_at=_last_start(session, targets, draft.kind) + draft.lifetime,
    )
    _store(session, broadcast, targets, draft.texts)
    return broadcast


def _last_start(session: Session, targets: Targets, kind: BroadcastKind) -> datetime:
    at, ids = clock.now(), [partnership_id for partnership_id, _plan_id in targets]
    chosen = session.exec(select(Partnership).where(col(Partnership.id).in_(ids)))
    return leaving.last_start(by_the_plan.targets(session, chosen, kind, at), at)


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


def _under_the_plans(
    session: Session, actor: Actor, draft: Draft
) -> tuple[list[Target], list[FieldProblem]]:
    """The partnerships it goes to, and what their plans of this moment have against it."""
    slugs = list(dict.fromkeys(draft.partnerships))
    if not slugs:
        return [], [FieldProblem("partnerships", mark("Choose at least one partnership."))]
    living = select(Partnership).where(
        col(Partnership.slug).in_(slugs),
        scope.within_reach(actor, Action.COMPOSE_BROADCAST),
        col(Partnership.status).in_(LIVING_STATUSES),
    )
    under = by_the_plan.targets(session, session.exec(living), draft.kind, clock.now())
    by_slug = {one.partnership.slug: one for one in under}
    refusals = _refusals(actor, draft, under)
    found = [
        FieldProblem(
            f"partnerships.{position}",
            refusals.get(slug, _NO_PLAN),
            (("slug", slug), ("name", by_slug[slug].partnership.name if slug in by_slug else "")),
        )
        for position, slug in enumerate(slugs)
        if slug not in by_slug or slug in refusals
    ]
    chosen = [by_slug[slug] for slug in slugs if slug in by_slug]
    return chosen, found + by_the_plan.reason_problems(draft.deviation_reason)


def _refusals(actor: Actor, draft: Draft, under: Sequence[Target]) -> dict[str, str]:
    """What a plan has against it, by the slug of its partnership."""
    unnamed = [] if draft.deviation_reason.strip() else _unnamed(actor, under)
    return {
        **{one.partnership.slug: by_the_plan.NOT_NAMED for one in unnamed},
        **{
            one.partnership.slug: by_the_plan.THROUGH_THE_COORDINATOR
            for one in by_the_plan.through_the_coordinator(draft.kind, under)
        },
    }


def _unnamed(actor: Actor, under: Sequence[Target]) -> list[Target]:
    return by_the_plan.not_named(actor, under, Action.COMPOSE_BROADCAST)


def _targets_of(session: Session, broadcast: Broadcast) -> Targets:
    rows = session.exec(
        select(BroadcastPartnership).where(BroadcastPartnership.broadcast_id == broadcast.id)
    )
    return [(row.partnership_id, row.communication_plan_id) for row in rows]


def _expiry_problems(expires_at: datetime) -> list[FieldProblem]:
    if expires_at > clock.now():
        return []
    return [FieldProblem("expires_at", mark("This moment has passed."))]


def _audience_problems(
    session: Session, under: Sequence[Target], draft: Draft, expires_at: datetime
) -> list[FieldProblem]:
    waits = leaving.waits_under(session, under, clock.now(), expires_at)
    plans = [one.plan.id for one in under]
    rows = audience.of_plans(plans, draft.kind, waits, draft.only_languages, draft.kept)
    if audience.summary(session, rows).reached:
        return []
    return [FieldProblem("partnerships", mark("Nobody in this choice can be reached."))]


def _store(session: Session, broadcast: Broadcast, targets: Targets, texts: Texts) -> None:
    texts = drill.marked(texts) if broadcast.is_drill else texts
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
                spoken=words.spoken.strip(),
            )
        )
    session.flush()
