"""(c) The hub end to end: from `send` to the last row recorded, with the full record kept.

``python -m benchmarks.hub_case --database postgresql --people 10000 --latency 0 --rounds 3``
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from benchmarks.bench_hub import BenchHub, bench_hub
from benchmarks.carrier_client import FastCarrier, fast_carrier
from benchmarks.databases import database
from benchmarks.members import Group
from benchmarks.numbers import FIRST_NUMBER
from benchmarks.probes import SqlCounts
from messaging.models import BroadcastKind
from partnerships.models import Channel
from tests.redis_server import redis_server

WARM_UP_PEOPLE = 200
_LOOK_SECONDS = 0.05
_LAST_LOOK_SECONDS = 0.01


@dataclass(frozen=True)
class Round:
    """One measured broadcast. Seconds; memory in MB; SQL and CPU by the name of the process."""

    people: int
    seconds: float
    first_hand_over: float
    last_hand_over: float
    lost: int
    doubled: int
    states: dict[str, int]
    cpu: dict[str, float]
    peaks: dict[str, float]
    sql: dict[str, SqlCounts]
    # As PostgreSQL itself counts; none on SQLite.
    server_commits: int | None
    server_statements: int | None

    @property
    def rate(self) -> float:
        return self.people / self.seconds

    @property
    def total_sql(self) -> SqlCounts:
        return sum(self.sql.values(), SqlCounts())

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "rate": self.rate, "total_sql": asdict(self.total_sql)}


@dataclass(frozen=True)
class Wanted:
    """What is measured."""

    database: str
    people: int
    latency: float = 0.0
    workers: int = 2
    receipts: bool = False
    kind: BroadcastKind = BroadcastKind.URGENT_ALERT
    channel: Channel = Channel.SMS
    patience: float = 900.0


@dataclass(frozen=True)
class Stage:
    """A hub with members, and a few more to warm up on."""

    hub: BenchHub
    group: Group
    few: Group


@contextmanager
def stage(wanted: Wanted, carrier: FastCarrier, settings: dict[str, str]) -> Iterator[Stage]:
    """A new hub with its members; no process runs yet."""
    with (
        tempfile.TemporaryDirectory() as name,
        redis_server() as redis,
        database(wanted.database, Path(name)) as empty,
        bench_hub(Path(name), empty, redis, carrier, settings) as hub,
    ):
        few = hub.group(WARM_UP_PEOPLE, wanted.channel, first=9_000_000)
        yield Stage(hub, hub.group(wanted.people, wanted.channel), few)


def start(stage: Stage, wanted: Wanted) -> None:
    """Start the processes and send to a few, so that imports and connections are warm."""
    queue = "bulk" if wanted.kind is BroadcastKind.PREVENTION else "urgent"
    names = [f"worker {queue}"] * wanted.workers + ["timetable"]
    stage.hub.enter()
    stage.hub.forget_bells()
    stage.hub.start(*names, *(["web"] if wanted.receipts else []))
    stage.hub.carrier.behave()
    for _time in range(2):
        warm_up = stage.hub.write(stage.few, wanted.kind)
        stage.hub.release(warm_up)
        wait_until_recorded(stage.hub, warm_up, 60)


def measure(stage: Stage, wanted: Wanted) -> Round:
    """One broadcast to everybody."""
    hub = stage.hub
    hub.enter()
    hub.carrier.reset()
    hub.carrier.behave(wanted.latency, "delivered" if wanted.receipts else "off")
    hub.database.forget_statements()
    hub.forget_peaks()
    draft = hub.write(stage.group, wanted.kind)
    cpu, sql = hub.cpu(), hub.sql_counts()
    pressed = hub.release(draft)
    wait_until_handed_over(hub, wanted)
    wait_until_recorded(hub, draft, wanted.patience)
    ended = time.time()
    cpu = {name: used - cpu[name] for name, used in hub.cpu().items()}
    sql = {name: counts - sql[name] for name, counts in hub.sql_counts().items()}
    return _round(hub, wanted, draft, pressed, ended, cpu, sql)


def _round(
    hub: BenchHub,
    wanted: Wanted,
    draft: UUID,
    pressed: float,
    ended: float,
    cpu: dict[str, float],
    sql: dict[str, SqlCounts],
) -> Round:
    statements = hub.database.statements()
    arrivals = hub.carrier.arrivals()
    got = {to for to, _at in arrivals}
    expected = range(FIRST_NUMBER, FIRST_NUMBER + wanted.people)
    moments = [at for _to, at in arrivals]
    commits = sum(one.calls for one in statements if one.query == "COMMIT")
    return Round(
        people=wanted.people,
        seconds=ended - pressed,
        first_hand_over=min(moments) - pressed,
        last_hand_over=max(moments) - pressed,
        lost=sum(number not in got for number in expected),
        doubled=len(arrivals) - len(got),
        states=hub.states(draft),
        cpu=cpu,
        peaks=hub.peaks(),
        sql=sql,
        server_commits=commits if statements else None,
        server_statements=sum(one.calls for one in statements) if statements else None,
    )


def wait_until_handed_over(hub: BenchHub, wanted: Wanted) -> None:
    """Ask the carrier, which costs the hub nothing, while messages leave."""
    end = time.monotonic() + wanted.patience
    while hub.carrier.accepted() < wanted.people:
        hub.complain_of_the_dead()
        assert time.monotonic() < end, f"not all left: {hub.carrier.state()}\n{hub.logs()}"
        time.sleep(_LOOK_SECONDS)


def wait_until_recorded(hub: BenchHub, draft: UUID, patience: float) -> None:
    """Ask the rows, often: by now there is little left to disturb."""
    end = time.monotonic() + patience
    while not hub.is_recorded(draft):
        assert time.monotonic() < end, f"not all recorded: {hub.states(draft)}\n{hub.logs()}"
        time.sleep(_LAST_LOOK_SECONDS)


def show(one: Round) -> None:
    """What a person who tunes wants to see."""
    print(
        f"  {one.people:,} in {one.seconds:.2f} s: {one.rate:,.0f} messages/s; first handed over "
        f"after {one.first_hand_over * 1000:.0f} ms, last {one.last_hand_over:.2f} s; "
        f"lost {one.lost}, doubled {one.doubled}; {one.states}"
    )
    print("                     CPU µs/message    peak MB  commits  calls  executions  per message")
    for name, used in one.cpu.items():
        peak = f"{one.peaks[name]:.0f}" if name in one.peaks else ""
        sql = _per_message(one.sql[name], one.people) if name in one.sql else ""
        print(f"    {name:<18}{used / one.people * 1e6:>13.1f}{peak:>13}  {sql}")
    print(f"    {'all of the hub':<39}{_per_message(one.total_sql, one.people)}")
    if one.server_commits is not None and one.server_statements is not None:
        commits, statements = (n / one.people for n in (one.server_commits, one.server_statements))
        print(f"    as PostgreSQL counts: {commits:.4f} commits, {statements:.3f} statements")


def _per_message(sql: SqlCounts, people: int) -> str:
    commits, calls, executions = (
        count / people for count in (sql.commits, sql.calls, sql.executions)
    )
    return f"{commits:>9.4f}{calls:>7.4f}{executions:>12.3f}"


def show_statements(hub: BenchHub, people: int, count: int = 15) -> None:
    """The dearest statements of the last round, by PostgreSQL's own clock."""
    print("    µs/message     calls       rows  statement")
    for one in hub.database.statements()[:count]:
        words = " ".join(one.query.split())[:150]
        cost = one.milliseconds / people * 1000
        print(f"    {cost:>10.1f}{one.calls:>10}{one.rows:>11}  {words}")


