"""The members' telephones and mailboxes, to be seen and answered; only with the simulated carrier.

What is shown is what left the hub: the words on the page came through the carrier's own door.
"""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from channels.simulator.client import SimulatorClient, SimulatorUnreachable
from hub.access import Action, Actor, allowed
from hub.config import settings
from hub.db import DbSession
from hub.errors import Conflict, NotFound
from hub.i18n import mark
from hub.security import blind_index
from hub.web.forms import PostedForm
from hub.web.pages import go_to, page
from partnerships.models import ContactPoint, Person

router = APIRouter(include_in_schema=False)

_LONGEST_REPLY = 1600
_LONGEST_MAIL = 10_000
_LONGEST_SPOKEN = 60


def _simulator() -> SimulatorClient:
    return SimulatorClient(settings().simulator_url)


@router.get("/simulator")
def show_phones(
    request: Request,
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)],
    session: DbSession,
) -> Response:
    phones, mailboxes = _seen()
    return page(
        request,
        "hub/simulator.html",
        phones=phones,
        mailboxes=mailboxes,
        names=_names(session, [one["number"] for one in phones]),
    )


@router.get("/simulator/phones")
def refresh_phones(
    request: Request,
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)],
    session: DbSession,
) -> Response:
    """The phones alone, as they are now."""
    phones, mailboxes = _seen()
    names = _names(session, [one["number"] for one in phones])
    return page(
        request, "hub/simulator_phones.html", phones=phones, mailboxes=mailboxes, names=names
    )


def _seen() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    try:
        return _simulator().phones(), _simulator().mailboxes()
    except SimulatorUnreachable:
        raise Conflict(mark("The simulated carrier does not answer. Is it running?")) from None


def _names(session: Session, numbers: list[str]) -> dict[str, tuple[str, str]]:
    """Whose phone it is, and in which language: only for the person who tries the hub."""
    indexes = {blind_index(number): number for number in numbers}
    rows = session.exec(
        select(ContactPoint.value_index, Person.name, Person.language)
        .join(Person, col(Person.id) == col(ContactPoint.person_id))
        .where(col(ContactPoint.value_index).in_(indexes))
    )
    return {indexes[index]: (name, language) for index, name, language in rows}


@router.get("/simulator/phones/{number}")
def show_phone(
    number: str,
    request: Request,
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)],
    session: DbSession,
) -> Response:
    return page(request, "hub/simulator_phone.html", **_one_phone(session, number))


@router.get("/simulator/phones/{number}/screen")
def refresh_phone(
    number: str,
    request: Request,
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)],
    session: DbSession,
) -> Response:
    """The screen of one phone alone, as it is now."""
    return page(request, "hub/simulator_screen.html", **_one_phone(session, number))


def _one_phone(session: Session, number: str) -> dict[str, Any]:
    try:
        phone = _simulator().phone(number)
    except LookupError:
        raise NotFound from None
    except SimulatorUnreachable:
        raise Conflict(mark("The simulated carrier does not answer. Is it running?")) from None
    for entry in phone["entries"]:
        entry["at"] = datetime.fromisoformat(entry["at"])
    return {"phone": phone, "owner": _names(session, [number]).get(number, ("", ""))[0]}


@router.post("/simulator/phones/{number}/reply")
def reply(
    number: str,
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)],
    form: PostedForm,
) -> Response:
    """Text the hub from this phone."""
    body = form.text("body")[:_LONGEST_REPLY]
    return _then_look(number, lambda: _simulator().reply(number, body))


@router.post("/simulator/phones/{number}/call")
def call_hub(
    number: str,
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)],
    _form: PostedForm,
) -> Response:
    """Call the hub from this phone."""
    return _then_look(number, lambda: _simulator().call_hub(number))


@router.post("/simulator/phones/{number}/calls/{call_id}/{what}")
def handle_call(
    number: str,
    call_id: str,
    what: str,
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)],
    form: PostedForm,
) -> Response:
    """Answer a call, press a key, speak after the tone, or hang up."""
    actions = {
        "answer": lambda: _simulator().answer(call_id),
        "press": lambda: _simulator().press(call_id, form.text("digit")),
        "speak": lambda: _simulator().speak(call_id, _seconds(form.text("seconds"))),
        "hang-up": lambda: _simulator().hang_up(call_id),
    }
    if what not in actions:
        raise NotFound
    return _then_look(number, actions[what])


def _seconds(typed: str) -> int:
    """As long as a message may be; ten seconds where no number was typed."""
    is_number = typed.isascii() and typed.isdigit()
    return min(int(typed[:4]), _LONGEST_SPOKEN) if is_number else 10


def _then_look(number: str, act: Any) -> Response:
    try:
        act()
    except SimulatorUnreachable:
        raise Conflict(mark("The simulated carrier does not answer. Is it running?")) from None
    except LookupError:
        raise Conflict(mark("This call has ended.")) from None
    return go_to(f"/simulator/phones/{quote(number)}")


@router.get("/simulator/mailboxes/{address}")
def show_mailbox(
    address: str,
    request: Request,
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)],
) -> Response:
    try:
        letters = _simulator().mailbox(address)
    except LookupError:
        raise NotFound from None
    except SimulatorUnreachable:
        raise Conflict(mark("The simulated carrier does not answer. Is it running?")) from None
    can_answer = settings().mail_door is not None and any(
        name.lower() == "reply-to" for name, _value in (letters[-1]["headers"] if letters else ())
    )
    return page(
        request,
        "hub/simulator_mailbox.html",
        address=address,
        letters=letters,
        can_answer=can_answer,
        sent="sent" in request.query_params,
    )


@router.post("/simulator/mailboxes/{address}/reply")
def reply_by_mail(
    address: str,
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)],
    form: PostedForm,
) -> Response:
    """Answer the newest mail of this mailbox: a real mail to the hub's mail door."""
    try:
        handed = _simulator().reply_by_mail(address, form.text("body")[:_LONGEST_MAIL])
    except SimulatorUnreachable:
        raise Conflict(mark("The simulated carrier does not answer. Is it running?")) from None
    except LookupError:
        raise Conflict(mark("There is no mail here that can be answered.")) from None
    if not 200 <= (handed["status"] or 0) < 300:
        raise Conflict(mark("The mail door did not take this mail. Is it running?"))
    return go_to(f"/simulator/mailboxes/{quote(address)}?sent=1")
