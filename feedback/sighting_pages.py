"""The pages on which the police read, complete and hand on what was seen."""

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel import Session, col, select

from feedback import (
    owed_answers,
    plates,
    sighting_changes,
    sighting_duplicates,
    sighting_entry,
    sighting_facts,
    sighting_hints,
    sighting_photos,
    sightings,
    voicemail_listening,
)
from feedback.models import InboundChannel, InboundMessage, Sighting, SightingStatus
from feedback.sighting_facts import Facts
from feedback.sightings import Wish
from hub import clock
from hub.access import Action, Actor, allowed
from hub.clock import BRUSSELS
from hub.db import DbSession, unit_of_work
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from hub.web import live
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page, render
from messaging import incidents, phenomena
from messaging.models import Incident
from partnerships.models import Person

router = APIRouter(include_in_schema=False)

_FIELDS = ("person_seen", "vehicle", "plate", "place", "direction", "words")
_TYPED = (*_FIELDS, "observed_at", "incident", "police_zone")


# The list


@router.get("/sightings")
def show_list(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_SIGHTINGS)],
    session: DbSession,
    status: str = "",
    incident: str = "",
    since: str = "",
    until: str = "",
    cursor: str = "",
) -> Response:
    typed = {"status": status, "incident": incident, "since": since, "until": until, "plate": ""}
    return _list(request, session, actor, typed, cursor)


@router.post("/sightings/search")
def search(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_SIGHTINGS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """By plate. Posted, so that no plate stands in an address."""
    names = ("status", "incident", "since", "until", "plate")
    return _list(request, session, actor, {name: form.text(name) for name in names}, "")


def _list(
    request: Request, session: Session, actor: Actor, typed: dict[str, str], cursor: str
) -> Response:
    problems: dict[str, str] = {}
    try:
        shown = sightings.page(session, actor, _wish(typed), cursor)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        shown = sightings.SightingsPage([], "")
    return page(
        request,
        "feedback/sightings.html",
        422 if problems else 200,
        shown=shown,
        typed=typed,
        problems=problems,
        statuses=list(SightingStatus),
        incidents=_recent_incidents(session, actor, _uuid(typed["incident"])),
        phenomenon=lambda code: phenomena.label(code, language_of(request)),
    )


def _wish(typed: dict[str, str]) -> Wish:
    until = _day("until", typed["until"])
    is_status = typed["status"] in list(SightingStatus)
    return Wish(
        status=SightingStatus(typed["status"]) if is_status else None,
        incident_id=_uuid(typed["incident"]),
        since=_day("since", typed["since"]),
        until=until + timedelta(days=1) if until else None,
        plate=typed["plate"],
    )


def _day(field: str, typed: str) -> datetime | None:
    """The beginning of a day on a Belgian clock. Raises ``BadInput`` for what is none."""
    if not typed.strip():
        return None
    try:
        found = datetime.strptime(typed.strip(), "%Y-%m-%d")  # noqa: DTZ007 - a day, no moment
        if not 2000 <= found.year <= 2999:
            raise ValueError
    except ValueError:
        raise BadInput(FieldProblem(field, mark("Give a date."))) from None
    return datetime.combine(found.date(), time(), BRUSSELS)


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _recent_incidents(session: Session, actor: Actor, besides: UUID | None) -> list[Incident]:
    """Those to choose from: the newest, and the one that is chosen already."""
    found = incidents.recent(session, actor)
    if besides is not None and besides not in {one.id for one in found}:
        its = select(Incident).where(
            Incident.id == besides, incidents.within_reach(actor, Action.SEE_INCIDENTS)
        )
        found = [*session.exec(its), *found]
    return found


@router.get("/sightings/events", response_class=EventSourceResponse)
async def new_sightings(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_SIGHTINGS)],
    newest: Annotated[int, Query(ge=1, le=20)] = 5,
) -> AsyncIterator[ServerSentEvent]:
    """Those that nobody has taken up yet, as they come in."""

    def fragment() -> tuple[str, bool]:
        with unit_of_work(read_only=True) as session:
            found = sightings.newest(session, actor, newest)
            return render(request, "feedback/sightings_new.html", found=found), False

    async for event in live.changes(request, "sightings", fragment):
        yield event


# One of them


@router.get("/sightings/{sighting_id}")
def show(
    sighting_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_SIGHTINGS)],
    session: DbSession,
) -> Response:
    sighting = sightings.sighting_for(session, sighting_id, actor, Action.SEE_SIGHTINGS)
    return _sighting(request, session, actor, sighting, _kept(sighting), {})


