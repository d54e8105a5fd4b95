"""The targets, and whether these figures meet them. All are ratios or limits within one run."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.records import Record, Results, median, worst
from benchmarks.sizes import MILLION
from hub.config import Settings

DATABASE_NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
_WORKERS = 2


@dataclass(frozen=True)
class Verdict:
    """One target on one database. ``measured`` and ``limit`` are in ``unit``."""

    target: str
    database: str
    measured: float
    limit: float
    unit: str = ""
    more_is_better: bool = True

    @property
    def is_met(self) -> bool:
        if self.more_is_better:
            return self.measured >= self.limit
        return self.measured <= self.limit


def verdicts(results: Results) -> Iterator[Verdict]:
    """Every target whose figures are there."""
    for database, name in DATABASE_NAMES.items():
        for check in (_sending, _scale, _urgent, _receipts, _fan_out):
            for verdict in check(results, database):
                yield Verdict(**{**vars(verdict), "database": name})


def _sending(results: Results, database: str) -> Iterator[Verdict]:
    hub = results.of("sending", "hub", database, latency=0.0)
    rate = median(hub, "rate")
    if rate is None:
        return
    loop = median(results.of("sending", "twilio", latency=0.0), "rate")
    if loop:
        yield Verdict("as fast as a bare loop over the twilio package", "", rate / loop, 1.0, "×")
    for case, words, limit in (
        ("celery", "faster than a Celery task per recipient", 12),
        ("rq_simple", "faster than an RQ job per recipient (no fork)", 15),
        ("rq_fork", "faster than an RQ job per recipient (fork)", 15),
    ):
        peer = median(results.of("sending", case, database, latency=0.0), "rate")
        if peer:
            yield Verdict(words, "", rate / peer, limit, "×")
    yield from _at_latency(results, database)
    commits = median(hub, "commits")
    if commits is not None:
        yield Verdict("commits per message", "", commits, 0.02, "", more_is_better=False)


def _at_latency(results: Results, database: str) -> Iterator[Verdict]:
    """Against what so many requests at once can do when each takes so long."""
    slow = [one for one in results.of("sending", "hub", database) if one.latency]
    rate = median(slow, "rate")
    if rate is not None:
        allowed = _WORKERS * concurrency() / slow[0].latency
        words = f"of what the configured concurrency allows at {slow[0].latency * 1000:.0f} ms"
        yield Verdict(words, "", rate / allowed, 0.9, "×")


def concurrency() -> int:
    """Texts under way at once in one worker, as the hub is shipped."""
    shipped: int = Settings.model_fields["sms_concurrency"].default
    return shipped


def _scale(results: Results, database: str) -> Iterator[Verdict]:
    def at(people: int) -> list[Record]:
        return results.of("scale", "hub", database, people=people)

    small = at(10_000)
    for people in (100_000, MILLION):
        large = at(people)
        if small and large:
            words = f"cost per message at {people:,}, against 10,000"
            cost = (median(small, "rate") or 0) / (median(large, "rate") or 1)
            yield Verdict(words, "", cost, 1.15, "×", more_is_better=False)
            memory = (median(large, "peak_mb") or 0) / (median(small, "peak_mb") or 1)
            words = f"worker memory at {people:,}, against 10,000"
            yield Verdict(words, "", memory, 1.15, "×", more_is_better=False)


def _urgent(results: Results, database: str) -> Iterator[Verdict]:
    every = results.of("urgent", "hub", database)
    for latency in sorted({one.latency for one in every}):
        alerts = [one for one in every if one.latency == latency]
        first = worst(alerts, "first")
        if first is not None:
            words = f"first hand-over under bulk, carrier at {latency * 1000:.0f} ms"
            words += f", worst of {len(alerts)}"
            yield Verdict(words, "", first, 1.0, "s", more_is_better=False)
    without = results.of("redis", "hub", database)
    first = worst(without, "first")
    if first is not None:
        words = f"first hand-over with Redis stopped, worst of {len(without)}"
        yield Verdict(words, "", first, 5.0, "s", more_is_better=False)


def _receipts(results: Results, database: str) -> Iterator[Verdict]:
    hub = median(results.of("receipts", "hub", database), "rate")
    peer = median(results.of("receipts", "peer", database), "rate")
    if hub and peer:
        yield Verdict("receipts, against a row update for each", "", hub / peer, 6.0, "×")
    burst = results.of("receipts", "burst", database)
    lost = worst(burst, "lost")
    if lost is not None:
        words = f"receipts lost of {burst[0].people:,} in a burst"
        yield Verdict(words, "", lost, 0, "", more_is_better=False)


def _fan_out(results: Results, database: str) -> Iterator[Verdict]:
    ratio = median(results.of("fan_out", "hub", database), "ratio")
    if ratio is not None:
        yield Verdict("fan-out, against a bare INSERT … SELECT", "", ratio, 0.5, "×")
