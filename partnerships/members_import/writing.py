"""Storing a checked list: everything, or nothing, in the unit of work it is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from hub import clock
from hub.i18n import Language
from hub.many_rows import insert_new_rows
from partnerships.members_import import register
from partnerships.members_import.candidates import Candidate, Finding
from partnerships.members_import.pending import Pending, Row
from partnerships.members_import.scratch import Scratch
from partnerships.members_import.updating import update_people
from partnerships.models import (
    CHANNELS_OF_CONTACT,
    ContactPoint,
    ContactStop,
    ImportedPerson,
    ImportFinding,
    MembersImport,
    Partnership,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Which list is stored, and where."""

    imported: MembersImport
    partnership: Partnership

    def pending(self, reader: Session, candidates: Sequence[Candidate]) -> Pending:
        """The rows of these candidates, none yet."""
        return Pending(
            self.imported.id,
            self.partnership.id,
            Language(self.partnership.languages[0]),
            self.imported.states_consent,
            register.closed(reader, {index for one in candidates for index in one.indexes}),
        )


def write_new_people(
    session: Session, reader: Session, place: Place, scratch: Scratch, tell: Callable[[], None]
) -> None:
    """Add the new people of a checked list, with what they agreed to, and note that they are new.

    What is in the register is asked of ``reader``; ``tell`` is called with every thousand.
    """
    for candidates in scratch.candidates(new=True):
        pending = place.pending(reader, candidates)
        for candidate in candidates:
            pending.add_person(candidate)
        pending.store(session)
        tell()


def update_known_people(session: Session, place: Place, scratch: Scratch) -> None:
    """Add to the people of the register, and to the new ones, what further rows have of them, and
    note what was done to each, so that it can be undone."""
    for candidates in scratch.candidates(new=False):
        update_people(session, place.pending(session, candidates), candidates)


def close_what_was_closed_since(session: Session, imported: MembersImport, since: datetime) -> None:
    """Whoever said STOP while the list was made ready said it for the rows of the list, too."""
    said = (
        select(col(ContactPoint.value_index))
        .join(ContactStop, col(ContactStop.contact_point_id) == col(ContactPoint.id))
        .where(col(ContactStop.stopped_at) >= since)
    )
    closed = register.closed(session, set(session.execute(said).scalars()))
    points = (
        select(col(ContactPoint.id), col(ContactPoint.value_index), col(ContactPoint.kind))
        .join(ImportedPerson, col(ImportedPerson.person_id) == col(ContactPoint.person_id))
        .where(
            col(ImportedPerson.import_id) == imported.id,
            col(ContactPoint.value_index).in_(list(closed)),
        )
    )
    at = clock.now()
    rows = [
        {
            "contact_point_id": point,
            "channel": channel,
            "reason": reason,
            "stopped_at": at,
        }
        for point, index, kind in (session.execute(points) if closed else ())
        for channel, reason in closed[index].items()
        if channel in CHANNELS_OF_CONTACT[kind]
    ]
    insert_new_rows(session, ContactStop, rows)


def forget_findings(session: Session, imported: MembersImport) -> None:
    """Drop what was told about the rows before."""
    session.execute(
        delete(ImportFinding)
        .where(col(ImportFinding.import_id) == imported.id)
        .execution_options(synchronize_session=False)
    )


def write_findings(session: Session, imported: MembersImport, scratch: Scratch) -> None:
    """Put down what there is to tell about the rows."""
    for findings in scratch.findings():
        rows = [_columns(imported, one) for one in findings]
        insert_new_rows(session, ImportFinding, rows)


def _columns(imported: MembersImport, finding: Finding) -> Row:
    return {
        "import_id": imported.id,
        "row": finding.row,
        "field": finding.field,
        "kind": finding.kind,
        "message": finding.message,
        "values": finding.values,
        "typed": finding.typed,
        "same_as_row": finding.same_as_row,
        "same_as_person_id": finding.same_as_person_id,
    }
