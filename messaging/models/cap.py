"""Alerts as other machines read them (CAP 1.2): those we publish, and those that came to us."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word


class CapReader(StrEnum):
    """For whom a document is written."""

    PARTNERS = "partners"  # those with a token of the zone: every word of the alert
    PUBLIC = "public"  # anybody: that something happens, and where


class CapDocument(SQLModel, table=True):
    """One published CAP alert. Never changed: whoever fetched it may compare it years later."""

    __tablename__ = "cap_document"
    __table_args__ = (
        UniqueConstraint("sender", "identifier"),
        # A broadcast is published once for each reader, and withdrawn once.
        UniqueConstraint("broadcast_id", "reader", "is_withdrawal"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    police_zone_id: UUID = Field(foreign_key="organisation.id", index=True)
    broadcast_id: UUID = Field(foreign_key="broadcast.id")
    # The alert that began it: updates and the all clear refer to it and to what came between.
    root_id: UUID = Field(foreign_key="broadcast.id", index=True)
    reader: CapReader = Field(sa_type=word(CapReader))
    is_withdrawal: bool = False
    sender: str
    identifier: str
    message_type: str
    status: str
    sent_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    headline: str = Field(sa_type=PersonalData)
    xml: str = Field(sa_type=PersonalData)


class CapPublicMark(SQLModel, table=True):
    """That the sender wants an alert in the public feed, with what follows it."""

    __tablename__ = "cap_public_mark"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    marked_by: UUID = Field(foreign_key="account.id")
    marked_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class CapSource(SQLModel, table=True):
    """A feed of another system that is looked into every so often."""

    __tablename__ = "cap_source"
    __table_args__ = (UniqueConstraint("police_zone_id", "url"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    police_zone_id: UUID = Field(foreign_key="organisation.id", index=True)
    url: str
    added_by: UUID = Field(foreign_key="account.id")
    added_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    etag: str = ""
    next_look_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    looked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # How the last look ended: "taken", "unchanged", or why it failed.
    result: str = ""


class CapArrival(SQLModel, table=True):
    """A CAP alert that came from elsewhere: a draft of an incident, until a person opens it.

    The same alert again is the same row; its updates and its cancellation stand beside it.
    """

    __tablename__ = "cap_arrival"
    __table_args__ = (UniqueConstraint("police_zone_id", "sender", "identifier"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    police_zone_id: UUID = Field(foreign_key="organisation.id", index=True)
    # The first of those that refer to each other; its own id when it refers to none we have.
    thread_id: UUID = Field(index=True)
    sender: str
    identifier: str
    message_type: str
    status: str
    sent_at: datetime = Field(sa_type=UtcDateTime)
    # As it came, to the byte: its signature may be asked for one day.
    document: bytes
    source_id: UUID | None = Field(default=None, foreign_key="cap_source.id")
    brought_by: UUID | None = Field(default=None, foreign_key="account.id")
    arrived_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # Once a person opened it; of the whole thread.
    incident_id: UUID | None = Field(default=None, foreign_key="incident.id", index=True)
    set_aside_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CapReference(SQLModel, table=True):
    """That an alert which came refers to another one: here already, still to come, or never."""

    __tablename__ = "cap_reference"
    __table_args__ = (Index("ix_cap_reference_named", "police_zone_id", "sender", "identifier"),)

    arrival_id: UUID = Field(primary_key=True, foreign_key="cap_arrival.id")
    sender: str = Field(primary_key=True)
    identifier: str = Field(primary_key=True)
    police_zone_id: UUID = Field(foreign_key="organisation.id")
