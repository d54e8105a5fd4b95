"""The JSON door for what was seen: for the police alone."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from feedback import (
    sighting_changes,
    sighting_duplicates,
    sighting_entry,
    sighting_facts,
    sightings,
)
from feedback.models import SightingEventKind, SightingStatus
from feedback.sighting_duplicates import Because
from feedback.sightings import Shown, Wish
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import Language
from hub.web.forms import on_the_clock
from partnerships.models import Channel

router = APIRouter(prefix="/api/v1")


class SightingInput(BaseModel):
    """What was seen. ``plate`` is taken however it is written, with ? for what was not seen."""

    model_config = ConfigDict(extra="forbid")

    observed_at: datetime
    person_seen: str = ""
    vehicle: str = ""
    plate: str = ""
    place: str = ""
    direction: str = ""
    words: str = ""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    incident_id: UUID | None = None
    _may_be_empty: ClassVar[bool] = False

    def facts(self) -> sighting_facts.Facts:
        typed = {name: getattr(self, name) for name in (*sighting_facts.LONGEST, "plate")}
        at = on_the_clock("observed_at", self.observed_at)
        point = (self.latitude, self.longitude)
        return sighting_facts.read(at, typed, point=point, has_photo=self._may_be_empty)


class NewSightingInput(SightingInput):
    police_zone: str = Field(
        default="",
        description="The slug of a police zone; needed from who works in several, where neither"
        " the message nor an incident says it.",
    )


class _OfVersion(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int = Field(description="In which you saw it; answered 409 if it was changed since.")


class CompletedInput(SightingInput):
    # One that is kept has a photo, perhaps, or its message.
    _may_be_empty: ClassVar[bool] = True

    version: int = Field(description="In which you saw it; answered 409 if it was changed since.")


class StatusInput(_OfVersion):
    status: SightingStatus = Field(description="new, taken_up or closed.")
    words: str = ""


class HandOnInput(_OfVersion):
    reference: str = Field(description="The number it has in your own system.")


class DuplicateInput(_OfVersion):
    of: UUID


class SightingOutput(BaseModel):
    """What somebody saw. Who sent it can be forged: check before acting on it."""

    id: UUID
    number: str
    status: SightingStatus
    incident_id: UUID | None
    message_id: UUID | None
    name: str = Field(description="Who saw it; empty for somebody we do not know.")
    channel: Channel | None
    language: Language
    observed_at: datetime
    received_at: datetime
    person_seen: str
    vehicle: str
    plate: str
    place: str
    direction: str
    words: str
    latitude: float | None
    longitude: float | None
    photos: int
    external_reference: str
    duplicate_of_id: UUID | None
    completed_at: datetime | None
    version: int


class EventOutput(BaseModel):
    at: datetime
    kind: SightingEventKind
    before: str
    after: str
    words: str
    by: UUID | None


class PossibleOutput(BaseModel):
    id: UUID
    number: str
    because: Because


class WholeSightingOutput(SightingOutput):
    history: list[EventOutput]
    possible_duplicates: list[PossibleOutput]


class SightingsPageOutput(BaseModel):
    items: list[SightingOutput]
    next_cursor: str | None


@router.get("/sightings")
def list_sightings(
    actor: Annotated[Actor, allowed(Action.SEE_SIGHTINGS)],
    session: DbSession,
    status: SightingStatus | None = None,
    incident_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SightingsPageOutput:
    """The newest within reach; follow ``next_cursor`` until it is null."""
    wish = Wish(status, incident_id, _moment("since", since), _moment("until", until))
    return _page(session, actor, wish, cursor, limit)


class PlateInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    plate: str


@router.post("/sightings/search")
def find_by_plate(
    actor: Annotated[Actor, allowed(Action.SEE_SIGHTINGS)], wanted: PlateInput, session: DbSession
) -> SightingsPageOutput:
    """Those with this plate, or one that may be it. Posted, so that no plate is in an address."""
    return _page(session, actor, Wish(plate=wanted.plate), "", 200)


def _moment(field: str, typed: datetime | None) -> datetime | None:
    return on_the_clock(field, typed) if typed else None


def _page(
    session: Session, actor: Actor, wish: Wish, cursor: str, limit: int
) -> SightingsPageOutput:
    found = sightings.page(session, actor, wish, cursor, limit)
    items = [SightingOutput.model_validate(_said(one)) for one in found.found]
    return SightingsPageOutput(items=items, next_cursor=found.cursor or None)


def _said(one: Shown) -> dict[str, object]:
    return {**one.sighting.model_dump(), "name": one.name, "photos": one.photos}


@router.get("/sightings/{sighting_id}")
def read_sighting(
    sighting_id: UUID, actor: Annotated[Actor, allowed(Action.SEE_SIGHTINGS)], session: DbSession
) -> WholeSightingOutput:
    """One sighting, what happened to it, and which others may be of the same."""
    sighting = sightings.sighting_for(session, sighting_id, actor, Action.SEE_SIGHTINGS)
    return _whole(session, actor, sighting.id)


def _whole(session: Session, actor: Actor, sighting_id: UUID) -> WholeSightingOutput:
    sighting = sightings.sighting_for(session, sighting_id, actor, Action.SEE_SIGHTINGS)
    (shown,) = sightings.shown(session, [sighting])
    possible = sighting_duplicates.of_sighting(session, actor, sighting)
    return WholeSightingOutput.model_validate(
        {
            **_said(shown),
            "history": [one.event.model_dump() for one in sightings.history(session, sighting)],
            "possible_duplicates": [
                {
                    "id": one.other.sighting.id,
                    "number": one.other.sighting.number,
                    "because": one.because,
                }
                for one in possible
            ],
        }
    )


@router.post("/replies/{message_id}/sighting", status_code=201)
def make_sighting(
    message_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_SIGHTINGS)],
    wanted: NewSightingInput,
    session: DbSession,
) -> WholeSightingOutput:
    """Make a sighting of what a message says. A second time gives the same one. Without an
    ``incident_id`` it belongs to the incident of its message, with null to none."""
    own = sighting_entry.incident_of(session, actor, message_id)
    is_said = "incident_id" in wanted.model_fields_set
    sighting = sighting_entry.from_message(
        session,
        actor,
        message_id,
        wanted.facts(),
        incident_id=wanted.incident_id if is_said else own,
        police_zone=wanted.police_zone,
    )
    return _whole(session, actor, sighting.id)


@router.put("/sightings/{sighting_id}")
def complete_sighting(
    sighting_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_SIGHTINGS)],
    wanted: CompletedInput,
    session: DbSession,
) -> WholeSightingOutput:
    """Put down what is known of it now; what stood there before stays in its history."""
    sighting_changes.complete(
        session, actor, sighting_id, wanted.version, wanted.facts(), wanted.incident_id
    )
    return _whole(session, actor, sighting_id)


@router.post("/sightings/{sighting_id}/status")
def set_status(
    sighting_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_SIGHTINGS)],
    wanted: StatusInput,
    session: DbSession,
) -> WholeSightingOutput:
    """Say how far it is."""
    sighting_changes.set_status(
        session, actor, sighting_id, wanted.version, wanted.status, wanted.words
    )
    return _whole(session, actor, sighting_id)


@router.post("/sightings/{sighting_id}/hand-on")
def hand_on(
    sighting_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_SIGHTINGS)],
    wanted: HandOnInput,
    session: DbSession,
) -> WholeSightingOutput:
    """It is in your own system now, under this number."""
    sighting_changes.hand_on(session, actor, sighting_id, wanted.version, wanted.reference)
    return _whole(session, actor, sighting_id)


@router.post("/sightings/{sighting_id}/duplicate")
def join(
    sighting_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_SIGHTINGS)],
    wanted: DuplicateInput,
    session: DbSession,
) -> WholeSightingOutput:
    """It is the same as another one, which stays."""
    sighting_changes.join(session, actor, sighting_id, wanted.version, wanted.of)
    return _whole(session, actor, sighting_id)
