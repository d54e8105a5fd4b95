"""The inbox as police see it: whoever may need help first, then the newest; filtered, by pages."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, false, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from feedback.models import InboundChannel, InboundKind, InboundMessage, Meaning
from hub import clock
from hub.access import Action, Actor
from hub.db import Condition
from hub.security import blind_index
from messaging.models import Incident
from partnerships.models import Person
from partnerships.telephone import NoNumber, read


class Filter(StrEnum):
    """Which of the messages are shown."""

    ALL = "all"
    NEED_HELP = "need_help"
    SIGHTINGS = "sightings"
    QUESTIONS = "questions"
    UNKNOWN = "unknown"
    # Pressed during a call: among the messages they would hide those that say something.
    KEYS = "keys"


_CONDITIONS: dict[Filter, Condition] = {
    Filter.ALL: true(),
    Filter.NEED_HELP: col(InboundMessage.meaning) == Meaning.NEED_HELP,
    Filter.SIGHTINGS: col(InboundMessage.meaning) == Meaning.SIGHTING,
    Filter.QUESTIONS: col(InboundMessage.meaning) == Meaning.QUESTION,
    Filter.UNKNOWN: col(InboundMessage.person_id).is_(None),
    Filter.KEYS: true(),
}


# After a day nobody waits by his telephone for what he wrote.
# More than anybody can see to at once.
_MOST_CALLS = 20
_STAYS_FIRST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the inbox is asked for: a filter, one sender's, one incident's, what is older."""

    filter: Filter = Filter.ALL
    sender: str = ""
    incident_id: UUID | None = None
    before: UUID | None = None


def within_reach(actor: Actor) -> Condition:
    """The condition on ``InboundMessage``: of a police zone within reach, or of none we know, or
    what opened an incident of a police zone within reach.

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
        col(InboundMessage.opened_incident_id).in_(
            select(col(Incident.id)).where(col(Incident.police_zone_id).in_(reach.police_zones))
        ),
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply as police see it.

    ``is_unproven``: a mail that carries nothing of ours, so its sender is only what it says.
    ``is_unknown``: from a number or address that is no member's. ``is_shared``: several members
    have it, so nobody says whose it is and there is no name. ``is_withheld``: called, and did not
    show a number. ``key``: the one he pressed, where he said nothing.
    """

    id: UUID
    received_at: datetime
    sender: str
    name: str | None
    body: str
    meaning: Meaning
    pictures: int
    place: str | None
    incident_id: UUID | None
    by_mail: bool
    by_phone: bool
    # Typed on a member's own page.
    on_page: bool
    is_unproven: bool
    is_unknown: bool
    is_shared: bool
    is_withheld: bool
    key: str
    # On his own page he chose to ask his coordinator.
    is_for_coordinator: bool
    # The incident that was opened from it; its place only where the reader may see it.
    opened_incident_id: UUID | None
    opened_place: str | None
    # A question that was handed to the coordinator, and whether it is answered.
    is_passed_on: bool
    is_answered: bool


def replies(
    session: Session,
    actor: Actor,
    incident_id: UUID | None = None,
    limit: int = 100,
    wanted: Wanted | None = None,
) -> list[Reply]:
    """The newest replies within reach that say something, all or of one incident."""
    asked = wanted or Wanted(incident_id=incident_id)
    opened = aliased(Incident)
    rows = session.exec(
        select(InboundMessage, Person.name, Incident.place, opened)
        .outerjoin(Person, col(Person.id) == col(InboundMessage.person_id))
        .outerjoin(Incident, col(Incident.id) == col(InboundMessage.incident_id))
        .outerjoin(opened, col(opened.id) == col(InboundMessage.opened_incident_id))
        .where(_condition(session, actor, asked))
        .order_by(col(InboundMessage.received_at).desc(), col(InboundMessage.id).desc())
        .limit(limit)
    ).all()
    return [_reply(actor, message, name, place, one) for message, name, place, one in rows]


