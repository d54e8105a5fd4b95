"""TCP lines that can be made bad while they run: slow, cut, silent, or losing what comes back."""

import asyncio
import random
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

T = TypeVar("T")
_PIECE = 65536


class Network:
    """One event loop in a thread of its own, on which lines and doors run."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], seconds: float = 30) -> T:
        """Do something on the loop and wait for its end."""
        return self.begin(work).result(seconds)

    def begin(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Do something on the loop without waiting."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stop(self) -> None:
        """Cut whatever is left."""
        self.run(self._cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _cancel_all(self) -> None:
        others = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def network() -> Iterator[Network]:
    """A network that ends with the block."""
    made = Network()
    try:
        yield made
    finally:
        made.stop()


class Line:
    """A TCP port that passes everything on to another one. Its faults may be set at any time."""

    def __init__(self, network: Network, port: int) -> None:
        self._to_port = port
        self.mend()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self._listening.getsockname()[1]
        self._network = network
        self._server = network.run(self._open())

    def close(self) -> None:
        """Take no more connections."""
        self._network.run(self._close())

    async def _close(self) -> None:
        self._server.close()

    def mend(self) -> None:
        """Make it a good line again."""
        self.refuses = False
        # Bytes go in and nothing ever comes out: a host that vanished.
        self.is_silent = False
        self.latency = 0.0
        self.answer_latency = 0.0
        # The share of answers that are thrown away, with the connection cut.
        self.loses_answers = 0.0
        # The connection is reset once this many bytes went in.
        self.resets_after: int | None = None
        self.bytes_per_second: float | None = None

    async def _open(self) -> asyncio.Server:
        return await asyncio.start_server(self._carry, sock=self._listening)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuses:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to_port)
        except OSError:
            writer.transport.abort()
            return
        ways = (self._forth(reader, back), self._back(there, writer))
        tasks = [asyncio.ensure_future(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            writer.transport.abort()
            back.transport.abort()

    async def _forth(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carried = 0
        while piece := await reader.read(_PIECE):
            await asyncio.sleep(self.latency)
            carried += len(piece)
            if self.refuses or (self.resets_after is not None and carried > self.resets_after):
                return
            await self._write(writer, piece)

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            if random.random() < self.loses_answers:
                return
            await asyncio.sleep(self.answer_latency)
            await self._write(writer, piece)

    async def _write(self, writer: asyncio.StreamWriter, piece: bytes) -> None:
        if self.is_silent:
            await self._until(lambda: not self.is_silent)
            return
        if self.bytes_per_second is None:
            writer.write(piece)
        else:
            await self._trickle(writer, piece, self.bytes_per_second)
        with suppress(ConnectionError):
            await writer.drain()

    async def _trickle(self, writer: asyncio.StreamWriter, piece: bytes, rate: float) -> None:
        step = max(1, int(rate / 10))
        for start in range(0, len(piece), step):
            writer.write(piece[start : start + step])
            await asyncio.sleep(step / rate)

    async def _until(self, happened: Callable[[], bool]) -> None:
        while not happened():
            await asyncio.sleep(0.05)
