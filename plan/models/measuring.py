"""The takings of a plan's measures: asked for or of the night, and how far they are."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import UtcDateTime, new_id


class Measuring(SQLModel, table=True):
    """One taking of all measures of a plan."""

    # Of each night one, however many timetables run.
    __table_args__ = (UniqueConstraint("plan_id", "night"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id")
    # The day it begins, for one of the night; none where somebody asked.
    night: date | None = None
    asked_by: UUID | None = Field(default=None, foreign_key="account.id")
    asked_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # Until when the worker that has it in hand is believed to live.
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    measures: int = 0
    done: int = 0
    # Measures that could not be taken; the log says why.
    failed: int = 0
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
