"""The course of one import: brought in, its columns matched, checked, stored, taken back, dropped.

Work on a list of any length is done by a worker; the page asks how far it is.
"""

import json
from collections.abc import Mapping as AnyMapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import Conflict, HubError, NotFound
from hub.i18n import Language, mark, translate
from hub.queue import QueueName, enqueue
from partnerships.members_import import checking, headings
from partnerships.members_import.cells import UnreadableList
from partnerships.members_import.duplicates import Decision
from partnerships.members_import.guesses import guess
from partnerships.members_import.headings import Field, Heading, Mapping
from partnerships.members_import.reading import MembersList, open_list
from partnerships.models import (
    FindingKind,
    ImportFinding,
    ImportMapping,
    ImportStatus,
    MembersImport,
    Partnership,
    PartnershipStatus,
)

WORK_JOB = "workers.jobs.import_members"
# Rows that were left out can be fetched and corrected for so long; then the list is forgotten.
_IS_FORGOTTEN = mark("This list is not kept any more. Bring it in again.")
KEPT_FOR = timedelta(days=7)
# A command says that it lives with every thousand rows it checks.
_ABANDONED_AFTER = timedelta(hours=1)
# Up to 32 MB, read when it is asked for.
_WITHOUT_LIST = defer(MembersImport.content)  # type: ignore[arg-type]  # a column of the class
_OVER = (PartnershipStatus.ENDED, PartnershipStatus.REFUSED)
UNDER_WAY = (ImportStatus.CHECKING, ImportStatus.RUNNING)


def receive(
    session: Session, actor: Actor | None, partnership: Partnership, file_name: str, content: bytes
) -> MembersImport:
    """Take in a list and read its heading.

    Raises ``UnreadableList`` for a file that is none, and ``Conflict`` for a partnership that has
    ended.
    """
    if partnership.status in _OVER:
        raise Conflict(mark("This partnership has ended: it takes no members."))
    heading = _heading_in(open_list(content, file_name))
    imported = MembersImport(
        partnership_id=partnership.id,
        file_name=file_name[:200],
        content=content,
        heading_row=heading.row,
        created_by=actor.account_id if actor else None,
    )
    keep_mapping(imported, _remembered(session, partnership, heading) or heading.mapping)
    session.add(imported)
    session.flush()
    return imported


def _heading_in(members: MembersList) -> Heading:
    """The heading as we read it; where there is none, what the columns look like."""
    first = [row for row in members.first_rows() if not row.is_blank]
    heading = headings.find(first)
    if heading is not None and heading.is_understood:
        return heading
    guessed = guess(first)
    if guessed and heading is None:
        return Heading(0, (), guessed)
    if not first:
        raise UnreadableList(mark("This file is empty."))
    return heading or headings.of_row(first[0])


def list_of(imported: MembersImport) -> MembersList:
    """The list itself. Raises ``Conflict`` once it has been forgotten."""
    if imported.content is None:
        raise Conflict(_IS_FORGOTTEN)
    return open_list(imported.content, imported.file_name)


def heading_of(imported: MembersImport, members: MembersList) -> Heading:
    """Its heading, with what each column means as it was confirmed."""
    texts: tuple[str, ...] = ()
    if imported.heading_row:
        rows = members.first_rows()
        texts = next((tuple(r.cells) for r in rows if r.number == imported.heading_row), ())
    mapping = {int(column): Field(field) for column, field in imported.mapping.items()}
    return Heading(imported.heading_row, texts, mapping)


def keep_problem(imported: MembersImport, refusal: HubError) -> None:
    """Note why an import failed."""
    imported.problem = json.dumps({"message": refusal.message, "values": refusal.values})


def problem_of(imported: MembersImport, language: Language) -> str:
    """Why an import failed, in the reader's language."""
    noted = json.loads(imported.problem or '{"message": "", "values": {}}')
    message: str = noted["message"]
    return translate(language, message, **noted["values"])


def keep_mapping(imported: MembersImport, mapping: Mapping) -> None:
    """Note what the columns mean."""
    imported.mapping = {str(column): field.value for column, field in sorted(mapping.items())}


def choose_columns(
    session: Session, imported: MembersImport, heading_row: int, mapping: Mapping
) -> None:
    """Check the list with these columns, which are remembered for the next list like it.

    Raises ``BadInput`` naming ``columns``, and ``Conflict`` while a worker has it in hand.
    """
    refuse_unless(
        *(session, imported),
        *(ImportStatus.UPLOADED, ImportStatus.CHECKED, ImportStatus.FAILED),
    )
    imported.heading_row = heading_row
    keep_mapping(imported, mapping)
    heading = heading_of(imported, list_of(imported))
    checking.refuse_bad_mapping(heading)
    _remember(session, imported, heading)
    _hand_over(session, imported, ImportStatus.CHECKING)


def start(
    session: Session,
    actor: Actor,
    imported: MembersImport,
    *,
    states_consent: bool,
    decisions: AnyMapping[int, Decision],
) -> None:
    """Store what was checked. ``states_consent`` is the statement that everyone on the list
    agreed; without it nobody is written to before he has agreed himself."""
    refuse_unless(session, imported, ImportStatus.CHECKED)
    imported.states_consent = states_consent
    for finding in undecided(session, imported.id):
        decision = decisions.get(finding.row, Decision.LEAVE_OUT)
        finding.values = {**finding.values, "decision": decision.value}
        session.add(finding)
    audit.record(
        session,
        "members.import_started",
        ("partnership", imported.partnership_id),
        by=actor.account_id,
        import_id=str(imported.id),
        states_consent=states_consent,
    )
    _hand_over(session, imported, ImportStatus.RUNNING)


