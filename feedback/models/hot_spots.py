"""Hot spots: places that are watched, why, and what was done there (R36, R38)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word


class HotSpotOrigin(StrEnum):
    BY_HAND = "by_hand"
    PROPOSED = "proposed"


class HotSpot(SQLModel, table=True):
    """A place that a town and its police watch: a circle on the map, from a day to a day."""

    __tablename__ = "hot_spot"
    __table_args__ = (Index("ix_hot_spot_town_opened", "municipality_id", "opened_at", "id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id")
    name: str
    latitude: float
    longitude: float
    radius_metres: int
    # What it is watched for; empty means everything.
    category: str = ""
    # Proposed from incidents: whoever does not read those is told no figures of them.
    is_of_incidents: bool = False
    origin: HotSpotOrigin = Field(sa_type=word(HotSpotOrigin))
    # Why, in words; of a proposal also in figures: so many reports in so many days.
    why: str = Field(default="", sa_type=PersonalData)
    reports_counted: int | None = None
    window_days: int | None = None
    threshold: int | None = None
    opened_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    opened_by: UUID = Field(foreign_key="account.id")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: UUID | None = Field(default=None, foreign_key="account.id")
    close_reason: str = Field(default="", sa_type=PersonalData)


class HotSpotActionKind(StrEnum):
    PRESENCE = "presence"
    ACTION = "action"
    NOTE = "note"


class HotSpotAction(SQLModel, table=True):
    """What was done at a hot spot, or who was there from when to when. Typed in: nobody's
    telephone is followed (R38)."""

    __tablename__ = "hot_spot_action"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    hot_spot_id: UUID = Field(foreign_key="hot_spot.id", index=True)
    kind: HotSpotActionKind = Field(sa_type=word(HotSpotActionKind))
    began_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # How many people were there: presence counts hours of people.
    people: int = 1
    words: str = Field(default="", sa_type=PersonalData)
    # Emptied when its time is over: where colleagues were is kept for a time only.
    by: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # A slip of the pen is taken back, and stays on record.
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HotSpotProposal(SQLModel, table=True):
    """A dense place that somebody looked at and did not want as a hot spot: not proposed again
    for a while."""

    __tablename__ = "hot_spot_proposal"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id", index=True)
    # Of a report, or the phenomenon of incidents.
    category: str = ""
    is_of_incidents: bool = False
    latitude: float
    longitude: float
    radius_metres: int
    declined_by: UUID = Field(foreign_key="account.id")
    declined_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    reason: str = Field(default="", sa_type=PersonalData)
