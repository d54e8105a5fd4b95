"""The JSON door for dispatch systems: incidents, drafts, sending, and what became of it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, preferred_language
from hub.web.forms import on_the_clock
from messaging import (
    alert_words,
    approval,
    broadcasts,
    carrier_words,
    deviations,
    drafts,
    incidents,
    progress,
    stopping,
)
from messaging.forms import LONGEST_REQUEST_ID
from messaging.models import Broadcast, BroadcastKind, Delivery, DeliveryState
from messaging.texts import Words

router = APIRouter(prefix="/api/v1")

_MOST_DELIVERIES = 500


class _Input(BaseModel):
    # A misspelled field must not be a field silently left out.
    model_config = ConfigDict(extra="forbid")


class IncidentInput(_Input):
    """What happened. Times without an offset are read on a Belgian clock."""

    phenomenon: str = Field(description="A code of the plan's list, or its name in any language.")
    place: str
    facts_at: datetime
    reported_at: datetime | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    police_zone: str = Field(
        default="", description="The slug of a police zone; needed from who works in several."
    )
    client_request_id: str | None = Field(
        default=None,
        min_length=1,
        max_length=LONGEST_REQUEST_ID,
        description="The same again gives the same incident.",
    )


class IncidentOutput(BaseModel):
    id: UUID
    phenomenon: str
    place: str
    facts_at: datetime
    reported_at: datetime
    status: str


class WordsInput(_Input):
    """One language: a subject, a short text for SMS, a long one for email, a spoken one for voice
    (where it is empty, calls read the short text)."""

    subject: str
    short: str
    long: str = ""
    spoken: str = ""


class BroadcastInput(_Input):
    client_request_id: str = Field(min_length=1, max_length=LONGEST_REQUEST_ID)
    kind: BroadcastKind
    incident_id: UUID | None = None
    partnerships: list[str]
    texts: dict[Language, WordsInput]
    expires_at: datetime | None = None
    is_drill: bool = False
    deviation_reason: str = Field(
        default="", description="Why you send it although a communication plan does not name you."
    )


class SendInput(_Input):
    deviation_reason: str = Field(
        default="",
        description="Why you send it without the second person, where the plan lets whoever is"
        " alone do so, or although the plan does not name you.",
    )


class CancelInput(_Input):
    reason: str = Field(default="", description="Why; it stays on record.")


class DeviationOutput(BaseModel):
    """Where it was sent although a communication plan says otherwise, and why."""

    kind: str = Field(
        description="sender: the plan does not name the role of whoever sent it; alone: it asks for"
        " a second person, and nobody else was there."
    )
    reason: str
    said_by: UUID
    said_at: datetime


class BroadcastOutput(BaseModel):
    """A broadcast and how it is getting on, in people: each counts once, by the best that became of
    his deliveries. ``counts`` always add up to ``audience``.
    """

    id: UUID
    client_request_id: str
    kind: BroadcastKind
    step: str
    status: str
    incident_id: UUID | None
    partnerships: list[str]
    created_at: datetime
    released_at: datetime | None
    expires_at: datetime
    finished_at: datetime | None
    paused_at: datetime | None
    follows_id: UUID | None
    counts_as_feedback: bool
    approved_by: UUID | None
    approval_asked_at: datetime | None
    deviations: list[DeviationOutput]
    audience: int
    counts: dict[DeliveryState, int]
    reasons: dict[str, int]
    segments: int


class DeliveryOutput(BaseModel):
    """One person by one way; no name, number or address. An alert may have several of a person."""

    id: str
    person_id: UUID
    channel: str
    language: Language
    state: DeliveryState
    reason: str | None
    carrier_id: str | None
    carrier_code: str | None
    carrier_sentence: str | None = Field(
        description="What the code means, in the language of Accept-Language; English otherwise."
    )
    attempt_kind: str = Field(
        description="first; way_2, way_3… after nothing proved that the one before arrived; "
        "by_hand for a call made by a person."
    )
    attempts: int
    is_repeat: bool
    segments: int | None
    queued_at: datetime
    handed_over_at: datetime | None
    escalated_at: datetime | None
    delivered_at: datetime | None


class DeliveryPage(BaseModel):
    items: list[DeliveryOutput]
    next_cursor: str | None


@router.post("/incidents", status_code=201)
def open_incident(
    actor: Annotated[Actor, allowed(Action.OPEN_INCIDENT)],
    wanted: IncidentInput,
    session: DbSession,
) -> IncidentOutput:
    """Record what happened. The same ``client_request_id`` again gives the same incident."""
    reported = wanted.reported_at and on_the_clock("reported_at", wanted.reported_at)
    incident = incidents.open_incident(
        session,
        actor,
        phenomenon=wanted.phenomenon,
        place=wanted.place,
        facts_at=on_the_clock("facts_at", wanted.facts_at),
        reported_at=reported,
        latitude=wanted.latitude,
        longitude=wanted.longitude,
        police_zone=wanted.police_zone,
        client_request_id=wanted.client_request_id,
    )
    return IncidentOutput.model_validate(incident, from_attributes=True)


@router.post("/broadcasts", status_code=201)
def create_broadcast(
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    wanted: BroadcastInput,
    session: DbSession,
) -> BroadcastOutput:
    """Store a draft. The same ``client_request_id`` again gives the same broadcast."""
    expires_at = wanted.expires_at and on_the_clock("expires_at", wanted.expires_at)
    draft = drafts.Draft(
        client_request_id=wanted.client_request_id,
        kind=wanted.kind,
        texts=words_of(wanted.texts),
        partnerships=wanted.partnerships,
        incident_id=wanted.incident_id,
        expires_at=expires_at,
        is_drill=wanted.is_drill,
        deviation_reason=wanted.deviation_reason,
    )
    found = _problems_of_an_alert(session, actor, draft)
    try:
        broadcast = drafts.create(session, actor, draft)
    except BadInput as refusal:
        raise BadInput(*refusal.problems, *found) from None
    if found:
        raise BadInput(*found)
    return described(session, broadcast)


def _problems_of_an_alert(
    session: Session, actor: Actor, draft: drafts.Draft
) -> list[FieldProblem]:
    if draft.kind is not BroadcastKind.URGENT_ALERT:
        return []
    if drafts.already_created(session, actor, draft.client_request_id) is not None:
        return []
    return alert_words.problems(draft.texts, is_drill=draft.is_drill)


def words_of(texts: dict[Language, WordsInput]) -> dict[Language, Words]:
    """The words as the room knows them."""
    return {
        language: Words(one.subject, one.short, one.long, one.spoken)
        for language, one in texts.items()
    }


@router.post("/broadcasts/{broadcast_id}/send", status_code=202)
def send_broadcast(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    session: DbSession,
    wanted: SendInput | None = None,
) -> BroadcastOutput:
    """Release a draft. Sending twice is sending once.

    Where a communication plan asks for a second person, the status is ``awaiting_approval`` after
    it: nothing leaves until somebody else approves, or it is sent again with a reason, where the
    plan lets whoever is alone do so.
    """
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    broadcasts.send(session, actor, broadcast, wanted.deviation_reason if wanted else "")
    return described(session, broadcast)


@router.post("/broadcasts/{broadcast_id}/approve", status_code=202)
def approve_broadcast(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.APPROVE_BROADCAST)],
    session: DbSession,
) -> BroadcastOutput:
    """Let a broadcast of somebody else leave that waits for a second person."""
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.APPROVE_BROADCAST)
    approval.approve(session, actor, broadcast)
    return described(session, broadcast)


@router.post("/broadcasts/{broadcast_id}/decline")
def decline_broadcast(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.APPROVE_BROADCAST)],
    session: DbSession,
) -> BroadcastOutput:
    """Stop a broadcast that waits for a second person."""
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.APPROVE_BROADCAST)
    approval.decline(session, actor, broadcast)
    return described(session, broadcast)


@router.post("/broadcasts/{broadcast_id}/cancel")
def cancel_broadcast(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.STOP_BROADCAST)],
    session: DbSession,
    wanted: CancelInput | None = None,
) -> BroadcastOutput:
    """Stop what has not left. Cancelling twice is cancelling once."""
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.STOP_BROADCAST)
    stopping.cancel(session, actor, broadcast, wanted.reason if wanted else "")
    return described(session, broadcast)


@router.get("/broadcasts/{broadcast_id}")
def show_broadcast(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)],
    session: DbSession,
) -> BroadcastOutput:
    """A broadcast and how it is getting on."""
    found = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    return described(session, found)


def described(session: Session, broadcast: Broadcast) -> BroadcastOutput:
    """A broadcast with its counts, as the API tells it."""
    figures = progress.progress_of(session, broadcast)
    return BroadcastOutput(
        **broadcast.model_dump(
            include={
                "id", "client_request_id", "kind", "step", "status", "incident_id", "created_at",
                "released_at", "expires_at", "finished_at", "approved_by", "approval_asked_at",
                "paused_at", "follows_id", "counts_as_feedback",
            }
        ),
        deviations=[
            DeviationOutput.model_validate(one, from_attributes=True)
            for one in deviations.of_broadcast(session, broadcast.id)
        ],
        partnerships=[one.slug for one in broadcasts.partnerships_of(session, broadcast)],
        audience=figures.audience,
        counts={state: figures.by_state[state] for state in DeliveryState},
        reasons=dict(figures.reasons),
        segments=figures.segments,
    )  # fmt: skip


@router.get("/broadcasts/{broadcast_id}/deliveries")
def list_deliveries(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)],
    session: DbSession,
    state: DeliveryState | Literal[""] = "",
    cursor: Annotated[str, Query(pattern=r"^\d{0,18}$")] = "",
    limit: Annotated[int, Query(ge=1, le=_MOST_DELIVERIES)] = 100,
) -> DeliveryPage:
    """Deliveries, a page at a time; follow ``next_cursor`` until it is null. Empty means all."""
    found = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    rows = progress.page_of_deliveries(session, found, state or None, int(cursor or 0), limit)
    accepted = request.headers.get("accept-language", "")
    language = preferred_language(accepted, otherwise=Language.ENGLISH)
    return DeliveryPage(
        items=[_delivery(row, language) for row in rows],
        next_cursor=str(rows[-1].id) if len(rows) == limit else None,
    )


def _delivery(row: Delivery, language: Language) -> DeliveryOutput:
    code = row.carrier_code
    return DeliveryOutput(
        **row.model_dump(exclude={"id"}),
        id=str(row.id),
        carrier_sentence=carrier_words.sentence(code, language) if code else None,
    )
