"""What a worker does with a list: check it, or store it. Killed at any moment, it is done anew.

Checking reads; storing is one transaction. So nothing is half done, and a second worker that takes
the list over begins again at its first row.
"""

import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from hub import audit, clock, log
from hub.db import DATABASE_AWAY, Condition, lift_time_limit, row_locks, unit_of_work
from hub.errors import HubError
from hub.i18n import Language, mark
from hub.queue import QueueName, enqueue
from partnerships.members_import import checking, course
from partnerships.members_import.checking import Tally, Wanted
from partnerships.members_import.corrected_file import corrected_file
from partnerships.members_import.scratch import Scratch, scratch
from partnerships.members_import.staging import Staging, staging
from partnerships.members_import.writing import (
    Place,
    close_what_was_closed_since,
    forget_findings,
    update_known_people,
    write_findings,
    write_new_people,
)
from partnerships.models import Account, ImportStatus, MembersImport, Partnership

_log = log.get(__name__)

# Renewed with every thousand rows. Storing takes no longer than the second; if it did, whoever
# comes next waits for it and finds it done.
_LEASE = timedelta(seconds=20)
_STORING_LEASE = timedelta(seconds=60)
_BELL_PATIENCE = timedelta(seconds=3)
_MOST_BELLS = 20
_IN_WORK = (ImportStatus.CHECKING, ImportStatus.RUNNING)


_OUR_FAULT = mark("Something went wrong on our side. It has been noted. Please try again.")


@dataclass(frozen=True, slots=True)
class _CheckedList:
    """What a check counted, and the file of rows left out that is kept once the rest is stored."""

    begun_at: datetime
    tally: Tally
    left_over: bytes | None = None


class _TakenAway(Exception):
    """The list was dropped, or another worker has it: there is nothing left to do."""


class _Overtaken(Exception):
    """Another list of this partnership was stored since this one was checked: check it anew."""


def work(import_id: UUID) -> None:
    """Check or store a list that waits for it; nothing if another worker has it in hand."""
    status = _claim(import_id)
    if status is not None:
        _work(import_id, status)


def store_now(import_id: UUID) -> None:
    """Store a list that was brought in by command, in the command's own process. No worker takes
    it over: an operator who stops the command has stopped it."""
    _work(import_id, ImportStatus.RUNNING)


def _work(import_id: UUID, status: ImportStatus) -> None:
    try:
        while not _is_done(import_id, status):
            _log.info("import_overtaken", import_id=str(import_id))
    except _TakenAway:
        _log.info("import_taken_away", import_id=str(import_id))
    except HubError as refusal:
        _fail(import_id, refusal)
    except DATABASE_AWAY:
        # Its lease ends, and it is done anew.
        raise
    except Exception as error:
        # Done anew it would fail again, for ever. What a database refuses it quotes in its message,
        # names and numbers: only where it happened is written down.
        _log.error(
            "import_failed",
            import_id=str(import_id),
            cause=type(error).__name__,
            places=_places(error),
        )
        _fail(import_id, HubError(_OUR_FAULT))


def _is_done(import_id: UUID, status: ImportStatus) -> bool:
    """Do it all; false where another list of the partnership came between check and storing."""
    with scratch() as scrap:
        checked = _check(import_id, status, scrap)
        try:
            _finish(import_id, status, scrap, checked)
        except _Overtaken:
            return False
    return True


def _places(error: Exception) -> str:
    """The lines of code an error went through, without a word of its message."""
    frames = traceback.extract_tb(error.__traceback__)
    return " ".join(f"{Path(one.filename).name}:{one.lineno}" for one in frames)


def _claim(import_id: UUID) -> ImportStatus | None:
    """Take it in hand, so that two bells check one list."""
    with unit_of_work() as session:
        taken = session.execute(
            update(MembersImport)
            .where(col(MembersImport.id) == import_id, _waits())
            .values(lease_until=clock.now() + _LEASE, rows_done=0)
            .returning(col(MembersImport.status))
            .execution_options(synchronize_session=False)
        ).first()
    return ImportStatus(taken[0]) if taken else None


def _waits() -> Condition:
    lease = col(MembersImport.lease_until)
    is_free = lease.is_(None) | (lease <= clock.now())
    # By command nobody is signed in; what a command has begun it ends itself.
    is_for_workers = col(MembersImport.created_by).is_not(None)
    return col(MembersImport.status).in_(_IN_WORK) & is_free & is_for_workers


def _check(import_id: UUID, status: ImportStatus, scrap: Scratch) -> _CheckedList:
    begun_at = clock.now()
    with unit_of_work(read_only=True) as session:
        lift_time_limit(session)
        imported = session.get(MembersImport, import_id)
        if imported is None:
            raise _TakenAway
        members = course.list_of(imported)
        heading = course.heading_of(imported, members)
        wanted = Wanted(
            session.get_one(Partnership, imported.partnership_id),
            members,
            heading,
            course.decisions_of(session, import_id),
        )
        tally = checking.check(session, wanted, scrap, lambda rows: _tell(import_id, rows))
        if status is ImportStatus.CHECKING:
            return _CheckedList(begun_at, tally)
        findings = (one for batch in scrap.findings() for one in batch)
        language = _language_of(session, imported)
        left_over = b"".join(corrected_file(members, heading, findings, language))
        return _CheckedList(begun_at, tally, left_over)


def _language_of(session: Session, imported: MembersImport) -> Language:
    """Of whoever brought the list in, who may fetch the rows left out."""
    account = session.get(Account, imported.created_by) if imported.created_by else None
    return account.language if account else Language.ENGLISH


