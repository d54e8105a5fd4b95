"""The ground under the rows: the same promises on both databases."""

import threading
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

import plan.models  # noqa: F401 - fills the metadata
from hub.columns import UtcDateTime
from hub.db import after_commit, close, engine, sort_on_disk, unit_of_work
from partnerships.models import Initiator

_READ = {
    "sqlite": "SELECT count FROM tally",
    "postgresql": "SELECT count FROM tally FOR UPDATE",
}


@pytest.mark.usefixtures("database")
def test_the_migrations_make_exactly_the_tables_of_the_models() -> None:
    with engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_sqlite_is_set_up_to_lose_nothing(database: str) -> None:
    if not database.startswith("sqlite"):
        return
    with engine().connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert found == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 15000,
        "synchronous": 2,
    }


def test_who_sorts_on_disk_leaves_the_connection_as_it_was(database: str) -> None:
    if not database.startswith("sqlite"):
        return

    def cache(session: Session) -> object:
        return session.connection().exec_driver_sql("PRAGMA cache_size").scalar()

    with unit_of_work() as session:
        sort_on_disk(session)
        assert cache(session) == -4096
    with unit_of_work() as session:
        assert cache(session) == -16384


@pytest.mark.usefixtures("database")
def test_concurrent_writers_lose_no_update() -> None:
    with engine().begin() as connection:
        connection.execute(text("CREATE TABLE tally (count INTEGER)"))
        connection.execute(text("INSERT INTO tally VALUES (0)"))
    workers = [threading.Thread(target=_add_ten) for _one in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with engine().connect() as connection:
        assert connection.execute(text("SELECT count FROM tally")).scalar() == 40


@pytest.mark.usefixtures("database")
def test_threads_that_ask_first_at_once_open_the_database_once() -> None:
    start = threading.Barrier(8)
    opened: list[Engine] = []

    def ask() -> None:
        start.wait()
        opened.append(engine())

    for _try in range(5):
        close()
        askers = [threading.Thread(target=ask) for _one in range(8)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        assert len(set(map(id, opened))) == 1
        opened.clear()


def _add_ten() -> None:
    for _one in range(10):
        with unit_of_work() as session:
            # Read, then write: the pattern that loses updates where a writer begins as a reader.
            count = session.connection().execute(text(_READ[engine().dialect.name])).scalar_one()
            session.connection().execute(text("UPDATE tally SET count = :n"), {"n": count + 1})


@pytest.mark.usefixtures("database")
def test_what_waits_for_the_commit_never_happens_after_a_rollback() -> None:
    done: list[str] = []
    with unit_of_work() as session:
        after_commit(session, lambda: done.append("committed"))
    with pytest.raises(RuntimeError):
        _roll_back(done)
    assert done == ["committed"]


def _roll_back(done: list[str]) -> None:
    with unit_of_work() as session:
        after_commit(session, lambda: done.append("rolled back"))
        raise RuntimeError


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), engine().dialect)
    assert UtcDateTime().process_result_value(datetime(2026, 1, 1), engine().dialect) == datetime(
        2026, 1, 1, tzinfo=UTC
    )


@pytest.mark.usefixtures("database")
def test_an_error_of_the_database_does_not_say_whom_it_was_about() -> None:
    with pytest.raises(IntegrityError) as raised, unit_of_work() as session:
        # There is no such partnership.
        session.add(Initiator(partnership_id=uuid4(), name="Jo Discret", email="jo@demo.example"))
    assert "initiator" in str(raised.value)
    assert "Jo Discret" not in str(raised.value)
    assert "jo@demo.example" not in str(raised.value)
