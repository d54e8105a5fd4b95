"""What somebody saw: for the police alone (R15, R17, R18)."""

import secrets
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language
from partnerships.models import Channel

# Without those that are read wrong aloud: 0 and O, 1 and I.
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def _new_number() -> str:
    drawn = "".join(secrets.choice(_SIGNS) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


class SightingStatus(StrEnum):
    NEW = "new"
    TAKEN_UP = "taken_up"
    HANDED_ON = "handed_on"  # it has a number in the police's own system
    CLOSED = "closed"
    DUPLICATE = "duplicate"


class Sighting(SQLModel, table=True):
    """A person, a vehicle or something else that somebody saw, as a form with fields."""

    __table_args__ = (
        Index("ix_sighting_zone_received", "police_zone_id", "received_at", "id"),
        Index("ix_sighting_zone_status", "police_zone_id", "status", "received_at", "id"),
        Index("ix_sighting_incident", "incident_id", "received_at", "id"),
        Index("ix_sighting_delivery", "delivery_id"),
        Index("ix_sighting_sent_from", "sent_from_index", "received_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    # What its writer and the police call it by: drawn by lot, so that it counts nothing.
    number: str = Field(default_factory=_new_number, unique=True)
    police_zone_id: UUID = Field(foreign_key="organisation.id")
    incident_id: UUID | None = Field(default=None, foreign_key="incident.id")
    # The message it was read from, by an officer; none where its writer filled in the form.
    message_id: UUID | None = Field(default=None, foreign_key="inbound_message.id", unique=True)
    # The message to him whose link he followed; the same form sent twice is one sighting.
    delivery_id: int | None = Field(default=None, sa_type=BigInteger, foreign_key="delivery.id")
    client_request_id: str | None = Field(default=None, unique=True)
    # The place of the internet a form came from, as a blind index: a robot sends many.
    sent_from_index: str | None = None
    # Who saw it. Empty for somebody we do not know.
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    contact_point_id: UUID | None = Field(default=None, foreign_key="contact_point.id")
    channel: Channel | None = Field(default=None, sa_type=word(Channel))
    language: Language = Field(sa_type=word(Language))
    # R18: when it was seen, and when we heard of it.
    observed_at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    place: str = Field(default="", sa_type=PersonalData)
    latitude: float | None = None
    longitude: float | None = None
    direction: str = Field(default="", sa_type=PersonalData)
    person_seen: str = Field(default="", sa_type=PersonalData)
    vehicle: str = Field(default="", sa_type=PersonalData)
    plate: str = Field(default="", sa_type=PersonalData)
    # Finds the same plate, however it was typed, without reading any.
    plate_index: str | None = Field(default=None, index=True)
    words: str = Field(default="", sa_type=PersonalData)
    status: SightingStatus = Field(default=SightingStatus.NEW, sa_type=word(SightingStatus))
    duplicate_of_id: UUID | None = Field(default=None, foreign_key="sighting.id")
    # The number it has in the police's own system, once it was handed on.
    external_reference: str = Field(default="", sa_type=PersonalData)
    completed_by: UUID | None = Field(default=None, foreign_key="account.id")
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Raised by each change: two who change it at once cannot overwrite each other.
    version: int = 1


class SightingPlatePart(SQLModel, table=True):
    """Three characters of a plate that stand side by side, as a blind index: a plate of which only
    a part was seen is found by them, without reading any."""

    __tablename__ = "sighting_plate_part"

    part_index: str = Field(primary_key=True)
    sighting_id: UUID = Field(primary_key=True, foreign_key="sighting.id", index=True)


class SightingEventKind(StrEnum):
    ENTERED = "entered"
    COMPLETED = "completed"
    STATUS = "status"
    HANDED_ON = "handed_on"
    JOINED = "joined"  # to an incident
    DUPLICATE = "duplicate"
    PHOTO_SEEN = "photo_seen"
    FORGOTTEN = "forgotten"


class SightingEvent(SQLModel, table=True):
    """What happened to a sighting; rows are only added."""

    __tablename__ = "sighting_event"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    sighting_id: UUID = Field(foreign_key="sighting.id", index=True)
    kind: SightingEventKind = Field(sa_type=word(SightingEventKind))
    before: str = ""
    after: str = ""
    words: str = Field(default="", sa_type=PersonalData)
    # Empty for what its writer did himself.
    by: UUID | None = Field(default=None, foreign_key="account.id")
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class SightingPhoto(SQLModel, table=True):
    """A picture of what was seen: cleaned of what the camera wrote into it, and sealed."""

    __tablename__ = "sighting_photo"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    sighting_id: UUID = Field(foreign_key="sighting.id", index=True)
    media_type: str
    width: int
    height: int
    size: int
    sha256: str
    sealed: bytes
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
