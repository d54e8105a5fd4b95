"""How long pages take that are asked for in turns, in this very process."""

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
MOST_MILLISECONDS = 300


@dataclass(frozen=True)
class Measured:
    """One page on one database."""

    database: str
    page: str
    median_ms: float
    slowest_ms: float

    @property
    def is_well(self) -> bool:
        return self.median_ms <= MOST_MILLISECONDS

    def __str__(self) -> str:
        mark = "" if self.is_well else "  TOO SLOW"
        figures = f"{self.median_ms:8.1f} ms, slowest {self.slowest_ms:.0f}{mark}"
        return f"{self.database:11}{self.page:34}{figures}"


def timed(
    database: str, pages: Mapping[str, Callable[[], httpx.Response]], times: int
) -> Iterator[Measured]:
    """Ask for each page so many times, in turns, after once that does not count."""
    took: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(-1, times):
        for name, ask in pages.items():
            began = time.perf_counter()
            answer = ask()
            assert answer.status_code == 200, f"{name}: {answer.status_code}"
            if turn >= 0:
                took[name].append(1000 * (time.perf_counter() - began))
    for name, every in took.items():
        yield Measured(database, name, statistics.median(every), max(every))


def write(name: str, measured: Sequence[Measured], **facts: object) -> None:
    """Keep them in ``var/benchmark/NAME.json``, with the machine and its load."""
    folder = ROOT / "var" / "benchmark"
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        **facts,
        "measured": [asdict(one) for one in measured],
    }
    (folder / f"{name}.json").write_text(json.dumps(told, indent=2), encoding="utf-8")
