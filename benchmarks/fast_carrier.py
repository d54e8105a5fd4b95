"""The carrier of the benchmark: Twilio's create and list calls as fast as one process can answer.

``python -m benchmarks.fast_carrier --port 8025 --smtp-port 8026``: a mail server beside it.
The simulated carrier of the hub knows faults and people; it costs as much as the hub itself and
would be what is measured. This one knows neither.
"""

import argparse
import asyncio
import json
import os
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from urllib.parse import parse_qs, unquote_plus, urlsplit

import uvloop

from benchmarks.bare_client import BarePool
from benchmarks.carrier_answers import (
    NOT_FOUND,
    call,
    created_call,
    created_message,
    json_response,
    message,
    response,
)
from benchmarks.carrier_log import CarrierLog
from benchmarks.fast_smtp import SmtpDoor
from benchmarks.numbers import FIRST_NUMBER
from benchmarks.receipt_posts import receipt

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TO = re.compile(rb"(?:^|&)To=([^&]*)")
_BODY = re.compile(rb"(?:^|&)Body=([^&]*)")
_CALLBACK = re.compile(rb"(?:^|&)StatusCallback=([^&]*)")
_CALLBACK_CONNECTIONS = 32


@dataclass
class Behaviour:
    """What may be set while it runs. Times are seconds."""

    latency: float = 0.0
    # "off", or the last status of each message: it is told of "sent" first.
    receipts: str = "off"
    receipt_delay: float = 0.0


class Carrier:
    """Everything but the sockets."""

    def __init__(self, account: str, token: str) -> None:
        self._account, self._token = account, token
        self.behaviour = Behaviour()
        self.texts, self.calls = CarrierLog("SM"), CarrierLog("CA")
        self._mails = CarrierLog("mail")
        self._logs = (self.texts, self.calls, self._mails)
        self._pool: BarePool | None = None
        self._posted = self._refused = 0
        self._later: set[asyncio.Task[None]] = set()

    def take_mail(self, number: int) -> None:
        """Note a mail to the address with this number, as if it were a telephone's."""
        self._mails.add(FIRST_NUMBER + number, "")

    def answer(self, head: bytes, body: bytes) -> tuple[bytes, float]:
        """The answer to one request, and after how many seconds it is given."""
        method, path = head.split(b" ", 2)[:2]
        if path.startswith(b"/control/"):
            return self._control(path.decode(), body), 0.0
        if method == b"POST" and path.endswith(b"/Messages.json"):
            return self._create(self.texts, body), self.behaviour.latency
        if method == b"POST" and path.endswith(b"/Calls.json"):
            return self._create(self.calls, body), self.behaviour.latency
        if method == b"GET":
            return self._read(path.decode()), self.behaviour.latency
        return NOT_FOUND, self.behaviour.latency

    def _create(self, log: CarrierLog, form: bytes) -> bytes:
        found = _TO.search(form)
        if found is None:
            return response(b"400 Bad Request", b'{"code":21604,"status":400,"message":"To"}')
        to = b"+" + found[1].replace(b"%2B", b"").replace(b"+", b"")
        words = _BODY.search(form)
        body = _unquoted(words[1]) if words else ""
        sid = b"%b%032x" % (log.prefix.encode(), log.add(int(to[1:]), body))
        second = int(log.at[-1])
        if self.behaviour.receipts != "off":
            self._announce(form, sid.decode(), to.decode())
        if log is self.texts:
            return created_message(self._account, body, second).answer(sid, to)
        return created_call(self._account, second).answer(sid, to)

    def _announce(self, form: bytes, sid: str, to: str) -> None:
        found = _CALLBACK.search(form)
        if found is None:
            return
        callback = unquote_plus(found[1].decode())
        loop = asyncio.get_running_loop()
        for place, status in enumerate(("sent", self.behaviour.receipts)):
            wait = self.behaviour.latency + self.behaviour.receipt_delay * (place + 1)
            loop.call_later(wait, self._post, callback, sid, status, to)

    def _post(self, callback: str, sid: str, status: str, to: str) -> None:
        if self._pool is None:
            address = urlsplit(callback)
            host, port = address.hostname or "", address.port or 80
            self._pool = BarePool(host, port, _CALLBACK_CONNECTIONS, self._posted_one)
            opening = asyncio.ensure_future(self._pool.open())
            self._later.add(opening)
        self._pool.put(receipt(callback, self._account, self._token, sid, status, to))

    def _posted_one(self, _request: bytes, status: int, _seconds: float) -> None:
        if 200 <= status < 300:
            self._posted += 1
        else:
            self._refused += 1

    def _read(self, path: str) -> bytes:
        parts = urlsplit(path)
        log = self.calls if "/Calls" in parts.path else self.texts
        if parts.path.endswith(("/Messages.json", "/Calls.json")):
            return self._list(log, parts.path, parse_qs(parts.query))
        place = log.place(parts.path.rpartition("/")[2].removesuffix(".json"))
        return NOT_FOUND if place is None else json_response(self._shown(log, place))

    def _list(self, log: CarrierLog, path: str, query: dict[str, list[str]]) -> bytes:
        to = query.get("To", [""])[0].lstrip("+ ")
        places = log.places_of(int(to)) if to.isdigit() else []
        size = int(query.get("PageSize", ["50"])[0])
        items = [self._shown(log, place) for place in places[:size]]
        name = "calls" if log is self.calls else "messages"
        ends = {"page": 0, "page_size": size, "start": 0, "end": max(len(items) - 1, 0)}
        pages = {"first_page_uri": path, "next_page_uri": None, "previous_page_uri": None}
        return json_response({name: items, **ends, **pages, "uri": path})

    def _shown(self, log: CarrierLog, place: int) -> dict[str, object]:
        sid, to, at = log.sid(place), f"+{log.to[place]}", int(log.at[place])
        if log is self.calls:
            return call(self._account, sid, to, at, "completed")
        return message(self._account, sid, to, log.body(place), at, "delivered")

    def _control(self, path: str, body: bytes) -> bytes:
        asked = path.removeprefix("/control/")
        if asked == "arrivals":
            log = max(self._logs, key=len)
            return response(b"200 OK", log.arrivals(), b"application/octet-stream")
        if asked == "reset":
            for log in self._logs:
                log.clear()
            self._posted = self._refused = 0
        if asked == "set":
            self.behaviour = Behaviour(**json.loads(body))
        return json_response(self._state())

    def _state(self) -> dict[str, object]:
        pool = self._pool
        return {
            "texts": len(self.texts),
            "calls": len(self.calls),
            "mails": len(self._mails),
            "receipts_taken": self._posted,
            "receipts_refused": self._refused,
            "receipts_waiting": len(pool.waiting) + pool.under_way if pool else 0,
            **vars(self.behaviour),
        }


