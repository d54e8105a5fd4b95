"""The page on which somebody who got an alert tells the police what he saw, within a minute."""

import hashlib
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import photos, seen_links, sighting_entry, sighting_facts
from feedback.photos import CleanPhoto
from feedback.sighting_facts import Facts
from hub import clock
from hub.access import open_to_all
from hub.db import DbSession
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import translate
from hub.security import read_reference, signed_reference
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of
from messaging.forms import new_form_id
from messaging.models import Delivery
from partnerships.member_visit import MemberHere, came_by, is_sure
from partnerships.models import Person
from partnerships.visitor_pages import place_of, visitor_page

router = APIRouter(include_in_schema=False)

# Room for a photo that is too large, so that the page can say so and keep what was typed.
MOST_BODY_BYTES = 40 * 1024 * 1024
WHAT = ("person", "vehicle", "other")
_TYPED = ("what", "description", "plate", "place", "direction", "when", "minutes", "day", "time")
_SENT = "seen-sent"
# Under which name the page has what the facts call otherwise.
_PLACE_ON_PAGE = {"person_seen": "description", "vehicle": "description"}

_LINKED = open_to_all("The address is signed; it takes words in, and shows nothing of anybody.")
_OWN = open_to_all("The cookie of a member's visit says whose page it is; there is no other.")


def _delivery_behind(reference: str, request: Request, session: DbSession) -> Delivery:
    delivery = seen_links.delivery_behind(session, reference)
    # In the language in which he got the alert, whatever the telephone speaks.
    request.state.language = session.get_one(Person, delivery.person_id).language
    return delivery


# Before the form is read: a stranger without a link sends no photos.
Behind = Annotated[Delivery, Depends(_delivery_behind)]


@router.get("/seen/{reference}", dependencies=[_LINKED])
def show_form(reference: str, request: Request, delivery: Behind) -> Response:
    if not seen_links.is_open(delivery):
        return _too_late(request)
    return _form(request, reference, dict.fromkeys(_TYPED, ""), new_form_id(), {})


@router.post("/seen/{reference}", dependencies=[_LINKED], max_body_size=MOST_BODY_BYTES)
def take(
    reference: str, request: Request, delivery: Behind, form: PostedForm, session: DbSession
) -> Response:
    if not seen_links.is_open(delivery):
        return _too_late(request)
    typed, form_id = {name: form.text(name) for name in _TYPED}, form.text("form_id")[:40]
    place = place_of(request)
    try:
        facts, photo = _read(form, typed)
        sighting = sighting_entry.from_form(
            session,
            delivery,
            facts,
            photo,
            request_id=_request_id(delivery, form_id, typed, photo),
            place=place,
        )
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _form(request, reference, typed, form_id, problems)
    except Conflict as refusal:
        sentence = translate(language_of(request), refusal.message)
        return _form(request, reference, typed, form_id, {"send": sentence}, 429)
    return go_to(f"/seen/{reference}/sent?number={signed_reference(_SENT, sighting.number)}")


@router.get("/seen/{reference}/sent", dependencies=[_LINKED])
def show_sent(reference: str, request: Request, _delivery: Behind, number: str = "") -> Response:
    """Thanks, and nothing of what was sent: whoever else has the address learns nothing."""
    sent = read_reference(_SENT, number)
    if sent is None:
        raise NotFound
    return visitor_page(request, "feedback/seen_sent.html", number=sent, again=f"/seen/{reference}")


def _too_late(request: Request) -> Response:
    return visitor_page(request, "feedback/seen_late.html", 410)


def _form(
    request: Request,
    reference: str,
    typed: dict[str, str],
    form_id: str,
    problems: dict[str, str],
    status: int = 422,
) -> Response:
    return visitor_page(
        request,
        "feedback/seen.html",
        status if problems else 200,
        reference=reference,
        typed=typed,
        form_id=form_id,
        problems=problems,
        today=clock.in_brussels(clock.now()).date().isoformat(),
        most_megabytes=photos.LARGEST_BYTES // (1024 * 1024),
    )


def _read(form: Form, typed: dict[str, str]) -> tuple[Facts, CleanPhoto | None]:
    """All that is wrong is said at once."""
    problems: list[FieldProblem] = []
    photo, at = None, clock.now()
    try:
        photo = _photo(form)
    except BadInput as refusal:
        problems.extend(refusal.problems)
    try:
        at = _moment(typed)
    except BadInput as refusal:
        problems.extend(refusal.problems)
    try:
        facts = sighting_facts.read(at, _by_fact(typed), has_photo=photo is not None)
    except BadInput as refusal:
        problems.extend(refusal.problems)
    if problems:
        raise BadInput(*(_as_on_page(one) for one in problems))
    return facts, photo


def _photo(form: Form) -> CleanPhoto | None:
    content = form.file("photo", photos.LARGEST_BYTES)
    return photos.cleaned(content) if content else None


def _moment(typed: dict[str, str]) -> datetime:
    """A number or a time that was typed counts, though "just now" stands ticked above it."""
    when = typed["when"]
    if when != "time" and typed["minutes"].strip():
        return sighting_facts.minutes_ago(typed["minutes"])
    if when != "minutes" and typed["time"].strip():
        return sighting_facts.at_time(typed["day"], typed["time"])
    if when == "minutes":
        return sighting_facts.minutes_ago(typed["minutes"])
    if when == "time":
        return sighting_facts.at_time(typed["day"], typed["time"])
    return clock.now()


def _by_fact(typed: dict[str, str]) -> dict[str, str]:
    field = {"person": "person_seen", "vehicle": "vehicle"}.get(typed["what"], "words")
    return {
        field: typed["description"],
        **{name: typed[name] for name in ("plate", "place", "direction")},
    }


def _as_on_page(problem: FieldProblem) -> FieldProblem:
    names = {**_PLACE_ON_PAGE, "words": "description"}
    return FieldProblem(names.get(problem.field, problem.field), problem.message, problem.values)


def _request_id(
    delivery: Delivery, form_id: str, typed: dict[str, str], photo: CleanPhoto | None
) -> str:
    """The same for the same form with the same content: what was put right since is another."""
    content = "\0".join([form_id, *typed.values(), photo.sha256 if photo else ""])
    return f"seen-{delivery.id}-{hashlib.sha256(content.encode()).hexdigest()[:32]}"


@router.get("/me/seen", dependencies=[_OWN])
def show_recent(request: Request, person: MemberHere, session: DbSession) -> Response:
    return visitor_page(
        request, "feedback/seen_recent.html", told=_recent(request, session, person)
    )


def _recent(request: Request, session: Session, person: Person) -> list[seen_links.Told]:
    """Who came by a way that is perhaps not his sees what went there."""
    return seen_links.recent(session, person, None if is_sure(request) else came_by(request))
