"""CAP alerts for machines: the feed of a zone, its documents, and alerts that come from outside."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlmodel import Session, select

from hub.access import Action, Actor, allowed
from hub.config import settings
from hub.db import DbSession
from hub.errors import NotFound
from hub.i18n import translate
from hub.web.forms import on_the_clock
from hub.web.pages import language_of
from messaging import zone_reach
from messaging.cap import arrivals, feed, reading, signing
from messaging.cap.vocabulary import MEDIA_TYPE
from messaging.models import CapArrival, CapDocument, CapReader
from partnerships.models import Organisation

router = APIRouter(prefix="/api/v1", tags=["cap"])

_MOST_ENTRIES = 200
# Room for a document that is too large, so that the answer can say so.
_MOST_BODY_BYTES = 2 * reading.LARGEST_BYTES

Cursor = Annotated[UUID | None, Query(description="Of the link to the next page.")]
Length = Annotated[int, Query(ge=1, le=_MOST_ENTRIES)]


class ArrivalOutput(BaseModel):
    """An alert that came from another system, and the incident it proposes."""

    id: UUID
    thread_id: UUID = Field(description="The same for all alerts that refer to each other.")
    sender: str
    identifier: str
    message_type: str
    status: str
    sent_at: datetime
    arrived_at: datetime
    incident_id: UUID | None = Field(description="Null until a person opened one.")
    phenomenon: str = Field(description="Empty when the alert names none of ours.")
    place: str
    facts_at: datetime
    partnerships: list[str] = Field(description="Those whose zones its area touches.")
    doubts: list[str] = Field(description="What is against the standard, and not refused.")


class OpenInput(BaseModel):
    """The facts of the incident; what is left out is taken from the alert."""

    phenomenon: str | None = None
    place: str | None = None
    facts_at: datetime | None = None


class OpenedOutput(BaseModel):
    incident_id: UUID


@router.get("/cap/zones/{slug}/feed", response_class=Response)
def show_feed(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_CAP)],
    session: DbSession,
    before: Cursor = None,
    limit: Length = feed.PAGE_LENGTH,
) -> Response:
    """The zone's alerts and what followed them, as an Atom feed; the newest first.

    Send the ETag back in If-None-Match: an unchanged feed answers 304.
    """
    zone = zone_reach.zone_by_slug(session, slug, actor, Action.SEE_CAP)
    place = f"{settings().base_url}/api/v1/cap/zones/{slug}/feed"
    found = feed.feed(session, zone, CapReader.PARTNERS, place, before, limit)
    return feed_answer(request, found, "private, no-cache")


def feed_answer(request: Request, found: feed.Feed, keep: str) -> Response:
    """The feed, or that it has not changed."""
    headers = {"ETag": found.etag, "Cache-Control": keep}
    if feed.is_known(found.etag, request.headers.get("If-None-Match", "")):
        return Response(status_code=304, headers=headers)
    return Response(found.body, media_type=feed.ATOM_MEDIA_TYPE, headers=headers)


@router.get("/cap/zones/{slug}/feed/{identifier}", response_class=Response)
def show_document(
    slug: str,
    identifier: str,
    actor: Annotated[Actor, allowed(Action.SEE_CAP)],
    session: DbSession,
    signed: bool = False,
) -> Response:
    """One alert as a CAP 1.2 document; with ``signed=true``, signed by the hub."""
    zone = zone_reach.zone_by_slug(session, slug, actor, Action.SEE_CAP)
    return document_answer(document_of(session, zone, identifier, CapReader.PARTNERS), signed)


def document_of(
    session: Session, zone: Organisation, identifier: str, reader: CapReader
) -> CapDocument:
    """One document of a zone, for these readers; raises ``NotFound``."""
    wanted = select(CapDocument).where(
        feed.concerns(zone),
        CapDocument.identifier == identifier,
        CapDocument.reader == reader,
    )
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def document_answer(found: CapDocument, signed: bool) -> Response:
    """A document as a file; raises ``Conflict`` where the hub has no key to sign with."""
    content = signing.signed(found.xml) if signed else found.xml.encode()
    name = f'inline; filename="{found.identifier}.xml"'
    return Response(content, media_type=MEDIA_TYPE, headers={"Content-Disposition": name})


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/cap/alerts", status_code=201, max_body_size=_MOST_BODY_BYTES)
def take_in_alert(
    actor: Annotated[Actor, allowed(Action.IMPORT_CAP)],
    content: Annotated[bytes, Depends(_body)],
    request: Request,
    session: DbSession,
    zone: str = "",
) -> ArrivalOutput:
    """Take in a CAP 1.2 alert of another system: the body is the document itself.

    It is a draft of an incident; nothing is sent. The same alert again gives the same draft.
    """
    taken_by = zone_reach.chosen_zone(session, zone, actor, Action.IMPORT_CAP)
    arrival = arrivals.take_in(session, taken_by.id, content, actor.account_id)
    return _described(session, actor, arrival, request)


@router.get("/cap/alerts")
def list_arrivals(
    actor: Annotated[Actor, allowed(Action.IMPORT_CAP)],
    request: Request,
    session: DbSession,
    zone: str = "",
) -> list[ArrivalOutput]:
    """The last alerts that came from other systems and were not set aside."""
    of_zone = zone_reach.chosen_zone(session, zone, actor, Action.IMPORT_CAP)
    came = arrivals.arrivals_in(session, of_zone.id)
    return [_described(session, actor, one, request) for one in came]


@router.get("/cap/alerts/{arrival_id}")
def show_arrival(
    arrival_id: UUID,
    actor: Annotated[Actor, allowed(Action.IMPORT_CAP)],
    request: Request,
    session: DbSession,
) -> ArrivalOutput:
    """One of them."""
    arrival = arrivals.arrival_for(session, arrival_id, actor, Action.IMPORT_CAP)
    return _described(session, actor, arrival, request)


@router.post("/cap/alerts/{arrival_id}/incident", status_code=201)
def open_incident(
    arrival_id: UUID,
    actor: Annotated[Actor, allowed(Action.IMPORT_CAP)],
    wanted: OpenInput,
    session: DbSession,
) -> OpenedOutput:
    """Open an incident for an alert that came. Opening twice is opening once; nothing is sent."""
    arrival = arrivals.arrival_for(session, arrival_id, actor, Action.IMPORT_CAP)
    proposed = arrivals.proposal(arrivals.alert_of(arrival))
    at = wanted.facts_at
    incident_id = arrivals.open_incident(
        session,
        actor,
        arrival,
        phenomenon=proposed.phenomenon if wanted.phenomenon is None else wanted.phenomenon,
        place=proposed.place if wanted.place is None else wanted.place,
        facts_at=on_the_clock("facts_at", at) if at else proposed.facts_at,
    )
    return OpenedOutput(incident_id=incident_id)


@router.post("/cap/alerts/{arrival_id}/set-aside", status_code=204)
def set_aside(
    arrival_id: UUID,
    actor: Annotated[Actor, allowed(Action.IMPORT_CAP)],
    session: DbSession,
) -> None:
    """Take an alert off the list: it concerns nobody here."""
    arrival = arrivals.arrival_for(session, arrival_id, actor, Action.IMPORT_CAP)
    arrivals.set_aside(session, actor, arrival)


def _described(
    session: Session, actor: Actor, arrival: CapArrival, request: Request
) -> ArrivalOutput:
    alert, language = arrivals.alert_of(arrival), language_of(request)
    proposed = arrivals.proposal(alert)
    return ArrivalOutput(
        **arrival.model_dump(
            include={
                "id", "thread_id", "sender", "identifier", "message_type", "status", "sent_at",
                "arrived_at", "incident_id",
            }
        ),
        phenomenon=proposed.phenomenon,
        place=proposed.place,
        facts_at=proposed.facts_at,
        partnerships=[one.slug for one in arrivals.touched(session, actor, alert)],
        doubts=[
            f"{one.field}: {translate(language, one.message, **dict(one.values))}"
            for one in arrivals.doubts_about(alert)
        ],
    )  # fmt: skip
