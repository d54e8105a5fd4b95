"""Where the rows of a long list are made ready, so that the database is locked for a moment only.

SQLite has one writer: while 100,000 people are put together, an urgent alert would wait. So there
their rows go into a temporary database on the same connection, nameless and gone with it, and are
copied by one statement a table at the end. PostgreSQL locks rows, and nobody waits for new ones:
there is nothing to make ready, and they go straight in.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlmodel import Session, SQLModel

from hub import db
from partnerships.members_import.pending import TABLES
from partnerships.models import ImportFinding

_NAME = "staging"
_ALL: tuple[type[SQLModel], ...] = (*TABLES, ImportFinding)


class Staging:
    """Rows that wait beside the database; ``is_used`` is false where it needs none."""

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection
        self.is_used = connection is not None

    @contextmanager
    def filling(self) -> Iterator[Session]:
        """A session that writes every table beside the database, without a lock on it."""
        assert self._connection is not None
        self._connection.execution_options(
            **{db.READ_ONLY: True, "schema_translate_map": {None: _NAME}}
        )
        with Session(self._connection) as session:
            yield session
            session.commit()

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """The transaction of the database itself, in which ``copy`` finds what was filled in."""
        if self._connection is None:
            with db.unit_of_work() as session:
                yield session
            return
        self._connection.execution_options(**{db.READ_ONLY: False, "schema_translate_map": None})
        with Session(self._connection, expire_on_commit=False) as session:
            yield session
            session.commit()

    def copy(self, session: Session) -> None:
        """Put what was filled in into the database; what is there already stays."""
        for table in _ALL if self.is_used else ():
            name, columns = table.__tablename__, ", ".join(_columns(table))
            session.execute(
                text(
                    f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM {_NAME}.{name}"  # noqa: S608 - names of ours
                    " WHERE true ON CONFLICT DO NOTHING"
                )
            )


def _columns(table: type[SQLModel]) -> list[str]:
    # The number of a finding is given by the database that keeps it.
    names: list[str] = [f'"{one.name}"' for one in table.__table__.columns]  # type: ignore[attr-defined]  # a table has them
    return [one for one in names if table is not ImportFinding or one != '"id"']


@contextmanager
def staging() -> Iterator[Staging]:
    """A place beside the database, empty at first and gone at the end."""
    if db.engine().dialect.name != "sqlite":
        yield Staging(None)
        return
    with db.engine().connect() as connection:
        # Straight to the driver: nothing may be attached once a transaction has begun.
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(f"ATTACH DATABASE '' AS {_NAME}")
        try:
            driver.execute(f"PRAGMA {_NAME}.journal_mode = OFF")
            for table in _ALL:
                name = table.__tablename__
                driver.execute(f"CREATE TABLE {_NAME}.{name} AS SELECT * FROM main.{name} WHERE 0")  # noqa: S608 - names of ours
            yield Staging(connection)
        finally:
            connection.rollback()
            driver.execute(f"DETACH DATABASE {_NAME}")
