"""An operator takes in a list at the command line: looked at only, or stored at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from hub.db import unit_of_work
from hub.errors import HubError
from hub.i18n import Language, mark
from partnerships.members_import import checking, course, headings, work
from partnerships.members_import.candidates import Finding
from partnerships.members_import.checking import Tally, Wanted
from partnerships.members_import.headings import Heading
from partnerships.members_import.reading import MOST_FILE_BYTES, MembersList, open_list
from partnerships.members_import.scratch import scratch
from partnerships.members_import.words import sentence
from partnerships.models import (
    FindingKind,
    ImportFinding,
    ImportStatus,
    MembersImport,
)
from partnerships.scope import any_partnership

_Told = dict[str, Any]


@dataclass(slots=True)
class Report:
    """What a list holds, and what was, or would be, done with it."""

    tally: Tally
    refused: list[_Told] = field(default_factory=list)
    duplicates: list[_Told] = field(default_factory=list)
    notes: list[_Told] = field(default_factory=list)

    def as_facts(self) -> _Told:
        """For a script to read."""
        return {
            "rows_read": self.tally.rows_read,
            "imported": self.tally.added + self.tally.updated,
            "added": self.tally.added,
            "updated": self.tally.updated,
            "refused": self.refused,
            "duplicates": self.duplicates,
            "notes": self.notes,
        }


def look_at(file: Path, slug: str) -> Report:
    """Check a list and store nothing. Raises ``HubError`` for a file that is no such list."""
    with unit_of_work(read_only=True) as session, scratch() as scrap:
        partnership = any_partnership(session, slug)
        members = open_list(_content(file), file.name)
        wanted = Wanted(partnership, members, _heading(members))
        tally = checking.check(session, wanted, scrap, lambda _rows: None)
        return _report(tally, (one for batch in scrap.findings() for one in batch))


def take(file: Path, slug: str) -> Report:
    """Check a list and store what is good in it, in one transaction.

    The list is the statement that everyone on it agreed, but for those whose own column says
    otherwise (docs/decisions/0006). Raises ``HubError`` for a file that is no such list.
    """
    with unit_of_work() as session:
        partnership = any_partnership(session, slug)
        content = _content(file)
        _heading(open_list(content, file.name))
        imported = course.receive(session, None, partnership, file.name, content)
        imported.status, imported.states_consent = ImportStatus.RUNNING, True
        imported.lease_until = clock.now()
        import_id = imported.id
    try:
        work.store_now(import_id)
    except BaseException:
        # Stopped by a key, or the database is away: what was not stored is not kept either.
        _forget(import_id)
        raise
    with unit_of_work() as session:
        return _told(session, session.get_one(MembersImport, import_id))


def _forget(import_id: UUID) -> None:
    with unit_of_work() as session:
        imported = session.get(MembersImport, import_id)
        if imported is not None and imported.status is not ImportStatus.DONE:
            session.delete(imported)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_FILE_BYTES + 1)
    except OSError as error:
        raise HubError(mark("The file {path} cannot be read."), path=str(file)) from error


def _heading(members: MembersList) -> Heading:
    heading = headings.find(members.first_rows())
    if heading is None or not heading.is_understood:
        raise HubError(
            mark("The first line must name the columns: name, and mobile, landline or email.")
        )
    return heading


def _told(session: Session, imported: MembersImport) -> Report:
    if imported.status is not ImportStatus.DONE:
        problem = course.problem_of(imported, Language.ENGLISH)
        session.delete(imported)
        session.commit()
        raise HubError("{problem}", problem=problem)
    tally = Tally(
        imported.rows_read, imported.added, imported.updated, imported.refused, imported.duplicates
    )
    found = select(ImportFinding).where(ImportFinding.import_id == imported.id)
    findings = session.exec(found.order_by(col(ImportFinding.id))).all()
    return _report(tally, findings)


def _report(tally: Tally, findings: Iterable[Finding | ImportFinding]) -> Report:
    report = Report(tally)
    for one in findings:
        if one.kind in (FindingKind.DOUBLE, FindingKind.DOUBT):
            report.duplicates.append(_double(one))
        else:
            told = {"row": one.row, "field": str(one.field), "reason": _sentence(one)}
            (report.refused if one.kind is FindingKind.REFUSED else report.notes).append(told)
    return report


def _sentence(finding: Finding | ImportFinding) -> str:
    return sentence(finding, Language.ENGLISH)


def _double(finding: Finding | ImportFinding) -> _Told:
    whom: dict[str, int | str | UUID]
    if finding.same_as_row:
        whom = {"same_as_row": finding.same_as_row}
    else:
        whom = {"same_as_member": str(finding.same_as_person_id)}
    return {"row": finding.row, **whom, "by": str(finding.field)}