def _hand_over(session: Session, imported: MembersImport, status: ImportStatus) -> None:
    imported.status, imported.problem = status, None
    imported.rows_done, imported.lease_until = 0, None
    session.add(imported)
    enqueue(session, WORK_JOB, str(imported.id), queue=QueueName.BULK)


def match_again(session: Session, imported: MembersImport) -> None:
    """Go back to the columns of a list that was checked."""
    refuse_unless(session, imported, ImportStatus.CHECKED, ImportStatus.FAILED)
    imported.status, imported.problem = ImportStatus.UPLOADED, None
    session.add(imported)


def undecided(session: Session, import_id: UUID) -> list[ImportFinding]:
    """The rows that have something in common with another name, which somebody must decide on."""
    found = session.exec(
        select(ImportFinding)
        .where(ImportFinding.import_id == import_id, ImportFinding.kind == FindingKind.DOUBT)
        .order_by(col(ImportFinding.id))
    )
    return list(found)


def decisions_of(session: Session, import_id: UUID) -> dict[int, Decision]:
    """What was decided, by row."""
    return {
        one.row: Decision(one.values.get("decision", Decision.LEAVE_OUT))
        for one in undecided(session, import_id)
    }


def drop(session: Session, actor: Actor, imported: MembersImport) -> None:
    """Forget a list that is not to be stored, and all that was found in it."""
    refuse_unless(
        *(session, imported),
        *(ImportStatus.UPLOADED, ImportStatus.CHECKED, ImportStatus.FAILED, ImportStatus.CHECKING),
    )
    _forget_findings(session, imported.id)
    audit.record(
        session,
        "members.import_dropped",
        ("partnership", imported.partnership_id),
        by=actor.account_id,
        import_id=str(imported.id),
    )
    session.delete(imported)
    session.flush()


def forget_old(session: Session) -> None:
    """Empty lists that nobody came back for, and those whose left-out rows were kept."""
    old = select(MembersImport).where(
        col(MembersImport.created_at) < clock.now() - KEPT_FOR,
        col(MembersImport.content).is_not(None),
        col(MembersImport.status).not_in(UNDER_WAY),
    )
    _drop_abandoned(session)
    for imported in session.exec(old):
        _forget_findings(session, imported.id)
        imported.content = None
        if imported.status not in (ImportStatus.DONE, ImportStatus.UNDONE):
            imported.status = ImportStatus.FAILED
            keep_problem(imported, Conflict(_IS_FORGOTTEN))
        session.add(imported)


def _drop_abandoned(session: Session) -> None:
    """Lists of commands that were killed: no worker goes on with them."""
    abandoned = select(MembersImport).where(
        col(MembersImport.created_by).is_(None),
        col(MembersImport.status).in_(UNDER_WAY),
        col(MembersImport.lease_until) < clock.now() - _ABANDONED_AFTER,
    )
    for imported in session.exec(abandoned.options(_WITHOUT_LIST)):
        _forget_findings(session, imported.id)
        session.delete(imported)


def _forget_findings(session: Session, import_id: UUID) -> None:
    session.execute(
        delete(ImportFinding)
        .where(col(ImportFinding.import_id) == import_id)
        .execution_options(synchronize_session=False)
    )


def of_partnership(session: Session, partnership_id: UUID) -> list[MembersImport]:
    """The imports into a partnership, newest first, without their lists."""
    found = select(MembersImport).where(MembersImport.partnership_id == partnership_id)
    found = found.options(_WITHOUT_LIST)
    return list(session.exec(found.order_by(col(MembersImport.created_at).desc()).limit(50)))


def import_for(session: Session, partnership: Partnership, import_id: UUID) -> MembersImport:
    """One import into a partnership; its list is read when asked for. Raises ``NotFound``."""
    imported = session.get(MembersImport, import_id, options=[_WITHOUT_LIST])
    if imported is None or imported.partnership_id != partnership.id:
        raise NotFound
    return imported


def refuse_unless(session: Session, imported: MembersImport, *statuses: ImportStatus) -> None:
    """Raises ``Conflict`` for an import that is at another step, ``NotFound`` for one dropped.

    From here on nobody else changes it: of two clicks the second waits, and finds it gone on.
    """
    try:
        session.refresh(imported, ["status"], with_for_update=True)
    except InvalidRequestError:
        raise NotFound from None
    if imported.status not in statuses:
        raise Conflict(mark("This import has gone on in the meantime. Look at it again."))


def _remembered(session: Session, partnership: Partnership, heading: Heading) -> Mapping | None:
    found = _mapping_row(session, partnership.id, heading)
    if found is None:
        return None
    return {int(column): Field(field) for column, field in found.mapping.items()}


def _mapping_row(session: Session, partnership_id: UUID, heading: Heading) -> ImportMapping | None:
    wanted = select(ImportMapping).where(
        ImportMapping.partnership_id == partnership_id,
        ImportMapping.headings_hash == headings.hash_of(heading.texts),
    )
    return session.exec(wanted).first()


def _remember(session: Session, imported: MembersImport, heading: Heading) -> None:
    if not heading.row:
        return
    found = _mapping_row(session, imported.partnership_id, heading) or ImportMapping(
        partnership_id=imported.partnership_id,
        headings_hash=headings.hash_of(heading.texts),
        mapping={},
    )
    found.mapping, found.remembered_at = dict(imported.mapping), clock.now()
    session.add(found)
