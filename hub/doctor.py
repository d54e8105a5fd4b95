"""What is missing before the hub can serve, each as one finding with a remedy."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hub import audit
from hub.config import production_faults, settings
from hub.db import engine, unit_of_work
from hub.queue import redis_answers

_STATIC_FOLDER = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    about: str
    ok: bool
    text: str


def examine() -> list[Finding]:
    """Look at everything; nothing is changed."""
    return [finding for look in _LOOKS for finding in look()]


def _database() -> Iterator[Finding]:
    try:
        with engine().connect() as connection:
            connection.execute(text("SELECT number FROM decision LIMIT 1"))
    except SQLAlchemyError:
        yield Finding("database", False, "no answer, or no tables: run plp-hub migrate")
        return
    yield Finding("database", True, "answers, with tables")
    with unit_of_work(read_only=True) as session:
        broken = audit.first_broken_link(session)
    shown = "verifies" if broken is None else f"does not fit from decision {broken} on"
    yield Finding("log of decisions", broken is None, shown)


def _redis() -> Iterator[Finding]:
    ok = redis_answers()
    yield Finding("redis", ok, "answers" if ok else "no answer: set HUB_REDIS_URL, or run the hub")


def _mail_door() -> Iterator[Finding]:
    chosen = settings()
    if chosen.mail_door is None:
        off = "off: mail cannot be answered and bounces are not read (HUB_MAIL_INBOUND_DOMAIN)"
        yield Finding("mail door", True, off)
        return
    host, port, protocol = chosen.mail_door
    ok = _greets(host, port)
    found = "answers" if ok else "no answer: start plp-hub mail-door"
    where = f"{protocol} on {host}:{port} for {chosen.mail_inbound_domain}"
    yield Finding("mail door", ok, f"{where}: {found}")


def _greets(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=3) as line:
            return line.recv(4).startswith(b"220")
    except OSError:
        return False


def _browser_files() -> Iterator[Finding]:
    ok = (_STATIC_FOLDER / "vendor" / "htmx.min.js").is_file()
    yield Finding("browser files", ok, "there" if ok else "not built: run make run or make test")


def _settings() -> Iterator[Finding]:
    if not settings().is_production:
        yield Finding("settings", True, "development")
        return
    faults = production_faults(settings())
    yield from (Finding("settings", False, fault) for fault in faults)
    if not faults:
        yield Finding("settings", True, "fit for production")


_LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _settings,
    _database,
    _redis,
    _mail_door,
    _browser_files,
)
