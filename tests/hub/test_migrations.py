"""A database that holds people comes up to this version with all it held."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import MetaData, Table, insert, inspect, select

from hub.db import engine
from hub.migration import upgrade
from partnerships import streets
from tests.conftest import DATABASES, forget_settings, new_database, use_database

BEFORE_STREETS, BEFORE_MEANINGS = "0004", "0008"
# What a column that must hold something gets when a test does not care.
_ANYTHING: dict[type, Any] = {
    UUID: uuid4(),
    str: "x",
    bool: False,
    int: 0,
    float: 0.0,
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    dict: {},
}


@pytest.fixture(params=DATABASES)
def empty(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    url = new_database(request.param, tmp_path, request)
    use_database(url, tmp_path, monkeypatch)
    yield url
    forget_settings()


def table(name: str) -> Table:
    """A table as the database has it now."""
    return Table(name, MetaData(), autoload_with=engine())


def put(name: str, *rows: dict[str, Any]) -> None:
    """Rows, with anything in the columns that are not named and must hold something."""
    into = table(name)
    needed = {
        one.name: _ANYTHING[one.type.python_type]
        for one in into.columns
        if not one.nullable and one.server_default is None and one.name not in rows[0]
    }
    with engine().begin() as connection:
        connection.execute(insert(into), [_as_kept(needed | row) for row in rows])


def _as_kept(values: dict[str, Any]) -> dict[str, Any]:
    """SQLite keeps moments without their zone and ids as they are written."""
    if engine().dialect.name == "postgresql":
        return values
    return {name: _plainly(value) for name, value in values.items()}


def _plainly(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def column(name: str, of: str, by: str) -> dict[Any, Any]:
    """What a column holds, by another."""
    its = table(of)
    with engine().connect() as connection:
        rows = connection.execute(select(its.c[by], its.c[name])).all()
    return {row[0]: row[1] for row in rows}


@pytest.mark.usefixtures("empty")
def test_each_street_that_was_known_is_found_by_its_index_afterwards() -> None:
    upgrade(BEFORE_STREETS)
    known = {0: "R. de l'Église", 1: "Kerkstr.", 2: ""}
    # More than are given their index at once.
    people = [UUID(int=number + 1) for number in range(1003)]
    lived = {person: known.get(number, "rue Haute") for number, person in enumerate(people)}
    put("person", *({"id": person} for person in people))
    put("residence", *({"person_id": who, "street": street} for who, street in lived.items()))
    upgrade()
    found = column("street_index", of="residence", by="street")
    assert found[""] is None
    for street in ("R. de l'Église", "Kerkstr.", "rue Haute"):
        assert found[street] == streets.index_of(street)


@pytest.mark.usefixtures("empty")
def test_what_stop_and_start_meant_is_known_of_messages_from_before() -> None:
    upgrade(BEFORE_MEANINGS)
    kinds = ("stop", "start", "leave", "message")
    put("inbound_message", *({"id": uuid4(), "carrier_id": one, "kind": one} for one in kinds))
    upgrade()
    assert column("meaning", of="inbound_message", by="kind") == {
        "stop": "stop",
        "start": "start",
        "leave": "other",
        "message": "other",
    }
    assert "for_partnership_id" in {
        one["name"] for one in inspect(engine()).get_columns("inbound_message")
    }