def main() -> None:
    """Measure one case alone, with everything that helps to find where the time goes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--latency", type=float, default=0.0, help="of the carrier, milliseconds")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--receipts", action="store_true", help="with receipts coming in meanwhile")
    parser.add_argument("--email", action="store_true", help="mails instead of texts")
    parser.add_argument("--bulk", action="store_true", help="a prevention message on bulk workers")
    parser.add_argument("--statements", action="store_true", help="list the dearest (PostgreSQL)")
    parser.add_argument("--set", action="append", default=[], metavar="HUB_NAME=VALUE")
    parser.add_argument("--patience", type=float, default=120.0, help="seconds a round may take")
    asked = parser.parse_args()
    wanted = Wanted(
        database=asked.database,
        people=asked.people,
        latency=asked.latency / 1000,
        workers=asked.workers,
        receipts=asked.receipts,
        kind=BroadcastKind.PREVENTION if asked.bulk else BroadcastKind.URGENT_ALERT,
        channel=Channel.EMAIL if asked.email else Channel.SMS,
        patience=asked.patience,
    )
    settings = dict(one.split("=", 1) for one in asked.set)
    with fast_carrier() as carrier, stage(wanted, carrier, settings) as made:
        start(made, wanted)
        rounds = []
        for number in range(asked.rounds):
            print(f"round {number + 1}, {wanted.database}, {asked.latency:g} ms")
            rounds.append(measure(made, wanted))
            show(rounds[-1])
            if asked.statements:
                show_statements(made.hub, wanted.people)
    median = statistics.median(one.rate for one in rounds)
    print(f"median of {len(rounds)}: {median:,.0f} messages/s")


if __name__ == "__main__":
    main()
