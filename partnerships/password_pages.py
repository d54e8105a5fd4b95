"""Choosing a password by a mailed link."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import open_to_all
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of
from partnerships import password_links
from partnerships.accounts import SHORTEST_PASSWORD
from partnerships.models import Account
from partnerships.visitor_pages import visitor_page

router = APIRouter(include_in_schema=False)

Token = Annotated[str, Path(max_length=100)]
_OPEN = [open_to_all("The link is what proves who it is.")]


@router.get("/choose-password/{token}", dependencies=_OPEN)
def show_choice(token: Token, request: Request, session: DbSession) -> Response:
    return _page(request, token, _account(request, session, token), {})


def _account(request: Request, session: Session, token: str) -> Account | None:
    """Whose link it is; the page then speaks his language."""
    account = password_links.account_of(session, token)
    if account is not None:
        request.state.language = account.language
    return account


def _page(
    request: Request, token: str, account: Account | None, problems: dict[str, str]
) -> Response:
    return visitor_page(
        request,
        "partnerships/choose_password.html",
        422 if problems else (200 if account else 404),
        token=token,
        account=account,
        shortest=SHORTEST_PASSWORD,
        problems=problems,
    )


@router.post("/choose-password/{token}", dependencies=_OPEN)
def choose(token: Token, request: Request, form: PostedForm, session: DbSession) -> Response:
    account = _account(request, session, token)
    try:
        password_links.choose(session, token, form.text("password"), form.text("again"))
    except BadInput as refusal:
        return _page(request, token, account, sentences(refusal.problems, language_of(request)))
    return go_to("/sign-in")
