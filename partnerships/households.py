"""Households: which members live at one address, and which share one telephone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from hub.security import blind_index
from partnerships import streets
from partnerships.models import ContactKind, ContactPoint, Membership, Residence
from partnerships.spelling import plain


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives or works, as precisely as he wants it known; every part may be empty."""

    street: str = ""
    house_number: str = ""
    postcode: str = ""
    town: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.street or self.house_number or self.postcode or self.town)


def household_index(address: Address) -> str | None:
    """What tells that two addresses are one, without telling which; none without a house number.

    Capitals, accents, dots and spaces make no difference; a box number does.
    """
    street, number = plain(address.street), plain(address.house_number)
    if not street or not number:
        return None
    return blind_index(f"{street} {number} {plain(address.postcode)} {plain(address.town)}")


def settle(session: Session, person_id: UUID, address: Address) -> None:
    """Write down where a person lives or works; an empty address takes the row away."""
    known = session.get(Residence, person_id)
    if address.is_empty and (known is None or not known.point):
        if known is not None:
            session.delete(known)
        return
    residence = known or Residence(person_id=person_id)
    residence.street, residence.house_number = address.street, address.house_number
    residence.postcode, residence.town = address.postcode, address.town
    residence.household_index = household_index(address)
    residence.street_index = streets.index_of(address.street)
    session.add(residence)


def address_of(session: Session, person_id: UUID) -> Address:
    """Where a person lives or works; an empty address when it is not known."""
    return addresses_of(session, [person_id]).get(person_id, Address())


def addresses_of(session: Session, people: Sequence[UUID]) -> dict[UUID, Address]:
    """The same for many; those whose address is not known are left out."""
    known = select(Residence).where(col(Residence.person_id).in_(people))
    return {
        one.person_id: Address(one.street, one.house_number, one.postcode, one.town)
        for one in session.exec(known)
    }


def sharing_land_line(
    session: Session, partnership_id: UUID, people: Sequence[UUID]
) -> dict[UUID, int]:
    """Of these people, those who share a land line: with how many other members of a partnership.

    One call reaches them all.
    """
    other_line, other_member = aliased(ContactPoint), aliased(Membership)
    pairs = (
        select(ContactPoint.person_id, other_line.person_id)
        .join(
            other_line,
            (col(other_line.value_index) == col(ContactPoint.value_index))
            & (col(other_line.person_id) != col(ContactPoint.person_id)),
        )
        .join(other_member, col(other_member.person_id) == col(other_line.person_id))
        .where(
            col(ContactPoint.person_id).in_(people),
            col(ContactPoint.kind) == ContactKind.LANDLINE,
            col(other_member.partnership_id) == partnership_id,
            col(other_member.left_at).is_(None),
        )
        .distinct()
    )
    return dict(Counter(person for person, _other in session.exec(pairs)))


def covered(session: Session, partnership_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many different households the present members of each partnership live in.

    Members whose house number is not known are in none of them.
    """
    counted = (
        select(Membership.partnership_id, func.count(func.distinct(col(Residence.household_index))))
        .join(Residence, col(Residence.person_id) == col(Membership.person_id))
        .where(
            col(Membership.partnership_id).in_(partnership_ids), col(Membership.left_at).is_(None)
        )
        .group_by(col(Membership.partnership_id))
    )
    return dict(session.exec(counted).all())
