"""People of the register who are in a list: what the list adds to them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub.many_rows import insert_new_rows
from partnerships.households import Address
from partnerships.members_import import register
from partnerships.members_import.candidates import Candidate
from partnerships.members_import.pending import (
    PURPOSES,
    Pending,
    address_columns,
    owner_of,
    ways_of,
)
from partnerships.members_import.register import Known, Self, mark_of
from partnerships.models import ImportedPerson, Person, Residence


@dataclass(slots=True)
class _Change:
    """What an import does to one person: as he was, as he became, and the ways he was given."""

    row: int
    was: dict[str, Any]
    became: dict[str, Any]
    # The blind index that each had, so that one corrected since is told from what the list gave.
    points: dict[str, str]
    # An earlier batch of the same import has added him, or noted him.
    is_new_person: bool = False
    is_noted: bool = False

    def as_json(self) -> str:
        return json.dumps({"was": self.was, "became": self.became, "points": self.points})


def update_people(session: Session, pending: Pending, candidates: Sequence[Candidate]) -> None:
    """Add to people of the register what the list has of them; nothing is taken away."""
    people = [owner_of(one) for one in candidates]
    if not people:
        return
    known = register.known(session, people)
    changes = _changes_before(session, pending.import_id, people)
    first: dict[UUID, Candidate] = {}
    for candidate in candidates:
        person_id = owner_of(candidate)
        change = _update(pending, candidate, known[person_id], changes.get(person_id))
        changes[person_id] = change
        first.setdefault(person_id, candidate)
    _write(session, {person_id: known[person_id] for person_id in first}, changes)
    for person_id, candidate in first.items():
        _note(session, pending, candidate, changes[person_id], known[person_id])
    pending.store(session)


def _changes_before(
    session: Session, import_id: UUID, people: Sequence[UUID]
) -> dict[UUID, _Change]:
    """What this import has done to them already, in a row above."""
    found = session.exec(
        select(ImportedPerson.person_id, ImportedPerson.was_new, ImportedPerson.before).where(
            ImportedPerson.import_id == import_id, col(ImportedPerson.person_id).in_(people)
        )
    )
    changes = {}
    for person_id, was_new, before in found:
        nothing: dict[str, Any] = {"was": {}, "became": {}, "points": {}}
        facts = json.loads(before) if before and not was_new else nothing
        changes[person_id] = _Change(0, **facts, is_new_person=was_new, is_noted=True)
    return changes


def _update(
    pending: Pending, candidate: Candidate, known: Known, change: _Change | None
) -> _Change:
    change = change or _Change(candidate.row, known.self.as_facts(), {}, {})
    known.self = _with_list(known.self, candidate)
    for way, index in ways_of(candidate):
        if index not in known.indexes:
            known.indexes.add(index)
            known.last_position += 1
            point = pending.add_way(owner_of(candidate), way, index, known.last_position)
            change.points[str(point)] = index
    if candidate.agreed is not False:
        pending.add_consents(candidate, known.asked)
        known.asked.update(PURPOSES if pending.states_consent else ())
    change.became = known.self.as_facts()
    return change


def _with_list(known: Self, candidate: Candidate) -> Self:
    """The person as the list has him; what the list leaves open stays."""
    address = candidate.address
    return Self(
        candidate.name if candidate.takes_name else known.name,
        candidate.language or known.language,
        address if address.street else _with_town(known.address, address),
    )


def _with_town(known: Address, listed: Address) -> Address:
    if known.street or listed.is_empty:
        return known
    return Address("", "", listed.postcode or known.postcode, listed.town or known.town)


def _write(session: Session, known: dict[UUID, Known], changes: dict[UUID, _Change]) -> None:
    """Write people who have changed, and where they live."""
    changed = {one: known[one] for one in known if changes[one].was != changes[one].became}
    if not changed:
        return
    names = [
        {"id": person_id, "name": one.self.name, "language": one.self.language}
        for person_id, one in changed.items()
    ]
    session.execute(update(Person), names)
    residences = [
        {"person_id": person_id, **address_columns(one.self.address)}
        for person_id, one in changed.items()
        if one.has_residence
    ]
    if residences:
        session.execute(update(Residence), residences)
    new = [
        {"person_id": person_id, **address_columns(one.self.address), "point": ""}
        for person_id, one in changed.items()
        if not one.has_residence and not one.self.address.is_empty
    ]
    insert_new_rows(session, Residence, new)


def _note(
    session: Session, pending: Pending, candidate: Candidate, change: _Change, known: Known
) -> None:
    if not change.is_noted:
        pending.note(candidate, was_new=False, before=change.as_json())
        return
    noted = mark_of(known.self, known.indexes) if change.is_new_person else change.as_json()
    session.execute(
        update(ImportedPerson)
        .where(
            col(ImportedPerson.import_id) == pending.import_id,
            col(ImportedPerson.person_id) == owner_of(candidate),
        )
        .values(before=noted)
        .execution_options(synchronize_session=False)
    )
