"""Receipts: how many a second end in the rows, and whether a burst loses one.

``python -m benchmarks.receipts_case --database postgresql --receipts 20000``
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlmodel import Session, select

from benchmarks import peer_task
from benchmarks.bench_hub import BenchHub, bench_hub
from benchmarks.carrier_client import FastCarrier, fast_carrier
from benchmarks.databases import database
from benchmarks.numbers import FIRST_NUMBER
from benchmarks.peer_case import environment
from benchmarks.peer_receipts import PORT_VARIABLE
from benchmarks.receipt_burst import Burst, post_all
from benchmarks.receipt_posts import receipt
from hub.db import row_locks, unit_of_work
from messaging import fan_out, rendering
from messaging.models import BroadcastKind, Delivery
from partnerships.models import Channel
from tests.redis_server import redis_server
from tests.running_hub import ACCOUNT_SID, AUTH_TOKEN, free_port

STATUSES = ("sent", "delivered")
_PATIENCE_SECONDS = 600.0


@dataclass(frozen=True)
class Intake:
    """One burst: posts answered, then rows updated. ``seconds`` is until the last row was."""

    receipts: int
    seconds: float
    burst: Burst
    lost: int
    # CPU seconds by the name of the process.
    cpu: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return self.receipts / self.seconds


def hub_intake(kind: str, carrier: FastCarrier, receipts: int) -> Intake:
    """Signed receipts to the web process; the timetable's drain folds them into the rows."""
    with (
        tempfile.TemporaryDirectory() as name,
        redis_server() as redis,
        database(kind, Path(name)) as empty,
        bench_hub(Path(name), empty, redis, carrier, {}) as hub,
    ):
        broadcast_id = handed_over(hub, receipts // len(STATUSES))
        requests = _requests(broadcast_id)
        hub.start("web", "timetable")
        await_web(hub.url)
        cpu, started = hub.cpu(), time.perf_counter()
        burst = post_all(hub.url, requests)
        _await_rows(hub, broadcast_id)
        seconds = time.perf_counter() - started
        cpu = {name: used - cpu[name] for name, used in hub.cpu().items()}
        lost = _lost(hub, broadcast_id, len(requests))
        return Intake(len(requests), seconds, burst, lost, cpu)


def handed_over(hub: BenchHub, people: int) -> UUID:
    """A broadcast the carrier has taken altogether; no worker is needed for that."""
    group = hub.group(people)
    draft = hub.write(group, BroadcastKind.URGENT_ALERT)
    hub.release(draft)
    with unit_of_work() as session:
        fan_out.fan_out(session, draft)
        word = "lpad(to_hex(id), 32, '0')" if row_locks(session) else "printf('%032x', id)"
        session.connection().execute(
            text(
                f"UPDATE delivery SET state = 'accepted', carrier_id = 'SM' || {word}, "  # noqa: S608
                "attempts = 1, fence = 1, handed_over_at = queued_at"
            )
        )
    hub.forget_bells()
    return draft


def _requests(broadcast_id: UUID) -> list[bytes]:
    """All first receipts, then all last ones, as they come when a carrier sends at once."""
    with unit_of_work(read_only=True) as session:
        ids = session.exec(select(Delivery.id).where(Delivery.broadcast_id == broadcast_id)).all()
    made = []
    for status in STATUSES:
        for number, delivery_id in enumerate(ids):
            assert delivery_id is not None
            callback = rendering.callback_url(delivery_id, Channel.SMS)
            to = f"+{FIRST_NUMBER + number}"
            sid = f"SM{delivery_id:032x}"
            made.append(receipt(callback, ACCOUNT_SID, AUTH_TOKEN, sid, status, to))
    return made


def await_web(url: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < end, "the web process does not start"
        time.sleep(0.1)


def _await_rows(hub: BenchHub, broadcast_id: UUID) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not hub.has_left(broadcast_id, ("accepted", "sent")):
        hub.complain_of_the_dead()
        assert time.monotonic() < end, f"not all in the rows: {hub.states(broadcast_id)}"
        time.sleep(0.05)


def _lost(hub: BenchHub, broadcast_id: UUID, receipts: int) -> int:
    """Receipts that are not in the history of their delivery."""
    with unit_of_work(read_only=True) as session:
        kept = session.connection().execute(
            text("SELECT count(*) FROM delivery_event WHERE source = 'receipt'")
        )
        events: int = kept.scalar_one()
    delivered = hub.states(broadcast_id).get("delivered", 0)
    return max(receipts - events, receipts // len(STATUSES) - delivered)


def peer_intake(kind: str, carrier: FastCarrier, receipts: int) -> Intake:
    """The same receipts to a FastAPI handler that updates its row for each."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as name,
        database(kind, Path(name)) as empty,
        environment(empty.url, "", carrier),
        _peer_server(port, Path(name)),
    ):
        peer_task.forget_rows()
        people = receipts // len(STATUSES)
        ids = peer_task.make_rows([f"+{FIRST_NUMBER + number}" for number in range(people)])
        url = f"http://127.0.0.1:{port}"
        requests = [
            receipt(f"{url}/status/{one}", ACCOUNT_SID, AUTH_TOKEN, f"SM{one:032x}", status, "+32")
            for status in STATUSES
            for one in ids
        ]
        burst = post_all(url, requests)
        with Session(peer_task.engine()) as session:
            left = select(peer_task.PeerMessage.id).where(
                peer_task.PeerMessage.state != STATUSES[-1]
            )
            lost = len(session.exec(left).all())
        return Intake(len(requests), burst.seconds, burst, lost)


@contextmanager
def _peer_server(port: int, folder: Path) -> Iterator[None]:
    with (folder / "peer.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.peer_receipts"],
            env={**os.environ, PORT_VARIABLE: str(port)},
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(15)


def show(name: str, one: Intake) -> None:
    print(
        f"  {name}: {one.receipts:,} in {one.seconds:.2f} s, {one.rate:,.0f}/s; answered in "
        f"{one.burst.seconds:.2f} s, median {one.burst.median_ms:.1f} ms, p99 "
        f"{one.burst.p99_ms:.1f} ms; refused {one.burst.refused}, lost {one.lost}"
    )
    for process, used in one.cpu.items():
        print(f"    {process:<18}{used / one.receipts * 1e6:>10.1f} µs CPU each")


def main() -> None:
    """Measure this case alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--receipts", type=int, default=20_000)
    parser.add_argument("--peer-receipts", type=int, default=2_000)
    asked = parser.parse_args()
    with fast_carrier() as carrier:
        show("hub", hub_intake(asked.database, carrier, asked.receipts))
        peer = peer_intake(asked.database, carrier, asked.peer_receipts)
    show("a handler that updates its row", peer)


if __name__ == "__main__":
    main()
