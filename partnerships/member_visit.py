"""Who is here: the member whose visit a browser's cookie belongs to, for the routes of /me."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from hub.config import settings
from hub.db import DbSession, unit_of_work
from partnerships import member_links, ways
from partnerships.models import ContactPoint, Person


def visit_cookie() -> str:
    """The cookie's name. ``__Host-`` ties it to this host and https, where there is https."""
    return "__Host-plp_member" if settings().uses_https else "plp_member"


def _member_here(request: Request, session: DbSession) -> Person:
    """Raises ``NoVisit``, which leads to the page that sends a link."""
    visit = request.cookies.get(visit_cookie(), "")
    person = member_links.person_here(session, visit)
    if person is None:
        raise member_links.NoVisit
    request.state.language = person.language
    request.state.came_by = member_links.came_by(session, visit)
    request.state.form_token = request.state.visit_form_token = member_links.form_token(visit)
    _note(request, session, visit)
    return person


def _note(request: Request, session: DbSession, visit: str) -> None:
    if not member_links.is_due_to_be_seen(session, visit):
        return
    if request.method != "GET":
        member_links.seen(session, visit)
        return
    # A GET may write nothing in its own unit of work.
    with unit_of_work() as own:
        member_links.seen(own, visit)


def came_by(request: Request) -> ContactPoint | None:
    """The number or address by which the member who is here came."""
    found: ContactPoint | None = request.state.came_by
    return found


def is_sure(request: Request) -> bool:
    """Whether he who is here came by a way that is surely this member's."""
    point = came_by(request)
    return point is not None and ways.is_surely_his(point)


# Routes name it before their form, whose token it knows.
MemberHere = Annotated[Person, Depends(_member_here)]


def let_in(answer: Response, visit: str) -> None:
    """Give a browser the cookie of its visit."""
    answer.set_cookie(
        visit_cookie(), visit, httponly=True, samesite="lax", secure=settings().uses_https, path="/"
    )


def let_out(answer: Response) -> None:
    """Take it back."""
    answer.delete_cookie(visit_cookie(), path="/", secure=settings().uses_https, httponly=True)
