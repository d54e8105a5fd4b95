"""The buttons of the second person: let it leave, or stop it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.web.forms import PostedForm
from hub.web.pages import go_to
from messaging import approval, broadcasts

router = APIRouter(include_in_schema=False)


@router.post("/broadcasts/{broadcast_id}/approve")
def approve_broadcast(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.APPROVE_BROADCAST)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.APPROVE_BROADCAST)
    approval.approve(session, actor, broadcast)
    return go_to(f"/broadcasts/{broadcast.id}")


@router.post("/broadcasts/{broadcast_id}/decline")
def decline_broadcast(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.APPROVE_BROADCAST)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.APPROVE_BROADCAST)
    approval.decline(session, actor, broadcast)
    return go_to(f"/broadcasts/{broadcast.id}")
