"""How the simulated carrier and its members behave: for trying faults, and for exercises."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from channels.simulator.client import SettingsRefused, SimulatorClient, SimulatorUnreachable
from channels.simulator.knobs import Answering, Forgery, Knobs, Outage, ReceiptOrder
from hub.access import Action, Actor, allowed
from hub.config import settings
from hub.errors import Conflict
from hub.i18n import mark, translate
from hub.web.forms import Form, PostedForm
from hub.web.pages import go_to, language_of, page

router = APIRouter(include_in_schema=False)

_PAGE = "/simulator/carrier"
_SWITCHES = frozenset(
    name for name, field in Knobs.model_fields.items() if isinstance(field.default, bool)
)
_CHOICES = {
    "outage": tuple(Outage),
    "receipts_order": tuple(ReceiptOrder),
    "receipts_forged": tuple(Forgery),
    "answering": tuple(Answering),
}
# What the simulator says of its magic addresses, for the catalogues.
_OF_ADDRESSES = (
    mark("line lost"),
    mark("taken, then returned: 5.1.1 no such user"),
    mark("taken, then returned: 5.2.2 mailbox full"),
    mark("taken, then a notice that it is delayed: 4.4.1"),
    mark("taken, then answered: out of office"),
)


def _simulator() -> SimulatorClient:
    return SimulatorClient(settings().simulator_url)


@router.get(_PAGE)
def show_carrier(
    request: Request, _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)]
) -> Response:
    try:
        return _shown(request, _simulator().settings(), {})
    except SimulatorUnreachable:
        # Not an error of the page: an outage may be just what was asked for.
        return page(request, "hub/simulator_away.html")


@router.post(_PAGE)
def change_carrier(
    request: Request,
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)],
    form: PostedForm,
) -> Response:
    """Take over everything that the form says; a wrong value changes nothing."""
    typed = _typed(form)
    try:
        _simulator().set(**typed)
    except SettingsRefused as refusal:
        return _shown(request, typed, _sentences(request, refusal))
    except SimulatorUnreachable:
        raise Conflict(mark("The simulated carrier does not answer. Is it running?")) from None
    return go_to(_PAGE)


def _typed(form: Form) -> dict[str, str]:
    return {
        name: form.text(name) or "off" if name in _SWITCHES else form.text(name).strip()
        for name in Knobs.model_fields
    }


def _sentences(request: Request, refusal: SettingsRefused) -> dict[str, str]:
    wrong = mark("This value is not possible.")
    sentences = {
        "": mark("The shares of faults are more than 100 % together."),
        "script": mark("Each line is: number; seconds; text."),
    }
    return {
        name or "percent_500": translate(language_of(request), sentences.get(name, wrong))
        for name, _what in refusal.problems
    }


def _shown(request: Request, now: dict[str, Any], problems: dict[str, str]) -> Response:
    language = language_of(request)
    faults = _simulator().faults()
    return page(
        request,
        "hub/simulator_carrier.html",
        422 if problems else 200,
        now={name: _as_typed(value) for name, value in now.items()},
        problems=problems,
        choices=_CHOICES,
        counts=_simulator().counts(),
        is_calm=not problems and _is_calm(now),
        numbers={one: translate(language, does) for one, does in faults["numbers"].items()},
        calls=faults["calls"],
        mail={one: translate(language, does) for one, does in faults["mail"].items()},
    )


def _as_typed(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_calm(now: dict[str, Any]) -> bool:
    """Whether nothing goes wrong and nobody answers by himself."""
    return Knobs.model_validate(now) == Knobs()


@router.post(_PAGE + "/calm")
def calm_carrier(
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)], _form: PostedForm
) -> Response:
    """No faults any more; messages and phones stay as they are."""
    return _then_show(lambda: _simulator().set(**Knobs().model_dump(mode="json")))


@router.post(_PAGE + "/reset")
def reset_carrier(
    _actor: Annotated[Actor, allowed(Action.USE_SIMULATOR)], _form: PostedForm
) -> Response:
    """Empty phones and mailboxes, and the settings of the start."""
    return _then_show(lambda: _simulator().reset())


def _then_show(act: Any) -> Response:
    try:
        act()
    except SimulatorUnreachable:
        raise Conflict(mark("The simulated carrier does not answer. Is it running?")) from None
    return go_to(_PAGE)
