"""How much is measured: everything, or a little of everything."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Counts of people, receipts, runs and rounds. Latencies are seconds."""

    databases: tuple[str, ...]
    rounds: int
    people: int
    # One task per recipient takes its time: the slowest pattern, and any where the carrier is
    # slow, is measured on fewer. Its rate does not depend on how many there are.
    peer_people: int
    slow_people: int
    slow_latency: float
    steps: tuple[int, ...]
    urgent_people: int
    bulk_people: int
    urgent_latencies: tuple[float, ...]
    urgent_runs: int
    redis_runs: int
    receipts: int
    peer_receipts: int
    burst: int
    fan_out_people: int
    mails: int
    peer_mails: int


FULL = Sizes(
    databases=("postgresql", "sqlite"),
    rounds=3,
    people=10_000,
    peer_people=3_000,
    slow_people=500,
    slow_latency=0.1,
    steps=(1_000, 10_000, 100_000),
    urgent_people=1000,
    bulk_people=100_000,
    urgent_latencies=(0.0, 0.05, 1.0),
    urgent_runs=20,
    redis_runs=5,
    receipts=30_000,
    peer_receipts=3_000,
    burst=300_000,
    fan_out_people=100_000,
    mails=10_000,
    peer_mails=2_000,
)
# About three minutes: it shows that everything works and roughly where things stand.
QUICK = Sizes(
    databases=("postgresql",),
    rounds=1,
    people=3_000,
    peer_people=500,
    slow_people=60,
    slow_latency=0.1,
    steps=(1_000, 10_000),
    urgent_people=200,
    bulk_people=20_000,
    urgent_latencies=(0.0, 1.0),
    urgent_runs=3,
    redis_runs=1,
    receipts=6_000,
    peer_receipts=1_000,
    burst=0,
    fan_out_people=30_000,
    mails=1_000,
    peer_mails=300,
)
MILLION = 1_000_000
# Members who are alerted where the carrier takes a second: the last hand-over is not what counts.
PATIENT_PEOPLE = 100
# The largest step is measured once: it takes minutes, and so many messages vary little.
ONCE_FROM = 1_000_000


def seconds_expected(sizes: Sizes, section: str, million: bool) -> float:
    """Roughly, on two cores; a section that has run before says better itself."""
    share = sizes.rounds * len(sizes.databases)
    per_database = len(sizes.databases)
    expected = {
        "sending": share
        * (60 + sizes.people / 500 + sizes.peer_people / 150 + sizes.slow_people / 5),
        "scale": per_database * (30 + sizes.rounds * sum(sizes.steps) / 4000),
        "urgent": per_database * (30 + len(sizes.urgent_latencies) * sizes.urgent_runs * 6),
        "redis": per_database * (15 + sizes.redis_runs * 6),
        "receipts": share * (25 + sizes.receipts / 2500 + sizes.peer_receipts / 300)
        + per_database * sizes.burst / 2000,
        "fan_out": per_database * (12 + share * sizes.fan_out_people / 30_000),
        "email": share * (30 + sizes.mails / 400 + sizes.peer_mails / 150),
    }
    return expected[section] + (700 * per_database if million and section == "scale" else 0)
