"""From what was composed to a draft that waits to be sent: everything checked, then all of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from hub import clock
from hub.access import Actor
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language
from messaging import (
    alert_words,
    drafts,
    facts,
    incidents,
    nearby,
)
from messaging.facts import Facts
from messaging.kept_to import EVERYBODY, KeptTo
from messaging.models import (
    Broadcast,
    BroadcastChoice,
    BroadcastGround,
    BroadcastKind,
    Incident,
)
from messaging.nearby import Ground
from messaging.texts import Texts
from partnerships.models import Partnership
from partnerships.near import Near

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Composed:
    """An urgent alert as somebody wants it, before anything is stored."""

    client_request_id: str
    facts: Facts
    texts: Texts
    partnerships: Sequence[Partnership]
    # Why each was chosen, where the place was near it.
    near: Sequence[Near] = ()
    ground: Ground | None = None
    # The incident there is already; else one is opened. Its facts may be put right with this.
    incident: Incident | None = None
    corrects_incident: bool = False
    only_languages: Sequence[Language] = ()
    kept: KeptTo = EVERYBODY
    is_drill: bool = False
    deviation_reason: str = ""
    reported_at: datetime | None = None


def problems(composed: Composed) -> list[FieldProblem]:
    """What is wrong with the facts and the words, by field."""
    found = facts.problems(composed.facts)
    return found + alert_words.problems(composed.texts, is_drill=composed.is_drill)


def save(session: Session, actor: Actor, composed: Composed) -> Broadcast:
    """Store the incident, if it is a new one, and the draft; both or neither.

    The same ``client_request_id`` again, however close upon the first, gives the same draft. Raises
    ``BadInput`` naming every field at once.
    """
    existing = drafts.already_created(session, actor, composed.client_request_id)
    if existing is not None:
        return existing
    try:
        with session.begin_nested():
            return _store(session, actor, composed)
    except IntegrityError:
        # A double click: the other request was a moment earlier.
        twin = drafts.already_created(session, actor, composed.client_request_id)
        if twin is None:
            raise
        return twin


def _store(session: Session, actor: Actor, composed: Composed) -> Broadcast:
    found = problems(composed)
    incident = _collecting(found, lambda: _incident(session, actor, composed))
    if incident is None or found:
        # The draft's own check is asked as well, so that nobody corrects one field after another.
        _collecting(found, lambda: _draft(session, actor, composed, None))
        raise BadInput(*_each_field_once(found))
    broadcast = _draft(session, actor, composed, incident.id)
    facts.keep(session, broadcast.id, composed.facts)
    _keep_choices(session, broadcast.id, composed)
    session.flush()
    return broadcast


def _each_field_once(found: Sequence[FieldProblem]) -> list[FieldProblem]:
    by_field: dict[str, FieldProblem] = {}
    for problem in found:
        by_field.setdefault(problem.field, problem)
    return list(by_field.values())


def _collecting(found: list[FieldProblem], make: Callable[[], T]) -> T | None:
    try:
        return make()
    except BadInput as refusal:
        found += refusal.problems
        return None


def _incident(session: Session, actor: Actor, composed: Composed) -> Incident:
    """The incident of this alert: opened now, put right, or as it is."""
    incident = composed.incident
    if incident is not None and not composed.corrects_incident:
        return incident
    latitude, longitude = composed.ground.middle if composed.ground else (None, None)
    happened: dict[str, Any] = {
        "phenomenon": composed.facts.phenomenon,
        "place": composed.facts.place,
        "facts_at": composed.facts.at or clock.now(),
        "latitude": latitude,
        "longitude": longitude,
    }
    if incident is None:
        # The nearest first: that is whose incident it is, where they are of several police zones.
        concerned = [*(one.partnership for one in composed.near), *composed.partnerships]
        return incidents.open_incident(
            session,
            actor,
            reported_at=composed.reported_at,
            police_zone=incidents.zone_concerned(session, actor, concerned).slug,
            **happened,
        )
    incidents.correct(session, actor, incident, **happened)
    return incident


def _draft(
    session: Session, actor: Actor, composed: Composed, incident_id: UUID | None
) -> Broadcast:
    draft = drafts.Draft(
        client_request_id=composed.client_request_id,
        kind=BroadcastKind.URGENT_ALERT,
        texts=composed.texts,
        partnerships=[one.slug for one in composed.partnerships],
        incident_id=incident_id,
        is_drill=composed.is_drill,
        deviation_reason=composed.deviation_reason,
        only_languages=composed.only_languages,
        kept=composed.kept,
    )
    return drafts.create(session, actor, draft)


def _keep_choices(session: Session, broadcast_id: UUID, composed: Composed) -> None:
    """Why each partnership was chosen, to be told to whoever asks."""
    if composed.ground:
        session.add(
            BroadcastGround(
                broadcast_id=broadcast_id,
                geometry=composed.ground.geometry,
                metres=composed.ground.metres,
            )
        )
    near = {one.partnership.id: one for one in composed.near}
    for one in composed.partnerships:
        how, metres = nearby.how_chosen(near, one.id)
        session.add(
            BroadcastChoice(
                broadcast_id=broadcast_id, partnership_id=one.id, how=how, metres=metres
            )
        )
