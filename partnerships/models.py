"""The tables of the room: who there is, where, how they are reached, and what they agreed to."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.access import Role, ScopeKind
from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language


class OrganisationKind(StrEnum):
    POLICE_ZONE = "police_zone"
    MUNICIPALITY = "municipality"


class Organisation(SQLModel, table=True):
    """A police zone or a municipality (R11, R12)."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: OrganisationKind = Field(sa_type=word(OrganisationKind))
    slug: str = Field(unique=True)
    name: str


class PartnershipKind(StrEnum):
    CITIZENS = "citizens"
    SELF_EMPLOYED = "self_employed"
    MIXED = "mixed"
    THEMATIC = "thematic"


class PartnershipStatus(StrEnum):
    PROPOSED = "proposed"
    RECOGNISED = "recognised"
    ACTIVE = "active"
    DORMANT = "dormant"
    ENDED = "ended"


class Partnership(SQLModel, table=True):
    """A Local Prevention Partnership inside its delimited territory (R1)."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    kind: PartnershipKind = Field(default=PartnershipKind.CITIZENS, sa_type=word(PartnershipKind))
    status: PartnershipStatus = Field(
        default=PartnershipStatus.ACTIVE, sa_type=word(PartnershipStatus)
    )
    # Every message goes out in each of these; order is the order of fall-back.
    languages: list[Language] = Field(sa_column=Column(JSON, nullable=False))
    police_zone_id: UUID = Field(foreign_key="organisation.id", index=True)
    municipality_id: UUID = Field(foreign_key="organisation.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Zone(SQLModel, table=True):
    """The territory of a partnership: a GeoJSON polygon, longitude before latitude."""

    partnership_id: UUID = Field(primary_key=True, foreign_key="partnership.id")
    polygon: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class Channel(StrEnum):
    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"


class CommunicationPlan(SQLModel, table=True):
    """What the partners agreed on beforehand (R3, R22): one row per version, never changed."""

    __tablename__ = "communication_plan"
    __table_args__ = (UniqueConstraint("partnership_id", "version"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id")
    version: int = 1
    signed_on: date
    in_force_from: datetime = Field(sa_type=UtcDateTime)
    feedback_within_hours: int = 48


class PlanChannel(SQLModel, table=True):
    """One channel a plan allows for one kind of broadcast, and its place in the agreed order.

    A person gets one message, by the first of these on which he can be reached.
    """

    __tablename__ = "plan_channel"

    communication_plan_id: UUID = Field(primary_key=True, foreign_key="communication_plan.id")
    # A kind of broadcast; a word here, because broadcasts live one floor up.
    kind: str = Field(primary_key=True)
    channel: Channel = Field(primary_key=True, sa_type=word(Channel))
    position: int


class Person(SQLModel, table=True):
    """A member. His contact points, memberships and consents hang on this row."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(sa_type=PersonalData)
    language: Language = Field(sa_type=word(Language))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ContactKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    EMAIL = "email"


# Text to mobiles, calls to any telephone: an SMS to a land line is refused by the carrier (21614).
CHANNELS_OF_CONTACT = {
    ContactKind.MOBILE: (Channel.SMS, Channel.VOICE),
    ContactKind.LANDLINE: (Channel.VOICE,),
    ContactKind.EMAIL: (Channel.EMAIL,),
}


class ContactPoint(SQLModel, table=True):
    """A number in E.164 or an address by which a person is reached. ``position`` is his order."""

    __tablename__ = "contact_point"
    __table_args__ = (Index("ix_contact_point_value", "value_index"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    kind: ContactKind = Field(sa_type=word(ContactKind))
    value: str = Field(sa_type=PersonalData)
    value_index: str
    position: int = 1


class ContactStop(SQLModel, table=True):
    """One channel of one contact point that its owner, or the carrier, has closed.

    STOP by SMS closes SMS and leaves calls to the same mobile open. Re-opening deletes the row;
    the consent history keeps both.
    """

    __tablename__ = "contact_stop"

    contact_point_id: UUID = Field(primary_key=True, foreign_key="contact_point.id")
    channel: Channel = Field(primary_key=True, sa_type=word(Channel))
    reason: str
    stopped_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Membership(SQLModel, table=True):
    """A person in a partnership, from joining to leaving."""

    __table_args__ = (UniqueConstraint("partnership_id", "person_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    joined_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Purpose(StrEnum):
    """What a person agrees to, each apart. An agreement to alerts is none to surveys."""

    URGENT_ALERTS = "urgent_alerts"
    PREVENTION = "prevention"


class Consent(SQLModel, table=True):
    """An agreement to one purpose: wording, way and moment are the proof."""

    __table_args__ = (Index("ix_consent_person_purpose", "person_id", "purpose"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    purpose: Purpose = Field(sa_type=word(Purpose))
    wording_version: str
    given_how: str
    given_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_how: str | None = None


class Account(SQLModel, table=True):
    """Somebody who signs in. Members have none."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(sa_type=PersonalData)
    email_index: str = Field(unique=True)
    name: str = Field(sa_type=PersonalData)
    language: Language = Field(default=Language.FRENCH, sa_type=word(Language))
    password_hash: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Appointment(SQLModel, table=True):
    """A role of an account within one scope, between two moments."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    role: Role = Field(sa_type=word(Role))
    scope_kind: ScopeKind = Field(sa_type=word(ScopeKind))
    # The organisation or partnership; none for the whole installation.
    scope_id: UUID | None = None
    starts_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignIn(SQLModel, table=True):
    """One signed-in browser. Ending it is deleting the row: it works at the next request."""

    __tablename__ = "sign_in"

    token_hash: str = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_seen_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class SignInFailure(SQLModel, table=True):
    """A failed try, by what was typed (as a blind index): too many slow everybody down alike."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_email_at", "email_index", "at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email_index: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ApiToken(SQLModel, table=True):
    """A bearer token of an account, with the account's rights."""

    __tablename__ = "api_token"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    name: str
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
