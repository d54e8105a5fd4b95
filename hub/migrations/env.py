"""How Alembic reaches the hub's database and tables."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

# Importing the rooms' models fills the metadata.
import feedback.models  # noqa: F401
import messaging.models  # noqa: F401
import partnerships.models  # noqa: F401
import plan.models  # noqa: F401
from hub import audit  # noqa: F401
from hub.db import engine


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        # SQLite changes a table by making it anew.
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


@contextmanager
def _pointers_unwatched(connection: Connection) -> Iterator[None]:
    """Let SQLite drop a table that others point to, and look at all of them at the end."""
    if connection.dialect.name != "sqlite":
        yield
        return
    # Outside SQLAlchemy: within a transaction, which it would begin, SQLite ignores this.
    raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    raw.execute("PRAGMA foreign_keys=OFF")
    yield
    broken = raw.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"{len(broken)} rows point to nothing after the migration")
    raw.execute("PRAGMA foreign_keys=ON")


with engine().connect() as made, _pointers_unwatched(made):
    _migrate(made)
