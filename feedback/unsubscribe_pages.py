"""The page behind "no more messages of this kind". Looking changes nothing; the button acts."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from feedback import unsubscribe
from hub.access import open_to_all
from hub.db import DbSession
from hub.web.pages import page

router = APIRouter(include_in_schema=False)

_OPEN = open_to_all("The signature in the link says whose it is; it can do nothing else.")


@router.get("/unsubscribe/{token}", dependencies=[_OPEN])
def show_unsubscribe(token: str, request: Request, session: DbSession) -> Response:
    """Ask first: programs that look for dangerous links follow this one too."""
    request.state.language = unsubscribe.person_of(session, token).language
    return page(request, "feedback/unsubscribe.html", done=False)


@router.post("/unsubscribe/{token}", dependencies=[_OPEN])
def do_unsubscribe(token: str, request: Request, session: DbSession) -> Response:
    """For the page's button and for a mail program's own (RFC 8058), which has no form token.

    The link itself is the proof: no other site knows it, so none can post it.
    """
    request.state.language = unsubscribe.person_of(session, token).language
    unsubscribe.by_token(session, token, "link")
    return page(request, "feedback/unsubscribe.html", done=True)
