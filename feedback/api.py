"""The JSON door for feedback on an alert."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from feedback import outcome
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import Language
from messaging import broadcasts
from messaging.api import BroadcastOutput, WordsInput, described, words_of
from messaging.forms import LONGEST_REQUEST_ID

router = APIRouter(prefix="/api/v1")


class FeedbackInput(BaseModel):
    """How it ended. Without a ``client_request_id`` there is one feedback per alert."""

    model_config = ConfigDict(extra="forbid")

    texts: dict[Language, WordsInput]
    client_request_id: str | None = Field(default=None, min_length=1, max_length=LONGEST_REQUEST_ID)


@router.post("/broadcasts/{broadcast_id}/feedback", status_code=201)
def give_feedback(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.GIVE_FEEDBACK)],
    wanted: FeedbackInput,
    session: DbSession,
) -> BroadcastOutput:
    """Tell those who got an alert how it ended; it is sent at once and the incident closes."""
    alert = broadcasts.broadcast_for(session, broadcast_id, actor, Action.GIVE_FEEDBACK)
    request_id = wanted.client_request_id or f"feedback-{broadcast_id}"
    given = outcome.give(session, actor, alert, words_of(wanted.texts), request_id)
    return described(session, given)
