"""What was measured: one record for each thing measured in each round, kept from run to run."""

import json
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Record:
    """``values`` are numbers by name: rates per second, times in seconds, memory in MB."""

    section: str
    # "hub", or what it is compared with.
    case: str
    # Empty where no database takes part.
    database: str
    people: int
    values: dict[str, float]
    # Of the carrier, in seconds.
    latency: float = 0.0


@dataclass
class Results:
    """All sections of one machine. Running a section again replaces its records."""

    machine: dict[str, str]
    records: list[Record] = field(default_factory=list)
    # By section: when it ran, how long it took, how busy the machine was when it began.
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def replace(self, section: str, made: Iterable[Record], run: dict[str, Any]) -> None:
        """Keep these records of a section and no older ones."""
        self.records = [one for one in self.records if one.section != section]
        self.records += made
        self.runs[section] = run

    def of(
        self,
        section: str,
        case: str,
        database: str = "",
        *,
        latency: float | None = None,
        people: int | None = None,
    ) -> list[Record]:
        """The records of one thing that was measured."""
        return [
            one
            for one in self.records
            if (one.section, one.case, one.database) == (section, case, database)
            and latency in (None, one.latency)
            and people in (None, one.people)
        ]

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def load(path: Path, machine: dict[str, str]) -> Results:
    """What earlier runs on a machine like this one left; figures of another are not mixed in."""
    if not path.exists():
        return Results(machine)
    kept = json.loads(path.read_text(encoding="utf-8"))
    if kept["machine"] != machine:
        return Results(machine)
    return Results(machine, [Record(**one) for one in kept["records"]], kept["runs"])


def median(records: list[Record], name: str) -> float | None:
    """The median of one value; ``None`` when it was not measured."""
    found = [one.values[name] for one in records if name in one.values]
    return statistics.median(found) if found else None


def worst(records: list[Record], name: str) -> float | None:
    found = [one.values[name] for one in records if name in one.values]
    return max(found) if found else None