@lru_cache(maxsize=256)
def _unquoted(text: bytes) -> str:
    return unquote_plus(text.decode())


class _Door(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, answer: Callable[[bytes, bytes], tuple[bytes, float]]) -> None:
        self._answer = answer
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio's in all but the class.
        self._transport = cast(asyncio.Transport, transport)
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        data = self._rest + data if self._rest else data
        while (end := data.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(data, 0, end)
            stop = end + 4 + (int(length[1]) if length else 0)
            if len(data) < stop:
                break
            self._take(data[:end], data[end + 4 : stop])
            data = data[stop:]
        self._rest = data

    def _take(self, head: bytes, body: bytes) -> None:
        answer, wait = self._answer(head, body)
        if wait:
            self._loop.call_later(wait, self._transport.write, answer)
        else:
            self._transport.write(answer)


async def _serve(carrier: Carrier, port: int, smtp_port: int) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    server = await loop.create_server(
        lambda: _Door(carrier.answer), "127.0.0.1", port, backlog=4096
    )
    mail_server = await loop.create_server(
        lambda: SmtpDoor(carrier.take_mail, lambda: carrier.behaviour.latency),
        "127.0.0.1",
        smtp_port,
    )
    parent = os.getppid()
    while not stopping.is_set() and os.getppid() == parent:
        await asyncio.wait([asyncio.ensure_future(stopping.wait())], timeout=1)
    server.close()
    mail_server.close()


def main() -> None:
    """Serve until told to stop, or until the process that started it is gone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--account", default="AC" + "0" * 32)
    parser.add_argument("--token", default="a-token-for-tests")
    wanted = parser.parse_args()
    uvloop.run(_serve(Carrier(wanted.account, wanted.token), wanted.port, wanted.smtp_port))


if __name__ == "__main__":
    main()
