"""The JSON door for dispatch systems: incidents, drafts, sending, and what became of it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import Language
from hub.web.forms import on_the_clock
from messaging import broadcasts, drafts, incidents, progress
from messaging.forms import LONGEST_REQUEST_ID
from messaging.models import Broadcast, BroadcastKind, Delivery, DeliveryState
from messaging.texts import Words
from partnerships import scope

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


class IncidentOutput(BaseModel):
    id: UUID
    phenomenon: str
    place: str
    facts_at: datetime
    reported_at: datetime
    status: str


class WordsInput(_Input):
    """One language: a subject, a short text for SMS and voice, a long one for email."""

    subject: str
    short: str
    long: str = ""


class BroadcastInput(_Input):
    client_request_id: str = Field(min_length=1, max_length=LONGEST_REQUEST_ID)
    kind: BroadcastKind
    incident_id: UUID | None = None
    partnerships: list[str]
    texts: dict[Language, WordsInput]
    expires_at: datetime | None = None
    is_drill: bool = False


class BroadcastOutput(BaseModel):
    """A broadcast and how it is getting on; ``counts`` always add up to ``audience``."""

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
    audience: int
    counts: dict[DeliveryState, int]
    reasons: dict[str, int]
    segments: int


class DeliveryOutput(BaseModel):
    """One person by one channel; no name, number or address."""

    id: str
    person_id: UUID
    channel: str
    language: Language
    state: DeliveryState
    reason: str | None
    carrier_id: str | None
    carrier_code: str | None
    attempts: int
    is_repeat: bool
    segments: int | None
    queued_at: datetime
    handed_over_at: datetime | None
    delivered_at: datetime | None


class DeliveryPage(BaseModel):
    items: list[DeliveryOutput]
    next_cursor: str | None


class PartnershipOutput(BaseModel):
    slug: str
    name: str
    kind: str
    status: str
    languages: list[Language]


@router.get("/partnerships")
def list_partnerships(
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)], session: DbSession
) -> list[PartnershipOutput]:
    """The partnerships within your scope."""
    found = scope.partnerships_of(session, actor, Action.SEE_PARTNERSHIPS)
    return [PartnershipOutput.model_validate(one, from_attributes=True) for one in found]


@router.post("/incidents", status_code=201)
def open_incident(
    actor: Annotated[Actor, allowed(Action.OPEN_INCIDENT)],
    wanted: IncidentInput,
    session: DbSession,
) -> IncidentOutput:
    """Record what happened."""
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
    )
    return described(session, drafts.create(session, actor, draft))


def words_of(texts: dict[Language, WordsInput]) -> dict[Language, Words]:
    """The words as the room knows them."""
    return {language: Words(one.subject, one.short, one.long) for language, one in texts.items()}


@router.post("/broadcasts/{broadcast_id}/send", status_code=202)
def send_broadcast(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    session: DbSession,
) -> BroadcastOutput:
    """Release a draft. Sending twice is sending once."""
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    broadcasts.send(session, actor, broadcast)
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
    figures = progress.progress_of(session, broadcast.id)
    return BroadcastOutput(
        **broadcast.model_dump(
            include={
                "id", "client_request_id", "kind", "step", "status", "incident_id", "created_at",
                "released_at", "expires_at", "finished_at",
            }
        ),
        partnerships=[one.slug for one in broadcasts.partnerships_of(session, broadcast)],
        audience=figures.audience,
        counts={state: figures.by_state[state] for state in DeliveryState},
        reasons=dict(figures.reasons),
        segments=figures.segments,
    )  # fmt: skip


@router.get("/broadcasts/{broadcast_id}/deliveries")
def list_deliveries(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)],
    session: DbSession,
    state: DeliveryState | Literal[""] = "",
    cursor: Annotated[str, Query(pattern=r"^\d{0,18}$")] = "",
    limit: Annotated[int, Query(ge=1, le=_MOST_DELIVERIES)] = 100,
) -> DeliveryPage:
    """Deliveries, a page at a time; follow ``next_cursor`` until it is null. Empty means all."""
    found = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    rows = progress.page_of_deliveries(session, found, state or None, int(cursor or 0), limit)
    return DeliveryPage(
        items=[_delivery(row) for row in rows],
        next_cursor=str(rows[-1].id) if len(rows) == limit else None,
    )


def _delivery(row: Delivery) -> DeliveryOutput:
    return DeliveryOutput(**row.model_dump(exclude={"id"}), id=str(row.id))
