"""The page of those an alert has not reached, read from a screen or from paper while dialling."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub import audit, clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession, unit_of_work
from hub.errors import NotFound
from hub.web.forms import PostedForm
from hub.web.pages import go_to, page
from messaging import broadcasts, call_list

router = APIRouter(include_in_schema=False)


@router.get("/broadcasts/{broadcast_id}/call-list")
def show_call_list(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_CALL_LIST)],
) -> Response:
    # A unit of work that may write, unlike those of other pages: names and numbers are shown if and
    # only if it is on record that they were.
    with unit_of_work() as session:
        broadcast = call_list.broadcast_for(session, broadcast_id, actor)
        found = call_list.entries(session, actor, broadcast)
        number = call_list.count(session, actor, broadcast)
        audit.record(
            session,
            "call_list.see",
            ("broadcast", broadcast_id),
            by=actor.account_id,
            people=len(found),
        )
        return page(
            request,
            "messaging/call_list.html",
            broadcast=broadcast,
            is_under_way=call_list.is_under_way(broadcast),
            texts=broadcasts.texts_of(session, broadcast),
            entries=found,
            number=number,
            at=clock.now(),
        )


@router.post("/broadcasts/{broadcast_id}/call-list/{person_id}")
def tick_off(
    broadcast_id: UUID,
    person_id: UUID,
    actor: Annotated[Actor, allowed(Action.TICK_CALL_LIST)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    broadcast = call_list.broadcast_for(session, broadcast_id, actor)
    typed = form.text("contact_point")
    call_list.tick_off(session, actor, broadcast, person_id, _id(typed) if typed else None)
    return go_to(f"/broadcasts/{broadcast_id}/call-list")


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise NotFound from None
