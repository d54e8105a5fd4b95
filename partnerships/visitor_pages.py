"""Pages with a form for somebody who is not signed in: a form token by cookie, and where he is."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from hub.config import settings
from hub.security import new_token
from hub.web.forms import VISITOR_COOKIE, visitor_token
from hub.web.pages import page
from partnerships.sign_up_limits import place_index


def visitor_page(
    request: Request, template: str, status_code: int = 200, **context: Any
) -> HTMLResponse:
    """A page whose forms carry the token of this browser's visit."""
    visitor = request.cookies.get(VISITOR_COOKIE) or new_token()
    request.state.form_token = visitor_token(visitor)
    answer = page(request, template, status_code, **context)
    answer.set_cookie(
        VISITOR_COOKIE, visitor, httponly=True, samesite="strict", secure=settings().uses_https
    )
    return answer


def place_of(request: Request) -> str:
    """Where a request comes from, as a blind index. Behind a proxy the server has put the client's
    address in the place of the proxy's, if FORWARDED_ALLOW_IPS names the proxy."""
    return place_index(request.client.host if request.client else None)
