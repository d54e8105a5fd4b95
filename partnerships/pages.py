"""Signing in and out, and choosing a language."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.access import Action, allowed, open_to_all
from hub.config import settings
from hub.db import DbSession
from hub.i18n import Language, language_from, mark, translate
from hub.security import new_token
from hub.web.forms import VISITOR_COOKIE, PostedForm, visitor_token
from hub.web.pages import LANGUAGE_COOKIE, go_to, language_of, page
from partnerships.sign_in import SignInRefused, sign_in, sign_out

router = APIRouter(include_in_schema=False)

_YEAR_SECONDS = 365 * 24 * 3600


def session_cookie() -> str:
    """The cookie's name. ``__Host-`` ties it to this host and https, where there is https."""
    return "__Host-plp_session" if settings().uses_https else "plp_session"


@router.get("/sign-in", dependencies=[open_to_all("Everyone arrives here first.")])
def show_sign_in(request: Request) -> Response:
    return _sign_in_page(request)


@router.post("/sign-in", dependencies=[open_to_all("Everyone arrives here first.")])
def do_sign_in(request: Request, form: PostedForm, session: DbSession) -> Response:
    try:
        token = sign_in(session, form.text("email"), form.text("password"))
    except SignInRefused as refusal:
        return _sign_in_page(request, refusal.message, form.text("email"))
    if token is None:
        wrong = mark("This address and password do not belong together.")
        return _sign_in_page(request, wrong, form.text("email"))
    answer = go_to("/")
    answer.set_cookie(
        session_cookie(),
        token,
        httponly=True,
        samesite="lax",
        secure=settings().uses_https,
        path="/",
    )
    answer.delete_cookie(VISITOR_COOKIE)
    return answer


def _sign_in_page(request: Request, problem: str = "", email: str = "") -> Response:
    visitor = request.cookies.get(VISITOR_COOKIE) or new_token()
    request.state.form_token = visitor_token(visitor)
    sentence = translate(language_of(request), problem) if problem else ""
    answer = page(
        request, "partnerships/sign_in.html", 422 if problem else 200, problem=sentence, email=email
    )
    answer.set_cookie(
        VISITOR_COOKIE, visitor, httponly=True, samesite="strict", secure=settings().uses_https
    )
    return answer


@router.post("/sign-out", dependencies=[allowed(Action.SEE_HOME)])
def do_sign_out(request: Request, _form: PostedForm, session: DbSession) -> Response:
    sign_out(session, request.cookies.get(session_cookie(), ""))
    answer = go_to("/sign-in")
    answer.delete_cookie(session_cookie(), path="/", secure=settings().uses_https, httponly=True)
    return answer


@router.get("/language/{code}", dependencies=[open_to_all("A choice of words, not of data.")])
def choose_language(code: str, request: Request) -> Response:
    """Remember the reader's language. It changes nothing but words, so a link may do it."""
    language = language_from(code) or Language.FRENCH
    came_from = request.query_params.get("back", "/")
    is_ours = came_from.startswith("/") and not came_from.startswith(("//", "/\\"))
    answer = go_to(came_from if is_ours else "/")
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR_SECONDS, samesite="lax")
    return answer
