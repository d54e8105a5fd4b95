"""Plays scenarios one after the other, each on a ground of its own."""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.drill.ground import Ground
from benchmarks.drill.installation import Template, findings, ground, template
from benchmarks.drill.scenario import NotHere, Scenario

# What is promised: every row that a dead worker held is final within this time.
RECOVERY_SECONDS = 30.0
# The logs of scenarios that broke a promise.
KEPT_LOGS = Path(tempfile.gettempdir()) / "plp-hub-drill-logs"
# The slowest look at the rows, and a machine that does other things too.
_MEASURED_WITHIN = 2.0


@dataclass
class Row:
    """One line of the table. ``unrecorded`` are duplicates without a repeat on record."""

    scenario: str
    rows: tuple[str, ...]
    database: str
    messages: int = 0
    kills: int = 0
    lost: int = 0
    duplicated: int = 0
    repeats: int = 0
    recovery_seconds: float | None = None
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def unrecorded(self) -> int:
        return max(0, self.duplicated - self.repeats)

    @property
    def verdict(self) -> str:
        if self.skipped:
            return "not played"
        return "BROKEN" if self.broken else "held"


def play_all(
    scenarios: Iterable[Scenario],
    databases: Iterable[str],
    is_quick: bool,
    tell: Callable[[str], None],
) -> Iterator[Row]:
    """Play each scenario on each database that it is for."""
    chosen = list(scenarios)
    for kind in databases:
        for_it = [one for one in chosen if kind in (one.quick if is_quick else one.databases)]
        if not for_it:
            continue
        tell(f"preparing a hub on {kind}")
        with template(kind) as prepared:
            for one in for_it:
                yield play(prepared, one, is_quick, tell)


def play(
    prepared: Template, scenario: Scenario, is_quick: bool, tell: Callable[[str], None]
) -> Row:
    """Play one scenario and check everything that must hold."""
    kind = prepared.database.kind
    row = Row(scenario.name, scenario.rows, kind)
    tell(f"{scenario.name}, on {kind}")
    started = time.monotonic()
    with ground(prepared, scenario, is_quick, tell) as played:
        try:
            scenario.play(played)
        except NotHere as missing:
            row.skipped = str(missing)
            return row
        except AssertionError as failed:
            row.broken.append(f"the scenario itself: {str(failed) or 'an expectation failed'}")
        found = findings(prepared, scenario, played)
        row.messages, row.kills, row.lost = found.messages, played.kills, found.lost
        row.duplicated, row.repeats = found.duplicated, found.repeats
        row.broken.extend(found.broken)
        row.remarks = played.remarks
        row.recovery_seconds = max(played.watch.recoveries, default=None)
        if row.broken or row.lost:
            _keep_logs(played, f"{kind}-{scenario.name.replace(' ', '-')}")
    row.seconds = time.monotonic() - started
    _judge(row)
    return row


def _judge(row: Row) -> None:
    if row.lost:
        row.broken.append(f"{row.lost} messages lost")
    slowest = row.recovery_seconds
    if slowest is not None and slowest > RECOVERY_SECONDS + _MEASURED_WITHIN:
        row.broken.append(f"recovered after {slowest:.0f} s, promised are {RECOVERY_SECONDS:.0f}")


def _keep_logs(played: Ground, name: str) -> None:
    """What the processes said, for whoever wants to know why; it holds no personal data."""
    KEPT_LOGS.mkdir(parents=True, exist_ok=True)
    (KEPT_LOGS / f"{name}.log").write_text(played.hub.logs(), "utf-8")
