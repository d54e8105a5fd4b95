"""Small servers that take a message and then break in a way of one's choice.

They run on the loop of the test. What they do is below what the simulated carrier can do: they cut
the line in the middle of an answer, drip it, or send a reset.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Protocol

DRIPS_A_SECOND = 50  # bytes; an answer takes minutes
DRIPPED_BYTES = 20_000


class Fault(StrEnum):
    """What happens once a message was taken."""

    NONE = "none"
    HANG = "hang"
    DRIP = "drip"
    RESET = "reset"
    LOST = "lost"
    HALF = "half"
    ERROR = "error"
    STRANGER = "stranger"  # before it is taken: who are you?


class FaultyCarrier(Protocol):
    """`taken` counts the messages that came in whole, `open` the lines that are still open."""

    fault: Fault
    port: int
    taken: int
    open: int

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class _Server:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.port = self.taken = self.open = 0
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(asyncio.current_task())  # type: ignore[arg-type]  # it runs in one
        self.open += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._talk(reader, writer)
        finally:
            self.open -= 1
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError

    async def _break(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes
    ) -> None:
        """End the line as the fault says; `answer` is what it would have been."""
        if self.fault is Fault.RESET:
            line: socket.socket = writer.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        elif self.fault is Fault.HALF:
            writer.write(answer[: len(answer) // 2])
            await writer.drain()
        elif self.fault is Fault.HANG:
            await reader.read()  # until the other side has had enough
        elif self.fault is Fault.DRIP:
            await self._drip(reader, writer, answer)

    async def _drip(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes
    ) -> None:
        for place in range(len(answer)):
            if reader.at_eof():
                return
            writer.write(answer[place : place + 1])
            await writer.drain()
            await asyncio.sleep(1 / DRIPS_A_SECOND)


class FaultyHttp(_Server):
    """`accepted` is the body of the answer to a message that is taken."""

    def __init__(self, fault: Fault, accepted: Callable[[], bytes]) -> None:
        super().__init__(fault)
        self._accepted = accepted

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(head))
            if self.fault is Fault.STRANGER:
                writer.write(_http(401, b'{"code": 20003, "message": "Authenticate"}'))
                continue
            self.taken += 1
            if self.fault is Fault.ERROR:
                writer.write(_http(500, b'{"code": 20500, "message": "Internal"}'))
            elif self.fault is Fault.NONE:
                writer.write(_http(201, self._accepted()))
            else:
                blanks = b" " * DRIPPED_BYTES if self.fault is Fault.DRIP else b""
                await self._break(reader, writer, _http(201, blanks + self._accepted()))
                return


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _http(status: int, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


class FaultyMail(_Server):
    """An SMTP server; its faults come after the letter, where nobody knows whether it is kept."""

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 faulty\r\n")
        while word := (await reader.readuntil(b"\r\n"))[:4].upper():
            if word == b"EHLO":
                writer.write(b"250-faulty\r\n250 AUTH PLAIN\r\n")
            elif word == b"AUTH":
                is_stranger = self.fault is Fault.STRANGER
                writer.write(b"535 5.7.8 No\r\n" if is_stranger else b"235 2.7.0 Yes\r\n")
            elif word == b"DATA":
                writer.write(b"354 Go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                self.taken += 1
                if self.fault is not Fault.NONE:
                    await self._break(reader, writer, _long_yes())
                    return
                writer.write(b"250 2.0.0 Kept\r\n")
            elif word == b"QUIT":
                writer.write(b"221 Bye\r\n")
                return
            else:
                writer.write(b"250 2.0.0 Yes\r\n")


def _long_yes() -> bytes:
    return (
        b"250-" + b"y" * 400 + b"\r\n" + b"250-more\r\n" * (DRIPPED_BYTES // 10) + b"250 Kept\r\n"
    )
