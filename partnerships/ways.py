"""The ways to a member: what somebody typed as a number or an address, and whose it is already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import phonenumbers
from phonenumbers import PhoneNumberType
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from hub.errors import Conflict
from hub.i18n import mark
from hub.security import blind_index
from partnerships import contact
from partnerships.lost_contacts import LOST_REASONS
from partnerships.models import (
    CHANNELS_OF_CONTACT,
    Channel,
    ContactKind,
    ContactPoint,
    ContactStop,
    Membership,
    Person,
)

# Texts are known to arrive at these only; any other number is called.
_TAKES_TEXTS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
# Why a contact point that messages were sent to is closed for good: its row stays for their sake.
REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Way:
    """A number or an address in its one spelling, and what can be done with it."""

    kind: ContactKind
    value: str

    @property
    def takes_texts(self) -> bool:
        return self.kind is ContactKind.MOBILE


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody of a partnership, present or gone, who has a way."""

    person: Person
    membership: Membership


def read(field: str, typed: str) -> Way:
    """What was typed as a mobile, a land line or a mail address.

    Raises ``BadInput`` naming ``field`` when it is none of them.
    """
    if "@" in typed:
        return Way(ContactKind.EMAIL, contact.address(field, typed))
    number = contact.telephone(field, typed, ContactKind.LANDLINE)
    number_type = phonenumbers.number_type(phonenumbers.parse(number))
    is_mobile = number_type in _TAKES_TEXTS
    return Way(ContactKind.MOBILE if is_mobile else ContactKind.LANDLINE, number)


def owners(session: Session, partnership_id: UUID, way: Way) -> list[Owner]:
    """Who of a partnership has this way, those who left included."""
    found = session.exec(
        select(Person, Membership)
        .join(ContactPoint, col(ContactPoint.person_id) == col(Person.id))
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(
            ContactPoint.value_index == blind_index(way.value),
            Membership.partnership_id == partnership_id,
        )
    )
    return [Owner(person, membership) for person, membership in found]


def of_person(session: Session, person_id: UUID) -> list[ContactPoint]:
    """A person's ways, in his order; what was removed is not among them."""
    points = select(ContactPoint).where(ContactPoint.person_id == person_id)
    in_order = points.order_by(col(ContactPoint.position), col(ContactPoint.id))
    return [one for one in session.exec(in_order) if one.value]


def found(session: Session, person_id: UUID, way: Way) -> ContactPoint | None:
    """The contact point of a person with this number or address, if he has it."""
    own = of_person(session, person_id)
    return next((one for one in own if one.value == way.value), None)


def is_surely_his(point: ContactPoint) -> bool:
    """Whether this way is known to be this person's own: he gave and proved it himself, or a
    coordinator vouches for it. Whoever has a number has not shown that the name beside it is his.
    """
    gave_and_proved = point.given_by_owner_at is not None and point.verified_at is not None
    return gave_and_proved or point.vouched_at is not None


def is_proved(point: ContactPoint) -> bool:
    """Whether something shows that this is the way of the person it stands with."""
    return point.verified_at is not None or point.vouched_at is not None


def add(session: Session, person: Person, way: Way) -> None:
    """Give a person one more way, after those he has.

    A number whose owner has texted STOP stays closed, whoever gives it as his own.
    """
    places = [one.position for one in of_person(session, person.id)]
    closed = _closed_by_owner(session, way)
    contact.add(session, person, way.kind, way.value, max(places, default=0) + 1)
    session.flush()
    for point in of_person(session, person.id):
        if point.value == way.value:
            _close(session, point, closed)


def replace(session: Session, point: ContactPoint, way: Way) -> None:
    """A new number or address in the place of an old one.

    Raises ``Conflict`` when the owner closed the old one: it stays, so that it stays closed.
    """
    if way.value == point.value:
        return
    _refuse_if_closed_by_owner(session, point)
    closed = _closed_by_owner(session, way)
    session.execute(delete(ContactStop).where(col(ContactStop.contact_point_id) == point.id))
    point.kind, point.value = way.kind, way.value
    point.value_index = blind_index(way.value)
    point.verified_at = point.given_by_owner_at = None
    point.vouched_at = point.vouched_by = None
    session.add(point)
    session.flush()
    _close(session, point, closed)


def remove(session: Session, point: ContactPoint) -> None:
    """Take a way off. One that messages went to keeps its row, without the number or address.

    Raises ``Conflict`` when its owner closed it: forgotten, it would be open when given again.
    """
    _refuse_if_closed_by_owner(session, point)
    forget(session, point)


def forget(session: Session, point: ContactPoint) -> None:
    """The same at its owner's own demand, whatever closed it: the right to be forgotten is his."""
    session.execute(delete(ContactStop).where(col(ContactStop.contact_point_id) == point.id))
    try:
        with session.begin_nested():
            session.delete(point)
            session.flush()
    except IntegrityError:
        _blank(session, point)


def _blank(session: Session, point: ContactPoint) -> None:
    session.refresh(point)
    channels = CHANNELS_OF_CONTACT[point.kind]
    point.value, point.value_index = "", f"{REMOVED}-{point.id}"
    session.add(point)
    for channel in channels:
        contact.stop(session, point.id, channel, REMOVED)


def _refuse_if_closed_by_owner(session: Session, point: ContactPoint) -> None:
    not_his_word = (*LOST_REASONS, contact.UNCONFIRMED)
    if any(reason not in not_his_word for reason in stops_of(session, point.id).values()):
        raise Conflict(
            mark("Its owner has closed it himself. It gets nothing, and stays so that it stays so.")
        )


def stops_of(session: Session, point_id: UUID) -> dict[Channel, str]:
    """The closed channels of a contact point, and why each is closed."""
    stops = select(ContactStop).where(ContactStop.contact_point_id == point_id)
    return {one.channel: one.reason for one in session.exec(stops)}


@dataclass(frozen=True, slots=True)
class Closed:
    """Why and since when a channel is closed."""

    reason: str
    since: datetime


def closed_by_owners(session: Session, indexes: Iterable[str]) -> dict[str, dict[Channel, Closed]]:
    """What the owners of these numbers and addresses, by blind index, have closed on any of their
    contact points, or the carrier for them.

    The owner's word counts before the carrier's, his latest before an earlier one. That one member
    has not proved a number closes it for him alone.
    """
    rows = session.exec(
        select(ContactPoint.value_index, ContactStop)
        .join(ContactStop, col(ContactStop.contact_point_id) == col(ContactPoint.id))
        .where(
            col(ContactPoint.value_index).in_(list(indexes)),
            ContactStop.reason != contact.UNCONFIRMED,
        )
        .order_by(col(ContactStop.stopped_at))
    ).all()
    found: dict[str, dict[Channel, Closed]] = {}
    for index, stop in sorted(rows, key=lambda row: row[1].reason not in LOST_REASONS):
        was_unproved = stop.reason == contact.UNCONFIRMED_STOPPED
        reason = contact.STOPPED if was_unproved else stop.reason
        found.setdefault(index, {})[Channel(stop.channel)] = Closed(reason, stop.stopped_at)
    return found


def _closed_by_owner(session: Session, way: Way) -> dict[Channel, Closed]:
    index = blind_index(way.value)
    return closed_by_owners(session, [index]).get(index, {})


def _close(session: Session, point: ContactPoint, closed: dict[Channel, Closed]) -> None:
    for channel, one in closed.items():
        contact.stop(session, point.id, channel, one.reason, one.since)
