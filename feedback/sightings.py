"""What was seen, for the police alone (R17): within whose reach, found, a page at a time."""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, false, or_, true
from sqlmodel import Session, col, func, select

from feedback import plates
from feedback.models import (
    Sighting,
    SightingEvent,
    SightingPhoto,
    SightingPlatePart,
    SightingStatus,
)
from hub.access import Action, Actor
from hub.db import Condition
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from messaging.models import Incident
from partnerships.models import Account, Person

PAGE_SIZE = 50
# Of those who share three characters of a plate, the newest: they are read one by one.
_MOST_LIKE = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see; the empty ones leave it open. ``plate`` may be one of which a
    part was seen."""

    status: SightingStatus | None = None
    incident_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    plate: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A sighting with what a reader wants beside it. ``name`` is empty for somebody we do not
    know."""

    sighting: Sighting
    name: str = ""
    incident_place: str = ""
    photos: int = 0

    @property
    def plate(self) -> str:
        return plates.shown(self.sighting.plate)

    @property
    def delay_minutes(self) -> int:
        """From when it was seen to when we heard of it (R18)."""
        late = self.sighting.received_at - self.sighting.observed_at
        return max(0, int(late.total_seconds() // 60))


@dataclass(frozen=True, slots=True)
class SightingsPage:
    found: list[Shown]
    # For the next page; empty on the last.
    cursor: str


def within_reach(actor: Actor, action: Action) -> Condition:
    """The condition on ``Sighting`` under which ``actor`` may do ``action``."""
    reach = actor.reach(action)
    zones = col(Sighting.police_zone_id).in_(reach.police_zones)
    return true() if reach.everywhere else or_(false(), zones)


def sighting_for(session: Session, sighting_id: UUID, actor: Actor, action: Action) -> Sighting:
    """One within reach; raises ``NotFound`` whether it is absent or out of reach."""
    wanted = select(Sighting).where(Sighting.id == sighting_id, within_reach(actor, action))
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def page(
    session: Session, actor: Actor, wish: Wish, cursor: str = "", limit: int = PAGE_SIZE
) -> SightingsPage:
    """The newest that are wanted, from after ``cursor``. Raises ``BadInput`` naming ``plate`` for
    one that cannot be looked for."""
    wanted = [within_reach(actor, Action.SEE_SIGHTINGS), *_conditions(session, wish)]
    if cursor:
        wanted.append(_is_after(cursor))
    rows = select(Sighting).where(*wanted)
    ordered = rows.order_by(col(Sighting.received_at).desc(), col(Sighting.id).desc())
    found = list(session.exec(ordered.limit(limit + 1)))
    further = _cursor(found[limit - 1]) if len(found) > limit else ""
    return SightingsPage(shown(session, found[:limit]), further)


def newest(session: Session, actor: Actor, limit: int = 5) -> list[Shown]:
    """The newest within reach that nobody has taken up yet."""
    return page(session, actor, Wish(status=SightingStatus.NEW), limit=limit).found


def of_incident(session: Session, actor: Actor, incident_id: UUID) -> list[Shown]:
    """What was seen about one incident, the newest hundred."""
    return page(session, actor, Wish(incident_id=incident_id), limit=100).found


def made_from(session: Session, message_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of these messages, those that a sighting was made from, and which."""
    its = col(Sighting.message_id).in_(list(message_ids))
    rows = session.exec(select(Sighting.message_id, Sighting.id).where(its))
    return {message_id: one for message_id, one in rows if message_id}


def _conditions(session: Session, wish: Wish) -> list[Condition]:
    found: list[Condition] = []
    if wish.status is not None:
        found.append(col(Sighting.status) == wish.status)
    if wish.incident_id is not None:
        found.append(col(Sighting.incident_id) == wish.incident_id)
    if wish.since is not None:
        found.append(col(Sighting.received_at) >= wish.since)
    if wish.until is not None:
        found.append(col(Sighting.received_at) < wish.until)
    if wish.plate.strip():
        found.append(_has_plate(session, plates.normalised(wish.plate)))
    return found


def _has_plate(session: Session, plate: str) -> Condition:
    parts = plates.part_indexes(plate)
    same = col(Sighting.plate_index) == plates.index(plate)
    if not parts and not plates.is_complete(plate):
        said = mark("Give at least three characters of the plate that stand side by side.")
        raise BadInput(FieldProblem("plate", said))
    alike = like(session, plate)
    return or_(same, col(Sighting.id).in_(alike)) if alike else same


def like(session: Session, plate: str, *conditions: Condition) -> list[UUID]:
    """Those whose plate may be this one though one of the two was seen in part, the newest first.

    They share three characters that stand side by side, which an index tells; then they are read.
    """
    sharing = select(SightingPlatePart.sighting_id).where(
        col(SightingPlatePart.part_index).in_(plates.part_indexes(plate))
    )
    candidates = (
        select(Sighting.id, Sighting.plate)
        .where(col(Sighting.id).in_(sharing), *conditions)
        .order_by(col(Sighting.received_at).desc())
        .limit(_MOST_LIKE)
    )
    return [one for one, other in session.exec(candidates) if plates.may_be_one(plate, other)]


def _cursor(last: Sighting) -> str:
    said = json.dumps([last.received_at.isoformat(), str(last.id)])
    return base64.urlsafe_b64encode(said.encode()).decode()


def _is_after(cursor: str) -> Condition:
    """Older than where the page before ended. Raises ``NotFound`` for a cursor that is none."""
    try:
        moment, last = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        at, last_id = datetime.fromisoformat(moment), UUID(last)
        if at.tzinfo is None:
            raise ValueError
    except (ValueError, TypeError, AttributeError):
        raise NotFound from None
    same_moment = and_(col(Sighting.received_at) == at, col(Sighting.id) < last_id)
    return or_(col(Sighting.received_at) < at, same_moment)


def shown(session: Session, found: Sequence[Sighting]) -> list[Shown]:
    """These with the names, places and numbers of photos beside them: a question for each kind."""
    names = _named(session, [one.person_id for one in found])
    places = _places(session, [one.incident_id for one in found])
    photos = _photos(session, [one.id for one in found])
    return [
        Shown(
            one,
            names.get(one.person_id, ""),
            places.get(one.incident_id, ""),
            photos.get(one.id, 0),
        )
        for one in found
    ]


def _named(session: Session, ids: Sequence[UUID | None]) -> dict[UUID | None, str]:
    wanted = select(Person.id, Person.name).where(col(Person.id).in_(set(ids) - {None}))
    return dict(session.exec(wanted).all())


def _places(session: Session, ids: Sequence[UUID | None]) -> dict[UUID | None, str]:
    wanted = select(Incident.id, Incident.place).where(col(Incident.id).in_(set(ids) - {None}))
    return dict(session.exec(wanted).all())


def _photos(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    counted = (
        select(SightingPhoto.sighting_id, func.count())
        .where(col(SightingPhoto.sighting_id).in_(ids))
        .group_by(col(SightingPhoto.sighting_id))
    )
    return dict(session.exec(counted).all())


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a sighting, with the name of whoever did it."""

    event: SightingEvent
    who: str


def history(session: Session, sighting: Sighting) -> list[Happened]:
    """What happened to it, oldest first."""
    rows = (
        select(SightingEvent, Account.name)
        .outerjoin(Account, col(Account.id) == col(SightingEvent.by))
        .where(SightingEvent.sighting_id == sighting.id)
        .order_by(col(SightingEvent.at), col(SightingEvent.id))
    )
    return [Happened(event, name or "") for event, name in session.exec(rows)]
