"""The sections of the benchmark: each yields its records as they are made.

Cases that are compared are measured in turn, round by round, so that a machine that grows slower
meanwhile is unfair to none of them.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict

from benchmarks import fan_out_case, hub_case, peer_case, receipts_case, urgent_case
from benchmarks.carrier_client import FastCarrier
from benchmarks.hub_case import Wanted
from benchmarks.records import Record
from benchmarks.sizes import ONCE_FROM, PATIENT_PEOPLE, Sizes
from partnerships.models import Channel

Section = Callable[[Sizes, FastCarrier], Iterator[Record]]


def sending(sizes: Sizes, carrier: FastCarrier) -> Iterator[Record]:
    """(a) to (d): the carrier's limit, the package, the hub, and one task per recipient."""
    for _round in range(sizes.rounds):
        for latency in (0.0, sizes.slow_latency):
            yield _alone("sending", "bare", carrier, sizes.people, latency)
            yield _alone("sending", "twilio", carrier, sizes.people, latency)
        for database in sizes.databases:
            yield from _hub_sending(sizes, carrier, database)
            for pattern in peer_case.PATTERNS:
                yield from _peer_sending(sizes, carrier, database, pattern)


def _alone(
    section: str, case: str, carrier: FastCarrier, people: int, latency: float = 0.0
) -> Record:
    """A client without a database, in a process of its own."""
    carrier.reset()
    carrier.behave(latency)
    where = ["--port", str(carrier.smtp_port)] if case == "mail" else ["--url", carrier.url]
    module = f"benchmarks.baseline_{case}"
    command = [sys.executable, "-W", "ignore", "-m", module, *where, "--people", str(people)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert carrier.accepted() == people, f"{case}: {carrier.state()}"
    said = json.loads(done.stdout)
    values = {"rate": people / said["seconds"], "cpu_us": said["cpu"] / people * 1e6}
    return Record(section, case, "", people, values, latency)


def _hub_sending(sizes: Sizes, carrier: FastCarrier, database: str) -> Iterator[Record]:
    wanted = Wanted(database, sizes.people)
    with hub_case.stage(wanted, carrier, {}) as stage:
        hub_case.start(stage, wanted)
        for latency in (0.0, sizes.slow_latency):
            one = hub_case.measure(stage, Wanted(database, sizes.people, latency))
            yield _hub_record("sending", wanted, one, latency)


def _hub_record(section: str, wanted: Wanted, one: hub_case.Round, latency: float = 0.0) -> Record:
    people, sql = one.people, one.total_sql
    worker = next(name for name in one.cpu if name.startswith("worker"))
    values = {
        "rate": one.rate,
        "first": one.first_hand_over,
        "lost": one.lost,
        "doubled": one.doubled,
        "commits": sql.commits / people,
        "calls": sql.calls / people,
        "executions": sql.executions / people,
        "worker_cpu_us": one.cpu[worker] / people * 1e6,
        "hub_cpu_us": sum(one.cpu[name] for name in one.sql) / people * 1e6,
        "database_cpu_us": one.cpu["database"] / people * 1e6,
        "peak_mb": one.peaks[worker],
    }
    if one.server_commits is not None and one.server_statements is not None:
        values["server_commits"] = one.server_commits / people
        values["server_statements"] = one.server_statements / people
    return Record(section, "hub", wanted.database, people, values, latency)


def _peer_sending(
    sizes: Sizes, carrier: FastCarrier, database: str, pattern: str
) -> Iterator[Record]:
    people = sizes.slow_people if pattern == "rq_fork" else sizes.peer_people
    with peer_case.peer(pattern, database, carrier) as peer:
        for latency, count in ((0.0, people), (sizes.slow_latency, sizes.slow_people)):
            one = peer_case.measure(peer, count, latency)
            yield _peer_record("sending", pattern, database, one, latency)


def _peer_record(
    section: str, pattern: str, database: str, one: peer_case.PeerRound, latency: float = 0.0
) -> Record:
    values = {"rate": one.rate, "cpu_us": one.cpu / one.people * 1e6, "peak_mb": one.peak}
    return Record(section, pattern, database, one.people, values, latency)


def scale(sizes: Sizes, carrier: FastCarrier) -> Iterator[Record]:
    """The hub alone, from a street to a country."""
    for database in sizes.databases:
        for people in sizes.steps:
            wanted = Wanted(database, people, patience=3600)
            with hub_case.stage(wanted, carrier, {}) as stage:
                hub_case.start(stage, wanted)
                for _round in range(1 if people >= ONCE_FROM else sizes.rounds):
                    yield _hub_record("scale", wanted, hub_case.measure(stage, wanted))


def urgent(sizes: Sizes, carrier: FastCarrier) -> Iterator[Record]:
    """Alerts while a bulk message is on its way."""
    for database in sizes.databases:
        for latency in sizes.urgent_latencies:
            people = PATIENT_PEOPLE if latency >= 1 else sizes.urgent_people
            with urgent_case.urgent_stage(
                database, carrier, people, sizes.bulk_people, {}
            ) as stage:
                alerts = urgent_case.alerts_under_bulk(stage, latency, sizes.urgent_runs)
            yield from (_alert("urgent", database, one, latency) for one in alerts)


def _alert(section: str, database: str, one: urgent_case.Alert, latency: float) -> Record:
    values = {"first": one.first, "last": one.last}
    if one.bulk_rate is not None:
        values["bulk_rate"] = one.bulk_rate
    return Record(section, "hub", database, one.people, values, latency)


def redis(sizes: Sizes, carrier: FastCarrier) -> Iterator[Record]:
    """Alerts sent just after Redis was stopped."""
    for database in sizes.databases:
        with urgent_case.urgent_stage(database, carrier, sizes.urgent_people, 0, {}) as stage:
            alerts = urgent_case.alerts_without_redis(stage, 0.0, sizes.redis_runs)
        yield from (_alert("redis", database, one, 0.0) for one in alerts)


def receipts(sizes: Sizes, carrier: FastCarrier) -> Iterator[Record]:
    """Receipts that come in, against a handler that updates its row for each."""
    for _round in range(sizes.rounds):
        for database in sizes.databases:
            hub = receipts_case.hub_intake(database, carrier, sizes.receipts)
            yield _intake("hub", database, hub)
            peer = receipts_case.peer_intake(database, carrier, sizes.peer_receipts)
            yield _intake("peer", database, peer)
    for database in sizes.databases if sizes.burst else ():
        yield _intake("burst", database, receipts_case.hub_intake(database, carrier, sizes.burst))


def _intake(case: str, database: str, one: receipts_case.Intake) -> Record:
    values = {"rate": one.rate, "lost": one.lost, "refused": one.burst.refused}
    values |= {"answered": one.burst.seconds, "p99_ms": one.burst.p99_ms}
    for process, used in one.cpu.items():
        values[f"{process}_cpu_us"] = used / one.receipts * 1e6
    return Record("receipts", case, database, one.receipts, values)


def fan_out(sizes: Sizes, carrier: FastCarrier) -> Iterator[Record]:
    """The rows of a broadcast, against a bare INSERT … SELECT of the same rows."""
    for database in sizes.databases:
        with fan_out_case.fan_out_stage(database, carrier, sizes.fan_out_people) as (hub, group):
            for _round in range(sizes.rounds):
                one = fan_out_case.measure(hub, group)
                values = {key: float(value) for key, value in asdict(one).items()}
                values["ratio"] = one.ratio
                del values["people"]
                yield Record("fan_out", "hub", database, one.people, values)


def email(sizes: Sizes, carrier: FastCarrier) -> Iterator[Record]:
    """Mail the same way: a bare loop over aiosmtplib, the hub, and one task per recipient."""
    for _round in range(sizes.rounds):
        yield _alone("email", "mail", carrier, sizes.mails)
        for database in sizes.databases:
            wanted = Wanted(database, sizes.mails, channel=Channel.EMAIL)
            with hub_case.stage(wanted, carrier, {}) as stage:
                hub_case.start(stage, wanted)
                yield _hub_record("email", wanted, hub_case.measure(stage, wanted))
            for pattern in ("celery", "rq_simple"):
                with peer_case.peer(pattern, database, carrier) as peer:
                    one = peer_case.measure(peer, sizes.peer_mails, by_mail=True)
                    yield _peer_record("email", pattern, database, one)


SECTIONS: dict[str, Section] = {
    "sending": sending,
    "scale": scale,
    "urgent": urgent,
    "redis": redis,
    "receipts": receipts,
    "fan_out": fan_out,
    "email": email,
}
