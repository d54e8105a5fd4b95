"""How a member gets to his own page: asking for a link, using it, and going away again."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.access import open_to_all
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of
from partnerships import member_links, own_ways, ways
from partnerships.member_visit import MemberHere, let_in, let_out, visit_cookie
from partnerships.models import ContactKind, Person
from partnerships.visitor_pages import place_of, visitor_page

router = APIRouter(include_in_schema=False)

_ASKING = open_to_all("Whoever asks learns nothing: the answer is the same for every number.")
_BY_VISIT = open_to_all("The cookie of a member's visit says whose visit is closed.")
_BY_LINK = open_to_all("The link says whose page it is, and is good once.")


@router.get("/me/link", dependencies=[_ASKING])
def show_ask(request: Request) -> Response:
    return _ask_page(request)


def _ask_page(
    request: Request, typed: str = "", refusal: BadInput | None = None, *, sent: bool = False
) -> Response:
    problems = sentences(refusal.problems, language_of(request)) if refusal else {}
    return visitor_page(
        request,
        "partnerships/me_link.html",
        422 if problems else 200,
        typed=typed,
        problems=problems,
        sent=sent,
        ended="ended" in request.query_params,
    )


@router.post("/me/link", dependencies=[_ASKING])
def do_ask(request: Request, form: PostedForm, session: DbSession) -> Response:
    typed = form.text("way").strip()
    try:
        way = ways.read("way", typed)
        if way.kind is ContactKind.LANDLINE:
            raise BadInput(FieldProblem("way", _NO_LINK_TO_LAND_LINE))
    except BadInput as refusal:
        return _ask_page(request, typed, refusal)
    member_links.ask(session, way, place_of(request))
    return _ask_page(request, sent=True)


_NO_LINK_TO_LAND_LINE = mark(
    "No link can be sent to a land line. Give your email address, or ask your coordinator."
)


@router.get("/me/open/{token}", dependencies=[_BY_LINK])
def show_open(token: str, request: Request, session: DbSession) -> Response:
    """Ask first: programs that look for dangerous links follow this one too."""
    person = member_links.behind(session, token)
    if person is None:
        return _spent(request)
    request.state.language = person.language
    return visitor_page(request, "partnerships/me_open.html", confirms=False)


@router.post("/me/open/{token}", dependencies=[_BY_LINK])
def do_open(token: str, request: Request, _form: PostedForm, session: DbSession) -> Response:
    visit = member_links.open_visit(session, token)
    if visit is None:
        return _spent(request)
    answer = go_to("/me")
    let_in(answer, visit)
    return answer


@router.get("/me/confirm/{token}", dependencies=[_BY_LINK])
def show_confirm(token: str, request: Request, session: DbSession) -> Response:
    """The link that proves a new address of a member."""
    point = own_ways.behind_link(session, token)
    if point is None:
        return _spent(request)
    request.state.language = session.get_one(Person, point.person_id).language
    return visitor_page(request, "partnerships/me_open.html", confirms=True)


@router.post("/me/confirm/{token}", dependencies=[_BY_LINK])
def do_confirm(token: str, request: Request, _form: PostedForm, session: DbSession) -> Response:
    point = own_ways.confirm_by_link(session, token)
    if point is None:
        return _spent(request)
    request.state.language = session.get_one(Person, point.person_id).language
    return visitor_page(request, "partnerships/me_confirmed.html")


def _spent(request: Request) -> Response:
    return visitor_page(request, "partnerships/join_link_spent.html", 404, own_page="/me/link")


@router.post("/me/close", dependencies=[_BY_VISIT])
def close(request: Request, _person: MemberHere, _form: PostedForm, session: DbSession) -> Response:
    member_links.close_visit(session, request.cookies.get(visit_cookie(), ""))
    answer = go_to("/me/link")
    let_out(answer)
    return answer
