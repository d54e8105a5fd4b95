"""The page on which a report is written down from a member's message."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from feedback import opened_incidents, report_forms, report_view, reports_reach
from feedback.models import InboundMessage, Report, ReportSource
from feedback.report_attachments import MOST_BODY_BYTES
from feedback.report_pages import enter_from, new_form, to_report, typed_again
from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, Conflict
from hub.i18n import mark
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships.models import Membership, Organisation, Partnership

router = APIRouter(include_in_schema=False)

Keep = Annotated[Actor, allowed(Action.KEEP_REPORTS)]


@router.get("/replies/{reply_id}/report")
def show_form(
    reply_id: UUID,
    request: Request,
    actor: Keep,
    session: DbSession,
    town: UUID | None = None,
) -> Response:
    message = opened_incidents.reply_for(session, actor, reply_id)
    existing = _made_of(session, actor, message)
    if existing is not None:
        return go_to(f"/reports/{existing.id}")
    chosen = _town(session, actor, message, town)
    if chosen is None:
        towns = reports_reach.towns(session, actor, Action.KEEP_REPORTS)
        return page(request, "feedback/report_town.html", towns=towns, path_to=request.url.path)
    at = clock.in_brussels(message.received_at).strftime("%Y-%m-%dT%H:%M")
    names = (*report_forms.FACTS, *report_forms.FIRST_COURSE)
    typed = {**dict.fromkeys(names, ""), "form_id": "", "received_at": at}
    typed |= {"source": ReportSource.MEMBER, "words": message.body}
    return new_form(request, session, chosen, typed, {}, message=message)


@router.post("/replies/{reply_id}/report", max_body_size=MOST_BODY_BYTES)
def enter_report(
    reply_id: UUID,
    request: Request,
    actor: Keep,
    form: PostedForm,
    session: DbSession,
    town: UUID,
) -> Response:
    message = opened_incidents.reply_for(session, actor, reply_id)
    existing = _made_of(session, actor, message)
    if existing is not None:
        return go_to(f"/reports/{existing.id}")
    chosen = reports_reach.town_for(session, actor, Action.KEEP_REPORTS, town)
    try:
        with session.begin_nested():
            report = enter_from(session, actor, chosen, form, message=message)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return new_form(request, session, chosen, typed_again(form), problems, message=message)
    return to_report(session, actor, report)


def _made_of(session: Session, actor: Actor, message: InboundMessage) -> Report | None:
    """The report that was made of this message before. Raises ``Conflict`` where this reader may
    not see that one."""
    found = session.exec(select(Report).where(Report.message_id == message.id)).first()
    if found is not None and report_view.seen(session, actor, found.id) is None:
        raise Conflict(mark("Somebody else has made a report of this message."))
    return found


def _town(
    session: Session, actor: Actor, message: InboundMessage, town_id: UUID | None
) -> Organisation | None:
    """The one that was chosen, the only one, or that of a partnership of whoever wrote."""
    if town_id is not None:
        return reports_reach.town_for(session, actor, Action.KEEP_REPORTS, town_id)
    towns = reports_reach.towns(session, actor, Action.KEEP_REPORTS)
    joined = (
        select(Partnership.municipality_id)
        .join(Membership, col(Membership.partnership_id) == col(Partnership.id))
        .where(Membership.person_id == message.person_id)
    )
    his = set(session.exec(joined)) if message.person_id else set()
    meant = [one for one in towns if one.id in his] if len(towns) > 1 else towns
    return meant[0] if len(meant) == 1 else None
