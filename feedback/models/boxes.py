"""Problem boxes: letter boxes for what citizens would not ring anybody about (R39)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id


class ProblemBox(SQLModel, table=True):
    """A letter box and where it hangs."""

    __tablename__ = "problem_box"
    __table_args__ = (UniqueConstraint("municipality_id", "name"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id")
    name: str
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    hung_on: date
    removed_on: date | None = None
    # Else it is emptied each day (R39), Sundays and holidays too.
    working_days_only: bool = False


class BoxEmptying(SQLModel, table=True):
    """One box emptied on one day, and how many letters were in it; none is a figure too."""

    __tablename__ = "box_emptying"
    __table_args__ = (UniqueConstraint("box_id", "day"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    box_id: UUID = Field(foreign_key="problem_box.id")
    day: date
    emptied_at: datetime = Field(sa_type=UtcDateTime)
    letters: int
    note: str = Field(default="", sa_type=PersonalData)
    emptied_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