def _sighting(
    request: Request,
    session: Session,
    actor: Actor,
    sighting: Sighting,
    typed: dict[str, str],
    problems: dict[str, str],
) -> Response:
    message = session.get(InboundMessage, sighting.message_id) if sighting.message_id else None
    (shown,) = sightings.shown(session, [sighting])
    first = session.get(Sighting, sighting.duplicate_of_id) if sighting.duplicate_of_id else None
    return page(
        request,
        "feedback/sighting.html",
        422 if problems else 200,
        one=shown,
        sighting=sighting,
        message=message,
        first=first,
        photos=sighting_photos.of_sighting(session, sighting.id),
        possible=sighting_duplicates.of_sighting(session, actor, sighting),
        history=sightings.history(session, sighting),
        answer=owed_answers.of_sighting(session, sighting.id),
        may_keep=actor.reach(Action.KEEP_SIGHTINGS).covers(sighting.police_zone_id),
        typed=typed,
        hints={},
        problems=problems,
        settable=sighting_changes.SETTABLE,
        incidents=_of_zone(session, actor, sighting),
        police_zones=[],
        phenomenon=lambda code: phenomena.label(code, language_of(request)),
        latest=_on_clock(clock.now()),
    )


def _of_zone(session: Session, actor: Actor, sighting: Sighting) -> list[Incident]:
    found = _recent_incidents(session, actor, sighting.incident_id)
    return [one for one in found if one.police_zone_id == sighting.police_zone_id]


def _kept(sighting: Sighting) -> dict[str, str]:
    """The facts as they stand in the form."""
    return {
        **{name: str(getattr(sighting, name)) for name in _FIELDS},
        "plate": plates.shown(sighting.plate),
        "observed_at": _on_clock(sighting.observed_at),
        "incident": str(sighting.incident_id or ""),
        "police_zone": "",
        "external_reference": sighting.external_reference,
        "status_words": "",
    }


def _on_clock(moment: datetime) -> str:
    return clock.in_brussels(moment).strftime("%Y-%m-%dT%H:%M")


def _version(form: Form) -> int:
    digits = form.text("version")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0


def _facts(form: Form, unchanged: Sighting | None = None) -> Facts:
    """What was typed; a time that was left alone keeps its seconds."""
    typed = {name: form.text(name) for name in _FIELDS}
    if unchanged is not None and form.text("observed_at") == _on_clock(unchanged.observed_at):
        # Whatever was taken once may stay, however long ago it is by now.
        at = unchanged.observed_at
        checked = sighting_facts.read(clock.now(), typed, has_photo=True)
        return Facts(**{**_fields_of(checked), "observed_at": at})
    # One that is kept may be emptied: it has a photo, perhaps, or its message.
    return sighting_facts.read(_moment(form), typed, has_photo=unchanged is not None)


def _fields_of(facts: Facts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in (*_FIELDS, "latitude", "longitude")}


def _moment(form: Form) -> datetime:
    typed = form.text("observed_at")
    if not typed[:4].isdecimal() or not 2000 <= int(typed[:4]) <= 2999:
        raise BadInput(FieldProblem("observed_at", mark("Give a date and a time.")))
    return form.moment("observed_at")


