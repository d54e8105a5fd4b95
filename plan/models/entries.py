"""Figures that are typed or measured, their colours, and the reports that were issued."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word


class EntryState(StrEnum):
    """Of what is a yes or a no."""

    YES = "yes"
    NO = "no"
    IN_PROGRESS = "in_progress"


class EntryStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENT_BACK = "sent_back"


class Entry(SQLModel, table=True):
    """A figure that somebody typed. Rows are only added: a correction names what it takes the place
    of."""

    __table_args__ = (Index("ix_entry_result_period", "result_id", "period_start"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    result_id: UUID = Field(foreign_key="expected_result.id")
    service_id: UUID | None = Field(default=None, foreign_key="report_service.id")
    # From a civil day to a civil day, the last one included.
    period_start: date
    period_end: date
    area: str = ""
    worker_id: UUID | None = Field(default=None, foreign_key="staff_member.id")
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    state: EntryState | None = Field(default=None, sa_type=word(EntryState))
    note: str = Field(default="", sa_type=PersonalData)
    status: EntryStatus = Field(default=EntryStatus.DRAFT, sa_type=word(EntryStatus))
    supersedes_id: UUID | None = Field(default=None, foreign_key="entry.id", unique=True)
    entered_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class MeasureValue(SQLModel, table=True):
    """A measure, taken: what the hub counted of one result in one period and area."""

    __tablename__ = "measure_value"
    __table_args__ = (
        UniqueConstraint("result_id", "measure", "period_start", "period_end", "area"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    result_id: UUID = Field(foreign_key="expected_result.id")
    measure: str
    definition_version: int
    period_start: date
    period_end: date
    area: str = ""
    # None where there is none; the reason says why.
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    # Cases nobody knows the end of: deliveries without a receipt.
    unknown: int = 0
    reason: str = ""
    computed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Colour(StrEnum):
    GREEN = "green"
    ORANGE = "orange"
    RED = "red"
    GREY = "grey"


class Evaluation(SQLModel, table=True):
    """The colour of an indicator on a day: what the rule suggests, and what the officer decides.

    Rows are only added. The ministry's own column has no field here: it is never filled by us.
    """

    __table_args__ = (Index("ix_evaluation_indicator", "indicator_id", "as_of"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    indicator_id: UUID = Field(foreign_key="indicator.id")
    period_start: date
    period_end: date
    as_of: date
    suggested: Colour = Field(sa_type=word(Colour))
    inputs: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    final: Colour | None = Field(default=None, sa_type=word(Colour))
    motivation: str = Field(default="", sa_type=PersonalData)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class IssuedReport(SQLModel, table=True):
    """A report as it was issued: its figures frozen, its files known by their SHA-256."""

    __tablename__ = "issued_report"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    as_of: date
    language: str
    choices: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    figures: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    sha256: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    issued_by: UUID = Field(foreign_key="account.id")
    issued_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class IssuedFile(SQLModel, table=True):
    """A file of an issued report, byte for byte, sealed: it holds what people typed.

    Kept, and not made again when it is asked for: a newer library would make other bytes.
    """

    __tablename__ = "issued_file"

    report_id: UUID = Field(primary_key=True, foreign_key="issued_report.id")
    # "xlsx", "pdf", "docx"; "frozen" is what they are made of.
    kind: str = Field(primary_key=True)
    sealed: bytes
