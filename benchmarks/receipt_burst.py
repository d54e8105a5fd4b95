"""Posts receipts as fast as they are answered, over warm connections, as a carrier would."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvloop

from benchmarks.bare_client import BarePool

CONNECTIONS = 64


@dataclass(frozen=True)
class Burst:
    """How one burst was answered. Seconds from the first post to the last answer; ms for one."""

    taken: int
    refused: int
    seconds: float
    median_ms: float
    p99_ms: float


def post_all(url: str, requests: Sequence[bytes], connections: int = CONNECTIONS) -> Burst:
    """Post every request once; one that gets no answer is posted again."""
    return uvloop.run(_post_all(url, requests, connections))


async def _post_all(url: str, requests: Sequence[bytes], connections: int) -> Burst:
    address = urlsplit(url)
    times: list[float] = []
    statuses: list[int] = []

    def on_answer(_request: bytes, status: int, seconds: float) -> None:
        times.append(seconds)
        statuses.append(status)

    pool = BarePool(address.hostname or "", address.port or 80, connections, on_answer)
    await pool.open()
    started = time.perf_counter()
    for request in requests:
        pool.put(request)
    await pool.drained()
    seconds = time.perf_counter() - started
    pool.close()
    times.sort()
    taken = sum(200 <= status < 300 for status in statuses)
    return Burst(
        taken=taken,
        refused=len(statuses) - taken,
        seconds=seconds,
        median_ms=times[len(times) // 2] * 1000,
        p99_ms=times[len(times) * 99 // 100] * 1000,
    )
