"""The one unit of work: a transaction that only it commits, and what may happen after it."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import ColumnElement, Connection, Engine, Float, event, make_url, or_, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, SQLModel, create_engine

from hub.config import settings
from hub.turns import Turns

# A connection with this option writes nothing: its transactions take no lock on SQLite.
READ_ONLY = "hub_read_only"
# Of what looks only: the database refuses whatever is written on it.
LOOKS_ONLY = "hub_looks_only"
# Two threads that ask first at the same moment would open it twice, and one would never be closed.
_opening = Lock()
# Whoever waits to write is not served in turn: with an alert leaving on a busy machine a page was
# passed over for more than five seconds now and then, and waiting longer beats an error page.
_SQLITE_PATIENCE_SECONDS = 15
# SQLite lets those who wait to write try again now and then, whoever came first: of a hundred texts
# a second one in eighty was passed over until its patience ended. Here they stand in a queue.
_HAS_TURN = "hub_has_turn_to_write"
# 16 MB of pages: with the 2 MB of its own, counting the 10,000 members of a police zone took twice
# as long. Each sort of a statement takes as much again.
_USUAL_CACHE = "cache_size=-16384"
_SMALL_CACHE = "cache_size=-4096"
_HAS_SMALL_CACHE = "hub_has_small_cache"
# PostgreSQL's keys are signed: these are the random bits of an id.
_LARGEST_KEY = 2**63 - 1


def engine() -> Engine:
    """The database of this process, opened on first use."""
    with _opening:
        return _opened()


def close() -> None:
    """Close every connection; the next question opens the database that the settings name then."""
    with _opening:
        if _opened.cache_info().currsize:
            _opened().dispose()
        _opened.cache_clear()


@lru_cache
def _opened() -> Engine:
    url = settings().database_url
    if url.startswith("sqlite"):
        return _sqlite(url)
    return create_engine(
        url,
        # Else its errors quote what was to be stored: names, numbers, texts in a log.
        hide_parameters=True,
        pool_size=20,
        max_overflow=20,
        pool_timeout=5,
        pool_recycle=300,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 5,
            # A dead database host is noticed in seconds, not in the kernel's quarter of an hour.
            "tcp_user_timeout": 5000,
            "options": "-c statement_timeout=30000 -c timezone=UTC",
        },
    )


def _sqlite(url: str) -> Engine:
    database = make_url(url).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(
        url,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": _SQLITE_PATIENCE_SECONDS},
        pool_size=20,
        max_overflow=20,
        pool_timeout=5,
    )
    event.listen(made, "connect", _on_sqlite_connect)
    _write_in_turn(made)
    return made


def _on_sqlite_connect(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transactions start deferred and lose updates between processes; ours start
    # in _write_in_turn.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={_SQLITE_PATIENCE_SECONDS * 1000}",
        "foreign_keys=ON",
        _USUAL_CACHE,
    ):
        connection.execute(f"PRAGMA {pragma}")


def _write_in_turn(made: Engine) -> None:
    """Let the threads of this process write in the order in which they asked to."""
    turns = Turns()

    def on_begin(connection: Connection) -> None:
        # A writer takes its lock at the start: with a deferred one, six processes adding 1 a
        # hundred times each lost 493 of 600 updates without a single error.
        options = connection.get_execution_options()
        looks_only = "ON" if options.get(LOOKS_ONLY) else "OFF"
        connection.exec_driver_sql(f"PRAGMA query_only={looks_only}")
        if options.get(READ_ONLY):
            connection.exec_driver_sql("BEGIN DEFERRED")
            return
        held = connection.connection.record_info
        if held is not None and not held.get(_HAS_TURN):
            if not turns.take(_SQLITE_PATIENCE_SECONDS):
                raise PoolTimeout("Others were writing to the database for too long.")
            held[_HAS_TURN] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def on_checkin(connection: sqlite3.Connection | None, record: ConnectionPoolEntry) -> None:
        if (record.record_info or {}).pop(_HAS_SMALL_CACHE, False) and connection is not None:
            connection.execute(f"PRAGMA {_USUAL_CACHE}")
        # After the commit, or the end of what failed: only then can the next one have the lock.
        if (record.record_info or {}).pop(_HAS_TURN, False):
            turns.give_back()

    event.listen(made, "begin", on_begin)
    event.listen(made, "checkin", on_checkin)


@contextmanager
def unit_of_work(*, read_only: bool = False) -> Iterator[Session]:
    """One transaction: committed when the block ends well, rolled back when it raises.

    What was registered with ``after_commit`` runs then, and only then. ``read_only`` takes no
    write lock on SQLite; nothing may be written in it.
    """
    bound = engine().execution_options(**{READ_ONLY: True}) if read_only else engine()
    with Session(bound, expire_on_commit=False) as session:
        yield session
        session.commit()
    for action in session.info.pop("after_commit", []):
        action()


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run ``action`` once this unit of work is in the database; never if it is rolled back."""
    session.info.setdefault("after_commit", []).append(action)


