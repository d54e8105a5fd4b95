"""A hub to be measured: real processes over one database, one Redis and the fast carrier."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from redis import Redis
from sqlalchemy import text

from benchmarks import inside, members, probes
from benchmarks.carrier_client import FastCarrier
from benchmarks.databases import Database
from benchmarks.probes import CountFile, SqlCounts
from hub.db import unit_of_work
from hub.embedded_redis import EmbeddedRedis
from hub.migration import upgrade
from messaging import broadcasts
from messaging.models import Broadcast, BroadcastKind
from partnerships.models import Channel
from tests.running_hub import ACCOUNT_SID, AUTH_TOKEN, SECRET_KEY, free_port

START_SECONDS = 60.0
STOP_SECONDS = 30.0


@dataclass
class Part:
    """One process of the hub, with the file its SQL is counted in."""

    name: str
    process: subprocess.Popen[bytes]
    counts: CountFile

    @property
    def pid(self) -> int:
        return self.process.pid


@dataclass
class BenchHub:
    """Processes are started and stopped as wanted; the database stays."""

    folder: Path
    database: Database
    redis: EmbeddedRedis
    carrier: FastCarrier
    settings: Mapping[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HUB_")},
            "HUB_DATA_DIR": str(self.folder),
            "HUB_DATABASE_URL": self.database.url,
            "HUB_REDIS_URL": self.redis.url,
            "HUB_PORT": str(self.port),
            "HUB_SECRET_KEY": SECRET_KEY,
            "HUB_TWILIO_API_URL": self.carrier.url,
            "HUB_SMTP_URL": f"smtp://127.0.0.1:{self.carrier.smtp_port}?starttls=never",
            "HUB_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "HUB_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "HUB_SUPERVISOR_PID": str(os.getpid()),
            **self.settings,
        }

    def enter(self) -> None:
        """Let ``hub.*`` in this process work on this hub."""
        inside.enter(self.environment)

    def prepare(self) -> None:
        """Tables and an empty zone."""
        self.enter()
        upgrade()
        with unit_of_work() as session:
            self.zone = members.make_zone(session)

    def group(self, people: int, channel: Channel = Channel.SMS, first: int = 0) -> members.Group:
        """A partnership of so many new members; numbers start at ``first``."""
        with unit_of_work() as session:
            members.take_time(session)
            made = members.make_group(session, self.zone, people, channel, first)
        with unit_of_work() as session:
            members.take_time(session)
            members.settle(session)
        return made

    def start(self, *names: str) -> None:
        """Start processes by their command line; returns when every worker waits for work."""
        for name in names:
            self.parts.append(self._start(name))
        wanted = sum(part.name.startswith("worker") for part in self.parts)
        self._wait_for_workers(wanted)

    def _start(self, name: str) -> Part:
        number = len(list(self.folder.glob("*.count")))
        path = self.folder / f"{number}.count"
        counts = CountFile(path)
        with (self.folder / f"{name.replace(' ', '-')}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.counted", *name.split()],
                env={**self.environment, probes.COUNT_FILE_VARIABLE: str(path)},
                stdout=log,
                stderr=log,
            )
        return Part(name, process, counts)

    def _wait_for_workers(self, wanted: int) -> None:
        redis = Redis.from_url(self.redis.url)
        end = time.monotonic() + START_SECONDS
        while redis.scard("rq:workers") < wanted:
            self.complain_of_the_dead()
            assert time.monotonic() < end, "the workers do not start"
            time.sleep(0.1)
        redis.close()

    def complain_of_the_dead(self) -> None:
        """Raise when a process has ended by itself."""
        for part in self.parts:
            assert part.process.poll() is None, f"{part.name} has ended:\n{self.logs()}"

    def logs(self) -> str:
        """The last lines each process has logged."""
        tails = [path.read_text("utf-8")[-2000:] for path in sorted(self.folder.glob("*.log"))]
        return "\n".join(tails)

    def stop(self) -> None:
        """End every process politely, and the bells that nobody has heard."""
        for part in self.parts:
            part.process.send_signal(signal.SIGTERM)
        for part in self.parts:
            try:
                part.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                part.process.kill()
                part.process.wait()
        self.parts.clear()

    def forget_bells(self) -> None:
        """Empty Redis: what an earlier case left must not be done in the next one."""
        redis = Redis.from_url(self.redis.url)
        redis.flushall()
        redis.close()

    def write(self, group: members.Group, kind: BroadcastKind) -> UUID:
        """A draft to this group."""
        with unit_of_work() as session:
            return members.write_broadcast(session, self.zone, group, kind)

    def release(self, broadcast_id: UUID) -> float:
        """Send a draft, as the page's button does; the moment it was pressed."""
        pressed = time.time()
        with unit_of_work() as session:
            broadcast = session.get_one(Broadcast, broadcast_id)
            assert broadcasts.send(session, self.zone.actor, broadcast)
        return pressed

    def is_recorded(self, broadcast_id: UUID) -> bool:
        """Whether the outcome of every delivery is in the rows."""
        return self.has_left(broadcast_id, ("queued", "sending", "unknown"))

    def has_left(self, broadcast_id: UUID, states: Sequence[str]) -> bool:
        """Whether no delivery is in any of these states. Cheap: at most one row is read."""
        listed = ", ".join(f"'{state}'" for state in states)
        in_them = f"SELECT 1 FROM delivery WHERE state IN ({listed}) "  # noqa: S608 - our own words
        made = text("SELECT 1 FROM broadcast WHERE id = :id AND status != 'released'")
        key = {"id": self.key_of(broadcast_id)}
        with unit_of_work(read_only=True) as session:
            connection = session.connection()
            is_made = connection.execute(made, key).first() is not None
            left = text(in_them + "AND broadcast_id = :id LIMIT 1")
            return is_made and connection.execute(left, key).first() is None

    def states(self, broadcast_id: UUID) -> dict[str, int]:
        """How many deliveries are in each state."""
        counts = text("SELECT state, count(*) FROM delivery WHERE broadcast_id = :id GROUP BY 1")
        with unit_of_work(read_only=True) as session:
            rows = session.connection().execute(counts, {"id": self.key_of(broadcast_id)}).all()
        return {row[0]: row[1] for row in rows}

    def key_of(self, broadcast_id: UUID) -> UUID | str:
        """A key as plain SQL needs it on this database."""
        return broadcast_id.hex if self.database.kind == "sqlite" else broadcast_id

    def sql_counts(self) -> dict[str, SqlCounts]:
        """The SQL of each process so far; processes of one name together."""
        counts: dict[str, SqlCounts] = {}
        for part in self.parts:
            counts[part.name] = counts.get(part.name, SqlCounts()) + part.counts.read()
        return counts

    def cpu(self) -> dict[str, float]:
        """The CPU seconds of each process so far, with the servers; those of one name together."""
        used: dict[str, float] = {}
        for part in self.parts:
            used[part.name] = used.get(part.name, 0.0) + probes.cpu_seconds(part.pid)
        used["database"] = self.database.cpu_seconds()
        if self.redis.process is not None:
            used["redis"] = probes.cpu_seconds(self.redis.process.pid)
        used["carrier"] = probes.cpu_seconds(self.carrier.process.pid)
        used["benchmark"] = probes.cpu_seconds(os.getpid())
        return used

    def peaks(self) -> dict[str, float]:
        """The most memory each process has held, in MB; of one name, the largest."""
        held: dict[str, float] = {}
        for part in self.parts:
            held[part.name] = max(held.get(part.name, 0.0), probes.peak_megabytes(part.pid))
        return held

    def forget_peaks(self) -> None:
        for part in self.parts:
            probes.forget_peak(part.pid)


@contextmanager
def bench_hub(
    folder: Path,
    database: Database,
    redis: EmbeddedRedis,
    carrier: FastCarrier,
    settings: Mapping[str, str],
) -> Iterator[BenchHub]:
    """A hub with tables and a zone; its processes end with the block."""
    hub = BenchHub(folder, database, redis, carrier, settings)
    hub.prepare()
    try:
        yield hub
    finally:
        hub.stop()
        inside.leave()