@router.post("/sightings/{sighting_id}")
def complete(
    sighting_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_SIGHTINGS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    def act(sighting: Sighting) -> None:
        sighting_changes.complete(
            session,
            actor,
            sighting_id,
            _version(form),
            _facts(form, sighting),
            _uuid(form.text("incident")),
        )

    return _change(request, session, actor, sighting_id, form, act)


@router.post("/sightings/{sighting_id}/status")
def set_status(
    sighting_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_SIGHTINGS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    def act(_sighting: Sighting) -> None:
        wanted = form.text("status")
        # A word that is none is refused as one that needs more to be said.
        is_one = wanted in list(SightingStatus)
        status = SightingStatus(wanted) if is_one else SightingStatus.DUPLICATE
        words = form.text("status_words")
        sighting_changes.set_status(session, actor, sighting_id, _version(form), status, words)

    return _change(request, session, actor, sighting_id, form, act)


@router.post("/sightings/{sighting_id}/hand-on")
def hand_on(
    sighting_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_SIGHTINGS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    def act(_sighting: Sighting) -> None:
        reference = form.text("external_reference")
        sighting_changes.hand_on(session, actor, sighting_id, _version(form), reference)

    return _change(request, session, actor, sighting_id, form, act)


@router.post("/sightings/{sighting_id}/duplicate")
def join(
    sighting_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_SIGHTINGS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    def act(_sighting: Sighting) -> None:
        other = _uuid(form.text("other"))
        if other is None:
            raise NotFound
        sighting_changes.join(session, actor, sighting_id, _version(form), other)

    return _change(request, session, actor, sighting_id, form, act)


def _change(
    request: Request,
    session: Session,
    actor: Actor,
    sighting_id: UUID,
    form: Form,
    act: Any,
) -> Response:
    """Do what was asked and show it again; or say beside the field why not, and keep what was
    typed."""
    sighting = sightings.sighting_for(session, sighting_id, actor, Action.KEEP_SIGHTINGS)
    try:
        act(sighting)
    except BadInput as refusal:
        # Nothing of it stays.
        session.rollback()
        sighting = sightings.sighting_for(session, sighting_id, actor, Action.KEEP_SIGHTINGS)
        kept = _kept(sighting)
        names = (*_TYPED, "external_reference", "status_words")
        typed = {one: form.text(one) if one in form else kept.get(one, "") for one in names}
        problems = sentences(refusal.problems, language_of(request))
        return _sighting(request, session, actor, sighting, typed, problems)
    return go_to(f"/sightings/{sighting_id}")


@router.get("/sightings/{sighting_id}/photos/{photo_id}")
def open_photo(
    sighting_id: UUID, photo_id: UUID, actor: Annotated[Actor, allowed(Action.SEE_SIGHTINGS)]
) -> Response:
    """A photo, shown to the police alone. That it was is on record, so even this GET writes."""
    with unit_of_work() as session:
        sighting = sightings.sighting_for(session, sighting_id, actor, Action.SEE_SIGHTINGS)
        content = sighting_photos.opened(session, actor, sighting, photo_id)
    headers = {"Cache-Control": "no-store", "Content-Disposition": "inline; filename=photo.jpg"}
    return Response(content, media_type="image/jpeg", headers=headers)


# From a message


@router.get("/replies/{message_id}/sighting")
def show_from_message(
    message_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_SIGHTINGS)],
    session: DbSession,
) -> Response:
    message = sighting_entry.message_for(session, actor, message_id)
    existing = sighting_entry.of_message(session, actor, message_id)
    if existing is not None:
        return go_to(f"/sightings/{existing.id}")
    hints = sighting_hints.read(message.body, message.received_at)
    read = {name: str(getattr(hints, name, "")) for name in _FIELDS}
    at = hints.observed_at or message.received_at
    typed = {
        **read,
        "observed_at": _on_clock(at),
        "incident": str(message.opened_incident_id or message.incident_id or ""),
        "police_zone": "",
    }
    suggested = {**{name: True for name, value in read.items() if value}}
    if hints.observed_at is not None:
        suggested["observed_at"] = True
    return _from_message(request, session, actor, message, typed, suggested, {})


@router.post("/replies/{message_id}/sighting")
def keep_from_message(
    message_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_SIGHTINGS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    message = sighting_entry.message_for(session, actor, message_id)
    try:
        sighting = sighting_entry.from_message(
            session,
            actor,
            message_id,
            _facts(form),
            incident_id=_uuid(form.text("incident")),
            police_zone=form.text("police_zone"),
        )
    except BadInput as refusal:
        typed = {name: form.text(name) for name in _TYPED}
        problems = sentences(refusal.problems, language_of(request))
        return _from_message(request, session, actor, message, typed, {}, problems)
    return go_to(f"/sightings/{sighting.id}")


def _from_message(
    request: Request,
    session: Session,
    actor: Actor,
    message: InboundMessage,
    typed: dict[str, str],
    suggested: dict[str, bool],
    problems: dict[str, str],
) -> Response:
    its = select(Person.name).where(col(Person.id) == message.person_id)
    return page(
        request,
        "feedback/sighting_from_reply.html",
        422 if problems else 200,
        message=message,
        name=session.exec(its).first() or "",
        by_mail=message.channel is InboundChannel.EMAIL,
        typed=typed,
        spoken=voicemail_listening.of_reply(session, message.id),
        hints=suggested,
        problems=problems,
        incidents=_recent_incidents(session, actor, _uuid(typed["incident"])),
        police_zones=sighting_entry.police_zones(session, actor),
        phenomenon=lambda code: phenomena.label(code, language_of(request)),
        latest=_on_clock(clock.now()),
    )
