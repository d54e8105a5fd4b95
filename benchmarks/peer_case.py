"""(d) The usual pattern end to end: rows made, one task per recipient enqueued, sent, row updated.

``python -m benchmarks.peer_case --pattern celery --database postgresql --people 1000``
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peer_celery, peer_rq, peer_task, probes
from benchmarks.carrier_client import FastCarrier, fast_carrier
from benchmarks.databases import Database, database
from benchmarks.numbers import FIRST_NUMBER
from tests.redis_server import redis_server

PATTERNS = ("celery", "rq_simple", "rq_fork")
WORKERS = 2
_WARM_UP = 20
_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class PeerRound:
    """One measured run. Seconds; memory of the largest worker in MB."""

    people: int
    seconds: float
    cpu: float
    peak: float

    @property
    def rate(self) -> float:
        return self.people / self.seconds


@dataclass
class Peer:
    """Workers of one pattern that run, over one database."""

    pattern: str
    database: Database
    carrier: FastCarrier
    processes: list[subprocess.Popen[bytes]]

    def pids(self) -> list[int]:
        direct = [process.pid for process in self.processes]
        return direct + [child for pid in direct for child in probes.children(pid)]

    def cpu(self) -> float:
        """Of the workers with what they fork."""
        return sum(probes.cpu_seconds(one.pid, with_children=True) for one in self.processes)

    def enqueue(self, ids: list[int], by_mail: bool) -> None:
        """One task for each of these rows."""
        module = peer_celery if self.pattern == "celery" else peer_rq
        module.enqueue(ids, by_mail=by_mail)


@contextmanager
def peer(pattern: str, kind: str, carrier: FastCarrier) -> Iterator[Peer]:
    """Two worker processes of a pattern, warm, over a new database and a new Redis."""
    with (
        tempfile.TemporaryDirectory() as folder,
        redis_server() as redis,
        database(kind, Path(folder)) as empty,
        environment(empty.url, redis.url, carrier),
    ):
        peer_task.forget_rows()
        with (Path(folder) / "log").open("wb") as log:
            processes = [
                subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
                for command in _commands(pattern)
            ]
        made = Peer(pattern, empty, carrier, processes)
        try:
            measure(made, _WARM_UP)
            yield made
        finally:
            _stop(processes)


def _commands(pattern: str) -> list[list[str]]:
    if pattern == "celery":
        options = [f"--concurrency={WORKERS}", "--pool=prefork", "--loglevel=WARNING"]
        quietly = ["--without-gossip", "--without-mingle"]
        application = ["-m", "celery", "-A", "benchmarks.peer_celery", "worker"]
        return [[sys.executable, *application, *options, *quietly]]
    kind = pattern.removeprefix("rq_")
    return [[sys.executable, "-m", "benchmarks.peer_rq", kind] for _worker in range(WORKERS)]


@contextmanager
def environment(database_url: str, redis_url: str, carrier: FastCarrier) -> Iterator[None]:
    """Where tasks in this process and in those it starts find their servers."""
    _forget()
    os.environ.update(
        {
            peer_task.DATABASE_VARIABLE: database_url,
            peer_task.REDIS_VARIABLE: redis_url,
            peer_task.CARRIER_VARIABLE: carrier.url,
            peer_task.SMTP_PORT_VARIABLE: str(carrier.smtp_port),
        }
    )
    try:
        yield
    finally:
        _forget()


def _forget() -> None:
    if peer_task.engine.cache_info().currsize:
        peer_task.engine().dispose()
    peer_task.engine.cache_clear()


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def measure(
    peer: Peer, people: int, latency: float = 0.0, *, by_mail: bool = False, patience: float = 900.0
) -> PeerRound:
    """From the first row to the last update."""
    peer.carrier.reset()
    peer.carrier.behave(latency)
    peer_task.forget_rows()
    numbers = range(people)
    if by_mail:
        to = [f"member{number}@members.example" for number in numbers]
    else:
        to = [f"+{FIRST_NUMBER + number}" for number in numbers]
    for pid in peer.pids():
        probes.forget_peak(pid)
    cpu, started = peer.cpu(), time.perf_counter()
    peer.enqueue(peer_task.make_rows(to), by_mail)
    _wait(peer, people, started + patience)
    elapsed = time.perf_counter() - started
    peak = max(probes.peak_megabytes(pid) for pid in peer.pids())
    return PeerRound(people, elapsed, peer.cpu() - cpu, peak)


def _wait(peer: Peer, people: int, end: float) -> None:
    while peer.carrier.accepted() < people or not peer_task.is_done():
        assert time.perf_counter() < end, f"{peer.pattern}: {peer.carrier.state()}"
        assert all(one.poll() is None for one in peer.processes), f"{peer.pattern} has ended"
        time.sleep(_LOOK_SECONDS)


def main() -> None:
    """Measure one pattern alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pattern", choices=PATTERNS, default="celery")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.0, help="of the carrier, milliseconds")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--email", action="store_true", help="mails instead of texts")
    asked = parser.parse_args()
    with fast_carrier() as carrier, peer(asked.pattern, asked.database, carrier) as made:
        for _round in range(asked.rounds):
            one = measure(made, asked.people, asked.latency / 1000, by_mail=asked.email)
            cost = one.cpu / one.people * 1e6
            print(f"{asked.pattern}: {one.rate:,.0f}/s, {cost:,.0f} µs CPU each, {one.peak:.0f} MB")


if __name__ == "__main__":
    main()
