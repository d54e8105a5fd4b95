"""The mail server of the benchmark: takes every mail, keeps none, and answers at once."""

import asyncio
import re
from collections.abc import Callable
from typing import cast

_DIGITS = re.compile(rb"RCPT TO:<\D*(\d+)", re.IGNORECASE)
_END = b"\r\n.\r\n"
_OK = b"250 OK\r\n"
_HELLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 10000000\r\n"


class SmtpDoor(asyncio.Protocol):
    """One connection. ``take`` is told the number in the address of each mail that is in."""

    def __init__(self, take: Callable[[int], None], latency: Callable[[], float]) -> None:
        self._take, self._latency = take, latency
        self._rest = b""
        self._in_data = False
        self._to = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio's in all but the class.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while self._read_content() if self._in_data else self._read_line():
            pass

    def _read_content(self) -> bool:
        end = self._rest.find(_END)
        if end < 0:
            return False
        self._rest = self._rest[end + len(_END) :]
        self._in_data = False
        self._take(self._to)
        wait = self._latency()
        if wait:
            asyncio.get_running_loop().call_later(wait, self._transport.write, _OK)
        else:
            self._transport.write(_OK)
        return True

    def _read_line(self) -> bool:
        end = self._rest.find(b"\r\n")
        if end < 0:
            return False
        line, self._rest = self._rest[:end], self._rest[end + 2 :]
        self._transport.write(self._reply(line))
        return True

    def _reply(self, line: bytes) -> bytes:
        word = line[:4].upper()
        if word == b"EHLO":
            return _HELLO
        if word == b"RCPT":
            found = _DIGITS.match(line)
            self._to = int(found[1]) if found else 0
        if word == b"DATA":
            self._in_data = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if word == b"QUIT" else _OK
