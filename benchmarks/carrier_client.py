"""Starting the fast carrier, setting it, and reading what it accepted."""

import json
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.running_hub import free_port

START_SECONDS = 20.0


@dataclass
class FastCarrier:
    """A running fast carrier."""

    process: subprocess.Popen[bytes]
    url: str
    smtp_port: int

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.url, timeout=30)

    def state(self) -> dict[str, Any]:
        """What it counts, and how it behaves."""
        state: dict[str, Any] = self._http.get("/control/state").json()
        return state

    def accepted(self) -> int:
        """How many messages of any kind it has accepted since it was emptied."""
        state = self.state()
        count: int = state["texts"] + state["calls"] + state["mails"]
        return count

    def reset(self) -> None:
        """Forget everything it has accepted."""
        self._http.post("/control/reset")

    def behave(self, latency: float = 0.0, receipts: str = "off", delay: float = 0.0) -> None:
        """From now on; times in seconds."""
        wanted = {"latency": latency, "receipts": receipts, "receipt_delay": delay}
        self._http.post("/control/set", content=json.dumps(wanted))

    def arrivals(self) -> list[tuple[int, float]]:
        """Every accepted message: the number as digits, the moment in seconds since 1970.

        Of one kind, texts or calls or mails: the one there are most of.
        """
        content = self._http.get("/control/arrivals").content
        half = len(content) // 2
        to, at = array("Q"), array("d")
        to.frombytes(content[:half])
        at.frombytes(content[half:])
        return list(zip(to, at, strict=True))

    def wait_until_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                self.state()
                return
            except httpx.TransportError:
                assert time.monotonic() < end, "the fast carrier does not start"
                time.sleep(0.05)

    def stop(self) -> None:
        self._http.close()
        self.process.terminate()
        self.process.wait(10)


@contextmanager
def fast_carrier() -> Iterator[FastCarrier]:
    """A carrier of our own for as long as the block lasts."""
    port, smtp_port = free_port(), free_port()
    ports = ["--port", str(port), "--smtp-port", str(smtp_port)]
    command = [sys.executable, "-m", "benchmarks.fast_carrier", *ports]
    carrier = FastCarrier(subprocess.Popen(command), f"http://127.0.0.1:{port}", smtp_port)
    try:
        carrier.wait_until_ready()
        yield carrier
    finally:
        carrier.stop()