def _tell(import_id: UUID, rows: int) -> None:
    """Say how far it is, and that this worker lives."""
    with unit_of_work() as session:
        _renew(session, import_id, _LEASE, rows_done=rows)


def _renew(session: Session, import_id: UUID, lease: timedelta, **values: int) -> None:
    renewed = session.execute(
        update(MembersImport)
        .where(col(MembersImport.id) == import_id, col(MembersImport.status).in_(_IN_WORK))
        .values(lease_until=clock.now() + lease, **values)
        .returning(col(MembersImport.id))
        .execution_options(synchronize_session=False)
    ).first()
    if renewed is None:
        raise _TakenAway


def _finish(import_id: UUID, status: ImportStatus, scrap: Scratch, checked: _CheckedList) -> None:
    with unit_of_work() as session:
        _renew(session, import_id, _STORING_LEASE)
    with staging() as stage:
        if stage.is_used:
            _make_ready(import_id, status, scrap, stage)
        _write(import_id, status, scrap, checked, stage)


def _make_ready(import_id: UUID, status: ImportStatus, scrap: Scratch, stage: Staging) -> None:
    """All that needs no lock: what is told of the rows, and the people who are new."""
    with unit_of_work(read_only=True) as reader, stage.filling() as session:
        place = _place_of(reader, import_id)
        write_findings(session, place.imported, scrap)
        if status is ImportStatus.RUNNING:
            write_new_people(session, reader, place, scrap, lambda: _tell_storing(import_id))


def _tell_storing(import_id: UUID) -> None:
    with unit_of_work() as session:
        _renew(session, import_id, _STORING_LEASE)


def _place_of(session: Session, import_id: UUID) -> Place:
    imported = session.get(MembersImport, import_id)
    if imported is None:
        raise _TakenAway
    return Place(imported, session.get_one(Partnership, imported.partnership_id))


def _write(
    import_id: UUID, status: ImportStatus, scrap: Scratch, checked: _CheckedList, stage: Staging
) -> None:
    """The one transaction."""
    with stage.unit_of_work() as session:
        lift_time_limit(session)
        imported = _alone_with(session, import_id, status)
        if status is ImportStatus.RUNNING:
            _refuse_if_overtaken(session, imported, checked.begun_at)
        forget_findings(session, imported)
        if stage.is_used:
            stage.copy(session)
        else:
            write_findings(session, imported, scrap)
        _count(imported, checked.tally)
        if status is ImportStatus.RUNNING:
            _store(session, imported, scrap, checked, stage)
            # Of the list itself only the rows that were left out are kept, for a while.
            imported.content = checked.left_over if imported.refused else None
        else:
            imported.status = ImportStatus.CHECKED
        imported.lease_until = None
        session.add(imported)


def _alone_with(session: Session, import_id: UUID, status: ImportStatus) -> MembersImport:
    """The import, while no other is stored in its partnership: whoever comes second finds it
    done."""
    imported = session.get(MembersImport, import_id)
    if imported is not None and row_locks(session):
        key = func.hashtextextended(str(imported.partnership_id), 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))
        session.refresh(imported)
    if imported is None or imported.status is not status:
        raise _TakenAway
    return imported


def _refuse_if_overtaken(session: Session, imported: MembersImport, begun_at: datetime) -> None:
    later = select(col(MembersImport.id)).where(
        col(MembersImport.partnership_id) == imported.partnership_id,
        col(MembersImport.finished_at) > begun_at,
    )
    if session.execute(later.limit(1)).first() is not None:
        raise _Overtaken


def _count(imported: MembersImport, tally: Tally) -> None:
    imported.rows_read = imported.rows_done = tally.rows_read
    imported.added, imported.updated = tally.added, tally.updated
    imported.refused, imported.duplicates = tally.refused, tally.duplicates


def _store(
    session: Session,
    imported: MembersImport,
    scrap: Scratch,
    checked: _CheckedList,
    stage: Staging,
) -> None:
    place = Place(imported, session.get_one(Partnership, imported.partnership_id))
    if not stage.is_used:
        write_new_people(session, session, place, scrap, lambda: None)
    update_known_people(session, place, scrap)
    close_what_was_closed_since(session, imported, checked.begun_at)
    imported.status, imported.finished_at = ImportStatus.DONE, clock.now()
    audit.record(
        session,
        "members.import",
        ("partnership", imported.partnership_id),
        by=imported.created_by,
        import_id=str(imported.id),
        added=imported.added,
        updated=imported.updated,
        refused=imported.refused,
    )


def _fail(import_id: UUID, refusal: HubError) -> None:
    with unit_of_work() as session:
        imported = session.get(MembersImport, import_id)
        if imported is not None and imported.status in _IN_WORK:
            imported.status, imported.lease_until = ImportStatus.FAILED, None
            course.keep_problem(imported, refusal)
            session.add(imported)


def due(session: Session, before: datetime | None = None) -> list[UUID]:
    """Imports that wait for a worker since ``before`` (now, if not given)."""
    at = before or clock.now()
    waiting = select(col(MembersImport.id)).where(_waits(), col(MembersImport.created_at) <= at)
    return list(session.execute(waiting.limit(_MOST_BELLS)).scalars())


def ring_again(session: Session) -> None:
    """Ring for lists whose bell was lost or whose worker died."""
    for import_id in due(session, clock.now() - _BELL_PATIENCE):
        enqueue(session, course.WORK_JOB, str(import_id), queue=QueueName.BULK)
