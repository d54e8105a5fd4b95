"""A member's own page, by a one-time link: what we know of him, and his choices."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import open_to_all
from hub.db import DbSession
from hub.errors import BadInput, NotFound
from hub.i18n import LANGUAGE_NAMES, mark, translate
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import LANGUAGE_COOKIE, go_to, language_of, page
from partnerships import (
    confirmation,
    consent,
    contact,
    households,
    leaving,
    map_features,
    member_links,
    other_partnerships,
    own_choices,
    own_ways,
    ways,
)
from partnerships.confirmation import About, Answer
from partnerships.consent_wordings import CURRENT, current
from partnerships.member_visit import MemberHere, came_by, is_sure, visit_cookie
from partnerships.models import ContactPoint, Person, Purpose, Residence
from partnerships.visitor_pages import place_of

router = APIRouter(include_in_schema=False)

_OWN = open_to_all("The cookie of a member's visit says whose page it is; there is no other.")
_HOW = "own_page"


@router.get("/me", dependencies=[_OWN])
def show_me(request: Request, person: MemberHere, session: DbSession) -> Response:
    return _me(request, session, person)


def _me(
    request: Request,
    session: Session,
    person: Person,
    problems: dict[str, str] | None = None,
    form: Form | None = None,
) -> Response:
    agreed = {one: consent.in_force(session, person.id, one) for one in Purpose}
    memberships = leaving.present(session, person)
    return page(
        request,
        "partnerships/me.html",
        422 if problems else 200,
        person=person,
        typed=form.text if form else lambda _name: "",
        problems=problems or {},
        saved="" if problems else request.query_params.get("saved", ""),
        languages=LANGUAGE_NAMES,
        channels=own_choices.channels(session, person),
        points=_points(session, person, came_by(request)),
        is_sure=is_sure(request),
        address=households.address_of(session, person.id),
        residence=session.get(Residence, person.id),
        memberships=memberships,
        zones=map_features.of_partnerships(session, [one.id for _member, one in memberships]),
        **map_features.told_to_map(),
        others=other_partnerships.to_join(session, person),
        asked=other_partnerships.asked(session, person),
        agreed=agreed,
        wordings=current(language_of(request)),
        history=consent.history(session, person),
    )


def _points(session: Session, person: Person, came_by: ContactPoint | None) -> list[dict[str, Any]]:
    """Who came by a way that is not surely his is shown no other in full."""
    shows_all = came_by is not None and ways.is_surely_his(came_by)
    closed = own_ways.closed(session, person)
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "shown": contact.shown(one) if shows_all or one == came_by else contact.masked(one),
            "verified_at": one.verified_at,
            "closed": closed.get(one.id),
            "may_change": shows_all or one == came_by,
            "is_unproved": closed.get(one.id) in contact.UNPROVED,
            "code_is_open": _code_is_open(session, one),
        }
        for one in ways.of_person(session, person.id)
    ]


def _code_is_open(session: Session, point: ContactPoint) -> bool:
    return confirmation.open_code(session, About(contact_point_id=point.id)) is not None


def _change(
    request: Request,
    session: Session,
    person: Person,
    form: Form,
    section: str,
    act: Callable[[], object],
) -> Response:
    """Do what was asked and show the page again where it was; or say beside the field why not."""
    try:
        act()
    except BadInput as refusal:
        # Nothing of it stays.
        session.rollback()
        problems = sentences(refusal.problems, language_of(request))
        return _me(request, session, person, problems, form)
    return go_to(f"/me?saved={section}#{section}")


@router.post("/me/language", dependencies=[_OWN])
def set_language(
    request: Request, person: MemberHere, form: PostedForm, session: DbSession
) -> Response:
    wanted = form.text("language")
    answer = _change(
        request,
        session,
        person,
        form,
        "language",
        lambda: own_choices.speak(session, person, wanted),
    )
    # Else the page would go on in the language the browser chose before.
    answer.delete_cookie(LANGUAGE_COOKIE)
    return answer


@router.post("/me/channels", dependencies=[_OWN])
def set_channels(
    request: Request, person: MemberHere, form: PostedForm, session: DbSession
) -> Response:
    wanted = form.all("channels")
    return _change(
        request,
        session,
        person,
        form,
        "channels",
        lambda: own_choices.order_channels(session, person, wanted),
    )


@router.post("/me/calls", dependencies=[_OWN])
def set_calls(
    request: Request, person: MemberHere, form: PostedForm, session: DbSession
) -> Response:
    return _change(
        request,
        session,
        person,
        form,
        "calls",
        lambda: own_choices.take_calls(
            session,
            person,
            wanted=bool(form.text("takes_calls")),
            start=form.text("no_calls_from"),
            end=form.text("no_calls_until"),
        ),
    )


@router.post("/me/mails", dependencies=[_OWN])
def set_mails(
    request: Request, person: MemberHere, form: PostedForm, session: DbSession
) -> Response:
    return _change(
        request,
        session,
        person,
        form,
        "mails",
        lambda: own_choices.gather_mails(session, person, weekly=form.text("mails") == "weekly"),
    )


@router.post("/me/pause", dependencies=[_OWN])
def set_pause(
    request: Request, person: MemberHere, form: PostedForm, session: DbSession
) -> Response:
    ends = bool(form.text("end"))
    start, end = ("", "") if ends else (form.text("paused_from"), form.text("paused_until"))
    return _change(
        request,
        session,
        person,
        form,
        "pause",
        lambda: own_choices.pause(session, person, start, end),
    )


@router.post("/me/address", dependencies=[_OWN])
def set_address(
    request: Request, person: MemberHere, form: PostedForm, session: DbSession
) -> Response:
    street, point = form.text("street"), form.text("point")
    return _change(
        request,
        session,
        person,
        form,
        "address",
        lambda: own_choices.live_at(session, person, street, point),
    )


@router.post("/me/ways", dependencies=[_OWN])
def add_way(request: Request, person: MemberHere, form: PostedForm, session: DbSession) -> Response:
    return _change(
        request,
        session,
        person,
        form,
        "ways",
        lambda: own_ways.add(
            session, person, form.text("way"), place_of(request), is_sure=is_sure(request)
        ),
    )


@router.post("/me/ways/{point_id}", dependencies=[_OWN])
def change_way(
    point_id: UUID, request: Request, person: MemberHere, form: PostedForm, session: DbSession
) -> Response:
    """Use it first, open it again, send another code, or remove it: ``what`` says which."""
    point = own_ways.own(session, person, point_id)
    actions: dict[str, Callable[[], object]] = {
        "first": lambda: own_ways.put_first(session, person, point),
        "open": lambda: own_ways.reopen(session, person, point),
        "remove": lambda: _remove(request, session, person, point),
    }
    what = form.text("what")
    if what in actions and not (is_sure(request) or point == came_by(request)):
        # A stranger by a mistyped number must not cut the member off from his other ways.
        raise NotFound
    if what in actions:
        return _change(request, session, person, form, "ways", actions[what])
    if own_ways.ask_to_confirm(session, person, point, place_of(request)) is not None:
        problem = translate(language_of(request), mark("No more can be sent now. Try tomorrow."))
        return _me(request, session, person, {f"code-{point.id}": problem}, form)
    return go_to("/me#ways")


def _remove(request: Request, session: Session, person: Person, point: ContactPoint) -> None:
    was_sure = is_sure(request)
    own_ways.remove(session, person, point)
    if was_sure:
        member_links.go_on_by_another(session, request.cookies.get(visit_cookie(), ""))


@router.post("/me/ways/{point_id}/code", dependencies=[_OWN])
def confirm_way(
    point_id: UUID, request: Request, person: MemberHere, form: PostedForm, session: DbSession
) -> Response:
    point = own_ways.own(session, person, point_id)
    answer = own_ways.confirm_by_code(session, point, form.text("code"))
    if answer is Answer.RIGHT:
        return go_to("/me?saved=ways#ways")
    sentence = (
        mark("This is not the code we sent. Look again at the newest text.")
        if answer is Answer.WRONG
        else mark("This code is worth nothing any more. Ask for a new one.")
    )
    # Shown, not raised: the try must stay counted.
    problem = translate(language_of(request), sentence)
    return _me(request, session, person, {f"code-{point.id}": problem}, form)


@router.post("/me/consents/{purpose}", dependencies=[_OWN])
def change_consent(
    purpose: Purpose, request: Request, person: MemberHere, form: PostedForm, session: DbSession
) -> Response:
    """Say yes to one purpose, in the words shown, or take it back; each on its own."""

    def act() -> None:
        if form.text("what") == "withdraw":
            consent.take_back(session, person, purpose, _HOW)
        else:
            language = language_of(request)
            consent.agree(session, person, purpose, CURRENT, _HOW, language)

    return _change(request, session, person, form, "consents", act)


@router.post("/me/partnerships", dependencies=[_OWN])
def join_another(
    request: Request, person: MemberHere, form: PostedForm, session: DbSession
) -> Response:
    return _change(
        request,
        session,
        person,
        form,
        "partnerships",
        lambda: other_partnerships.ask(session, person, form.text("partnership")),
    )
