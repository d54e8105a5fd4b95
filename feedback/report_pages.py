"""The pages of one report: written down, read, put right."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import (
    box_register,
    owed_answers,
    report_attachments,
    report_forms,
    report_view,
    reports,
    reports_reach,
    voicemail_listening,
)
from feedback.models import InboundMessage, Report, ReportSource
from feedback.report_attachments import MOST_BODY_BYTES
from feedback.report_checks import Values
from feedback.reports import ChangedMeanwhile
from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging.forms import new_form_id
from partnerships.documents import Upload
from partnerships.map_features import told_to_map
from partnerships.models import Organisation

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_REPORTS)]
Keep = Annotated[Actor, allowed(Action.KEEP_REPORTS)]
_NEW_FIELDS = (*report_forms.FACTS, *report_forms.FIRST_COURSE)


@router.get("/reports/new")
def show_new(
    request: Request,
    actor: Keep,
    session: DbSession,
    town: UUID | None = None,
    emptying: UUID | None = None,
) -> Response:
    blank = {**dict.fromkeys(_NEW_FIELDS, ""), "received_at": _on_the_wall()}
    blank["form_id"] = new_form_id()
    if emptying is not None:
        return _new_from_box(request, session, actor, emptying, blank)
    towns = reports_reach.towns(session, actor, Action.KEEP_REPORTS)
    chosen = towns[0] if len(towns) == 1 else None
    if town is not None:
        chosen = reports_reach.town_for(session, actor, Action.KEEP_REPORTS, town)
    if chosen is None:
        return page(request, "feedback/report_town.html", towns=towns)
    return new_form(request, session, chosen, blank, {})


def _new_from_box(
    request: Request, session: Session, actor: Actor, emptying_id: UUID, blank: dict[str, str]
) -> Response:
    emptying, box = box_register.emptying_for(session, actor, emptying_id, Action.KEEP_REPORTS)
    blank |= {"source": ReportSource.PROBLEM_BOX, "emptying": str(emptying.id)}
    blank["received_at"] = _on_the_wall(emptying.emptied_at)
    town = session.get_one(Organisation, box.municipality_id)
    return new_form(request, session, town, blank, {}, box_name=box.name)


def _on_the_wall(at: datetime | None = None) -> str:
    return clock.in_brussels(at or clock.now()).strftime("%Y-%m-%dT%H:%M")


def new_form(
    request: Request,
    session: Session,
    town: Organisation,
    typed: dict[str, str],
    problems: dict[str, str],
    *,
    box_name: str = "",
    message: InboundMessage | None = None,
) -> Response:
    """The form on which a report is written down; of a member's message with that beside it."""
    language = language_of(request)
    return page(
        request,
        "feedback/report_new.html",
        422 if problems else 200,
        **report_view.words(request),
        **report_view.choices(session, town, language),
        **told_to_map(),
        typed={"emptying": "", **typed},
        problems=problems,
        latest=_on_the_wall(),
        box_name=box_name,
        message=message,
        spoken=voicemail_listening.of_reply(session, message.id) if message else None,
    )


@router.post("/reports/new", max_body_size=MOST_BODY_BYTES)
def enter_report(
    request: Request, actor: Keep, form: PostedForm, session: DbSession, town: UUID
) -> Response:
    chosen = reports_reach.town_for(session, actor, Action.KEEP_REPORTS, town)
    emptying = _emptying(session, actor, form)
    try:
        with session.begin_nested():
            report = enter_from(session, actor, chosen, form, emptying_id=emptying)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return new_form(request, session, chosen, typed_again(form), problems)
    return to_report(session, actor, report)


def _emptying(session: Session, actor: Actor, form: Form) -> UUID | None:
    if not form.text("emptying"):
        return None
    try:
        emptying_id = UUID(form.text("emptying"))
    except ValueError:
        return None
    return box_register.emptying_for(session, actor, emptying_id, Action.KEEP_REPORTS)[0].id


def enter_from(
    session: Session,
    actor: Actor,
    town: Organisation,
    form: Form,
    *,
    emptying_id: UUID | None = None,
    message: InboundMessage | None = None,
) -> Report:
    """Write down what a form says, with its photo or paper. Raises ``BadInput``."""
    upload = Upload(form.file("file", report_attachments.LARGEST_BYTES), form.file_name("file"))
    if upload.content:
        # Before anything is stored: a file that cannot be read keeps the whole form open.
        report_attachments.checked(upload)
    report = reports.enter(
        session,
        actor,
        town.id,
        report_forms.read(form, _NEW_FIELDS),
        request_id=form.text("form_id")[:64],
        message=message,
        box_emptying_id=emptying_id,
    )
    if upload.content:
        report_attachments.keep(session, actor, report.id, upload)
    return report


