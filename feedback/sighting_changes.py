"""What officers do with a sighting: complete it, hand it on, join it, and close it; all on record.

Each names the version it was looked at in: of two who change it at once the second is told.
"""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from feedback import plates, sightings
from feedback.models import (
    Sighting,
    SightingEvent,
    SightingEventKind,
    SightingPlatePart,
    SightingStatus,
)
from feedback.sighting_entry import keep_plate_parts
from feedback.sighting_facts import Facts
from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import mark
from messaging import incidents

LONGEST_REFERENCE = 60
LONGEST_WORDS = 500
# Those that are set as such; the others say more than a status does.
SETTABLE = (SightingStatus.NEW, SightingStatus.TAKEN_UP, SightingStatus.CLOSED)
_CHANGED_MEANWHILE = mark("Somebody has changed this sighting meanwhile. Look at it again.")


def held(session: Session, actor: Actor, sighting_id: UUID, version: int) -> Sighting:
    """The sighting, which nobody else changes until the commit. Raises ``NotFound`` out of reach,
    ``Conflict`` where it is not in this version any more."""
    wanted = select(Sighting).where(
        Sighting.id == sighting_id, sightings.within_reach(actor, Action.KEEP_SIGHTINGS)
    )
    found = session.exec(wanted.with_for_update()).first()
    if found is None:
        # Says it is not there.
        return sightings.sighting_for(session, sighting_id, actor, Action.KEEP_SIGHTINGS)
    if found.version != version:
        refusal = Conflict(_CHANGED_MEANWHILE)
        refusal.see = f"/sightings/{sighting_id}"
        raise refusal
    return found


def complete(
    session: Session,
    actor: Actor,
    sighting_id: UUID,
    version: int,
    facts: Facts,
    incident_id: UUID | None,
) -> Sighting:
    """Put down what is known of it now. What stood there before stays in its history."""
    sighting = held(session, actor, sighting_id, version)
    _join_incident(session, actor, sighting, incident_id)
    fields = {name: value for name, value in asdict(facts).items() if value is not None}
    changed = [name for name, value in fields.items() if getattr(sighting, name) != value]
    before = "\n".join(f"{name}: {_said(getattr(sighting, name))}" for name in changed)
    for name in changed:
        setattr(sighting, name, fields[name])
    if "plate" in changed:
        _index_plate(session, sighting)
    sighting.completed_by, sighting.completed_at = actor.account_id, clock.now()
    if changed:
        _happened(
            session, actor, sighting, SightingEventKind.COMPLETED, after=",".join(changed),
            words=before,
        )  # fmt: skip
    _changed(session, actor, sighting, "sighting.complete")
    return sighting


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _index_plate(session: Session, sighting: Sighting) -> None:
    sighting.plate_index = plates.index(sighting.plate)
    its = col(SightingPlatePart.sighting_id) == sighting.id
    session.execute(delete(SightingPlatePart).where(its))
    keep_plate_parts(session, sighting)


def _join_incident(
    session: Session, actor: Actor, sighting: Sighting, incident_id: UUID | None
) -> None:
    if incident_id == sighting.incident_id:
        return
    if incident_id is not None:
        other = incidents.incident_for(session, incident_id, actor, Action.SEE_INCIDENTS)
        if other.police_zone_id != sighting.police_zone_id:
            said = mark("This incident is one of another police zone.")
            raise BadInput(FieldProblem("incident", said))
    before, after = str(sighting.incident_id or ""), str(incident_id or "")
    sighting.incident_id = incident_id
    _happened(session, actor, sighting, SightingEventKind.JOINED, before, after)


def set_status(
    session: Session,
    actor: Actor,
    sighting_id: UUID,
    version: int,
    status: SightingStatus,
    words: str = "",
) -> Sighting:
    """Say how far it is. Raises ``BadInput`` naming ``status`` for one that needs more to be said:
    a number in the police's own system, or which one it is a duplicate of."""
    if status not in SETTABLE:
        raise BadInput(FieldProblem("status", mark("Choose a status from the list.")))
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        problem = FieldProblem("words", mark("At most {count} characters."))
        raise BadInput(FieldProblem("words", problem.message, (("count", LONGEST_WORDS),)))
    sighting = held(session, actor, sighting_id, version)
    sighting.duplicate_of_id = None
    _set(session, actor, sighting, SightingEventKind.STATUS, status, words)
    return sighting


def hand_on(
    session: Session, actor: Actor, sighting_id: UUID, version: int, reference: str
) -> Sighting:
    """It is in the police's own system now, under this number. Raises ``BadInput`` without one."""
    reference = reference.replace("\0", "").strip()
    if not reference or len(reference) > LONGEST_REFERENCE:
        said = mark("Give the number it has in your own system.")
        raise BadInput(FieldProblem("reference", said))
    sighting = held(session, actor, sighting_id, version)
    sighting.external_reference = reference
    sighting.duplicate_of_id = None
    _set(
        session, actor, sighting, SightingEventKind.HANDED_ON, SightingStatus.HANDED_ON, reference
    )  # fmt: skip
    return sighting


def join(
    session: Session, actor: Actor, sighting_id: UUID, version: int, other_id: UUID
) -> Sighting:
    """It is the same as ``other_id``, which stays. Raises ``NotFound`` for one out of reach,
    ``BadInput`` for itself, one of another police zone, and one that is a duplicate too."""
    sighting = held(session, actor, sighting_id, version)
    other = sightings.sighting_for(session, other_id, actor, Action.KEEP_SIGHTINGS)
    if other.id == sighting.id or other.police_zone_id != sighting.police_zone_id:
        raise BadInput(FieldProblem("duplicate", mark("This is not another one of your zone.")))
    if other.duplicate_of_id is not None:
        said = mark("That one is a duplicate itself: choose the one it was joined to.")
        raise BadInput(FieldProblem("duplicate", said))
    for one in _joined_to(session, sighting):
        # Else they would hang on one that hangs on another.
        one.duplicate_of_id = other.id
        session.add(one)
    sighting.duplicate_of_id = other.id
    _set(
        session, actor, sighting, SightingEventKind.DUPLICATE, SightingStatus.DUPLICATE,
        other.number,
    )  # fmt: skip
    return sighting


def _joined_to(session: Session, sighting: Sighting) -> list[Sighting]:
    its = select(Sighting).where(Sighting.duplicate_of_id == sighting.id)
    return list(session.exec(its))


def _set(
    session: Session,
    actor: Actor,
    sighting: Sighting,
    kind: SightingEventKind,
    status: SightingStatus,
    words: str,
) -> None:
    before, sighting.status = sighting.status, status
    _happened(session, actor, sighting, kind, before, status, words)
    _changed(session, actor, sighting, f"sighting.{status}")


def _happened(
    session: Session,
    actor: Actor,
    sighting: Sighting,
    kind: SightingEventKind,
    before: str = "",
    after: str = "",
    words: str = "",
) -> None:
    session.add(
        SightingEvent(
            sighting_id=sighting.id,
            kind=kind,
            before=before,
            after=after,
            words=words,
            by=actor.account_id,
            at=clock.now(),
        )
    )


def _changed(session: Session, actor: Actor, sighting: Sighting, action: str) -> None:
    sighting.version += 1
    session.add(sighting)
    session.flush()
    audit.record(session, action, ("sighting", sighting.id), by=actor.account_id)
