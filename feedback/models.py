"""The table of replies."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language


class InboundKind(StrEnum):
    """What a reply was taken for."""

    STOP = "stop"
    START = "start"
    MESSAGE = "message"


class InboundMessage(SQLModel, table=True):
    """One reply by text, stored once however often the carrier repeats it (I12)."""

    __tablename__ = "inbound_message"
    __table_args__ = (Index("ix_inbound_zone_received", "police_zone_id", "received_at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    carrier_id: str = Field(unique=True)
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    sender: str = Field(sa_type=PersonalData)
    body: str = Field(sa_type=PersonalData)
    kind: InboundKind = Field(sa_type=word(InboundKind))
    # What was answered, so that a repeat gets the same answer and no second effect.
    answer: str | None = None
    language: Language = Field(sa_type=word(Language))
    # All empty for a number we do not know.
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    contact_point_id: UUID | None = Field(default=None, foreign_key="contact_point.id")
    delivery_id: int | None = Field(default=None, sa_type=BigInteger, foreign_key="delivery.id")
    incident_id: UUID | None = Field(default=None, foreign_key="incident.id", index=True)
    police_zone_id: UUID | None = Field(default=None, foreign_key="organisation.id")
