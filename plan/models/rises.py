"""Strong rises that somebody looked at, and the weekly counts they are found in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word


class RiseDismissal(SQLModel, table=True):
    """A strong rise that somebody looked at and put aside, with his reason."""

    __tablename__ = "rise_dismissal"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    police_zone_id: UUID = Field(foreign_key="organisation.id", index=True)
    phenomenon: str
    # As in the counts; empty where the whole zone rose.
    area: str = ""
    count: int
    # How high it stood: it is brought up again when it grows.
    score: float
    reason: str = Field(sa_type=PersonalData)
    dismissed_by: UUID = Field(foreign_key="account.id")
    dismissed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class CountSource(StrEnum):
    TYPED = "typed"
    FILE = "file"
    API = "api"


class ContextCount(SQLModel, table=True):
    """How many facts the police counted of one phenomenon in one zone in one ISO week (R52).

    The newest row of a week counts; those before it stay on record.
    """

    __tablename__ = "context_count"
    __table_args__ = (
        Index("ix_context_count_week", "police_zone_id", "phenomenon", "iso_year", "iso_week"),
        UniqueConstraint("police_zone_id", "area", "phenomenon", "iso_year", "iso_week", "edition"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    police_zone_id: UUID = Field(foreign_key="organisation.id")
    # A municipality, a quarter, or the whole police zone where it is empty.
    area: str = ""
    phenomenon: str
    iso_year: int
    iso_week: int
    count: int
    edition: int = 1
    source: CountSource = Field(sa_type=word(CountSource))
    entered_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
