"""All scenarios. Importing a file of them adds it to the list."""

from benchmarks.drill import (
    carrier_faults,
    clocks,
    database_faults,
    races,
    receipt_faults,
    redis_faults,
    web_faults,
    worker_deaths,
)
from benchmarks.drill.scenario import SCENARIOS

__all__ = [
    "ALL",
    "carrier_faults",
    "clocks",
    "database_faults",
    "races",
    "receipt_faults",
    "redis_faults",
    "web_faults",
    "worker_deaths",
]

ALL = SCENARIOS
