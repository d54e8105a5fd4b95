"""HTTP/1.1 without a library: what one process can post at most over warm connections."""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

# The request, the status of its answer, and the seconds between the two.
OnAnswer = Callable[[bytes, int, float], None]


def post(host: str, path: str, form: bytes, *headers: str) -> bytes:
    """One request, ready to be written."""
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: {host}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(form)}",
        *headers,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + form


class BarePool:
    """``size`` connections that post what is put, each one request at a time."""

    def __init__(self, host: str, port: int, size: int, on_answer: OnAnswer) -> None:
        self.waiting: deque[bytes] = deque()
        self.idle: list[_Connection] = []
        self.under_way = 0
        self.on_answer = on_answer
        self.is_closed = False
        self._host, self._port, self._size = host, port, size
        self._opened = False
        self._quiet = asyncio.Event()

    async def open(self) -> None:
        """Open every connection."""
        if not self._opened:
            self._opened = True
            await asyncio.gather(*(self.connect() for _ in range(self._size)))

    async def connect(self) -> None:
        """Open one more; tried until the server is there."""
        loop = asyncio.get_running_loop()
        while not self.is_closed:
            try:
                await loop.create_connection(lambda: _Connection(self), self._host, self._port)
                return
            except OSError:
                await asyncio.sleep(0.05)

    def put(self, request: bytes) -> None:
        self._quiet.clear()
        self.waiting.append(request)
        if self.idle:
            self.idle.pop().take_next()

    def rest(self, connection: "_Connection") -> None:
        """A connection found nothing to do."""
        self.idle.append(connection)
        if not self.under_way and not self.waiting:
            self._quiet.set()

    async def drained(self) -> None:
        """Wait until everything that was put is answered."""
        if self.waiting or self.under_way:
            await self._quiet.wait()

    def close(self) -> None:
        self.is_closed = True
        for connection in self.idle:
            connection.close()


class _Connection(asyncio.Protocol):
    """One warm connection: writes a request, reads its answer, takes the next."""

    def __init__(self, pool: BarePool) -> None:
        self._pool = pool
        self._request: bytes | None = None
        self._read = b""
        self._asked = 0.0
        self._opening: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio's in all but the class.
        self._transport = cast(asyncio.Transport, transport)
        self.take_next()

    def take_next(self) -> None:
        if self._pool.waiting:
            self._request = self._pool.waiting.popleft()
            self._pool.under_way += 1
            self._asked = time.perf_counter()
            self._transport.write(self._request)
        else:
            self._pool.rest(self)

    def data_received(self, data: bytes) -> None:
        self._read = self._read + data if self._read else data
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._read, 0, end)
        if len(self._read) < end + 4 + (int(length[1]) if length else 0):
            return
        status, self._read = int(self._read[9:12]), b""
        self._answered(status)

    def _answered(self, status: int) -> None:
        request, self._request = self._request, None
        self._pool.under_way -= 1
        if request is not None:
            self._pool.on_answer(request, status, time.perf_counter() - self._asked)
        self.take_next()

    def connection_lost(self, _error: Exception | None) -> None:
        if self in self._pool.idle:
            self._pool.idle.remove(self)
        if self._request is not None:
            # Not answered: put again, as a carrier repeats a callback.
            self._pool.under_way -= 1
            self._pool.waiting.appendleft(self._request)
        if not self._pool.is_closed:
            self._opening = asyncio.ensure_future(self._pool.connect())

    def close(self) -> None:
        self._transport.close()