def _request_session(request: Request) -> Iterator[Session]:
    if request.method in ("GET", "HEAD"):
        yield from _reading_session()
        return
    with unit_of_work() as session:
        yield session


def _reading_session() -> Iterator[Session]:
    """Whoever writes after reading, without the lock, is refused as soon as anybody else wrote in
    between: now and then, on a busy machine. On SQLite he is refused always,
    and so in every test."""
    looking = {READ_ONLY: True, LOOKS_ONLY: True}
    with Session(engine().execution_options(**looking), expire_on_commit=False) as session:
        yield session


# scope="function": the commit comes before the answer leaves, so a failed one is never a 200.
DbSession = Annotated[Session, Depends(_request_session, scope="function")]
# For what is posted only to be looked at: on SQLite it keeps no writer waiting.
ReadingSession = Annotated[Session, Depends(_reading_session, scope="function")]


class database_time(FunctionElement[float]):  # noqa: N801 - it reads as an SQL function
    """Seconds since 1970 on the database's own clock.

    Leases use it: workers whose own clocks disagree still agree on whose lease has ended.
    """

    inherit_cache = True
    type = Float()


@compiles(database_time, "postgresql")
def _postgresql_time(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "extract(epoch from clock_timestamp())::double precision"


@compiles(database_time, "sqlite")
def _sqlite_time(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


def hold_alone(session: Session, subject_id: UUID) -> None:
    """Wait until nobody else holds what has this id, and hold it until the commit. No row is
    locked, so nobody who refers to it waits, and no order of rows has to be kept."""
    # SQLite's write lock does this already.
    if row_locks(session):
        key = subject_id.int & _LARGEST_KEY
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def row_locks(session: Session) -> bool:
    """Whether the database locks rows (PostgreSQL) rather than the whole file (SQLite)."""
    return session.get_bind().dialect.name == "postgresql"


def lift_time_limit(session: Session) -> None:
    """Let this unit of work take as long as it needs: a statement over a million rows may."""
    if row_locks(session):
        session.execute(text("SET LOCAL statement_timeout = 0"))


def sort_on_disk(session: Session) -> None:
    """Let this unit of work sort what is large in files and not in memory. On SQLite the rows of
    100,000 people took 54 MB more than those of 10,000, and 13 MB so, in the same time; PostgreSQL
    has a limit of its own."""
    if row_locks(session):
        return
    connection = session.connection()
    connection.exec_driver_sql(f"PRAGMA {_SMALL_CACHE}")
    held = connection.connection.record_info
    if held is not None:
        held[_HAS_SMALL_CACHE] = True


def insert_new(session: Session, table: type[SQLModel]) -> Any:
    """An INSERT that passes over rows whose unique key exists, on either database."""
    insert = postgresql.insert if row_locks(session) else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def insert_or_replace(
    session: Session, table: type[SQLModel], key: dict[str, Any], values: dict[str, Any]
) -> Any:
    """An INSERT of one row that takes the place of the one with this key, on either database."""
    insert = postgresql.insert if row_locks(session) else sqlite.insert
    row = insert(table).values(**key, **values)
    return row.on_conflict_do_update(index_elements=list(key), set_=values)


Condition = ColumnElement[bool]

# The database is away or busy; anything else that it raises is a fault of ours and must be loud.
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)
# PostgreSQL's word for two who wait for each other's rows; one of them was rolled back.
_DEADLOCK = "40P01"


def is_deadlock(error: BaseException) -> bool:
    """Whether it failed only because somebody else was in the way: worth doing again at once."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == _DEADLOCK


def is_one_of(column: Any, words: Iterable[str]) -> Condition:
    """IN for a statement that is run for many rows at once, where an IN list is refused."""
    return or_(*(column == word for word in words))
