"""How soon an alert leaves while a large bulk message is on its way, and when Redis is stopped.

``python -m benchmarks.urgent_case --database postgresql --latency 50 --runs 20``
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from benchmarks.bench_hub import BenchHub, bench_hub
from benchmarks.carrier_client import FastCarrier, fast_carrier
from benchmarks.databases import database
from benchmarks.hub_case import wait_until_recorded
from benchmarks.members import Group
from benchmarks.numbers import FIRST_NUMBER
from messaging.models import BroadcastKind
from tests.redis_server import redis_server

# Everything the hub starts by itself on one machine, but for the pages.
PROCESSES = ("worker urgent", "worker default", "worker bulk", "timetable")
_URGENT_FIRST = 5_000_000
_LOOK_SECONDS = 0.02
_PATIENCE_SECONDS = 120.0
# Between two alerts.
_FLOW_SECONDS = (0.5, 1.5)


@dataclass(frozen=True)
class Alert:
    """One alert: seconds from the button to the first and last hand-over to the carrier."""

    people: int
    first: float
    last: float
    # Bulk messages in the second before the button; none when there was no bulk message.
    bulk_rate: float | None


@dataclass(frozen=True)
class UrgentStage:
    """A running hub, whom to alert, and whom the bulk message goes to."""

    hub: BenchHub
    alerted: Group
    bulk: Group


@contextmanager
def urgent_stage(
    kind: str, carrier: FastCarrier, people: int, bulk_people: int, settings: dict[str, str]
) -> Iterator[UrgentStage]:
    """Every process runs and is warm; nothing is being sent."""
    with (
        tempfile.TemporaryDirectory() as name,
        redis_server() as redis,
        database(kind, Path(name)) as empty,
        bench_hub(Path(name), empty, redis, carrier, settings) as hub,
    ):
        few = hub.group(50, first=9_000_000)
        made = UrgentStage(
            hub, hub.group(people, first=_URGENT_FIRST), hub.group(max(bulk_people, 1))
        )
        carrier.behave()
        hub.start(*PROCESSES)
        for broadcast_kind in (BroadcastKind.URGENT_ALERT, BroadcastKind.PREVENTION):
            draft = hub.write(few, broadcast_kind)
            hub.release(draft)
            wait_until_recorded(hub, draft, _PATIENCE_SECONDS)
        yield made


def alerts_under_bulk(stage: UrgentStage, latency: float, runs: int) -> list[Alert]:
    """``runs`` alerts, one after the other, each while the bulk message is flowing."""
    hub = stage.hub
    hub.enter()
    hub.carrier.reset()
    hub.carrier.behave(latency)
    alerts: list[Alert] = []
    bulk: UUID | None = None
    while len(alerts) < runs:
        if bulk is None or _bulk_left(hub, bulk) < stage.bulk.people // 10:
            bulk = hub.write(stage.bulk, BroadcastKind.PREVENTION)
            hub.release(bulk)
        _await_flow(hub)
        alerts.append(_alert(stage, True))
    return alerts


def alerts_without_redis(stage: UrgentStage, latency: float, runs: int) -> list[Alert]:
    """``runs`` alerts, each sent a moment after Redis was stopped."""
    hub = stage.hub
    hub.enter()
    hub.carrier.reset()
    hub.carrier.behave(latency)
    alerts = []
    for _run in range(runs):
        hub.redis.stop()
        time.sleep(random.uniform(0.0, 1.0))
        alerts.append(_alert(stage, False))
        hub.redis.start()
        hub.complain_of_the_dead()
        time.sleep(3)
    return alerts


def _await_flow(hub: BenchHub) -> None:
    """The bulk message is flowing now; an earlier alert may have held it back."""
    # At another moment of whatever the bulk worker does in rounds.
    time.sleep(random.uniform(*_FLOW_SECONDS))
    before = hub.carrier.accepted()
    end = time.monotonic() + _PATIENCE_SECONDS
    while hub.carrier.accepted() == before:
        assert time.monotonic() < end, f"the bulk message does not flow\n{hub.logs()}"
        time.sleep(_LOOK_SECONDS)


def _bulk_left(hub: BenchHub, bulk: UUID) -> int:
    states = hub.states(bulk)
    return states.get("queued", 0) + states.get("sending", 0)


def _alert(stage: UrgentStage, under_bulk: bool) -> Alert:
    hub = stage.hub
    draft = hub.write(stage.alerted, BroadcastKind.URGENT_ALERT)
    pressed = hub.release(draft)
    wait_until_recorded(hub, draft, _PATIENCE_SECONDS)
    arrivals = hub.carrier.arrivals()
    alerted = FIRST_NUMBER + _URGENT_FIRST
    mine = [at for to, at in arrivals if to >= alerted and at >= pressed]
    assert len(mine) == stage.alerted.people, f"{len(mine)} of {stage.alerted.people} left"
    bulk = sum(to < alerted and pressed - 1 <= at < pressed for to, at in arrivals)
    assert bulk or not under_bulk, "no bulk message was on its way"
    rate = float(bulk) if under_bulk else None
    return Alert(len(mine), min(mine) - pressed, max(mine) - pressed, rate)


def show(alerts: list[Alert], words: str) -> None:
    """Worst and median, in milliseconds."""
    for name in ("first", "last"):
        times = sorted(getattr(one, name) * 1000 for one in alerts)
        print(
            f"  {words}: {name} hand-over median {times[len(times) // 2]:,.0f} ms, "
            f"worst of {len(times)}: {times[-1]:,.0f} ms"
        )
    rates = [one.bulk_rate for one in alerts if one.bulk_rate is not None]
    if rates:
        print(f"  bulk until then: {sum(rates) / len(rates):,.0f} messages/s")


def main() -> None:
    """Measure this case alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--latency", type=float, default=0.0, help="of the carrier, milliseconds")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--bulk-people", type=int, default=100_000)
    parser.add_argument("--without-redis", action="store_true", help="stop Redis instead")
    parser.add_argument("--set", action="append", default=[], metavar="HUB_NAME=VALUE")
    asked = parser.parse_args()
    settings = dict(one.split("=", 1) for one in asked.set)
    bulk_people = 0 if asked.without_redis else asked.bulk_people
    with (
        fast_carrier() as carrier,
        urgent_stage(asked.database, carrier, asked.people, bulk_people, settings) as stage,
    ):
        measure = alerts_without_redis if asked.without_redis else alerts_under_bulk
        words = "Redis stopped" if asked.without_redis else "under bulk"
        show(measure(stage, asked.latency / 1000, asked.runs), words)


if __name__ == "__main__":
    main()
