"""The JSON door for what members wrote, the incidents they report, and feedback on an alert."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from feedback import inbox_list, opened_incidents, outcome
from feedback.inbox_list import Filter, Wanted
from feedback.models import Meaning
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import Language
from hub.web.forms import on_the_clock
from messaging import broadcasts
from messaging.api import BroadcastOutput, IncidentOutput, WordsInput, described, words_of
from messaging.forms import LONGEST_REQUEST_ID

router = APIRouter(prefix="/api/v1")


class FeedbackInput(BaseModel):
    """How it ended. Without a ``client_request_id`` there is one feedback per alert, and another
    when that was cancelled."""

    model_config = ConfigDict(extra="forbid")

    texts: dict[Language, WordsInput]
    client_request_id: str | None = Field(default=None, min_length=1, max_length=LONGEST_REQUEST_ID)
    deviation_reason: str = Field(
        default="", description="Why you give it although a communication plan does not name you."
    )


@router.post("/broadcasts/{broadcast_id}/feedback", status_code=201)
def give_feedback(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.GIVE_FEEDBACK)],
    wanted: FeedbackInput,
    session: DbSession,
) -> BroadcastOutput:
    """Tell those who got an alert how it ended; it is sent at once and the incident closes."""
    alert = broadcasts.broadcast_for(session, broadcast_id, actor, Action.GIVE_FEEDBACK)
    request_id = wanted.client_request_id or outcome.usual_request_id(session, alert)
    texts, reason = words_of(wanted.texts), wanted.deviation_reason
    given = outcome.give(session, actor, alert, texts, request_id, reason)
    return described(session, given)


class ReplyOutput(BaseModel):
    """What somebody wrote to the police. Whom it is from can be forged: check before acting."""

    id: UUID
    received_at: datetime
    sender: str
    name: str | None
    body: str
    meaning: Meaning = Field(description="A first guess, by rules; never a reason to do nothing.")
    by_mail: bool
    is_unknown: bool = Field(description="From no member's number or address.")
    is_shared: bool = Field(description="Several members have this number: there is no name.")
    pictures: int = Field(description="How many came by MMS; they are not kept.")
    is_unproven: bool = Field(description="A mail that carries nothing of ours.")
    incident_id: UUID | None
    opened_incident_id: UUID | None = Field(description="The incident that was opened from it.")


class ReportedIncidentInput(BaseModel):
    """What a message reports. Without ``facts_at`` it happened when the message came in."""

    model_config = ConfigDict(extra="forbid")

    phenomenon: str = Field(description="A code of the plan's list, or its name in any language.")
    place: str
    facts_at: datetime | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    police_zone: str = Field(
        default="", description="The slug of a police zone; needed from who works in several."
    )


@router.get("/replies")
def list_replies(
    actor: Annotated[Actor, allowed(Action.SEE_INBOX)],
    session: DbSession,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    show: Filter = Filter.ALL,
    before: Annotated[
        UUID | None, Query(description="The last one of the page before: older ones follow.")
    ] = None,
) -> list[ReplyOutput]:
    """The newest messages to the police within reach, the newest first."""
    found = inbox_list.replies(session, actor, limit=limit, wanted=Wanted(show, before=before))
    return [ReplyOutput.model_validate(one, from_attributes=True) for one in found]


@router.post("/replies/{reply_id}/incident", status_code=201)
def open_incident_from_reply(
    reply_id: UUID,
    actor: Annotated[Actor, allowed(Action.OPEN_INCIDENT)],
    wanted: ReportedIncidentInput,
    session: DbSession,
) -> IncidentOutput:
    """Open the incident that a message reports. A second time gives the same incident."""
    facts_at = wanted.facts_at and on_the_clock("facts_at", wanted.facts_at)
    happened = wanted.model_dump(exclude={"facts_at"})
    incident = opened_incidents.open_from(session, actor, reply_id, facts_at=facts_at, **happened)
    return IncidentOutput.model_validate(incident, from_attributes=True)
