"""After the form: the code from a text, the link in a mail, and what is still to be proved."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import open_to_all
from hub.config import settings
from hub.db import DbSession
from hub.i18n import mark, translate
from hub.web.forms import PostedForm
from hub.web.pages import go_to, language_of
from partnerships import confirmation, contact, joining
from partnerships.confirmation import About, Answer
from partnerships.models import JoinRequest, Partnership
from partnerships.visitor_pages import place_of, visitor_page

router = APIRouter(include_in_schema=False)

REQUEST_COOKIE = "plp_join"
_KEPT_SECONDS = 14 * 24 * 3600

_OWN_REQUEST = open_to_all("The cookie of the browser that asked says whose request it is.")
_MAIL_LINK = open_to_all("The link in the mail says whose address it proves, and proves it once.")


def to_own_request(partnership: Partnership, asked: JoinRequest) -> Response:
    answer = go_to(f"/join/{partnership.slug}/confirm")
    answer.set_cookie(
        REQUEST_COOKIE,
        joining.reference(asked),
        max_age=_KEPT_SECONDS,
        httponly=True,
        samesite="lax",
        secure=settings().uses_https,
        path="/join",
    )
    return answer


@router.get("/join/mail/{token}", dependencies=[_MAIL_LINK])
def show_mail_link(token: str, request: Request, session: DbSession) -> Response:
    """Ask first: programs that look for dangerous links follow this one too."""
    asked = joining.behind_mail(session, token)
    if asked is None:
        return visitor_page(request, "partnerships/join_link_spent.html", 404)
    request.state.language = asked.language
    return visitor_page(
        request,
        "partnerships/join_mail.html",
        partnership=session.get_one(Partnership, asked.partnership_id),
    )


@router.post("/join/mail/{token}", dependencies=[_MAIL_LINK])
def use_mail_link(token: str, request: Request, _form: PostedForm, session: DbSession) -> Response:
    asked = joining.confirm_mail(session, token, place_of(request))
    if asked is None:
        return visitor_page(request, "partnerships/join_link_spent.html", 404)
    partnership = session.get_one(Partnership, asked.partnership_id)
    return to_own_request(partnership, asked)


@router.get("/join/{slug}/confirm", dependencies=[_OWN_REQUEST])
def show_confirm(slug: str, request: Request, session: DbSession) -> Response:
    asked = _own_request(request, session, slug)
    return _confirm_page(request, session, asked) if asked else go_to(f"/join/{slug}")


@router.post("/join/{slug}/confirm", dependencies=[_OWN_REQUEST])
def try_code(slug: str, request: Request, form: PostedForm, session: DbSession) -> Response:
    asked = _own_request(request, session, slug)
    if asked is None:
        return go_to(f"/join/{slug}")
    answer = joining.try_code(session, asked, form.text("code"))
    if answer is Answer.RIGHT:
        return go_to(f"/join/{slug}/confirm")
    # Shown, not raised: the try must stay counted.
    return _confirm_page(request, session, asked, problems={"code": _CODE_PROBLEMS[answer]})


_CODE_PROBLEMS = {
    Answer.WRONG: mark("This is not the code we sent. Look again at the newest text."),
    Answer.SPENT: mark("This code is worth nothing any more. Ask for a new one."),
}


@router.post("/join/{slug}/confirm/again", dependencies=[_OWN_REQUEST])
def send_again(slug: str, request: Request, form: PostedForm, session: DbSession) -> Response:
    """Another code or another mail, within the limits."""
    asked = _own_request(request, session, slug)
    if asked is None:
        return go_to(f"/join/{slug}")
    partnership = session.get_one(Partnership, asked.partnership_id)
    place = place_of(request)
    if form.text("what") == "mail":
        limit = joining.send_link(session, asked, partnership, place)
    elif joining.may_have_code(session, asked):
        limit = joining.send_code(session, asked, partnership, place)
    else:
        limit = None
    if limit is not None:
        return _confirm_page(request, session, asked, problems={"again": _NO_MORE})
    return go_to(f"/join/{slug}/confirm")


_NO_MORE = mark("No more can be sent now. Your request is with the coordinator all the same.")


def _own_request(request: Request, session: Session, slug: str) -> JoinRequest | None:
    asked = joining.of_reference(session, request.cookies.get(REQUEST_COOKIE, ""))
    if asked is None:
        return None
    request.state.language = asked.language
    partnership = session.get_one(Partnership, asked.partnership_id)
    return asked if partnership.slug == slug else None


def _confirm_page(
    request: Request, session: Session, asked: JoinRequest, problems: dict[str, str] | None = None
) -> Response:
    problems = problems or {}
    language = language_of(request)
    return visitor_page(
        request,
        "partnerships/join_confirm.html",
        422 if problems else 200,
        partnership=session.get_one(Partnership, asked.partnership_id),
        asked=asked,
        problems={field: translate(language, one) for field, one in problems.items()},
        **_mobile_state(session, asked),
    )


def _mobile_state(session: Session, asked: JoinRequest) -> dict[str, Any]:
    way = joining.telephone_of(asked)
    about = About(join_request_id=asked.id)
    return {
        "number": contact.readable(asked.telephone) if way else "",
        "takes_texts": way is not None and way.takes_texts,
        "code_is_open": confirmation.open_code(session, about) is not None,
        "may_have_code": joining.may_have_code(session, asked),
    }
