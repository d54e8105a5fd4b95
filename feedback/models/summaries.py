"""What a partnership's coordinators were told about a month: once, however many timetables run."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import UtcDateTime


class MonthlySummary(SQLModel, table=True):
    __tablename__ = "monthly_summary"

    partnership_id: UUID = Field(primary_key=True, foreign_key="partnership.id")
    year: int = Field(primary_key=True)
    month: int = Field(primary_key=True)
    written_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    people: int = 0
