"""The inbox of the police: live, filtered, by pages, and found by the number of a sender."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel import Session

from feedback import inbox_list
from feedback.inbox_list import Filter, Wanted
from feedback.made_from_replies import made_of
from hub.access import Action, Actor, allowed
from hub.db import DbSession, unit_of_work
from hub.i18n import mark
from hub.web import live
from hub.web.forms import PostedForm
from hub.web.pages import page, render

router = APIRouter(include_in_schema=False)

_A_PAGE = 50
_FILTERS = {
    Filter.ALL: mark("All"),
    Filter.NEED_HELP: mark("Calls for help"),
    Filter.SIGHTINGS: mark("Sightings"),
    Filter.QUESTIONS: mark("Questions"),
    Filter.UNKNOWN: mark("Unknown senders"),
    Filter.KEYS: mark("Keys pressed"),
}
_Reader = Annotated[Actor, allowed(Action.SEE_INBOX)]


@router.get("/inbox")
def show_inbox(
    request: Request,
    actor: _Reader,
    session: DbSession,
    show: Filter = Filter.ALL,
    before: UUID | None = None,
) -> Response:
    return _page(request, session, actor, Wanted(show, before=before))


@router.post("/inbox/find")
def find_sender(request: Request, actor: _Reader, form: PostedForm, session: DbSession) -> Response:
    """What one number or address wrote. Posted: a number stands in no address of a page."""
    return _page(request, session, actor, Wanted(sender=form.text("sender")))


def _page(request: Request, session: Session, actor: Actor, wanted: Wanted) -> Response:
    found = inbox_list.replies(session, actor, limit=_A_PAGE + 1, wanted=wanted)
    shown = found[:_A_PAGE]
    is_live = wanted.before is None and not wanted.sender
    ordered = inbox_list.live(session, actor, _A_PAGE, wanted) if is_live else shown
    return page(
        request,
        "feedback/inbox.html",
        replies=ordered,
        older=shown[-1].id if len(found) > _A_PAGE else None,
        wanted=wanted,
        filters=_FILTERS,
        is_live=is_live,
        with_place=True,
        **made_of(session, ordered),
    )


@router.get("/inbox/events", response_class=EventSourceResponse)
async def inbox_events(
    request: Request,
    actor: _Reader,
    newest: Annotated[int, Query(ge=1, le=100)] = _A_PAGE,
    show: Filter = Filter.ALL,
) -> AsyncIterator[ServerSentEvent]:
    """Replies as they come in, the newest so many."""

    def found() -> dict[str, Any]:
        with unit_of_work(read_only=True) as session:
            replies = inbox_list.live(session, actor, newest, Wanted(show))
            return {"replies": replies, **made_of(session, replies)}

    def fragment() -> tuple[str, bool]:
        return render(request, "feedback/replies.html", with_place=True, **found()), False

    async for event in live.changes(request, "replies", fragment):
        yield event
