"""The simulator's own API: look at phones and mailboxes, act for members, turn the knobs."""

from typing import Any

from aiohttp import web

from channels.simulator.call_life import CallLife
from channels.simulator.faults import CALL_ENDS, MAIL_FAULTS, PREFIX, SMS_FAULTS
from channels.simulator.phones import as_json
from channels.simulator.records import PhoneCall
from channels.simulator.replies import reply
from channels.simulator.settings import Answering
from channels.simulator.twilio_shape import answer
from channels.simulator.world import World

SHOWN_AT_ONCE = 200


class Control:
    """JSON in, JSON out, all below /simulator/."""

    def __init__(self, world: World, life: CallLife) -> None:
        self._world = world
        self._life = life

    def routes(self) -> list[web.RouteDef]:
        """Where each control is."""
        return [
            web.get("/simulator/health", self.health),
            web.get("/simulator/faults", self.faults),
            web.get("/simulator/phones", self.phones),
            web.get("/simulator/phones/{number}", self.phone),
            web.post("/simulator/phones/{number}/reply", self.reply),
            web.post("/simulator/phones/{number}/answering", self.answering),
            web.post("/simulator/calls/{sid}/answer", self.answer),
            web.post("/simulator/calls/{sid}/press", self.press),
            web.post("/simulator/calls/{sid}/hangup", self.hangup),
            web.get("/simulator/mailboxes", self.mailboxes),
            web.get("/simulator/mailboxes/{address}", self.mailbox),
            web.get("/simulator/accepted", self.accepted),
            web.post("/simulator/settings", self.settings),
            web.post("/simulator/reset", self.reset),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        """That it runs, and how much it holds."""
        world = self._world
        return answer({"ok": True, "messages": len(world.messages), "calls": len(world.calls)})

    async def faults(self, _request: web.Request) -> web.Response:
        """The magic numbers and addresses, for showing them to a person."""
        numbers = {PREFIX + digits: fault.does for digits, fault in SMS_FAULTS.items()}
        calls = {PREFIX + digits: end for digits, end in CALL_ENDS.items()}
        mails = {name: text or "line lost" for name, (_when, text) in MAIL_FAULTS.items()}
        return answer({"numbers": numbers, "calls": calls, "mail": mails})

    async def phones(self, request: web.Request) -> web.Response:
        """The phones with the latest activity, latest first; ?limit=, 200 if not given."""
        text = request.query.get("limit", "")
        limit = int(text) if text.isdigit() else SHOWN_AT_ONCE
        return answer([self._phone(number) for number in self._world.phones.newest(limit)])

    async def phone(self, request: web.Request) -> web.Response:
        """One phone, empty if nothing ever reached it."""
        return answer(self._phone(request.match_info["number"]))

    async def reply(self, request: web.Request) -> web.Response:
        """A member texts: {body, message_sid?} -> {message_sid, status, replies}."""
        order = await _json(request)
        sid = order.get("message_sid")
        number, body = request.match_info["number"], str(order.get("body", ""))
        done = await reply(self._world, number, body, str(sid) if sid else None)
        shown = {"message_sid": done.message_sid, "status": done.status}
        return answer({**shown, "replies": list(done.replies)})

    async def answering(self, request: web.Request) -> web.Response:
        """How one number takes calls: {answering}, or null to go with the general setting."""
        number, wanted = request.match_info["number"], (await _json(request)).get("answering")
        if wanted is None:
            self._world.knobs.answering_by_number.pop(number, None)
        else:
            self._world.knobs.answering_by_number[number] = _answering(wanted)
        return answer({"ok": True})

    async def answer(self, request: web.Request) -> web.Response:
        """Pick up."""
        call = self._call(request)
        return self._after(call, self._life.answer(call))

    async def press(self, request: web.Request) -> web.Response:
        """Press a key: {digit}."""
        call = self._call(request)
        digit = str((await _json(request)).get("digit", ""))
        status = await self._life.press(call, digit)
        return self._after(call, status is not None, status)

    async def hangup(self, request: web.Request) -> web.Response:
        """Hang up, or refuse a call that rings."""
        call = self._call(request)
        return self._after(call, self._life.hang_up(call))

    async def mailboxes(self, _request: web.Request) -> web.Response:
        """The addresses that have letters, newest first, with how many."""
        boxes = self._world.mailboxes
        names = boxes.addresses()[:SHOWN_AT_ONCE]
        return answer([{"address": name, "letters": len(boxes.of(name))} for name in names])

    async def mailbox(self, request: web.Request) -> web.Response:
        """The letters of one address, oldest first."""
        letters = self._world.mailboxes.of(request.match_info["address"])
        return answer([letter.as_json() for letter in letters])

    async def accepted(self, _request: web.Request) -> web.Response:
        """The ledger. Of a mail, the text part is hashed, stripped."""
        return answer(self._world.ledger.as_json())

    async def settings(self, request: web.Request) -> web.Response:
        """Turn knobs: {latency_ms, answering, receipts: on|off}, each optional."""
        order, knobs = await _json(request), self._world.knobs
        if "answering" in order:
            knobs.answering = _answering(order["answering"])
        if "latency_ms" in order:
            knobs.latency_ms = _milliseconds(order["latency_ms"])
        if "receipts" in order:
            knobs.receipts = order["receipts"] in ("on", True)
        receipts = "on" if knobs.receipts else "off"
        shown = {"latency_ms": knobs.latency_ms, "answering": knobs.answering}
        return answer({**shown, "receipts": receipts})

    async def reset(self, _request: web.Request) -> web.Response:
        """Forget everything."""
        self._world.reset()
        return answer({"ok": True})

    def _phone(self, number: str) -> dict[str, object]:
        entries = [as_json(entry) for entry in self._world.phones.of(number)]
        return {"number": number, "entries": entries}

    def _call(self, request: web.Request) -> PhoneCall:
        call = self._world.calls.get(request.match_info["sid"])
        if call is None:
            raise web.HTTPNotFound(text="no such call")
        return call

    def _after(self, call: PhoneCall, done: bool, status: int | None = None) -> web.Response:
        return answer({**as_json(call), "hub_status": status}, 200 if done else 409)


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        order = await request.json() if request.can_read_body else {}
    except ValueError:
        order = None
    if not isinstance(order, dict):
        raise web.HTTPBadRequest(text="a JSON object is expected")
    return order


def _answering(value: object) -> Answering:
    try:
        return Answering(str(value))
    except ValueError:
        raise web.HTTPBadRequest(text="answering: by_hand, press_1 or no_answer") from None


def _milliseconds(value: object) -> int:
    if isinstance(value, int) and 0 <= value <= 60_000:
        return value
    raise web.HTTPBadRequest(text="latency_ms: 0 to 60000")
