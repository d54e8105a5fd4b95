"""Who of an import has done anything since, or has had anything done to him.

What somebody may have done is told by four things: the rows that name him, the log of decisions,
what he may set himself, and a mark of how the list made him.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlmodel import Session, SQLModel, col

from hub.audit import Decision
from hub.db import row_locks
from partnerships.members_import import register
from partnerships.models import (
    Account,
    Appointment,
    Consent,
    ContactPoint,
    ContactStop,
    ImportedPerson,
    Membership,
    MembersImport,
    Person,
    Residence,
)

# What an import writes itself, and what is told of it. A row of any other table that names
# somebody, in whatever room, is something that happened since: a message, an answer, a link.
_OF_THE_IMPORT = frozenset(
    {
        *("contact_point", "contact_stop", "consent", "residence", "membership"),
        *("imported_person", "import_finding"),
    }
)


_ROWS_OF_THEIRS = (Membership, ContactPoint, Consent, Residence)


def acted(
    session: Session, imported: MembersImport, people: Sequence[UUID], decided: Set[str]
) -> set[UUID]:
    """Those of ``people``, all new by this import, to whom anything has happened since.

    ``decided`` are the subjects of the decisions since."""
    questions = [
        *_about_themselves(imported, people),
        *_set_by_themselves(people),
        *_named_elsewhere("person", people),
        _with_named(Membership, "membership", people),
        _with_named(ContactPoint, "contact_point", people),
    ]
    found = {found for one in questions for found in session.execute(one).scalars()}
    return found | _changed(session, imported, people) | _decided(session, people, decided)


def decided_since(session: Session, imported: MembersImport) -> set[str]:
    """The subjects of all decisions since this import was stored."""
    subjects = select(col(Decision.subject_id)).where(col(Decision.at) >= imported.finished_at)
    return set(session.execute(subjects).scalars())


def _decided(session: Session, people: Sequence[UUID], decided: Set[str]) -> set[UUID]:
    """Whom a decision was about: himself, his membership, or one of his numbers."""
    if not decided:
        return set()
    about = {one for one in people if str(one) in decided}
    for table in (Membership, ContactPoint):
        rows = session.execute(
            select(col(table.id), col(table.person_id)).where(col(table.person_id).in_(people))
        )
        about.update(person_id for row_id, person_id in rows if str(row_id) in decided)
    return about


def _changed(session: Session, imported: MembersImport, people: Sequence[UUID]) -> set[UUID]:
    """Whose name, language, address, numbers or mail addresses are not those of the list."""
    noted = session.execute(
        select(col(ImportedPerson.person_id), col(ImportedPerson.before)).where(
            col(ImportedPerson.import_id) == imported.id, col(ImportedPerson.person_id).in_(people)
        )
    )
    now = register.known(session, people)
    return {
        person_id
        for person_id, mark in noted
        if register.mark_of(now[person_id].self, now[person_id].indexes) != mark
    }


def _set_by_themselves(people: Sequence[UUID]) -> Iterator[Select[Any]]:
    """Who takes no calls, or not always, is away, or has pointed at his house on the map."""
    yield select(col(Person.id)).where(
        col(Person.id).in_(people),
        or_(
            col(Person.takes_calls).is_(False),
            col(Person.no_calls_from).is_not(None),
            col(Person.paused_from).is_not(None),
        ),
    )
    yield select(col(Residence.person_id)).where(
        col(Residence.person_id).in_(people), col(Residence.point) != ""
    )


def points_in_use(
    session: Session, imported: MembersImport, points: Mapping[UUID, str]
) -> set[UUID]:
    """Those of ``points`` that have been proved, closed, used or corrected since. Each is given
    with the blind index it had."""
    rows = session.execute(
        select(col(ContactPoint.id), col(ContactPoint.value_index)).where(
            col(ContactPoint.id).in_(points)
        )
    )
    corrected = {point for point, index in rows if index != points[point]}
    questions = [
        select(col(ContactPoint.id)).where(
            col(ContactPoint.id).in_(points), col(ContactPoint.verified_at).is_not(None)
        ),
        select(col(ContactStop.contact_point_id)).where(
            col(ContactStop.contact_point_id).in_(points),
            col(ContactStop.stopped_at) > imported.finished_at,
        ),
        *_named_elsewhere("contact_point", list(points)),
    ]
    in_use = {found for one in questions for found in session.execute(one).scalars()}
    return in_use | corrected


def _about_themselves(imported: MembersImport, people: Sequence[UUID]) -> Iterator[Select[Any]]:
    """He proved a number, agreed or withdrew, closed a channel, came or went, joined elsewhere,
    was appointed or erased."""
    done = imported.finished_at
    yield select(col(ContactPoint.person_id)).where(
        col(ContactPoint.person_id).in_(people), col(ContactPoint.verified_at).is_not(None)
    )
    yield select(col(Consent.person_id)).where(
        col(Consent.person_id).in_(people),
        or_(
            col(Consent.proof).is_distinct_from(str(imported.id)),
            col(Consent.withdrawn_at).is_not(None),
        ),
    )
    yield (
        select(col(ContactPoint.person_id))
        .join(ContactStop, col(ContactStop.contact_point_id) == col(ContactPoint.id))
        .where(col(ContactPoint.person_id).in_(people), col(ContactStop.stopped_at) > done)
    )
    yield select(col(Membership.person_id)).where(
        col(Membership.person_id).in_(people),
        or_(
            col(Membership.partnership_id) != imported.partnership_id,
            col(Membership.joined_at) > done,
            col(Membership.left_at).is_not(None),
        ),
    )
    yield (
        select(col(ContactPoint.person_id))
        .join(Account, col(Account.email_index) == col(ContactPoint.value_index))
        .join(Appointment, col(Appointment.account_id) == col(Account.id))
        .where(col(ContactPoint.person_id).in_(people), col(Appointment.starts_at) > done)
    )
    yield select(col(ImportedPerson.person_id)).where(
        col(ImportedPerson.person_id).in_(people), col(ImportedPerson.import_id) != imported.id
    )
    yield select(col(Person.id)).where(
        col(Person.id).in_(people), col(Person.erased_at).is_not(None)
    )


def _with_named(
    table: type[Membership | ContactPoint], name: str, people: Sequence[UUID]
) -> Select[Any]:
    """Those of whom rows of other tables name a membership, or a number."""
    theirs = select(col(table.id)).where(col(table.person_id).in_(people))
    named = [col(table.id).in_(one) for one in _named_elsewhere(name, theirs)]
    return select(col(table.person_id)).where(col(table.person_id).in_(people), or_(*named))


def at_rest(session: Session, people: Sequence[UUID]) -> list[UUID]:
    """Those of ``people`` to whom nothing is happening at this very moment, locked.

    Whom another transaction holds, an alert on its way to him or a change, is passed over and not
    waited for: two that wait for each other would both be late.
    """
    if not row_locks(session):
        return list(people)
    free = set(_held(session, select(col(Person.id)).where(col(Person.id).in_(people))))
    for table in _ROWS_OF_THEIRS:
        theirs = select(col(table.person_id)).where(col(table.person_id).in_(people))
        every = Counter(session.execute(theirs).scalars())
        held = Counter(_held(session, theirs))
        free -= {one for one in people if every[one] != held[one]}
    return [one for one in people if one in free]


def _held(session: Session, rows: Select[Any]) -> Sequence[UUID]:
    """Lock these rows, as many as are free."""
    found: Sequence[UUID] = session.execute(rows.with_for_update(skip_locked=True)).scalars().all()
    return found


def _named_elsewhere(table: str, ids: Any) -> Iterator[Select[Any]]:
    """Which of ``ids`` rows of other tables name."""
    for other in SQLModel.metadata.tables.values():
        for key in other.foreign_keys:
            if key.column.table.name == table and other.name not in _OF_THE_IMPORT:
                yield select(key.parent).where(key.parent.in_(ids))
