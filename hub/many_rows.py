"""One statement for many rows, in the way each database is quickest at.

PostgreSQL takes the rows as arrays, in one statement: half the cost of as many statements in a
pipeline. SQLite takes them one by one, which costs it nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, any_, bindparam, column, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel

from hub.db import Condition, row_locks

Row = dict[str, Any]
NewValues = Mapping[str, ColumnElement[Any]]


def among(session: Session, column: Any, numbers: Iterable[int]) -> Condition:
    """The condition that a column holds one of many numbers.

    PostgreSQL gets them as one array: a list of them in the statement makes it another statement
    for each length, written out, read and planned anew.
    """
    wanted = list(set(numbers))
    chosen: Condition = (
        column == any_(bindparam(None, wanted, ARRAY(BigInteger), unique=True))
        if row_locks(session)
        else column.in_(wanted)
    )
    return chosen


class ManyRows:
    """A statement to be run for many rows at once.

    ``build`` makes it from the values of one row, which it finds by the names in ``columns``.
    """

    def __init__(
        self, build: Callable[[NewValues], Any], columns: Mapping[str, TypeEngine[Any]]
    ) -> None:
        self._columns = columns
        self._for_one = build({name: bindparam(name, type_=kind) for name, kind in columns.items()})
        self._for_all = build(_unnested(columns))

    def run(self, session: Session, rows: Sequence[Row]) -> None:
        """Run it. Where several rows speak of the same thing, any one of them counts."""
        connection = session.connection()
        if row_locks(session):
            connection.execute(self._for_all, _as_arrays(self._columns, rows))
        else:
            connection.execute(self._for_one, list(rows))


def insert_new_rows(session: Session, table: type[SQLModel], rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns, passing over those whose unique key exists."""
    if not rows:
        return
    names = tuple(rows[0])
    columns = {name: _column(table, name).type for name in names}
    connection = session.connection()
    if row_locks(session):
        connection.execute(_insert_all(table, names), _as_arrays(columns, rows))
    else:
        connection.execute(sqlite.insert(table).on_conflict_do_nothing(), list(rows))


@lru_cache
def _insert_all(table: type[SQLModel], names: tuple[str, ...]) -> Any:
    new = _unnested({name: _column(table, name).type for name in names})
    insert = postgresql.insert(table).from_select(list(names), select(*new.values()))
    return insert.on_conflict_do_nothing()


def _column(table: type[SQLModel], name: str) -> Column[Any]:
    found: Column[Any] = table.__table__.c[name]  # type: ignore[attr-defined]  # a table has one
    return found


def _unnested(columns: Mapping[str, TypeEngine[Any]]) -> NewValues:
    arrays = [bindparam(name, type_=ARRAY(kind)) for name, kind in columns.items()]
    source = func.unnest(*arrays).table_valued(
        *(column(name, kind) for name, kind in columns.items()), name="new_row"
    )
    # The names of its columns are said in the statement: PostgreSQL would call them all "unnest".
    return dict(source.render_derived().c)


def _as_arrays(columns: Mapping[str, TypeEngine[Any]], rows: Sequence[Row]) -> Row:
    return {name: [row[name] for row in rows] for name in columns}