def live(session: Session, actor: Actor, limit: int, wanted: Wanted) -> list[Reply]:
    """The newest, and before them whoever called for help today, however much came in since."""
    newest = replies(session, actor, limit=limit, wanted=wanted)
    if wanted.filter is not Filter.ALL:
        return in_order_of_need(newest)
    known = {one.id for one in newest}
    calls = replies(session, actor, limit=_MOST_CALLS, wanted=Wanted(Filter.NEED_HELP))
    return in_order_of_need([*newest, *(one for one in _of_today(calls) if one.id not in known)])


def _of_today(calls: Sequence[Reply]) -> list[Reply]:
    return [one for one in calls if one.received_at > clock.now() - _STAYS_FIRST]


def in_order_of_need(found: Sequence[Reply]) -> list[Reply]:
    """Whoever called for help today first; the others stay as they are."""
    lately = clock.now() - _STAYS_FIRST

    def is_first(one: Reply) -> bool:
        return one.meaning is Meaning.NEED_HELP and one.received_at > lately

    return sorted(found, key=lambda one: not is_first(one))


def _condition(session: Session, actor: Actor, wanted: Wanted) -> Condition:
    """Where and what; all in the index of one zone and time."""
    kind = InboundKind.KEY if wanted.filter is Filter.KEYS else InboundKind.MESSAGE
    said = col(InboundMessage.kind) == kind
    conditions = [within_reach(actor), said, _CONDITIONS[wanted.filter]]
    if wanted.incident_id is not None:
        conditions.append(
            or_(
                col(InboundMessage.incident_id) == wanted.incident_id,
                col(InboundMessage.opened_incident_id) == wanted.incident_id,
            )
        )
    if wanted.sender.strip():
        conditions.append(col(InboundMessage.sender_index).in_(_indexes(wanted.sender)))
    if wanted.before is not None:
        conditions.append(_older_than(session, wanted.before))
    return and_(*conditions)


def _indexes(typed: str) -> list[str]:
    """What a number or address is found by, as typed and as a number in international form."""
    forms = {typed.strip(), typed.strip().lower()}
    with suppress(NoNumber):
        forms.add(read(typed).e164)
    return [blind_index(one) for one in forms]


def _older_than(session: Session, reply_id: UUID) -> Condition:
    last = session.get(InboundMessage, reply_id)
    if last is None:
        return true()
    at, key = col(InboundMessage.received_at), col(InboundMessage.id)
    return or_(at < last.received_at, and_(at == last.received_at, key < last.id))


def _reply(
    actor: Actor,
    message: InboundMessage,
    name: str | None,
    place: str | None,
    opened: Incident | None,
) -> Reply:
    reach = actor.reach(Action.SEE_INCIDENTS)
    is_seen = opened is not None and reach.covers(opened.police_zone_id)
    by_mail = message.channel is InboundChannel.EMAIL
    return Reply(
        id=message.id,
        received_at=message.received_at,
        sender=message.sender,
        name=None if message.is_shared else name,
        body=message.body,
        meaning=message.meaning,
        pictures=message.pictures,
        place=place,
        incident_id=message.incident_id,
        by_mail=by_mail,
        on_page=message.channel is InboundChannel.WEB,
        by_phone=message.channel is InboundChannel.VOICE,
        is_unproven=by_mail and message.delivery_id is None,
        is_unknown=message.person_id is None,
        is_shared=message.is_shared,
        is_withheld=message.channel is InboundChannel.VOICE and not message.sender,
        key=message.body if message.kind is InboundKind.KEY else "",
        is_for_coordinator=message.is_for_coordinator,
        opened_incident_id=message.opened_incident_id,
        opened_place=opened.place if opened is not None and is_seen else None,
        is_passed_on=message.for_partnership_id is not None,
        is_answered=message.question_answered_at is not None,
    )
