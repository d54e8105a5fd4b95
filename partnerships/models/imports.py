"""Imports of members: the file, what its columns mean, and how to take it back."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word


class ImportStatus(StrEnum):
    UPLOADED = "uploaded"  # the columns are to be matched
    CHECKING = "checking"
    CHECKED = "checked"  # nothing is stored yet: the bad rows are listed
    RUNNING = "running"
    DONE = "done"
    UNDONE = "undone"
    FAILED = "failed"


class MembersImport(SQLModel, table=True):
    """One import of a list into a partnership."""

    __tablename__ = "members_import"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    status: ImportStatus = Field(default=ImportStatus.UPLOADED, sa_type=word(ImportStatus))
    file_name: str
    # The list itself, until it is imported or dropped: then it is emptied.
    content: bytes | None = None
    # Field by column number, as the person confirmed it.
    mapping: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    # The row that says what the columns are; 0 for a list without one.
    heading_row: int = 1
    # That everyone on the list agreed, as whoever brought it states (docs/decisions/0006).
    states_consent: bool = False
    rows_read: int = 0
    rows_done: int = 0
    added: int = 0
    updated: int = 0
    refused: int = 0
    duplicates: int = 0
    # What is wrong with it as a whole, when it failed.
    problem: str | None = None
    created_by: UUID | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # Until when the worker that has it in hand is believed to live.
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class FindingKind(StrEnum):
    """What a finding says of its row."""

    REFUSED = "refused"  # the field is left out, and the row too where it needs that field
    NOTED = "noted"  # taken, and this was done to it
    DOUBLE = "double"  # somebody in an earlier row, or in the register, is the same
    DOUBT = "doubt"  # somebody of another name has the same: left out until it is decided


class ImportFinding(SQLModel, table=True):
    """One thing to tell about a row: why a field is refused, or whom it doubles."""

    __tablename__ = "import_finding"

    id: int | None = Field(default=None, primary_key=True)
    import_id: UUID = Field(foreign_key="members_import.id", index=True)
    row: int
    field: str
    kind: FindingKind = Field(default=FindingKind.REFUSED, sa_type=word(FindingKind))
    message: str
    values: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    # What was typed there, for the page that shows both sides.
    typed: str = Field(default="", sa_type=PersonalData)
    # The row of the file, or the person of the register, that is the same.
    same_as_row: int | None = None
    same_as_person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)


class ImportedPerson(SQLModel, table=True):
    """What an import did to one person, so that it can be undone."""

    __tablename__ = "imported_person"

    import_id: UUID = Field(primary_key=True, foreign_key="members_import.id")
    person_id: UUID = Field(primary_key=True, foreign_key="person.id", index=True)
    row: int
    was_new: bool
    # JSON of what he was before, where he was known; of a new person, what tells whether he is
    # still as the list made him. Null once he was erased.
    before: str | None = Field(default=None, sa_type=PersonalData)


class ImportMapping(SQLModel, table=True):
    """What the columns of a list with these headings meant last time, per partnership."""

    __tablename__ = "import_mapping"
    __table_args__ = (UniqueConstraint("partnership_id", "headings_hash"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id")
    headings_hash: str
    mapping: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    remembered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
