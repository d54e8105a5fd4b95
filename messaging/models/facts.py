"""What an alert says, typed once, and why each partnership was chosen for it."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from hub.columns import PersonalData, word
from hub.i18n import Language


class BroadcastFacts(SQLModel, table=True):
    """The facts of one broadcast in the officer's own words; its texts were made from them.

    The phenomenon, the place and the time are those of its incident.
    """

    __tablename__ = "broadcast_facts"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    what: str = Field(default="", sa_type=PersonalData)
    person: str = Field(default="", sa_type=PersonalData)
    vehicle: str = Field(default="", sa_type=PersonalData)
    direction: str = Field(default="", sa_type=PersonalData)
    measures: str = Field(default="", sa_type=PersonalData)


class BroadcastGround(SQLModel, table=True):
    """Where it happened on the map: a GeoJSON point, street (line) or area, and how far around."""

    __tablename__ = "broadcast_ground"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    geometry: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    metres: int


class ChosenHow(StrEnum):
    """Why a partnership gets a broadcast."""

    INSIDE = "inside"  # the place is in its zone
    NEAR = "near"  # its zone is near the place (R20)
    BY_HAND = "by_hand"


class BroadcastChoice(SQLModel, table=True):
    """Why one partnership was chosen; ``metres`` is how far its zone was from the place."""

    __tablename__ = "broadcast_choice"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    partnership_id: UUID = Field(primary_key=True, foreign_key="partnership.id")
    how: ChosenHow = Field(sa_type=word(ChosenHow))
    metres: int | None = None


class BroadcastLanguage(SQLModel, table=True):
    """A language to whose speakers a broadcast is kept; none at all means everybody."""

    __tablename__ = "broadcast_language"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    language: Language = Field(primary_key=True, sa_type=word(Language))


class BroadcastStreet(SQLModel, table=True):
    """A street to whose people a broadcast is kept. With none, and no group, it is kept to none."""

    __tablename__ = "broadcast_street"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    street_index: str = Field(primary_key=True)
    name: str = Field(sa_type=PersonalData)


class BroadcastGroup(SQLModel, table=True):
    """A group of members to which a broadcast is kept."""

    __tablename__ = "broadcast_group"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    group_id: UUID = Field(primary_key=True, foreign_key="member_group.id")
