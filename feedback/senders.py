"""Who a reply is from and what it is about, as far as we know; for many senders at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from hub import clock
from hub.db import Condition
from hub.i18n import Language
from hub.security import blind_index
from messaging.models import IN_DOUBT, Broadcast, BroadcastKind, Delivery, Incident, state_is
from partnerships import contact
from partnerships.models import (
    ContactPoint,
    Membership,
    Organisation,
    OrganisationKind,
    Partnership,
    Person,
)

# A reply within this time is about the last alert; later it is about something else.
_ABOUT_LAST_ALERT = timedelta(hours=48)
# A mail says itself which alert it answers; after this time that alert is history.
_ABOUT_ITS_ALERT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who a reply is from and what it is about, as far as we know."""

    person: Person | None = None
    point: ContactPoint | None = None
    delivery: Delivery | None = None
    # What kind of message it answers; empty without a delivery.
    answered: BroadcastKind | None = None
    incident_id: UUID | None = None
    police_zone_id: UUID | None = None
    language: Language = Language.FRENCH
    # Everybody's with this number or address, his own among them.
    points: tuple[ContactPoint, ...] = ()

    @property
    def is_shared(self) -> bool:
        """Several members have this number or address."""
        return len({one.person_id for one in self.points}) > 1


@dataclass(frozen=True, slots=True)
class _Sent:
    """A delivery, and the alert it was of."""

    delivery: Delivery
    kind: BroadcastKind
    incident: tuple[UUID, UUID] | None  # its id and its police zone


_Owned = tuple[ContactPoint, Person]
_Found = tuple[ContactPoint | None, Person, _Sent | None]


def of_sender(session: Session, sender: str) -> Origin:
    """Whose number or address this is, and the last alert he got there."""
    return of_senders(session, [sender])[sender]


def of_senders(session: Session, senders: Iterable[str]) -> dict[str, Origin]:
    """The same for many, in as many statements as for one."""
    every = set(senders)
    owned = _owned(session, every)
    last = _last_sent(session, [point.id for few in owned.values() for point, _person in few])
    found = {sender: _with_last(few, last) for sender, few in owned.items()}
    zones = _police_zones(session, found.values())
    origins = {
        sender: _origin(*one, zones, tuple(point for point, _person in owned[sender]))
        for sender, one in found.items()
    }
    if strangers := every - origins.keys():
        origins |= dict.fromkeys(strangers, Origin(police_zone_id=_only_police_zone(session)))
    return origins


def of_delivery(session: Session, delivery: Delivery) -> Origin:
    """Who got this delivery, and what it was about."""
    point = (
        session.get(ContactPoint, delivery.contact_point_id) if delivery.contact_point_id else None
    )
    person = session.get_one(Person, delivery.person_id)
    sent = _sent(session, col(Delivery.id) == delivery.id)[0]
    zones = _police_zones(session, [(point, person, sent)])
    return _origin(point, person, sent, zones, _at_same_way(session, point))


def _at_same_way(session: Session, point: ContactPoint | None) -> tuple[ContactPoint, ...]:
    """Everybody's with this number or address: any of them may answer there."""
    if point is None or not point.value:
        return ()
    return tuple(contact.points_with_value(session, point.value))


def of_person(session: Session, person: Person, point: ContactPoint | None) -> Origin:
    """Who is known to write, about no alert."""
    return _origin(point, person, None, _police_zones(session, [(point, person, None)]))


def _origin(
    point: ContactPoint | None,
    person: Person,
    sent: _Sent | None,
    zones: Mapping[UUID, UUID],
    points: tuple[ContactPoint, ...] = (),
) -> Origin:
    incident = _incident(sent)
    return Origin(
        person=person,
        point=point,
        delivery=sent.delivery if sent else None,
        answered=sent.kind if sent else None,
        incident_id=incident[0] if incident else None,
        police_zone_id=incident[1] if incident else zones.get(person.id),
        language=person.language,
        points=points,
    )


def _owned(session: Session, senders: Iterable[str]) -> dict[str, list[_Owned]]:
    """The contact points with each of these numbers or addresses, and whose they are."""
    by_index = {blind_index(one): one for one in senders}
    rows = (
        select(ContactPoint, Person)
        .join(Person, col(Person.id) == col(ContactPoint.person_id))
        .where(col(ContactPoint.value_index).in_(list(by_index)))
        .order_by(col(ContactPoint.id))
    )
    owned: dict[str, list[_Owned]] = {}
    for point, person in session.execute(rows):
        owned.setdefault(by_index[point.value_index], []).append((point, person))
    return owned


def _with_last(owned: Sequence[_Owned], last: Mapping[UUID, _Sent]) -> _Found:
    """Whose word it is, where several have the number: his who got the last alert there."""
    reached = [one for one in owned if one[0].id in last]
    if not reached:
        return (*owned[0], None)
    point, person = max(reached, key=lambda one: last[one[0].id].delivery.id or 0)
    return point, person, last[point.id]


def _last_sent(session: Session, points: Sequence[UUID]) -> dict[UUID, _Sent]:
    """What was last sent to each of these contact points, where that was lately; an answer may come
    before the carrier's word that it took the message is written down."""
    if not points:
        return {}
    its_last = (
        select(col(Delivery.id))
        .where(
            col(Delivery.contact_point_id) == col(ContactPoint.id),
            or_(col(Delivery.handed_over_at).is_not(None), state_is(*IN_DOUBT)),
            col(Delivery.queued_at) > clock.now() - _ABOUT_LAST_ALERT,
        )
        .order_by(col(Delivery.id).desc())
        .limit(1)
        .correlate(ContactPoint)
        .scalar_subquery()
    )
    # One look into the index for each point: its deliveries of years are not read.
    last = select(its_last).select_from(ContactPoint).where(col(ContactPoint.id).in_(points))
    sent = _sent(session, col(Delivery.id).in_(last))
    return {one.delivery.contact_point_id: one for one in sent if one.delivery.contact_point_id}


def _sent(session: Session, which: Condition) -> list[_Sent]:
    rows = (
        select(Delivery, col(Broadcast.kind), col(Incident.id), col(Incident.police_zone_id))
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .outerjoin(Incident, col(Incident.id) == col(Broadcast.incident_id))
        .where(which)
    )
    return [
        _Sent(delivery, kind, (incident_id, zone_id) if incident_id else None)
        for delivery, kind, incident_id, zone_id in session.execute(rows)
    ]


def _incident(sent: _Sent | None) -> tuple[UUID, UUID] | None:
    """The incident it was about, with its police zone. An answer to last year's alert is about
    something else by now."""
    is_recent = sent is not None and sent.delivery.queued_at > clock.now() - _ABOUT_ITS_ALERT
    return sent.incident if sent and is_recent else None


def _police_zones(session: Session, found: Iterable[_Found]) -> dict[UUID, UUID]:
    """The zone of the partnership that each joined first, of those no incident tells it of."""
    people = {person.id for _point, person, sent in found if _incident(sent) is None}
    if not people:
        return {}
    rows = (
        select(col(Membership.person_id), col(Partnership.police_zone_id))
        .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
        .where(col(Membership.person_id).in_(people))
        .order_by(col(Membership.joined_at).desc())
    )
    # The last one counts: whoever is in two is named by the older.
    return dict(session.execute(rows).all())


def _only_police_zone(session: Session) -> UUID | None:
    its = col(Organisation.kind) == OrganisationKind.POLICE_ZONE
    zones = session.execute(select(col(Organisation.id)).where(its).limit(2)).scalars().all()
    return zones[0] if len(zones) == 1 else None
