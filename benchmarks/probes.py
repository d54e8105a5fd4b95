"""What processes cost: CPU seconds, peak memory, SQL statements and commits."""

import mmap
import os
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
COUNT_FILE_VARIABLE = "BENCHMARK_COUNT_FILE"


def cpu_seconds(pid: int, *, with_children: bool = False) -> float:
    """User and system time of a process; of its children too, living and ended, if wanted."""
    fields = _stat(pid)
    if not fields:
        return 0.0
    used = sum(int(field) for field in fields[11:13]) / _TICK
    if with_children:
        used += sum(int(field) for field in fields[13:15]) / _TICK
        used += sum(cpu_seconds(child, with_children=True) for child in children(pid))
    return used


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return []
    # The name in brackets may hold spaces.
    return text.rpartition(")")[2].split()


def children(pid: int) -> list[int]:
    """The direct children that live."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(word) for word in task.read_text(encoding="utf-8").split()]
        except OSError:
            continue
    return found


def peak_megabytes(pid: int) -> float:
    """The most memory the process has held since ``forget_peak`` or its start."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(found[0]) / 1024 if found else 0.0


def forget_peak(pid: int) -> None:
    """Start the peak anew from what is held now."""
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="utf-8")
    except OSError:
        return


@dataclass(frozen=True)
class SqlCounts:
    """SQL of some processes. An executemany is one call, and as many executions as it has rows."""

    commits: int = 0
    calls: int = 0
    executions: int = 0

    def __sub__(self, other: "SqlCounts") -> "SqlCounts":
        return SqlCounts(
            self.commits - other.commits,
            self.calls - other.calls,
            self.executions - other.executions,
        )

    def __add__(self, other: "SqlCounts") -> "SqlCounts":
        return SqlCounts(
            self.commits + other.commits,
            self.calls + other.calls,
            self.executions + other.executions,
        )


_COUNTERS, _WIDTH = 3, 8


class CountFile:
    """Counters one process writes and another reads while both run."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_COUNTERS * _WIDTH))
        with path.open("r+b") as file:
            self.numbers = memoryview(mmap.mmap(file.fileno(), 0)).cast("q")

    def read(self) -> SqlCounts:
        return SqlCounts(*self.numbers[:_COUNTERS])
