"""Rendering a page in the reader's language, with what every page needs."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from hub import __version__
from hub.access import Action, Actor
from hub.config import settings
from hub.i18n import LANGUAGE_NAMES, Language, language_from, preferred_language
from hub.templating import environment

LANGUAGE_COOKIE = "plp_language"


def language_of(request: Request) -> Language:
    """The reader's choice, else the account's or the member's language, else the browser's."""
    chosen = language_from(request.cookies.get(LANGUAGE_COOKIE))
    if chosen:
        return chosen
    actor = actor_of(request)
    if actor:
        return Language(actor.language)
    # Of a member who came by a link of his own.
    member: Language | None = getattr(request.state, "language", None)
    return member or preferred_language(request.headers.get("Accept-Language", ""))


def actor_of(request: Request) -> Actor | None:
    """Who is signed in, as the route's rule found it."""
    actor: Actor | None = getattr(request.state, "actor", None)
    return actor


def page(request: Request, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
    """A whole page."""
    return HTMLResponse(render(request, template, **context), status_code=status_code)


def render(request: Request, template: str, **context: Any) -> str:
    """A page or a fragment of one as text."""
    actor = actor_of(request)
    shared = {
        "actor": actor,
        "Action": Action,
        "form_token": getattr(request.state, "form_token", actor.form_token if actor else ""),
        "language": language_of(request),
        "language_names": LANGUAGE_NAMES,
        "path": request.url.path,
        "simulated": settings().carrier_is_simulated,
        "version": __version__,
        "problems": {},
    }
    return environment(language_of(request)).get_template(template).render(shared | context)


def go_to(path: str) -> RedirectResponse:
    """See another page next; the browser's Back does not send the form again."""
    return RedirectResponse(path, status_code=303)
