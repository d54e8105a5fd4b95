"""The simulator's own API: look at phones and mailboxes, act for members, turn the knobs."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from channels.simulator.call_life import CallLife
from channels.simulator.faults import CALL_ENDS, MAIL_FAULTS, MAIL_RETURNS, PREFIX, SMS_FAULTS
from channels.simulator.knobs import Answering, Knobs, Outage
from channels.simulator.phones import as_json
from channels.simulator.recordings import LONGEST_SECONDS
from channels.simulator.records import PhoneCall
from channels.simulator.replies import reply
from channels.simulator.twilio_shape import answer
from channels.simulator.world import World

SHOWN_AT_ONCE = 200


class Control:
    """JSON in, JSON out, all below /simulator/."""

    def __init__(self, world: World, life: CallLife, close_port: Callable[[float], None]) -> None:
        self._world = world
        self._life = life
        self._close_port = close_port

    def routes(self) -> list[web.RouteDef]:
        """Where each control is."""
        return [
            web.get("/simulator/health", self.health),
            web.get("/simulator/faults", self.faults),
            web.get("/simulator/phones", self.phones),
            web.get("/simulator/phones/{number}", self.phone),
            web.post("/simulator/phones/{number}/reply", self.reply),
            web.post("/simulator/phones/{number}/call", self.call),
            web.post("/simulator/phones/{number}/answering", self.answering),
            web.post("/simulator/calls/{sid}/answer", self.answer),
            web.post("/simulator/calls/{sid}/press", self.press),
            web.post("/simulator/calls/{sid}/speak", self.speak),
            web.post("/simulator/calls/{sid}/hangup", self.hangup),
            web.get("/simulator/mailboxes", self.mailboxes),
            web.get("/simulator/mailboxes/{address}", self.mailbox),
            web.get("/simulator/accepted", self.accepted),
            web.get("/simulator/counts", self.counts),
            web.get("/simulator/settings", self.shown_settings),
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
        mails |= MAIL_RETURNS
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

    async def call(self, request: web.Request) -> web.Response:
        """A member calls the hub."""
        return answer(as_json(await self._life.call_hub(request.match_info["number"])))

    async def speak(self, request: web.Request) -> web.Response:
        """A member speaks after the tone: {seconds}, 0 to 60."""
        call, seconds = self._call(request), (await _json(request)).get("seconds")
        if not isinstance(seconds, int) or not 0 <= seconds <= LONGEST_SECONDS:
            raise web.HTTPBadRequest(text=f"seconds: 0 to {LONGEST_SECONDS}")
        status = await self._life.speak(call, seconds)
        return self._after(call, status is not None, status)

    async def answering(self, request: web.Request) -> web.Response:
        """How one number takes calls: {answering}, or null to go with the general setting."""
        number, wanted = request.match_info["number"], (await _json(request)).get("answering")
        if wanted is None:
            self._world.answering_by_number.pop(number, None)
        else:
            self._world.answering_by_number[number] = _answering(wanted)
        return answer({"ok": True})

    async def answer(self, request: web.Request) -> web.Response:
        """Pick up."""
        call = self._call(request)
        return self._after(call, await self._life.answer(call))

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

    async def counts(self, _request: web.Request) -> web.Response:
        """How often each thing happened since the start or the last reset."""
        return answer(dict(self._world.counts))

    async def shown_settings(self, _request: web.Request) -> web.Response:
        """How everything behaves now."""
        return answer(_as_json(self._world.knobs))

    async def settings(self, request: web.Request) -> web.Response:
        """Turn knobs, each optional; 400 with {problems: [[name, what is wrong]]} changes none."""
        order = await _json(request)
        try:
            self._world.turn(order)
        except ValidationError as error:
            return answer({"problems": _problems(error)}, 400)
        knobs = self._world.knobs
        if order.get("outage") == Outage.REFUSE:
            self._close_port(knobs.outage_seconds)
        return answer(_as_json(knobs))

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


def _as_json(knobs: Knobs) -> dict[str, object]:
    """Switches are "on" and "off", as they are in an order."""
    shown = knobs.model_dump(mode="json")
    return {
        name: ("on" if value else "off") if isinstance(value, bool) else value
        for name, value in shown.items()
    }


def _problems(error: ValidationError) -> list[list[str]]:
    # Without its input: that may be a member's number.
    return [[str(one["loc"][0]) if one["loc"] else "", one["msg"]] for one in error.errors()]
