"""One line of a list of members: his ways, what he agreed to, and what is the matter with him."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from partnerships import contact, households, ways
from partnerships.lost_contacts import LOST_REASONS
from partnerships.member_states import CHANNELS_OF_ALERT, MemberState
from partnerships.models import (
    Channel,
    Consent,
    ContactKind,
    ContactPoint,
    ContactStop,
    Membership,
    Person,
    Purpose,
)


@dataclass(frozen=True, slots=True)
class WayShown:
    """A number or an address, and what is to be known about it."""

    point: ContactPoint
    stops: dict[Channel, str]

    @property
    def is_lost(self) -> bool:
        return any(reason in LOST_REASONS for reason in self.stops.values())

    @property
    def is_closed(self) -> bool:
        """By its owner, or by the carrier in his name."""
        return any(
            reason not in (*LOST_REASONS, contact.UNCONFIRMED) for reason in self.stops.values()
        )

    @property
    def is_unproved(self) -> bool:
        """Not used until it is proved, or somebody vouches for it."""
        return any(reason in contact.UNPROVED for reason in self.stops.values())

    @property
    def may_be_proved(self) -> bool:
        """Whether a proof, or somebody's word, would still say something new."""
        return not ways.is_surely_his(self.point)

    @property
    def is_unverified(self) -> bool:
        return self.point.kind is ContactKind.MOBILE and self.point.verified_at is None

    def is_open(self, person: Person) -> bool:
        """Whether a text, a call or a mail goes to it."""
        channels = set(CHANNELS_OF_ALERT[self.point.kind]) - set(self.stops)
        return bool(channels - (set() if person.takes_calls else {Channel.VOICE}))


@dataclass(frozen=True, slots=True)
class MemberShown:
    """One line of the list."""

    person: Person
    membership: Membership
    ways: list[WayShown]
    purposes: frozenset[Purpose]
    # How many other members share his land line.
    sharing: int
    at: datetime

    @property
    def states(self) -> frozenset[MemberState]:
        """What is the matter, as the conditions of ``member_states`` say it."""
        told = {
            MemberState.UNREACHABLE: not any(one.is_open(self.person) for one in self.ways),
            MemberState.LOST: any(one.is_lost for one in self.ways),
            MemberState.UNVERIFIED: any(one.is_unverified for one in self.ways),
            MemberState.NO_CONSENT: Purpose.URGENT_ALERTS not in self.purposes,
            MemberState.PAUSED: self._is_paused(),
            MemberState.SUSPENDED: self._is_suspended(),
        }
        return frozenset(state for state, is_so in told.items() if is_so)

    def _is_paused(self) -> bool:
        first, last = self.person.paused_from, self.person.paused_until
        today = clock.in_brussels(self.at).date()
        return first is not None and first <= today and (last is None or last >= today)

    def _is_suspended(self) -> bool:
        until = self.membership.suspended_until
        return until is not None and until > self.at


def shown_members(session: Session, memberships: Sequence[UUID], at: datetime) -> list[MemberShown]:
    """These members with their ways, what they agreed to, and what is the matter with them, in the
    order given: a few questions for all of them."""
    rows = session.exec(
        select(Membership, Person)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(col(Membership.id).in_(memberships))
    ).all()
    people = [person.id for _membership, person in rows]
    points, purposes = _ways_of(session, people), _purposes_of(session, people)
    sharing = (
        households.sharing_land_line(session, rows[0][0].partnership_id, people) if rows else {}
    )
    shown = {
        membership.id: MemberShown(
            person,
            membership,
            points[person.id],
            frozenset(purposes[person.id]),
            sharing.get(person.id, 0),
            at,
        )
        for membership, person in rows
    }
    return [shown[one] for one in memberships if one in shown]


def _ways_of(session: Session, people: Sequence[UUID]) -> dict[UUID, list[WayShown]]:
    rows = session.exec(
        select(ContactPoint, ContactStop)
        .outerjoin(ContactStop, col(ContactStop.contact_point_id) == col(ContactPoint.id))
        .where(col(ContactPoint.person_id).in_(people))
        .order_by(col(ContactPoint.position), col(ContactPoint.id))
    )
    found: dict[UUID, WayShown] = {}
    for point, stop in rows:
        if not point.value:
            continue
        shown = found.setdefault(point.id, WayShown(point, {}))
        if stop is not None:
            shown.stops[stop.channel] = stop.reason
    by_person: dict[UUID, list[WayShown]] = defaultdict(list)
    for shown in found.values():
        by_person[shown.point.person_id].append(shown)
    return by_person


def _purposes_of(session: Session, people: Sequence[UUID]) -> dict[UUID, set[Purpose]]:
    agreed: dict[UUID, set[Purpose]] = defaultdict(set)
    rows = session.exec(
        select(Consent.person_id, Consent.purpose).where(
            col(Consent.person_id).in_(people), col(Consent.withdrawn_at).is_(None)
        )
    )
    for person_id, purpose in rows:
        agreed[person_id].add(Purpose(purpose))
    return agreed
