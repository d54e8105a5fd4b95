"""Reports: written down once, numbered within their town, changed by one at a time, with a history.

Numbers count from 1 in each town: whoever writes one down holds the row of the town until he is
done, so that two at once get two numbers and none is skipped.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from feedback import owed_answers, report_checks, report_notices, reports_reach
from feedback.models import (
    InboundMessage,
    Report,
    ReportEvent,
    ReportEventKind,
    ReportStatus,
)
from feedback.report_checks import Values
from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import mark
from partnerships.models import Organisation

OPEN = (ReportStatus.NEW, ReportStatus.IN_HAND, ReportStatus.WAITING)
# What is told in the history by its name alone: what a citizen wrote, and who he is.
_UNTOLD = {
    "words",
    "reporter_name",
    "reporter_contact",
    "reporter_language",
    "street",
    "house_number",
    "latitude",
    "longitude",
}
_FOUND_BY = {"street_index", "reporter_index"}
_KINDS = {"status": ReportEventKind.STATUS, "assigned_to": ReportEventKind.ASSIGNED}


class ChangedMeanwhile(Conflict):
    """Somebody else has changed the report since it was read; ``events`` are what he did."""

    def __init__(self, report: Report, events: Sequence[ReportEvent]) -> None:
        super().__init__(mark("Somebody else has changed this report meanwhile."))
        self.report, self.events = report, events


def enter(
    session: Session,
    actor: Actor,
    town_id: UUID,
    typed: Values,
    *,
    request_id: str = "",
    message: InboundMessage | None = None,
    box_emptying_id: UUID | None = None,
) -> Report:
    """Write a report down, and the answer that its reporter is owed.

    The same ``request_id`` of the same account again gives the same report; so does the same
    message. Raises ``BadInput`` naming each field, ``NotFound`` for a town out of reach.
    """
    town = _held_town(session, actor, town_id)
    twin = _entered_before(session, actor, request_id, message)
    if twin is not None:
        return twin
    values = report_checks.checked(session, town, typed)
    _refuse_hidden(session, actor, town, values, None)
    report = Report(
        municipality_id=town.id,
        number=_next_number(session, town.id),
        client_request_id=_own_request(actor, request_id),
        entered_by=actor.account_id,
        entered_at=clock.now(),
        message_id=message.id if message else None,
        person_id=message.person_id if message else None,
        box_emptying_id=box_emptying_id,
        **values,
    )
    session.add(report)
    session.flush()
    _note(session, actor, report, ReportEventKind.ENTERED)
    owed_answers.owe_for_report(session, report)
    report_notices.assigned(session, actor, report)
    audit.record(session, "report.enter", ("report", report.id), by=actor.account_id)
    return report


def _held_town(session: Session, actor: Actor, town_id: UUID) -> Organisation:
    reports_reach.town_for(session, actor, Action.KEEP_REPORTS, town_id)
    # Not so strong that rows which refer to the town would wait.
    wanted = select(Organisation).where(Organisation.id == town_id)
    return session.exec(wanted.with_for_update(key_share=True)).one()


def _own_request(actor: Actor, request_id: str) -> str | None:
    return f"{actor.account_id.hex}-{request_id[:100]}" if request_id else None


def _entered_before(
    session: Session, actor: Actor, request_id: str, message: InboundMessage | None
) -> Report | None:
    if message is not None:
        return session.exec(select(Report).where(Report.message_id == message.id)).first()
    own = _own_request(actor, request_id)
    if own is None:
        return None
    return session.exec(select(Report).where(Report.client_request_id == own)).first()


def _next_number(session: Session, town_id: UUID) -> int:
    last = select(func.max(Report.number)).where(Report.municipality_id == town_id)
    return (session.exec(last).one() or 0) + 1


def change(
    session: Session,
    actor: Actor,
    report_id: UUID,
    version: int,
    typed: Values,
    note: str = "",
) -> Report:
    """Change a report that was read at ``version``, and add a note.

    Raises ``ChangedMeanwhile`` when another changed it since, and then changes nothing;
    ``BadInput`` naming each field that cannot be taken.
    """
    report = reports_reach.held(session, report_id, actor)
    if report.version != version:
        raise ChangedMeanwhile(report, events_since(session, report, version))
    town = session.get_one(Organisation, report.municipality_id)
    values = report_checks.checked(session, town, typed, report)
    words = report_checks.note(note)
    _refuse_hidden(session, actor, town, values, report)
    changed = {name: value for name, value in values.items() if getattr(report, name) != value}
    if not changed and not words:
        return report
    if changed:
        report.version += 1
    _tell(session, actor, report, changed, words)
    for name, value in changed.items():
        setattr(report, name, value)
    _open_or_close(report, changed)
    session.add(report)
    session.flush()
    owed_answers.owe_for_report(session, report)
    if "assigned_to" in changed:
        report_notices.assigned(session, actor, report)
    audit.record(
        session,
        "report.change",
        ("report", report.id),
        by=actor.account_id,
        fields=" ".join(sorted(set(changed) - _FOUND_BY)),
    )
    return report


def _refuse_hidden(
    session: Session, actor: Actor, town: Organisation, values: Values, report: Report | None
) -> None:
    """Only who sees what is confidential takes that mark away; and merging has its own door."""
    trusted = reports_reach.towns(session, actor, Action.SEE_CONFIDENTIAL_REPORTS)
    unmarked = (
        report is not None and report.is_confidential and not values.get("is_confidential", True)
    )
    if unmarked and town.id not in {one.id for one in trusted}:
        said = mark("Only the police and the prevention officer may take this mark away.")
        raise BadInput(FieldProblem("is_confidential", said))
    is_merged = report is not None and report.status is ReportStatus.MERGED
    if values.get("status") is ReportStatus.MERGED and not is_merged:
        raise BadInput(FieldProblem("status", mark("Choose the report it is the same as.")))


def _tell(session: Session, actor: Actor, report: Report, changed: Values, words: str) -> None:
    """One line of history for each field; the note stands with the first."""
    told = dict.fromkeys(_told_as(name) for name in changed if name not in _FOUND_BY)
    for name in told:
        kind = _KINDS.get(name, ReportEventKind.CHANGED)
        before, after = ("", "") if name in _UNTOLD else _both(report, changed, name)
        _note(session, actor, report, kind, field=name, before=before, after=after, words=words)
        words = ""
    if words:
        _note(session, actor, report, ReportEventKind.NOTE, words=words)


def _told_as(name: str) -> str:
    """A place is one thing to whoever reads the history."""
    return "latitude" if name == "longitude" else name


def _both(report: Report, changed: Values, name: str) -> tuple[str, str]:
    return _stored(getattr(report, name)), _stored(changed[name])


def _stored(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _open_or_close(report: Report, changed: Values) -> None:
    if "status" not in changed:
        return
    is_open = report.status in OPEN
    report.closed_at = None if is_open else report.closed_at or clock.now()
    if report.status is not ReportStatus.MERGED:
        report.merged_into_id = None


def add_note(session: Session, actor: Actor, report_id: UUID, typed: str) -> None:
    """Words more, whatever else changed meanwhile. Raises ``BadInput`` naming ``note``."""
    report = reports_reach.report_for(session, report_id, actor, Action.KEEP_REPORTS)
    words = report_checks.note(typed)
    if not words:
        raise BadInput(FieldProblem("note", mark("Write something.")))
    _note(session, actor, report, ReportEventKind.NOTE, words=words)
    audit.record(session, "report.note", ("report", report.id), by=actor.account_id)


def _note(
    session: Session, actor: Actor, report: Report, kind: ReportEventKind, **what: Any
) -> None:
    event = ReportEvent(
        report_id=report.id,
        kind=kind,
        version=report.version,
        by=actor.account_id,
        at=clock.now(),
        **what,
    )
    session.add(event)
    session.flush()


def told(
    session: Session, actor: Actor, report: Report, kind: ReportEventKind, **what: Any
) -> None:
    """Add a line to the history of a report that is changed elsewhere in this room."""
    _note(session, actor, report, kind, **what)


def events(session: Session, report_id: UUID) -> Sequence[ReportEvent]:
    """What happened to a report, oldest first."""
    wanted = select(ReportEvent).where(ReportEvent.report_id == report_id)
    return session.exec(wanted.order_by(col(ReportEvent.at), col(ReportEvent.id))).all()


def events_since(session: Session, report: Report, version: int) -> list[ReportEvent]:
    """What was changed since somebody read this version."""
    return [one for one in events(session, report.id) if one.version > version]


def by_number(session: Session, actor: Actor, town_id: UUID, number: int) -> Report:
    """The report of a town that people call by this number. Raises ``NotFound``."""
    seen = reports_reach.seen_by(session, actor)
    wanted = select(Report).where(Report.municipality_id == town_id, Report.number == number, seen)
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found
