"""The databases of the benchmark, set as in production: what is committed survives a power cut."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from benchmarks.probes import cpu_seconds
from tests import postgres_server as postgres

DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    # A tenth of what a machine of this size would give it; the default is for 1999.
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "top",
    "pg_stat_statements.track_utility": "on",
}


@dataclass(frozen=True)
class Statement:
    """One kind of statement, as PostgreSQL itself has counted it."""

    calls: int
    milliseconds: float
    rows: int
    query: str


@dataclass(frozen=True)
class Database:
    """An empty database; ``server_pid`` is none where there is no server (SQLite)."""

    kind: str
    url: str
    server_pid: int | None = None

    def cpu_seconds(self) -> float:
        """What the server's processes have used."""
        return cpu_seconds(self.server_pid, with_children=True) if self.server_pid else 0.0

    def forget_statements(self) -> None:
        """Start the server's own counters anew."""
        self.ask("SELECT pg_stat_statements_reset()")

    def statements(self) -> list[Statement]:
        """What the server has executed since, the dearest first; nothing on SQLite."""
        rows = self.ask(
            "SELECT calls, total_exec_time, rows, query FROM pg_stat_statements s "
            "JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database() "
            "ORDER BY total_exec_time DESC"
        )
        return [Statement(*row) for row in rows]

    def ask(self, question: str) -> list[Any]:
        """Rows the server answers to a question about itself; nothing on SQLite."""
        if self.kind == "sqlite":
            return []
        asking = create_engine(self.url, isolation_level="AUTOCOMMIT")
        try:
            with asking.connect() as connection:
                answer = connection.execute(text(question))
                return [tuple(row) for row in answer] if answer.returns_rows else []
        finally:
            asking.dispose()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[Database]:
    """A new database of this kind on a server of its own."""
    if kind == "sqlite":
        yield Database(kind, f"sqlite:///{folder}/hub.sqlite3")
        return
    with postgres.postgres_folder() as place:
        postgres.initialise(place)
        server = postgres.start(place, **DURABLE)
        try:
            yield _new(postgres.url_of(place), server.pid)
        finally:
            postgres.stop(server)


def _new(server_url: str, pid: int) -> Database:
    name = f"bench_{uuid4().hex[:8]}"
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    made = Database("postgresql", url, pid)
    made.ask("CREATE EXTENSION pg_stat_statements")
    return made
