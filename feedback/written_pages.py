"""A member's page on which he asks or tells his partnership something."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import written_on_page
from hub.access import open_to_all
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging.forms import new_form_id
from partnerships.member_visit import MemberHere, came_by, is_sure
from partnerships.models import Person

router = APIRouter(include_in_schema=False)

_COORDINATOR = "coordinator"
_OWN = open_to_all("The cookie of a member's visit says whose page it is; there is no other.")


@router.get("/me/ask", dependencies=[_OWN])
def show_ask(request: Request, person: MemberHere, session: DbSession) -> Response:
    return _ask(request, session, person, new_form_id())


@router.post("/me/ask", dependencies=[_OWN])
def ask(request: Request, person: MemberHere, form: PostedForm, session: DbSession) -> Response:
    typed, form_id = form.text("message"), form.text("form_id")[:40] or new_form_id()
    try:
        written_on_page.write(
            session,
            person,
            came_by(request),
            typed,
            form_id,
            is_for_coordinator=form.text("to") == _COORDINATOR,
        )
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _ask(request, session, person, form_id, typed, form.text("to"), problems)
    return go_to("/me/ask?sent=1")


def _ask(
    request: Request,
    session: Session,
    person: Person,
    form_id: str,
    typed: str = "",
    to: str = "",
    problems: dict[str, str] | None = None,
) -> Response:
    # Who came by a way that is perhaps not his reads only what was written from there.
    written = written_on_page.newest(
        session, person, None if is_sure(request) else came_by(request)
    )
    return page(
        request,
        "feedback/ask.html",
        422 if problems else 200,
        written=written,
        form_id=form_id,
        typed=typed,
        to=to,
        problems=problems or {},
        sent=not problems and "sent" in request.query_params,
        longest=written_on_page.LONGEST,
    )
