"""What the register holds of some people, read for a whole batch at once."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from hub.i18n import Language
from hub.security import blind_index
from partnerships import ways
from partnerships.households import Address
from partnerships.models import (
    Channel,
    Consent,
    ContactPoint,
    Person,
    Purpose,
    Residence,
)


@dataclass(frozen=True, slots=True)
class Self:
    """What a list may change of a person, and undoing it changes back."""

    name: str
    language: Language
    address: Address

    def as_facts(self) -> dict[str, Any]:
        """As it is kept for undoing."""
        address = self.address
        parts = [address.street, address.house_number, address.postcode, address.town]
        return {"name": self.name, "language": self.language.value, "address": parts}


def from_facts(facts: dict[str, Any]) -> Self:
    """What ``as_facts`` wrote."""
    return Self(facts["name"], Language(facts["language"]), Address(*facts["address"]))


@dataclass(slots=True)
class Known:
    """A person of the register: himself, his ways by index, and what he was ever asked."""

    self: Self
    has_residence: bool = False
    indexes: set[str] = field(default_factory=set)
    last_position: int = 0
    asked: set[Purpose] = field(default_factory=set)


def mark_of(person: Self, indexes: Iterable[str]) -> str:
    """What tells whether somebody is still as a list made him, without telling who he is."""
    return blind_index(json.dumps([person.as_facts(), sorted(indexes)]))


def known(session: Session, people: Sequence[UUID]) -> dict[UUID, Known]:
    """These people, as the register has them; who is not in it is not in the answer."""
    found = {
        person_id: Known(Self(name, Language(language), Address()))
        for person_id, name, language in session.exec(
            select(Person.id, Person.name, Person.language).where(col(Person.id).in_(people))
        )
    }
    _add_residences(session, people, found)
    for person_id, index, position in session.exec(
        select(ContactPoint.person_id, ContactPoint.value_index, ContactPoint.position).where(
            col(ContactPoint.person_id).in_(people)
        )
    ):
        found[person_id].indexes.add(index)
        found[person_id].last_position = max(found[person_id].last_position, position)
    asked = select(Consent.person_id, Consent.purpose).where(col(Consent.person_id).in_(people))
    for person_id, purpose in session.exec(asked):
        found[person_id].asked.add(Purpose(purpose))
    return found


def _add_residences(session: Session, people: Sequence[UUID], found: dict[UUID, Known]) -> None:
    residences = session.execute(
        select(  # type: ignore[call-overload]  # five columns
            Residence.person_id,
            Residence.street,
            Residence.house_number,
            Residence.postcode,
            Residence.town,
        ).where(col(Residence.person_id).in_(people))
    )
    for person_id, *parts in residences:
        one = found[person_id]
        one.self = Self(one.self.name, one.self.language, Address(*parts))
        one.has_residence = True


def closed(session: Session, indexes: Iterable[str]) -> dict[str, dict[Channel, str]]:
    """The closed channels of these numbers and addresses, and why: whoever texted STOP is not
    written to again because a list has his number."""
    return {
        index: {channel: one.reason for channel, one in stops.items()}
        for index, stops in ways.closed_by_owners(session, indexes).items()
    }
