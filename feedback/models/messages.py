"""What people wrote to us, by whichever way."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language
from partnerships.models import Channel


class InboundKind(StrEnum):
    """What a reply was taken for."""

    STOP = "stop"
    START = "start"
    LEAVE = "leave"
    MESSAGE = "message"
    # Pressed during a call: kept, and read by nobody.
    KEY = "key"
    # An answer to a survey: nobody reads it beside a name, so its words are not kept here.
    SURVEY = "survey"


class InboundChannel(StrEnum):
    """How a message came in: by a channel of ours, or typed on a member's own page."""

    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"
    WHATSAPP = "whatsapp"
    WEB = "web"


class Meaning(StrEnum):
    """What a reply means to a person who reads it; a first guess, by rules that can be read."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    # He has read the message: "1", "vu", "ok".
    SEEN = "seen"
    # He saw something.
    SIGHTING = "sighting"
    NEED_HELP = "need_help"
    QUESTION = "question"
    SURVEY = "survey"
    OTHER = "other"


class InboundMessage(SQLModel, table=True):
    """One reply by text or mail, stored once however often the carrier repeats it (I12)."""

    __tablename__ = "inbound_message"
    __table_args__ = (
        Index("ix_inbound_zone_received", "police_zone_id", "received_at"),
        # The newest of all: what one zone reads comes from its own, from nobody's, and from others'
        # that became an incident here, so that no index of a zone gives their order.
        Index("ix_inbound_received", "received_at", "id"),
        # The conversation with one number or address.
        Index("ix_inbound_sender", "sender_index", "received_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    # The carrier's id of a text, the Message-ID of a mail.
    carrier_id: str = Field(unique=True)
    channel: InboundChannel = Field(default=InboundChannel.SMS, sa_type=word(InboundChannel))
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    sender: str = Field(sa_type=PersonalData)
    # Finds all of one sender without reading any; empty for those of before.
    sender_index: str | None = None
    body: str = Field(sa_type=PersonalData)
    # Pictures by MMS, which are not taken.
    pictures: int = 0
    # Several members have this number: nobody says which of them it is from.
    is_shared: bool = False
    kind: InboundKind = Field(sa_type=word(InboundKind))
    meaning: Meaning = Field(default=Meaning.OTHER, sa_type=word(Meaning))
    # What was answered, so that a repeat gets the same answer and no second effect.
    answer: str | None = None
    language: Language = Field(sa_type=word(Language))
    # All empty for a number we do not know.
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    contact_point_id: UUID | None = Field(default=None, foreign_key="contact_point.id")
    delivery_id: int | None = Field(default=None, sa_type=BigInteger, foreign_key="delivery.id")
    incident_id: UUID | None = Field(default=None, foreign_key="incident.id", index=True)
    police_zone_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    # The one it reported; besides the one whose alert it answers.
    opened_incident_id: UUID | None = Field(default=None, foreign_key="incident.id", unique=True)
    # On his own page he chose to ask his coordinator; the police read it first all the same.
    is_for_coordinator: bool = False
    # A question about the partnership that the police passed on: its coordinators read this one.
    for_partnership_id: UUID | None = Field(default=None, foreign_key="partnership.id", index=True)
    passed_on_by: UUID | None = Field(default=None, foreign_key="account.id")
    passed_on_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # What its coordinator answered to the question, when, and who.
    question_answer: str = Field(default="", sa_type=PersonalData)
    question_answered_by: UUID | None = Field(default=None, foreign_key="account.id")
    question_answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def way(self) -> Channel | None:
        """The channel of ours it came by; ``None`` where it was typed on a page."""
        return None if self.channel is InboundChannel.WEB else Channel(self.channel.value)
