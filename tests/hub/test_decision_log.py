"""The log of decisions: a chain that shows every change."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from hub import audit
from hub.columns import new_id
from hub.db import engine, unit_of_work


def decide(times: int = 1) -> None:
    for _one in range(times):
        with unit_of_work() as session:
            audit.record(session, "test.decide", ("thing", new_id()), by=None, count=3)


@pytest.mark.usefixtures("database")
def test_an_untouched_log_verifies() -> None:
    decide(3)
    with unit_of_work(read_only=True) as session:
        assert audit.first_broken_link(session) is None


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("change", ["UPDATE decision SET action = 'other'", "DELETE FROM decision"])
def test_the_database_refuses_to_change_a_decision(change: str) -> None:
    decide()
    with pytest.raises(DatabaseError, match="append-only"), engine().begin() as connection:
        connection.execute(text(change))


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE decision SET action = 'other' WHERE number = 2",
        "DELETE FROM decision WHERE number = 2",
    ],
)
def test_a_change_by_whoever_may_drop_the_trigger_shows(tampering: str) -> None:
    decide(3)
    with engine().begin() as connection:
        _drop_triggers(connection.dialect.name, connection)
        connection.execute(text(tampering))
    with unit_of_work(read_only=True) as session:
        assert audit.first_broken_link(session) == 2


def _drop_triggers(dialect: str, connection: object) -> None:
    names = {
        "postgresql": ["decision_append_only ON decision"],
        "sqlite": ["decision_refuses_update", "decision_refuses_delete"],
    }
    for name in names[dialect]:
        connection.execute(text(f"DROP TRIGGER {name}"))  # type: ignore[attr-defined]


@pytest.mark.usefixtures("database")
def test_a_decision_exists_only_if_its_unit_of_work_does() -> None:
    with pytest.raises(RuntimeError):
        _decide_and_roll_back()
    decide()
    with unit_of_work(read_only=True) as session:
        assert session.get_one(audit.Decision, 1).subject_kind == "thing"
        assert session.get(audit.Decision, 2) is None


def _decide_and_roll_back() -> None:
    with unit_of_work() as session:
        audit.record(session, "test.decide", ("thing", 1), by=None)
        raise RuntimeError
