"""Twilio's Calls resource."""

from collections.abc import Callable

from aiohttp import web

from channels.simulator.call_life import CallLife
from channels.simulator.door import (
    Door,
    accepted,
    read_form,
    silent,
    wrong_callback,
    wrong_number,
    wrong_sender,
)
from channels.simulator.faults import CALL_FAULTS, last_digits
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
        if away := self._door.turned_away(request):
            return away
        form = await read_form(request)
        await self._door.slow_down()
        if busy := self._door.too_fast():
            return busy
        call = _call(form)
        fault = CALL_FAULTS.get(last_digits(call.to)) or self._world.fault_by_chance()
        if code := _wrong(call):
            return error(code, 400)
        if refusal := self._door.refusal(f"call {call.to}", fault):
            return refusal
        if dead := await silent(request, fault):
            return dead
        self._world.keep_call(call)
        body = call_json(self._world.settings.account_sid, call)
        self._life.start(call)
        return accepted(request, fault, lambda: body)

    async def search(self, request: web.Request) -> web.Response:
        """The newest first, by To, From, Status and StartTime>."""
        if away := self._door.turned_away(request):
            return away
        text = request.query.get("PageSize", "50")
        size = min(max(int(text), 1), 1000) if text.isdigit() else 50
        newest = self._world.newest_listed()
        calls = [
            one for one in self._world.calls.values() if one.at <= newest and not one.is_to_hub
        ]
        found = [one for one in reversed(calls) if _matches(one, request)][:size]
        sid = self._world.settings.account_sid
        return page("calls", request.path, size, [call_json(sid, one) for one in found])

    async def fetch(self, request: web.Request) -> web.Response:
        """One call by its sid."""
        if away := self._door.turned_away(request):
            return away
        call = self._world.calls.get(request.match_info["sid"])
        return self._shown(call) if call else error(20404, 404)

    async def update(self, request: web.Request) -> web.Response:
        """Status=canceled or completed."""
        if away := self._door.turned_away(request):
            return away
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
        ask_at=fields.get("Url", ""),
        detects_machine=fields.get("MachineDetection", "") in ("Enable", "DetectMessageEnd"),
        callback=fields.get("StatusCallback", ""),
        events=frozenset(events or ["completed"]),
        ring_seconds=min(int(timeout), MAX_RING) if timeout.isdigit() else 60,
    )


def _wrong(call: PhoneCall) -> int | None:
    checks: tuple[Callable[[], int | None], ...] = (
        lambda: wrong_number(call.to, call.sender),
        lambda: wrong_sender(call.sender, ""),
        lambda: 21205 if call.ask_at and wrong_callback(call.ask_at) else None,
        lambda: None if call.ask_at or 0 < len(call.twiml) <= MAX_TWIML else 21205,
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
