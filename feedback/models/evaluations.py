"""The yearly evaluation of a partnership: figures of the hub, and what only people know."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word


class EvaluationMark(StrEnum):
    """How people judge what figures cannot say."""

    TOO_LITTLE = "too_little"
    ENOUGH = "enough"
    TOO_MUCH = "too_much"


class YearlyEvaluation(SQLModel, table=True):
    """One partnership's year. Frozen once both have signed: later changes make a new version."""

    __tablename__ = "yearly_evaluation"
    __table_args__ = (UniqueConstraint("partnership_id", "year", "version"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    year: int
    version: int = 1
    # What only people know: crime figures typed in by the police, by code.
    crime_figures: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )
    hot_felt: EvaluationMark | None = Field(default=None, sa_type=word(EvaluationMark))
    cold_felt: EvaluationMark | None = Field(default=None, sa_type=word(EvaluationMark))
    follow_up_words: str = Field(default="", sa_type=PersonalData)
    safety_words: str = Field(default="", sa_type=PersonalData)
    relation_words: str = Field(default="", sa_type=PersonalData)
    activities_words: str = Field(default="", sa_type=PersonalData)
    conclusion: str = Field(default="", sa_type=PersonalData)
    changed_by: UUID | None = Field(default=None, foreign_key="account.id")
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # Raised by each change: whoever signs, signs what he read.
    edition: int = 1
    # The hub's figures as they were when the first of the two signed.
    figures: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    officer_signed_by: UUID | None = Field(default=None, foreign_key="account.id")
    officer_signed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    coordinator_signed_by: UUID | None = Field(default=None, foreign_key="account.id")
    coordinator_signed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sha256: str = ""
