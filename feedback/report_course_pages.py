"""What becomes of a report: given to somebody, followed, merged, shown with photos and papers."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from feedback import report_attachments, report_forms, report_merging, reports, reports_reach
from feedback.report_attachments import MOST_BODY_BYTES
from feedback.report_pages import report_page, to_report, version_in
from feedback.reports import ChangedMeanwhile
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of
from partnerships.documents import Upload

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_REPORTS)]
Keep = Annotated[Actor, allowed(Action.KEEP_REPORTS)]


@router.post("/reports/{report_id}/follow")
def follow_report(
    report_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    report = reports_reach.report_for(session, report_id, actor, Action.KEEP_REPORTS)
    try:
        values = report_forms.read(form, report_forms.COURSE)
        note = form.text("note")
        changed = reports.change(session, actor, report_id, version_in(form), values, note)
    except ChangedMeanwhile as refusal:
        return report_page(
            request, session, actor, refusal.report, form=form, meanwhile=refusal, status=409
        )
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return report_page(request, session, actor, report, problems, form=form)
    return to_report(session, actor, changed)


@router.post("/reports/{report_id}/merge")
def merge_report(
    report_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    report = reports_reach.report_for(session, report_id, actor, Action.KEEP_REPORTS)
    try:
        number = _number(form.text("into"))
        report_merging.merge(session, actor, report_id, version_in(form), number)
    except ChangedMeanwhile as refusal:
        return report_page(
            request, session, actor, refusal.report, form=form, meanwhile=refusal, status=409
        )
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return report_page(request, session, actor, report, problems, form=form)
    return go_to(f"/reports/{report_id}")


def _number(typed: str) -> int:
    plain = typed.strip().lstrip("#")
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 9):
        raise BadInput(FieldProblem("into", mark("Give the number of a report.")))
    return int(plain)


@router.post("/reports/{report_id}/attachments", max_body_size=MOST_BODY_BYTES)
def attach(
    report_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    report = reports_reach.report_for(session, report_id, actor, Action.KEEP_REPORTS)
    upload = Upload(form.file("file", report_attachments.LARGEST_BYTES), form.file_name("file"))
    try:
        report_attachments.keep(session, actor, report_id, upload)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return report_page(request, session, actor, report, problems, form=form)
    return go_to(f"/reports/{report_id}#papers")


@router.get("/reports/{report_id}/attachments/{attachment_id}")
def open_attachment(
    report_id: UUID, attachment_id: UUID, actor: See, session: DbSession
) -> Response:
    """A photo to be looked at, a paper to be saved: what others made is never shown as a page."""
    kept, content = report_attachments.opened(session, actor, report_id, attachment_id)
    shown = "attachment" if kept.media_type == report_attachments.PDF else "inline"
    plain = kept.file_name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    named = f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(kept.file_name, safe='')}"
    return Response(content, media_type=kept.media_type, headers={"Content-Disposition": named})
