"""Twilio's Messages resource."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from aiohttp import web

from channels.simulator import members, receipts, whatsapp
from channels.simulator.door import (
    Door,
    accepted,
    read_form,
    silent,
    wrong_callback,
    wrong_number,
    wrong_sender,
)
from channels.simulator.faults import SMS_FAULTS, Fault, last_digits
from channels.simulator.records import Entry, Message
from channels.simulator.twilio_shape import answer, error, message_json, page
from channels.simulator.world import World
from channels.sms_length import measure

MAX_BODY = 1600
PATH = "/2010-04-01/Accounts/{account}/Messages"


class Messages:
    """Create, list and fetch."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._door = Door(world)

    def routes(self) -> list[web.RouteDef]:
        """Where the resource lives."""
        return [
            web.post(f"{PATH}.json", self.create),
            web.get(f"{PATH}.json", self.search),
            web.get(f"{PATH}/{{sid}}.json", self.fetch),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """Accept or refuse one text."""
        if away := self._door.turned_away(request):
            return away
        asked = dict(await read_form(request))
        form, prefix = whatsapp.without_prefix(asked)
        await self._door.slow_down()
        if busy := self._door.too_fast():
            return busy
        to = form.get("To", "")
        fault = SMS_FAULTS.get(last_digits(to)) or self._world.fault_by_chance()
        if code := whatsapp.mixed_up(asked) or _wrong(form):
            return error(code, 400)
        if refusal := self._door.refusal(f"sms {prefix}{to}", fault):
            return refusal
        if dead := await silent(request, fault):
            return dead
        message = _message(form, prefix, self._world.settings.number)
        return await self._accept(request, message, fault)

    async def search(self, request: web.Request) -> web.Response:
        """The newest first, by To, From and DateSent; at most the newest 50 of a number."""
        if away := self._door.turned_away(request):
            return away
        size = _page_size(request)
        found = [one for one in self._candidates(request) if _matches(one, request)][:size]
        sid = self._world.settings.account_sid
        shown = [message_json(sid, one) for one in found]
        return page("messages", request.path, size, shown)

    async def fetch(self, request: web.Request) -> web.Response:
        """One text by its sid."""
        if away := self._door.turned_away(request):
            return away
        message = self._world.messages.get(request.match_info["sid"])
        if message is None:
            return error(20404, 404)
        return answer(message_json(self._world.settings.account_sid, message))

    async def _accept(
        self, request: web.Request, message: Message, fault: Fault | None
    ) -> web.Response:
        self._world.keep_message(message)
        body = message_json(self._world.settings.account_sid, message)
        if self._world.knobs.receipts_early or (fault and fault.early):
            await receipts.report(self._world, message, receipts.plan(self._world, message))
        else:
            receipts.schedule(self._world, message)
        members.answer(self._world, message.to)
        return accepted(request, fault, lambda: body)

    def _candidates(self, request: web.Request) -> list[Message]:
        prefixed = request.query.get("To")
        to = prefixed.removeprefix(whatsapp.PREFIX) if prefixed else None
        entries: list[Entry] = (
            list(self._world.phones.of(to)) if to else list(self._world.messages.values())
        )
        newest = self._world.newest_listed()
        listed = (one for one in reversed(entries) if isinstance(one, Message))
        return [
            one for one in listed if one.at <= newest and prefixed in (None, one.prefix + one.to)
        ]


def _wrong(form: dict[str, str]) -> int | None:
    sender, service = form.get("From", ""), form.get("MessagingServiceSid", "")
    body = form.get("Body", "") or whatsapp.template_text(form)
    checks: tuple[Callable[[], int | None], ...] = (
        lambda: wrong_number(form.get("To", ""), sender),
        lambda: wrong_sender(sender, service),
        lambda: whatsapp.wrong_template(form),
        lambda: None if body else 21602,
        lambda: 21617 if len(body) > MAX_BODY else None,
        lambda: wrong_callback(form.get("StatusCallback", "")),
        lambda: _wrong_period(form.get("ValidityPeriod", "36000")),
    )
    return next((code for check in checks if (code := check())), None)


def _wrong_period(text: str) -> int | None:
    seconds = int(text) if text.isdigit() else 0
    if seconds > 36000:
        return 30013
    return 30012 if seconds < 1 else None


def _message(form: dict[str, str], prefix: str, number: str) -> Message:
    service = form.get("MessagingServiceSid") or None
    body = form.get("Body") or whatsapp.template_text(form)
    return Message(
        to=form["To"],
        sender=form.get("From") or number,
        service=service,
        body=body,
        segments=_segments(body),
        callback=form.get("StatusCallback", ""),
        status="accepted" if service else "queued",
        prefix=prefix,
        is_template="ContentSid" in form,
    )


# The text is the same for a whole alert.
@lru_cache(maxsize=64)
def _segments(body: str) -> int:
    return measure(body).segments


def _page_size(request: web.Request) -> int:
    text = request.query.get("PageSize", "50")
    return min(max(int(text), 1), 1000) if text.isdigit() else 50


def _matches(message: Message, request: web.Request) -> bool:
    query, day = request.query, message.at.date()
    sender = query.get("From")
    return (
        (not sender or sender == message.sender)
        and _day_is(query.get("DateSent"), lambda wanted: day == wanted)
        and _day_is(query.get("DateSent>"), lambda wanted: day >= wanted)
        and _day_is(query.get("DateSent<"), lambda wanted: day <= wanted)
    )


def _day_is(text: str | None, test: Callable[[date], bool]) -> bool:
    try:
        return text is None or test(date.fromisoformat(text[:10]))
    except ValueError:
        return True
