"""Taking a whole import back: who came by it goes, who was there before is as he was.

Somebody to whom anything has happened since stays as he is, and is told of: he proved his number,
closed a channel, was written to, or somebody has changed him.

On PostgreSQL the people are locked first, with all that is theirs, and whoever is held by another
transaction stays: so it waits for no alert that is fanned out, and none waits for it in turn. Where
it still ends in a deadlock, over the log of decisions, it is taken back and tried once more.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, col, select

from hub import audit, clock
from hub.access import Actor
from hub.db import lift_time_limit
from partnerships.members_import import course, register
from partnerships.members_import.acted import acted, at_rest, decided_since, points_in_use
from partnerships.members_import.pending import address_columns
from partnerships.members_import.register import from_facts
from partnerships.models import (
    Consent,
    ContactPoint,
    ContactStop,
    ImportedPerson,
    ImportFinding,
    ImportStatus,
    Membership,
    MembersImport,
    Person,
    Residence,
)

_AT_ONCE = 500
_DEADLOCK = "40P01"


@dataclass(frozen=True, slots=True)
class Undone:
    """How many people an undone import has removed, restored, and left as they are."""

    removed: int
    restored: int
    kept: int


def undo(session: Session, actor: Actor, imported: MembersImport) -> Undone:
    """Take an import back. Raises ``Conflict`` for one that is not done, or undone already."""
    course.refuse_unless(session, imported, ImportStatus.DONE)
    lift_time_limit(session)
    return _tried_twice(session, lambda: _take_back(session, actor, imported))


def _tried_twice(session: Session, work: Callable[[], Undone]) -> Undone:
    try:
        with session.begin_nested():
            return work()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _DEADLOCK:
            raise
    with session.begin_nested():
        return work()


def _take_back(session: Session, actor: Actor, imported: MembersImport) -> Undone:
    decided = decided_since(session, imported)
    removed = sum(
        _remove_new(session, imported, people, decided)
        for people in _batches(list(session.exec(_people_of(imported, was_new=True))))
    )
    restored = sum(
        _restore_known(session, imported, people)
        for people in _batches(list(session.exec(_people_of(imported, was_new=False))))
    )
    _delete(session, ImportFinding, ImportFinding.import_id, [imported.id])
    imported.status, imported.undone_at, imported.content = ImportStatus.UNDONE, clock.now(), None
    session.add(imported)
    done = Undone(removed, restored, imported.added + imported.updated - removed - restored)
    audit.record(
        session,
        "members.import_undone",
        ("partnership", imported.partnership_id),
        by=actor.account_id,
        import_id=str(imported.id),
        removed=done.removed,
        restored=done.restored,
        kept=done.kept,
    )
    return done


def kept(session: Session, import_id: UUID) -> list[tuple[int, str]]:
    """The row and the name of each that an undone import left as he is."""
    found = (
        select(ImportedPerson.row, Person.name)
        .join(Person, col(Person.id) == col(ImportedPerson.person_id))
        .where(ImportedPerson.import_id == import_id)
    )
    return list(session.exec(found.order_by(col(ImportedPerson.row))))


def _people_of(imported: MembersImport, *, was_new: bool) -> Any:
    people = select(ImportedPerson.person_id).where(
        ImportedPerson.import_id == imported.id, col(ImportedPerson.was_new).is_(was_new)
    )
    return people.order_by(col(ImportedPerson.person_id))


def _batches(ids: list[UUID]) -> Iterator[list[UUID]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))


def _remove_new(
    session: Session, imported: MembersImport, people: list[UUID], decided: set[str]
) -> int:
    free = at_rest(session, people)
    stay = acted(session, imported, free, decided)
    go = [one for one in free if one not in stay]
    _remove_points(session, list(session.exec(_points_of(go))))
    for table in (Consent, Membership, Residence, ImportedPerson):
        _delete(session, table, table.person_id, go)
    # Other lists may have been checked against them in the meantime.
    session.execute(
        update(ImportFinding)
        .where(col(ImportFinding.same_as_person_id).in_(go))
        .values(same_as_person_id=None)
        .execution_options(synchronize_session=False)
    )
    _delete(session, Person, Person.id, go)
    return len(go)


def _points_of(people: Sequence[UUID]) -> Any:
    return select(ContactPoint.id).where(col(ContactPoint.person_id).in_(people))


def _remove_points(session: Session, points: Sequence[UUID]) -> None:
    _delete(session, ContactStop, ContactStop.contact_point_id, points)
    _delete(session, ContactPoint, ContactPoint.id, points)


def _delete(session: Session, table: type[SQLModel], column: Any, ids: Sequence[UUID]) -> None:
    session.execute(
        delete(table).where(col(column).in_(ids)).execution_options(synchronize_session=False)
    )


def _restore_known(session: Session, imported: MembersImport, people: list[UUID]) -> int:
    """Give people back what they were; those changed since are left as they are."""
    people = at_rest(session, people)
    noted = {
        person_id: json.loads(before)
        for person_id, before in session.exec(
            select(ImportedPerson.person_id, ImportedPerson.before).where(
                ImportedPerson.import_id == imported.id, col(ImportedPerson.person_id).in_(people)
            )
        )
        # Blanked for somebody who was forgotten since: there is nothing to give back.
        if before is not None
    }
    now = register.known(session, people)
    back = {
        person_id: facts
        for person_id, facts in noted.items()
        if person_id in now and now[person_id].self.as_facts() == facts["became"]
    }
    changed = {one: facts for one, facts in back.items() if facts["was"] != facts["became"]}
    _write_back(session, changed)
    points = {
        UUID(point): index for facts in back.values() for point, index in facts["points"].items()
    }
    in_use = points_in_use(session, imported, points)
    _remove_points(session, [point for point in points if point not in in_use])
    _take_back_consents(session, imported, list(back))
    session.execute(
        delete(ImportedPerson)
        .where(
            col(ImportedPerson.import_id) == imported.id,
            col(ImportedPerson.person_id).in_(list(back)),
        )
        .execution_options(synchronize_session=False)
    )
    return len(back)


def _write_back(session: Session, changed: dict[UUID, dict[str, Any]]) -> None:
    if not changed:
        return
    were = {person_id: from_facts(facts["was"]) for person_id, facts in changed.items()}
    names = [{"id": one, "name": was.name, "language": was.language} for one, was in were.items()]
    session.execute(update(Person), names)
    for person_id, was in were.items():
        residence = session.get(Residence, person_id)
        if residence is not None and was.address.is_empty and not residence.point:
            session.delete(residence)
        elif residence is not None:
            residence.sqlmodel_update(address_columns(was.address))
            session.add(residence)
    session.flush()


def _take_back_consents(session: Session, imported: MembersImport, people: Sequence[UUID]) -> None:
    """What the list said for them; what they withdrew since stays on record."""
    session.execute(
        delete(Consent)
        .where(
            col(Consent.person_id).in_(people),
            col(Consent.proof) == str(imported.id),
            col(Consent.withdrawn_at).is_(None),
        )
        .execution_options(synchronize_session=False)
    )
