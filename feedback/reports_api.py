"""The JSON door of the register of reports."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, UploadFile
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Session

from feedback import (
    report_attachments,
    report_categories,
    report_list,
    report_merging,
    report_services,
    reports,
    reports_reach,
)
from feedback.models import Report, ReportEventKind, ReportSource, ReportStatus
from feedback.report_list import Filter, Mark, Standing
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import Language
from messaging.forms import LONGEST_REQUEST_ID
from partnerships.documents import Upload
from partnerships.streets import index_of

router = APIRouter(prefix="/api/v1")

See = Annotated[Actor, allowed(Action.SEE_REPORTS)]
Keep = Annotated[Actor, allowed(Action.KEEP_REPORTS)]


class _Input(BaseModel):
    # A misspelled field must not be a field silently left out.
    model_config = ConfigDict(extra="forbid")


class ReportInput(_Input):
    """A report as it came in. Its reporter is owed an answer where he said how."""

    municipality_id: UUID
    client_request_id: str = Field(min_length=1, max_length=LONGEST_REQUEST_ID)
    source: ReportSource
    category: str
    words: str
    street: str = ""
    house_number: str = ""
    point: str = Field(default="", description="Latitude and longitude: ``50.64020, 5.57010``.")
    observed_at: AwareDatetime | None = None
    received_at: AwareDatetime
    reporter_name: str = ""
    reporter_contact: str = Field(
        default="", description="How to answer: a number, a mail or a postal address."
    )
    reporter_language: Language | None = None
    is_confidential: bool = False
    service_id: UUID | None = None
    assigned_to: UUID | None = None
    due_on: date | None = None
    external_reference: str = ""


class ChangeInput(_Input):
    """What is to change; what is not named stays. ``version`` is that of the report as it was
    read: another since then is refused with 409."""

    version: int
    source: ReportSource | None = None
    category: str | None = None
    words: str | None = None
    street: str | None = None
    house_number: str | None = None
    point: str | None = None
    observed_at: AwareDatetime | None = None
    received_at: AwareDatetime | None = None
    reporter_name: str | None = None
    reporter_contact: str | None = None
    reporter_language: Language | None = None
    is_confidential: bool | None = None
    status: ReportStatus | None = None
    service_id: UUID | None = None
    assigned_to: UUID | None = None
    due_on: date | None = None
    external_reference: str | None = None
    led_to: str | None = None
    note: str = ""


class MergeInput(_Input):
    version: int
    into: int = Field(description="The number of the report that it is the same as.")


class NoteInput(_Input):
    note: str


class ReportOutput(BaseModel):
    """A report, without who reported it: see ``reporter_name`` of the whole one."""

    id: UUID
    municipality_id: UUID
    number: int
    version: int
    source: ReportSource
    category: str
    words: str
    street: str
    house_number: str
    latitude: float | None
    longitude: float | None
    observed_at: datetime | None
    received_at: datetime
    status: ReportStatus
    service_id: UUID | None
    assigned_to: UUID | None
    due_on: date | None
    closed_at: datetime | None
    external_reference: str
    led_to: str
    is_confidential: bool
    merged_into_id: UUID | None


class EventOutput(BaseModel):
    at: datetime
    by: UUID | None
    kind: ReportEventKind
    version: int
    field: str
    before: str
    after: str
    words: str


class AttachmentOutput(BaseModel):
    id: UUID
    file_name: str
    media_type: str
    size: int
    sha256: str
    attached_at: datetime


class WholeReportOutput(ReportOutput):
    """A report with its history and its papers."""

    reporter_name: str
    reporter_contact: str
    reporter_language: Language | None
    box_emptying_id: UUID | None
    events: list[EventOutput]
    attachments: list[AttachmentOutput]


class ReportsOutput(BaseModel):
    """Some reports, newest first; ``next`` is the ``after`` of the next page."""

    reports: list[ReportOutput]
    next: str | None


class ListOutput(BaseModel):
    code: str
    name: str


class ServiceOutput(BaseModel):
    id: UUID
    municipality_id: UUID
    name: str
    is_police: bool
    is_used: bool


@router.get("/reports")
def list_reports(
    actor: See,
    session: DbSession,
    status: Standing | ReportStatus = Standing.OPEN,
    municipality_id: UUID | None = None,
    source: ReportSource | None = None,
    category: str = "",
    service_id: UUID | None = None,
    mine: bool = False,
    overdue: bool = False,
    since: date | None = None,
    until: date | None = None,
    number: Annotated[int | None, Query(ge=1, le=999_999_999)] = None,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReportsOutput:
    """The newest reports within reach that fit. Of one street: ``POST /reports/search``, because an
    address must carry none."""
    wish = Filter(
        status=status, town=municipality_id, source=source, category=category, service=service_id,
        is_mine=mine, is_overdue=overdue, since=since, until=_last(until), number=number,
    )  # fmt: skip
    return _listed(session, actor, wish, after, limit)


def _last(until: date | None) -> date | None:
    # Its midnight would be after the last day there is.
    return None if until == date.max else until


class SearchInput(_Input):
    """A street however it is spelled, and the state."""

    street: str = Field(min_length=1, max_length=120)
    status: Standing | ReportStatus = Standing.ALL
    after: str = ""
    limit: int = Field(default=50, ge=1, le=200)


@router.post("/reports/search")
def search_reports(actor: See, wanted: SearchInput, session: DbSession) -> ReportsOutput:
    """The newest reports of one street."""
    index = index_of(wanted.street)
    if index is None:
        return ReportsOutput(reports=[], next=None)
    wish = Filter(status=wanted.status, street=index)
    return _listed(session, actor, wish, wanted.after, wanted.limit)


def _listed(session: Session, actor: Actor, wish: Filter, after: str, limit: int) -> ReportsOutput:
    found = report_list.page(session, actor, wish, Mark.read(after), limit)
    shown = [ReportOutput(**one.model_dump()) for one in found.reports]
    return ReportsOutput(reports=shown, next=str(found.next) if found.next else None)


@router.post("/reports", status_code=201)
def enter_report(actor: Keep, wanted: ReportInput, session: DbSession) -> WholeReportOutput:
    """Write a report down. The same ``client_request_id`` again gives the same report."""
    typed = wanted.model_dump(exclude={"municipality_id", "client_request_id"})
    report = reports.enter(
        session, actor, wanted.municipality_id, typed, request_id=wanted.client_request_id
    )
    return _whole(session, report)


@router.get("/reports/{report_id}")
def show_report(report_id: UUID, actor: See, session: DbSession) -> WholeReportOutput:
    """One report with its history."""
    return _whole(session, reports_reach.report_for(session, report_id, actor))


def _whole(session: Session, report: Report) -> WholeReportOutput:
    events = [EventOutput(**one.model_dump()) for one in reports.events(session, report.id)]
    papers = report_attachments.of_report(session, report.id)
    return WholeReportOutput(
        **report.model_dump(),
        events=events,
        attachments=[AttachmentOutput(**one.model_dump(include=_OF_ATTACHMENT)) for one in papers],
    )


_OF_ATTACHMENT = {"id", "file_name", "media_type", "size", "sha256", "attached_at"}


@router.patch("/reports/{report_id}")
def change_report(
    report_id: UUID, actor: Keep, wanted: ChangeInput, session: DbSession
) -> WholeReportOutput:
    """Change a report: its facts, its state, whose work it is."""
    named = wanted.model_dump(exclude_unset=True, exclude={"version", "note"})
    # Null means "none" where that can be, and "leave it" elsewhere.
    typed = {name: one for name, one in named.items() if one is not None or name in _EMPTIED}
    changed = reports.change(session, actor, report_id, wanted.version, typed, wanted.note)
    return _whole(session, changed)


_EMPTIED = {"observed_at", "reporter_language", "service_id", "assigned_to", "due_on"}


@router.post("/reports/{report_id}/notes", status_code=201)
def add_note(
    report_id: UUID, actor: Keep, wanted: NoteInput, session: DbSession
) -> WholeReportOutput:
    """Words more, whatever else changed meanwhile."""
    reports.add_note(session, actor, report_id, wanted.note)
    return _whole(session, reports_reach.report_for(session, report_id, actor))


@router.post("/reports/{report_id}/merge")
def merge_report(
    report_id: UUID, actor: Keep, wanted: MergeInput, session: DbSession
) -> WholeReportOutput:
    """Let a report be the same as another of its town; gives that one. Both reporters stay owed
    their answers."""
    target = report_merging.merge(session, actor, report_id, wanted.version, wanted.into)
    return _whole(session, target)


@router.post(
    "/reports/{report_id}/attachments",
    status_code=201,
    max_body_size=report_attachments.MOST_BODY_BYTES,
)
def keep_attachment(
    report_id: UUID, actor: Keep, file: UploadFile, session: DbSession
) -> AttachmentOutput:
    """Add a photo or a PDF, as ``file``. The very same content again is kept once; a photo is kept
    without what it says of its camera and place."""
    upload = Upload(file.file.read(report_attachments.LARGEST_BYTES + 1), file.filename or "")
    kept = report_attachments.keep(session, actor, report_id, upload)
    return AttachmentOutput(**kept.model_dump(include=_OF_ATTACHMENT))


@router.get("/reports/{report_id}/attachments/{attachment_id}", response_class=Response)
def open_attachment(
    report_id: UUID, attachment_id: UUID, actor: See, session: DbSession
) -> Response:
    """A photo or paper of a report."""
    kept, content = report_attachments.opened(session, actor, report_id, attachment_id)
    headers: dict[str, Any] = {"Content-Disposition": "attachment"}
    return Response(content, media_type=kept.media_type, headers=headers)


@router.get("/report-categories")
def list_categories(
    actor: See,
    session: DbSession,
    municipality_id: UUID,
    language: Literal["fr", "nl", "de", "en"] = "fr",
) -> list[ListOutput]:
    """What a report of a town can be about."""
    town = reports_reach.town_for(session, actor, Action.SEE_REPORTS, municipality_id)
    offered = report_categories.offered(session, town.id, Language(language))
    return [ListOutput(code=one.code, name=one.name) for one in offered]


@router.get("/report-services")
def list_services(actor: See, session: DbSession) -> list[ServiceOutput]:
    """The services that reports are given to, of every town within reach."""
    within = [one.id for one in reports_reach.towns(session, actor, Action.SEE_REPORTS)]
    found = report_services.of_towns(session, within)
    return [ServiceOutput(**one.model_dump()) for one in found]
