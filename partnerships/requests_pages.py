"""Who asks to join a partnership, and whom its coordinator invites."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.config import settings
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import language_from, mark
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships import invitations, joining, measures, ways
from partnerships.admission import SENTENCES, Reason
from partnerships.contact import readable
from partnerships.models import JoinRequest, Partnership
from partnerships.scope import partnership_by_slug

router = APIRouter(include_in_schema=False)

Keep = Annotated[Actor, allowed(Action.KEEP_MEMBERS)]


@router.get("/partnerships/{slug}/requests")
def show_requests(
    slug: str, request: Request, actor: Keep, session: DbSession, invited: str = ""
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    return _requests(request, session, partnership, {}, None, is_invited=bool(invited))


def _requests(
    request: Request,
    session: Session,
    partnership: Partnership,
    problems: dict[str, str],
    form: Form | None,
    *,
    is_invited: bool = False,
) -> Response:
    waiting = joining.waiting(session, partnership.id)
    return page(
        request,
        "partnerships/requests.html",
        422 if problems else 200,
        partnership=partnership,
        waiting=[(one, _was_excluded(session, one)) for one in waiting],
        reasons=SENTENCES,
        readable=readable,
        join_address=f"{settings().base_url}/join/{partnership.slug}",
        typed=form.text if form else lambda _name: "",
        is_invited=is_invited,
        problems=problems,
    )


def _was_excluded(session: Session, asked: JoinRequest) -> bool:
    values = [one for one in (asked.telephone, asked.email) if one]
    return measures.is_excluded(session, asked.partnership_id, values)


@router.post("/partnerships/{slug}/requests/{request_id}/approve")
def approve_request(
    slug: str, request_id: UUID, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    asked = _asked(session, slug, request_id, actor)
    joining.approve(session, actor, asked, form.all("vouched"))
    return go_to(f"/partnerships/{slug}/requests")


@router.post("/partnerships/{slug}/requests/{request_id}/decline")
def decline_request(
    slug: str,
    request_id: UUID,
    request: Request,
    actor: Keep,
    form: PostedForm,
    session: DbSession,
) -> Response:
    asked = _asked(session, slug, request_id, actor)
    try:
        reason = Reason(form.text("reason"))
    except ValueError:
        partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
        problem = FieldProblem(f"reason-{request_id}", mark("Choose a reason: it is told."))
        problems = sentences((problem,), language_of(request))
        return _requests(request, session, partnership, problems, None)
    joining.decline(session, actor, asked, reason)
    return go_to(f"/partnerships/{slug}/requests")


def _asked(session: Session, slug: str, request_id: UUID, actor: Actor) -> JoinRequest:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    found = session.get(JoinRequest, request_id)
    if found is None or found.partnership_id != partnership.id:
        raise NotFound
    return found


@router.post("/partnerships/{slug}/invitations")
def invite(
    slug: str, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    try:
        way = ways.read("way", form.text("way").strip())
        language = language_from(form.text("language")) or partnership.languages[0]
        invitations.invite(session, actor, partnership, way, language)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _requests(request, session, partnership, problems, form)
    return go_to(f"/partnerships/{slug}/requests?invited=yes")
