"""Where a list waits between being checked and being stored, however long it is.

An SQLite file without a name: the system deletes it when it is closed, or when the process dies.
Checking needs no lock on the real database then, and storing no more time than the rows take.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from partnerships.members_import.candidates import (
    Candidate,
    Checked,
    Finding,
    candidate_from_json,
    finding_from_json,
)

_BATCH = 1000
_MOST_MARKS = 900
_TABLES = """
CREATE TABLE seen (key TEXT PRIMARY KEY, row INTEGER, person TEXT, name TEXT) WITHOUT ROWID;
CREATE TABLE candidate (row INTEGER PRIMARY KEY, is_new INTEGER, text TEXT);
CREATE TABLE finding (number INTEGER PRIMARY KEY, text TEXT);
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody with one of the keys asked for: of an earlier row, or (row 0) of the register."""

    key: str
    row: int
    person_id: UUID
    name: str


class Scratch:
    """Who has been seen, the candidates and the findings of one list."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def see(self, seen: Iterable[Seen]) -> None:
        """Remember the keys; one that was seen before keeps its first owner."""
        rows = ((one.key, one.row, str(one.person_id), one.name) for one in seen)
        self._connection.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", rows)

    def seen(self, keys: Sequence[str]) -> dict[str, Seen]:
        """Who has these keys, by key."""
        found: dict[str, Seen] = {}
        for at in range(0, len(keys), _MOST_MARKS):
            some = keys[at : at + _MOST_MARKS]
            marks = ", ".join("?" * len(some))
            rows = self._connection.execute(f"SELECT * FROM seen WHERE key IN ({marks})", some)  # noqa: S608 - marks only
            for key, row, person, name in rows:
                found[key] = Seen(key, row, UUID(person), name)
        return found

    def keep(self, checked: Iterable[Checked]) -> None:
        """Put rows aside until they are stored."""
        for one in checked:
            if one.candidate is not None:
                values = (one.row, one.candidate.is_new, one.candidate.as_json())
                self._connection.execute("INSERT INTO candidate VALUES (?, ?, ?)", values)
            for found in one.findings:
                self._connection.execute(
                    "INSERT INTO finding (text) VALUES (?)", (found.as_json(),)
                )

    def candidates(self, *, new: bool) -> Iterator[list[Candidate]]:
        """The candidates who are new, or those who are not, in batches, by row."""
        wanted = "SELECT text FROM candidate WHERE is_new = ? ORDER BY row"
        found = self._connection.execute(wanted, (new,))
        while batch := [candidate_from_json(text) for (text,) in islice(found, _BATCH)]:
            yield batch

    def findings(self) -> Iterator[list[Finding]]:
        """The findings, in batches, by row."""
        found = self._connection.execute("SELECT text FROM finding ORDER BY number")
        while batch := [finding_from_json(text) for (text,) in islice(found, _BATCH)]:
            yield batch


@contextmanager
def scratch() -> Iterator[Scratch]:
    """An empty scratch file, gone at the end."""
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        yield Scratch(connection)
