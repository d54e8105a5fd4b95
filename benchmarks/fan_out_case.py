"""Fan-out: the rows of a broadcast, against a bare INSERT … SELECT of the very same rows.

``python -m benchmarks.fan_out_case --database postgresql --people 100000``. The bare statement
reads rows that are ready made; the fan-out finds out first who is a member, has agreed, can be
reached by what, and shares a number with whom.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, text

from benchmarks.bench_hub import BenchHub, bench_hub
from benchmarks.carrier_client import FastCarrier, fast_carrier
from benchmarks.databases import database
from benchmarks.members import Group, take_time
from hub.db import unit_of_work
from messaging import fan_out
from messaging.models import BroadcastKind, Delivery
from tests.redis_server import redis_server


@dataclass(frozen=True)
class FanOut:
    """Rows a second of one round of each."""

    people: int
    fan_out: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.fan_out / self.bare


@contextmanager
def fan_out_stage(kind: str, carrier: FastCarrier, people: int) -> Iterator[tuple[BenchHub, Group]]:
    """Members, and no process that would send to them."""
    with (
        tempfile.TemporaryDirectory() as name,
        redis_server() as redis,
        database(kind, Path(name)) as empty,
        bench_hub(Path(name), empty, redis, carrier, {}) as hub,
    ):
        yield hub, hub.group(people)


def measure(hub: BenchHub, group: Group) -> FanOut:
    """One round: the hub's own fan-out, then the bare statement, each to its commit."""
    hub.enter()
    draft = hub.write(group, BroadcastKind.URGENT_ALERT)
    hub.release(draft)
    fanned = _timed_fan_out(draft)
    copied = hub.write(group, BroadcastKind.URGENT_ALERT)
    bare = _timed_insert(hub, draft, copied)
    hub.forget_bells()
    return FanOut(group.people, group.people / fanned, group.people / bare)


def _timed_fan_out(draft: UUID) -> float:
    started = time.perf_counter()
    with unit_of_work() as session:
        fan_out.fan_out(session, draft)
    return time.perf_counter() - started


def _timed_insert(hub: BenchHub, original: UUID, copied: UUID) -> float:
    """The same rows again, for another broadcast, from a table that holds them ready made."""
    names = [column.name for column in Delivery.__table__.columns]  # type: ignore[attr-defined]
    names.remove("id")
    listed = ", ".join(names)
    with unit_of_work() as session:
        take_time(session)
        connection = session.connection()
        connection.execute(text("DROP TABLE IF EXISTS ready_made"))
        _copy(connection, listed, hub.key_of(original))
        changed = text("UPDATE ready_made SET broadcast_id = :id")
        connection.execute(changed, {"id": hub.key_of(copied)})
    started = time.perf_counter()
    with unit_of_work() as session:
        take_time(session)
        bare = f"INSERT INTO delivery ({listed}) SELECT {listed} FROM ready_made"  # noqa: S608
        session.connection().execute(text(bare))
    return time.perf_counter() - started


def _copy(connection: Connection, listed: str, broadcast_id: UUID | str) -> None:
    connection.execute(
        text(
            f"CREATE TABLE ready_made AS SELECT {listed} FROM delivery "  # noqa: S608
            "WHERE broadcast_id = :id"
        ),
        {"id": broadcast_id},
    )


def main() -> None:
    """Measure this case alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with (
        fast_carrier() as carrier,
        fan_out_stage(asked.database, carrier, asked.people) as (hub, group),
    ):
        rounds = [measure(hub, group) for _round in range(asked.rounds)]
    for one in rounds:
        print(f"  fan-out {one.fan_out:,.0f} rows/s, bare {one.bare:,.0f}/s: {one.ratio:.2f}")
    print(f"median ratio {statistics.median(one.ratio for one in rounds):.2f}")


if __name__ == "__main__":
    main()
