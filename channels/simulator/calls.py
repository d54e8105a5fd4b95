"""Twilio's Calls resource."""

from collections.abc import Callable

from aiohttp import web

from channels.simulator.call_life import CallLife
from channels.simulator.door import (
    Door,
    accepted,
    hang,
    read_form,
    wrong_callback,
    wrong_number,
    wrong_sender,
)
from channels.simulator.faults import CALL_FAULTS, Answer, last_digits
from channels.simulator.records import PhoneCall
from channels.simulator.twilio_shape import answer, call_json, error, page
from channels.simulator.world import World

MAX_TWIML = 4000
MAX_RING = 600
PATH = "/2010-04-01/Accounts/{account}/Calls"


class Calls:
    """Create, list, fetch, and end."""

    def __init__(self, world: World, life: CallLife) -> None:
        self._world = world
        self._door = Door(world)
        self._life = life

    def routes(self) -> list[web.RouteDef]:
        """Where the resource lives."""
        return [
            web.post(f"{PATH}.json", self.create),
            web.get(f"{PATH}.json", self.search),
            web.get(f"{PATH}/{{sid}}.json", self.fetch),
            web.post(f"{PATH}/{{sid}}.json", self.update),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """Accept or refuse one call."""
        if stranger := self._door.stranger(request):
            return stranger
        form = await read_form(request)
        await self._door.slow_down()
        call = _call(form)
        fault = CALL_FAULTS.get(last_digits(call.to))
        if code := _wrong(call):
            return error(code, 400)
        if refusal := self._door.refusal(f"call {call.to}", fault):
            return refusal
        if fault and fault.answer is Answer.HANG:
            return await hang(request)
        self._world.keep_call(call)
        body = call_json(self._world.settings.account_sid, call)
        self._life.start(call)
        return accepted(request, fault, lambda: body)

    async def search(self, request: web.Request) -> web.Response:
        """The newest first, by To, From, Status and StartTime>."""
        if stranger := self._door.stranger(request):
            return stranger
        text = request.query.get("PageSize", "50")
        size = min(max(int(text), 1), 1000) if text.isdigit() else 50
        calls = reversed(self._world.calls.values())
        found = [one for one in calls if _matches(one, request)][:size]
        sid = self._world.settings.account_sid
        return page("calls", request.path, size, [call_json(sid, one) for one in found])

    async def fetch(self, request: web.Request) -> web.Response:
        """One call by its sid."""
        if stranger := self._door.stranger(request):
            return stranger
        call = self._world.calls.get(request.match_info["sid"])
        return self._shown(call) if call else error(20404, 404)

    async def update(self, request: web.Request) -> web.Response:
        """Status=canceled or completed."""
        if stranger := self._door.stranger(request):
            return stranger
        call = self._world.calls.get(request.match_info["sid"])
        if call is None:
            return error(20404, 404)
        status = dict(await read_form(request)).get("Status", "")
        if status not in ("canceled", "completed") or not self._life.cancel(call, status):
            return error(21220, 400)
        return self._shown(call)

    def _shown(self, call: PhoneCall) -> web.Response:
        return answer(call_json(self._world.settings.account_sid, call))


def _call(form: list[tuple[str, str]]) -> PhoneCall:
    fields = dict(form)
    timeout = fields.get("Timeout", "60")
    events = [value for name, value in form if name == "StatusCallbackEvent"]
    return PhoneCall(
        to=fields.get("To", ""),
        sender=fields.get("From", ""),
        twiml=fields.get("Twiml", ""),
        callback=fields.get("StatusCallback", ""),
        events=frozenset(events or ["completed"]),
        ring_seconds=min(int(timeout), MAX_RING) if timeout.isdigit() else 60,
    )


def _wrong(call: PhoneCall) -> int | None:
    checks: tuple[Callable[[], int | None], ...] = (
        lambda: wrong_number(call.to, call.sender),
        lambda: wrong_sender(call.sender, ""),
        lambda: None if 0 < len(call.twiml) <= MAX_TWIML else 21205,
        lambda: wrong_callback(call.callback),
    )
    return next((code for check in checks if (code := check())), None)


def _matches(call: PhoneCall, request: web.Request) -> bool:
    query = request.query
    since = query.get("StartTime>", "")[:10]
    return (
        query.get("To", call.to) == call.to
        and query.get("From", call.sender) == call.sender
        and query.get("Status", call.status) == call.status
        and call.at.date().isoformat() >= since
    )
