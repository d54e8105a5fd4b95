"""Who of a list is there already: in an earlier row, or in the register of the partnership.

The same mobile or address of mail, or the same name at one land line or in one house. A land line
or a house alone is a household, not one person. What bears another name is nobody's to decide but
the person's who brought the list: until then the row is left out.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from hub.i18n import mark
from hub.security import blind_index
from partnerships.members_import.candidates import Candidate, Checked, Finding, new_ids
from partnerships.members_import.scratch import Scratch, Seen
from partnerships.models import (
    ContactKind,
    ContactPoint,
    FindingKind,
    Membership,
    Person,
    Residence,
)
from partnerships.spelling import plain

ADDRESS = "address"
_SAME = {
    ContactKind.MOBILE: mark("The same mobile."),
    ContactKind.LANDLINE: mark("The same name and land line."),
    ContactKind.EMAIL: mark("The same email address."),
    ADDRESS: mark("The same name and address."),
}
HAS_LEFT = mark(
    "This person has left the partnership. A list does not take anybody back: invite him."
)
_AT_ONCE = 1000


class Decision(StrEnum):
    """What was decided about a row that has something in common with another name."""

    LEAVE_OUT = "leave_out"
    SAME_PERSON = "same_person"
    TWO_PEOPLE = "two_people"


@dataclass(frozen=True, slots=True)
class _Member:
    """Somebody of the register who has a number or address of the list."""

    person_id: UUID
    name: str
    has_left: bool


@dataclass(frozen=True, slots=True)
class _Double:
    """Whom a candidate doubles, by what, and whether the names agree."""

    by: str
    person_id: UUID
    other_name: str
    is_same_name: bool
    row: int = 0
    has_left: bool = False


_Members = Mapping[str, Sequence[_Member]]


class Doubles:
    """Settles who each candidate is. Rows come in order, batch by batch."""

    def __init__(
        self,
        session: Session,
        partnership_id: UUID,
        scratch: Scratch,
        decisions: Mapping[int, Decision],
    ) -> None:
        self._session, self._partnership_id = session, partnership_id
        self._scratch, self._decisions = scratch, decisions
        self._ids = new_ids()

    def know_addresses(self) -> None:
        """See where the present members live, for a list that says where its people do."""
        residents = _residents(self._session, self._partnership_id)
        self._scratch.see(
            Seen(key, 0, person_id, name)
            for name, person_id, street, number in residents
            if (key := _address_key(key_of_name(name), street, number))
        )

    def settle(self, batch: Sequence[Checked]) -> None:
        """Give each candidate his person, or take him out and say why."""
        candidates = [candidate for _checked, candidate in _taken(batch)]
        for candidate in candidates:
            candidate.name_key = key_of_name(candidate.name)
            candidate.indexes = [blind_index(value) for _kind, value in candidate.ways]
        keys = {candidate.row: _keys(candidate) for candidate in candidates}
        seen = self._scratch.seen([key for of_one in keys.values() for key in of_one])
        indexes = [index for one in candidates for index in one.indexes]
        members = _members_with(self._session, self._partnership_id, indexes)
        new: list[Seen] = []
        for checked, candidate in _taken(batch):
            his = keys[candidate.row]
            earlier, known = _earlier(candidate, his, seen), _in_register(candidate, members)
            self._settle(checked, candidate, [*earlier, *known])
            for one in _now_seen(checked, his):
                if seen.setdefault(one.key, one) is one:
                    new.append(one)
        self._scratch.see(new)

    def _settle(self, checked: Checked, candidate: Candidate, doubles: Sequence[_Double]) -> None:
        """Say who a candidate is; take him out where that is not to be said."""
        decision = self._decisions.get(candidate.row, Decision.LEAVE_OUT)
        double = _chosen(doubles, is_apart=decision is Decision.TWO_PEOPLE)
        if double is None:
            candidate.person_id, candidate.first_row = next(self._ids), candidate.row
        elif double.has_left:
            checked.findings.append(_left(candidate))
            checked.candidate = None
        elif double.is_same_name or decision is Decision.SAME_PERSON:
            checked.findings.append(_told(candidate, double, FindingKind.DOUBLE))
            _become(candidate, double)
        else:
            checked.findings.append(_told(candidate, double, FindingKind.DOUBT))
            checked.candidate = None


def _earlier(
    candidate: Candidate, keys: Mapping[str, str], seen: Mapping[str, Seen]
) -> Iterator[_Double]:
    for key, by in keys.items():
        other = seen.get(key)
        if other is not None:
            is_same = is_same_name(candidate.name_key, key_of_name(other.name))
            yield _Double(by, other.person_id, other.name, is_same, other.row)


def _taken(batch: Sequence[Checked]) -> Iterator[tuple[Checked, Candidate]]:
    return ((one, one.candidate) for one in batch if one.candidate is not None)


def _now_seen(checked: Checked, keys: Mapping[str, str]) -> Iterator[Seen]:
    """What later rows are compared with: nothing of a row that is left out."""
    candidate = checked.candidate
    if candidate is not None and candidate.person_id is not None:
        for key in keys:
            yield Seen(key, candidate.first_row, candidate.person_id, candidate.name)


def _chosen(doubles: Sequence[_Double], *, is_apart: bool) -> _Double | None:
    """The double that counts: of the same name first, then of the list before the register, by a
    number before an address, and a former member only where nobody else is."""
    of_another_name = () if is_apart else (one for one in doubles if not one.is_same_name)
    present = [one for one in of_another_name if not one.has_left]
    same = [one for one in doubles if one.is_same_name]
    return next(iter(sorted(same, key=_rank) + present), None)


def _rank(double: _Double) -> tuple[bool, bool, bool]:
    return (double.has_left, double.row == 0, double.by == ADDRESS)


def _become(candidate: Candidate, double: _Double) -> None:
    candidate.person_id, candidate.is_new = double.person_id, False
    candidate.is_more_of_a_row = double.row > 0
    candidate.first_row = double.row or candidate.row
    candidate.takes_name = not double.is_same_name and not double.row


def _told(candidate: Candidate, double: _Double, kind: FindingKind) -> Finding:
    return Finding(
        candidate.row,
        double.by,
        kind,
        _SAME[double.by],
        typed=f"{candidate.name}\n{double.other_name}",
        same_as_row=double.row or None,
        same_as_person_id=None if double.row else double.person_id,
    )


def _left(candidate: Candidate) -> Finding:
    return Finding(candidate.row, "name", FindingKind.REFUSED, HAS_LEFT, candidate.name)


def key_of_name(name: str) -> str:
    """A name for comparing, whatever the order of its parts."""
    return " ".join(sorted(plain(name).split()))


def is_same_name(one: str, other: str) -> bool:
    """Whether two names, as ``key_of_name`` gives them, are one: a second first name or surname
    more, or an initial for a name, make no difference."""
    shorter, longer = sorted((one.split(), other.split()), key=len)
    if shorter == longer:
        return True
    left = list(longer)
    for part in shorter:
        fitting = next((whole for whole in left if _fits(part, whole)), None)
        if fitting is None:
            return False
        left.remove(fitting)
    # A surname alone is a family.
    return len(shorter) > 1


def _fits(part: str, whole: str) -> bool:
    is_initial = len(part) == 1 or len(whole) == 1
    return part == whole or (is_initial and part[0] == whole[0])


def _keys(candidate: Candidate) -> dict[str, str]:
    """What would make somebody the same person, and by what."""
    name_key = candidate.name_key
    keys: dict[str, str] = {}
    for (kind, _value), index in zip(candidate.ways, candidate.indexes, strict=True):
        keys[f"{index} {name_key}" if kind is ContactKind.LANDLINE else index] = kind
    address = candidate.address
    at_home = _address_key(name_key, address.street, address.house_number)
    return {**keys, at_home: ADDRESS} if at_home else keys


def _address_key(name_key: str, street: str, number: str) -> str:
    if not street or not number:
        return ""
    return f"{name_key} / {plain(street)} {plain(number)}"


def _residents(session: Session, partnership_id: UUID) -> Iterator[Any]:
    found = session.execute(
        select(Person.name, Person.id, Residence.street, Residence.house_number)
        .join(Residence, col(Residence.person_id) == col(Person.id))
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(Membership.partnership_id == partnership_id, col(Membership.left_at).is_(None))
        .execution_options(yield_per=_AT_ONCE)
    )
    yield from found


def _members_with(
    session: Session, partnership_id: UUID, indexes: Sequence[str]
) -> dict[str, list[_Member]]:
    members: dict[str, list[_Member]] = defaultdict(list)
    for at in range(0, len(indexes), _AT_ONCE):
        found = session.exec(
            select(ContactPoint.value_index, Person.id, Person.name, Membership.left_at)
            .join(Person, col(Person.id) == col(ContactPoint.person_id))
            .join(Membership, col(Membership.person_id) == col(Person.id))
            .where(
                Membership.partnership_id == partnership_id,
                col(ContactPoint.value_index).in_(indexes[at : at + _AT_ONCE]),
            )
        )
        for index, person_id, name, left_at in found:
            members[index].append(_Member(person_id, name, left_at is not None))
    return members


def _in_register(candidate: Candidate, members: _Members) -> Iterator[_Double]:
    for (kind, _value), index in zip(candidate.ways, candidate.indexes, strict=True):
        for member in members.get(index, ()):
            is_same = is_same_name(candidate.name_key, key_of_name(member.name))
            # A household shares its land line.
            if is_same or kind is not ContactKind.LANDLINE:
                yield _Double(kind, member.person_id, member.name, is_same, 0, member.has_left)
