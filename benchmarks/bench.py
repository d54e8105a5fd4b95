"""How fast an alert leaves: from the click on "send" to the last hand-over, full record kept.

``make bench`` (``ARGS="--people 2000 --rounds 3"``). Every process runs as in production, against
the simulated carrier on the same machine, which costs as much as the hub: the figure is a floor.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.postgres_server import postgres_server
from tests.redis_server import redis_server
from tests.running_hub import RunningHub


def main() -> None:
    """Print the median of the rounds for each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-receipts", action="store_true")
    wanted = parser.parse_args()
    for name in ("sqlite", "postgresql"):
        with running_hub(name) as hub:
            hub.carrier.set(receipts="off" if wanted.without_receipts else "on")
            rates = measure(hub, wanted.people, wanted.rounds)
        shown = ", ".join(f"{rate:.0f}" for rate in rates)
        median = statistics.median(rates)
        print(f"{name:<12}{wanted.people} people: median {median:.0f} messages/s ({shown})")


@contextmanager
def running_hub(database: str) -> Iterator[RunningHub]:
    """The whole hub on a database of this kind."""
    with (
        tempfile.TemporaryDirectory() as folder,
        redis_server() as redis,
        database_url(database, folder) as url,
    ):
        hub = RunningHub(Path(folder), url, redis.url, {"HUB_SMS_CONCURRENCY": "100"})
        hub.prepare()
        hub.start_all()
        try:
            yield hub
        finally:
            hub.stop()


@contextmanager
def database_url(kind: str, folder: str) -> Iterator[str]:
    """An empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/hub.sqlite3"
        return
    with postgres_server() as server:
        yield server.url


def measure(hub: RunningHub, people: int, rounds: int) -> list[float]:
    """Messages per second of each round."""
    hub.import_members(people, "haut-valdor")
    api = hub.api()
    rates = []
    for _round in range(rounds):
        alert = api.send("haut-valdor", incident_id=api.incident()["id"])
        while not _has_left(api.counts(alert)):
            # Seldom: each look counts rows on the processors that are being measured.
            time.sleep(0.5)
        rows = [one for one in api.deliveries(alert) if one["handed_over_at"]]
        released = datetime.fromisoformat(api.broadcast(alert)["released_at"])
        last = max(datetime.fromisoformat(one["handed_over_at"]) for one in rows)
        rates.append(len(rows) / (last - released).total_seconds())
    return rates


def _has_left(counts: dict[str, int]) -> bool:
    return bool(counts) and not {"queued", "sending", "unknown"} & set(counts)


if __name__ == "__main__":
    main()
