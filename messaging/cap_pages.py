"""The feed of alerts for machines, and alerts that came from other machines."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from hub.access import Action, Actor, allowed
from hub.config import settings
from hub.db import DbSession
from hub.errors import BadInput, NotFound
from hub.i18n import translate
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import broadcasts, phenomena, zone_reach
from messaging.cap import arrivals, feed, public, reading, signing, sources
from messaging.cap.writing import moment
from messaging.cap_api import document_answer
from messaging.models import Broadcast, CapArrival, CapDocument, CapReader
from partnerships.models import Organisation

router = APIRouter(include_in_schema=False)

_MOST_SHOWN = 25
# Room for a file that is too large, so that the page can say so beside the field.
_MOST_UPLOAD_BYTES = 12 * reading.LARGEST_BYTES


@router.get("/cap")
def show_overview(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_CAP)],
    session: DbSession,
    zone: str = "",
) -> Response:
    return _overview(request, session, actor, _zone(session, actor, zone), {})


def _zone(session: Session, actor: Actor, slug: str) -> Organisation:
    """The zone that is looked at; the first one within reach, as long as none is named."""
    if slug:
        return zone_reach.zone_by_slug(session, slug, actor, Action.SEE_CAP)
    zones = zone_reach.zones_within(session, actor, Action.SEE_CAP)
    if not zones:
        raise NotFound
    return zones[0]


def _overview(
    request: Request,
    session: Session,
    actor: Actor,
    zone: Organisation,
    problems: dict[str, str],
    typed_url: str = "",
) -> Response:
    return page(
        request,
        "messaging/cap.html",
        422 if problems else 200,
        zone=zone,
        zones=zone_reach.zones_within(session, actor, Action.SEE_CAP),
        documents=feed.documents_of(session, zone, CapReader.PARTNERS, None, _MOST_SHOWN),
        arrivals=[
            (one, arrivals.info_for(arrivals.alert_of(one), language_of(request)))
            for one in arrivals.arrivals_in(session, zone.id, _MOST_SHOWN)
        ],
        sources=sources.of_zone(session, zone.id),
        address=f"{settings().base_url}/api/v1/cap/zones/{zone.slug}/feed",
        public_address=f"{settings().base_url}/cap/public/{zone.slug}",
        can_sign=signing.is_possible(),
        is_trial=not settings().is_production,
        largest=reading.LARGEST_BYTES // (1024 * 1024),
        typed_url=typed_url,
        problems=problems,
    )


@router.post("/cap/alerts", max_body_size=_MOST_UPLOAD_BYTES)
def take_in_file(
    request: Request,
    actor: Annotated[Actor, allowed(Action.IMPORT_CAP)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    zone = zone_reach.zone_by_slug(session, form.text("zone"), actor, Action.IMPORT_CAP)
    content = form.file("file", reading.LARGEST_BYTES)
    try:
        arrival = arrivals.take_in(session, zone.id, content, actor.account_id)
    except reading.Refused as refusal:
        return _overview(request, session, actor, zone, _by_element(request, refusal))
    except arrivals.OwnAlert as refusal:
        told = translate(language_of(request), refusal.message, **refusal.values)
        return _overview(request, session, actor, zone, {"file": told})
    return go_to(f"/cap/alerts/{arrival.id}")


def _by_element(request: Request, refusal: BadInput) -> dict[str, str]:
    """One sentence beside the field, which names each element that is wrong."""
    told = sentences(refusal.problems, language_of(request))
    if "file" in told:
        return {"file": told["file"]}
    return {"file": "\n".join(f"{element}: {sentence}" for element, sentence in told.items())}


@router.get("/cap/alerts/{arrival_id}")
def show_arrival(
    arrival_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.IMPORT_CAP)],
    session: DbSession,
) -> Response:
    arrival = arrivals.arrival_for(session, arrival_id, actor, Action.IMPORT_CAP)
    return _arrival(request, session, actor, arrival, {}, None)


def _arrival(
    request: Request,
    session: Session,
    actor: Actor,
    arrival: CapArrival,
    problems: dict[str, str],
    form: Form | None,
) -> Response:
    alert, language = arrivals.alert_of(arrival), language_of(request)
    proposed = arrivals.proposal(alert)
    filled = {
        "phenomenon": phenomena.label(proposed.phenomenon, language) if proposed.phenomenon else "",
        "place": proposed.place,
        "facts_at": moment(proposed.facts_at)[:16],
    }
    return page(
        request,
        "messaging/cap_arrival.html",
        422 if problems else 200,
        arrival=arrival,
        alert=alert,
        info=arrivals.info_for(alert, language),
        thread=arrivals.thread_of(session, arrival),
        touched=arrivals.touched(session, actor, alert),
        doubts=sentences(tuple(arrivals.doubts_about(alert)), language),
        phenomena=phenomena.labels(language),
        typed={name: form.text(name) for name in filled} if form else filled,
        problems=problems,
    )


@router.post("/cap/alerts/{arrival_id}/incident")
def open_incident(
    arrival_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.IMPORT_CAP)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    arrival = arrivals.arrival_for(session, arrival_id, actor, Action.IMPORT_CAP)
    try:
        incident_id = arrivals.open_incident(
            session,
            actor,
            arrival,
            phenomenon=form.text("phenomenon"),
            place=form.text("place"),
            facts_at=form.moment("facts_at"),
        )
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _arrival(request, session, actor, arrival, problems, form)
    return go_to(f"/incidents/{incident_id}/alert")


@router.post("/cap/alerts/{arrival_id}/aside")
def set_aside(
    arrival_id: UUID,
    actor: Annotated[Actor, allowed(Action.IMPORT_CAP)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    arrival = arrivals.arrival_for(session, arrival_id, actor, Action.IMPORT_CAP)
    arrivals.set_aside(session, actor, arrival)
    return go_to("/cap")


@router.get("/cap/documents/{document_id}")
def download_document(
    document_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEE_CAP)],
    session: DbSession,
    signed: bool = False,
) -> Response:
    found = session.get(CapDocument, document_id)
    if found is None:
        raise NotFound
    broadcasts.broadcast_for(session, found.broadcast_id, actor, Action.SEE_CAP)
    return document_answer(found, signed)


@router.post("/cap/sources")
def add_source(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    zone = zone_reach.zone_by_slug(session, form.text("zone"), actor, Action.KEEP_WEBHOOKS)
    url = form.text("url").strip()
    try:
        sources.add(session, actor, zone, url)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _overview(request, session, actor, zone, problems, url)
    return go_to(f"/cap?zone={zone.slug}#sources")


@router.post("/cap/sources/{source_id}/remove")
def remove_source(
    source_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_WEBHOOKS)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    sources.remove(session, actor, source_id)
    return go_to("/cap#sources")


@router.get("/broadcasts/{broadcast_id}/cap")
def show_broadcast(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_CAP)],
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_CAP)
    return page(
        request,
        "messaging/cap_broadcast.html",
        broadcast=broadcast,
        documents=_documents_about(session, broadcast),
        is_public=public.is_marked(session, broadcast),
        may_be_public=public.may_be_marked(broadcast),
        can_sign=signing.is_possible(),
    )


def _documents_about(session: Session, broadcast: Broadcast) -> list[CapDocument]:
    """What was published of it, and of what follows it; oldest first."""
    said = select(CapDocument).where(CapDocument.root_id == broadcast.id)
    return list(session.exec(said.order_by(col(CapDocument.id))))


@router.post("/broadcasts/{broadcast_id}/public")
def mark_public(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    public.mark_public(session, actor, broadcast)
    return go_to(f"/broadcasts/{broadcast.id}/cap")