def typed_again(form: Form) -> dict[str, str]:
    """Everything that was typed on the form, but for the file, which browsers do not give back."""
    return report_forms.typed(form, (*_NEW_FIELDS, "form_id", "emptying"))


def to_report(session: Session, actor: Actor, report: Report) -> Response:
    """See the report next, or the list for who may not see it himself: it is confidential."""
    seen = report_view.seen(session, actor, report.id)
    return go_to(f"/reports/{report.id}" if seen else "/reports")


@router.get("/reports/{report_id}")
def show_report(report_id: UUID, request: Request, actor: See, session: DbSession) -> Response:
    report = reports_reach.report_for(session, report_id, actor)
    return report_page(request, session, actor, report)


def report_page(
    request: Request,
    session: Session,
    actor: Actor,
    report: Report,
    problems: dict[str, str] | None = None,
    *,
    form: Form | None = None,
    meanwhile: ChangedMeanwhile | None = None,
    status: int = 422,
) -> Response:
    """One report; ``form`` is what was typed on it and refused, for ``problems`` or because it
    changed ``meanwhile``."""
    keeps = reports_reach.towns(session, actor, Action.KEEP_REPORTS)
    may_keep = report.municipality_id in {one.id for one in keeps}
    parts = report_view.whole(session, actor, report, request, with_form=may_keep)
    course = (*report_forms.COURSE, "note", "into")
    shown = {**dict.fromkeys(course, ""), **parts.pop("as_typed")}
    if form is not None:
        shown |= _typed_on(form, course)
    return page(
        request,
        "feedback/report.html",
        status if form is not None else 200,
        **parts,
        **told_to_map(),
        may_keep=may_keep,
        typed=shown,
        problems=problems or {},
        meanwhile=_lines(session, meanwhile, request),
        answer=owed_answers.of_report(session, report.id),
        today=clock.in_brussels(clock.now()).date(),
    )


def _typed_on(form: Form, names: tuple[str, ...]) -> dict[str, str]:
    """What one of the forms on the page said; the other forms show the report as it is."""
    is_course = form.text("form") == "course"
    return {name: form.text(name) for name in names if is_course or form.text(name)}


def _lines(
    session: Session, meanwhile: ChangedMeanwhile | None, request: Request
) -> list[report_view.Line]:
    if meanwhile is None:
        return []
    language = language_of(request)
    return report_view.history(session, meanwhile.report, meanwhile.events, language)


@router.get("/reports/{report_id}/edit")
def show_edit(report_id: UUID, request: Request, actor: Keep, session: DbSession) -> Response:
    report = reports_reach.report_for(session, report_id, actor, Action.KEEP_REPORTS)
    return _edit_form(request, session, report, report_forms.as_typed(report), {})


def _edit_form(
    request: Request,
    session: Session,
    report: Report,
    typed: dict[str, str],
    problems: dict[str, str],
    meanwhile: ChangedMeanwhile | None = None,
) -> Response:
    town = session.get_one(Organisation, report.municipality_id)
    return page(
        request,
        "feedback/report_edit.html",
        409 if meanwhile else 422 if problems else 200,
        **report_view.words(request),
        **report_view.choices(session, town, language_of(request)),
        **told_to_map(),
        report=report,
        typed=typed,
        problems=problems,
        meanwhile=_lines(session, meanwhile, request),
        latest=_on_the_wall(),
    )


@router.post("/reports/{report_id}/edit")
def edit_report(
    report_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    report = reports_reach.report_for(session, report_id, actor, Action.KEEP_REPORTS)
    typed = report_forms.typed(form, report_forms.FACTS)
    try:
        values: Values = report_forms.read(form, report_forms.FACTS)
        changed = reports.change(session, actor, report_id, version_in(form), values)
    except ChangedMeanwhile as refusal:
        return _edit_form(request, session, refusal.report, typed, {}, refusal)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _edit_form(request, session, report, typed, problems)
    return to_report(session, actor, changed)


def version_in(form: Form) -> int:
    """The version that the form was made of; 0, which none has, for anything else."""
    typed = form.text("version")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else 0
