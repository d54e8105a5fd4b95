"""Many rows of one model into a table at once: COPY on PostgreSQL, one executemany on SQLite."""

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Any

from sqlmodel import Session, SQLModel


def load(session: Session, example: SQLModel, count: int, **varying: Iterable[Any]) -> None:
    """``count`` rows like ``example``, but for the columns in ``varying``, in one transaction.

    Every value goes through the type of its column, as the hub itself would write it.
    """
    dialect = session.get_bind().dialect
    columns = list(example.__table__.columns)  # type: ignore[attr-defined]  # made by SQLModel
    streams: list[Iterator[Any]] = []
    for column in columns:
        process = column.type.dialect_impl(dialect).bind_processor(dialect) or _unchanged
        if column.name in varying:
            streams.append(map(process, varying[column.name]))
        else:
            streams.append(repeat(process(getattr(example, column.name)), count))
    names = [f'"{column.name}"' for column in columns]
    _write(session, str(example.__tablename__), names, zip(*streams, strict=False))


def _unchanged(value: Any) -> Any:
    return value


def _write(session: Session, table: str, names: list[str], rows: Iterator[Any]) -> None:
    driver: Any = session.connection().connection.driver_connection
    listed = ", ".join(names)
    if session.get_bind().dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        driver.executemany(f"INSERT INTO {table} ({listed}) VALUES ({marks})", rows)  # noqa: S608
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
