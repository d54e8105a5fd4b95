"""Rendering a page of the register, with the words that all of them share."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from hub import clock
from hub.web.pages import language_of, page
from partnerships import contact
from partnerships import register_words as words
from partnerships.register import renewal_state


def register_page(
    request: Request, template: str, status_code: int = 200, **context: Any
) -> HTMLResponse:
    """A whole page that can name kinds, statuses, papers and capacities."""
    language = language_of(request)
    today = clock.in_brussels(clock.now()).date()
    return page(
        request,
        template,
        status_code,
        kind_names=words.KIND_NAMES,
        kind_name=lambda one: words.kind_name(one.kind, one.theme, language),
        status_names=words.STATUS_NAMES,
        status_colours=words.STATUS_COLOURS,
        document_names=words.DOCUMENT_NAMES,
        capacity_names=words.CAPACITY_NAMES,
        organisation_names=words.ORGANISATION_NAMES,
        renewal_state=lambda one: renewal_state(one, today),
        today=today,
        readable=contact.readable,
        **context,
    )
