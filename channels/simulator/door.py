"""What both resources do with a request before they look at its own fields."""

import asyncio
import re
import socket
import struct
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote_plus, urlsplit

from aiohttp import web
from aiohttp.helpers import encode_basic_auth

from channels.simulator.faults import Answer, Fault
from channels.simulator.knobs import Outage
from channels.simulator.twilio_shape import answer, error
from channels.simulator.world import World

HANG_SECONDS = 60.0
RATE_RETRY_AFTER = 1
# Closing without waiting makes the system send a reset instead of an ordinary end.
_RESET = struct.pack("ii", 1, 0)
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")


class Door:
    """Checks the credentials and plays the faults."""

    def __init__(self, world: World) -> None:
        settings = world.settings
        self._world = world
        self._authorization = encode_basic_auth(settings.account_sid, settings.auth_token)

    def turned_away(self, request: web.Request) -> web.Response | None:
        """The 503 of an outage, or the 401 for anybody who is not our account."""
        if self._world.knobs.outage is not Outage.OFF:
            self._world.counts["outage"] += 1
            return error(20503, 503)
        known = (
            request.headers.get("Authorization") == self._authorization
            and request.match_info["account"] == self._world.settings.account_sid
        )
        return None if known else error(20003, 401)

    def too_fast(self) -> web.Response | None:
        """The 429 for what is beyond the rate that the settings allow."""
        knobs = self._world.knobs
        if self._world.rate.takes_one_more(knobs.rate_per_second):
            return None
        self._world.counts["rate_limited"] += 1
        return error(20429, 429, RATE_RETRY_AFTER if knobs.retry_after else None)

    def refusal(self, key: str, fault: Fault | None) -> web.Response | None:
        """The error answer that this fault demands now, counting how often it was given."""
        if fault is None or fault.code is None:
            return None
        if fault.refusals is not None:
            given = self._world.refusals.get(key, 0)
            if given >= fault.refusals:
                return None
            self._world.refusals[key] = given + 1
        return error(fault.code, fault.http, fault.retry_after)

    async def slow_down(self) -> None:
        """Take as long as the settings say."""
        if self._world.knobs.latency_ms:
            await asyncio.sleep(self._world.knobs.latency_ms / 1000)


async def read_form(request: web.Request) -> list[tuple[str, str]]:
    """The request's form fields, blank ones too."""
    fields = (
        field.partition("=")
        for field in ((await request.read()).decode("utf-8", "replace")).split("&")
    )
    return [(_unquoted(name), _unquoted(value)) for name, _, value in fields if name]


# All fields but the number and the callback are the same for a whole alert.
@lru_cache(maxsize=1024)
def _unquoted(text: str) -> str:
    return unquote_plus(text)


async def silent(request: web.Request, fault: Fault | None) -> web.Response | None:
    """What a fault that accepts nothing and answers nothing leaves: a dead line."""
    if fault is None or fault.answer not in (Answer.HANG, Answer.RESET):
        return None
    if fault.answer is Answer.HANG:
        await _hang(request)
    else:
        _reset(request)
    return error(20500, 500)


async def _hang(request: web.Request) -> None:
    """Say nothing until the caller gives up, or a minute."""
    for _ in range(int(HANG_SECONDS / 0.1)):
        if request.transport is None or request.transport.is_closing():
            break
        await asyncio.sleep(0.1)


def _reset(request: web.Request) -> None:
    if request.transport is not None:
        line = request.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        request.transport.abort()


def accepted(request: web.Request, fault: Fault | None, body: Callable[[], object]) -> web.Response:
    """The 201, or what the fault makes of it."""
    kind = fault.answer if fault else Answer.NORMAL
    if kind is Answer.ERROR:
        return error(20500, 500)
    response = answer(body(), 201)
    if kind is Answer.BROKEN and isinstance(response.body, bytes):
        return web.Response(body=response.body[:40], status=201, content_type="application/json")
    if kind is Answer.LOST and request.transport is not None:
        request.transport.close()
    return response


def wrong_number(to: str, sender: str) -> int | None:
    """The code for a recipient that is missing or malformed."""
    if not to:
        return 21604
    return None if _E164.fullmatch(to) and to != sender else 21211


def wrong_sender(sender: str, service: str) -> int | None:
    """The code for a sender that is missing or malformed."""
    if service:
        return None if _SERVICE.fullmatch(service) else 21705
    if not sender:
        return 21603
    return None if _E164.fullmatch(sender) else 21212


def wrong_callback(url: str) -> int | None:
    """The code for a StatusCallback that Twilio would not call; none at all is fine."""
    path = url.find("/", len("https://"))
    return _wrong_host(url if path < 0 else url[:path]) if url else None


# Each delivery has a callback of its own; its host is always ours.
@lru_cache(maxsize=256)
def _wrong_host(url: str) -> int | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return 21609
    good = parts.scheme in ("http", "https") and host and "_" not in host
    return None if good else 21609
