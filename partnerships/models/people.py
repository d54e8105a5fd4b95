"""People: members, where they live, how they are reached, and which partnerships they are in."""

from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language
from partnerships.models.plans import Channel


class Person(SQLModel, table=True):
    """A member. His contact points, memberships and consents hang on this row."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(sa_type=PersonalData)
    language: Language = Field(sa_type=word(Language))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    takes_calls: bool = True
    # Between these times, Belgian time, his telephones are not to ring; over midnight if reversed.
    no_calls_from: time | None = None
    no_calls_until: time | None = None
    # Nothing but urgent alerts while he is away; both days are included.
    paused_from: date | None = None
    paused_until: date | None = None
    # What can wait comes in one mail a week instead of one by one.
    weekly_mail: bool = False
    # Forgotten: name and ways to reach him are gone, the row stays for the counts.
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ChannelChoice(SQLModel, table=True):
    """The order in which a member wants to be reached. It chooses among what the plan allows."""

    __tablename__ = "channel_choice"

    person_id: UUID = Field(primary_key=True, foreign_key="person.id")
    channel: Channel = Field(primary_key=True, sa_type=word(Channel))
    position: int


class Residence(SQLModel, table=True):
    """Where a member lives or works, as precisely as he wants it known: perhaps a street only.

    ``household_index`` is a blind index of the whole address, to count households without reading
    any; it is null where the house number is not known.
    """

    person_id: UUID = Field(primary_key=True, foreign_key="person.id")
    street: str = Field(default="", sa_type=PersonalData)
    house_number: str = Field(default="", sa_type=PersonalData)
    postcode: str = Field(default="", sa_type=PersonalData)
    town: str = Field(default="", sa_type=PersonalData)
    # "latitude,longitude" in WGS 84, where he pointed on a map.
    point: str = Field(default="", sa_type=PersonalData)
    household_index: str | None = Field(default=None, index=True)
    # A blind index of the street alone (``partnerships.streets``); null where none is known.
    street_index: str | None = None


class ContactKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    EMAIL = "email"


# Text to mobiles, calls to any telephone: an SMS to a land line is refused by the carrier (21614).
CHANNELS_OF_CONTACT = {
    ContactKind.MOBILE: (Channel.SMS, Channel.VOICE, Channel.WHATSAPP),
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
    # When its owner proved, by a code or a link, that it is his.
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When he himself gave it; null where somebody else wrote it down for him.
    given_by_owner_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # A coordinator's word that this person has it, where no code can be typed.
    vouched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    vouched_by: UUID | None = Field(default=None, foreign_key="account.id")


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


class JoinedHow(StrEnum):
    """By which door somebody became a member."""

    REGISTER = "register"  # taken over from a list
    PUBLIC_PAGE = "public_page"
    INVITATION = "invitation"
    COORDINATOR = "coordinator"


class Membership(SQLModel, table=True):
    """A person in a partnership, from joining to leaving."""

    __table_args__ = (UniqueConstraint("partnership_id", "person_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    joined_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    joined_how: JoinedHow = Field(default=JoinedHow.REGISTER, sa_type=word(JoinedHow))
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # While suspended a member gets nothing; None is not suspended.
    suspended_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MeasureKind(StrEnum):
    """What may be decided about a member who breaks the house rules, in rising order."""

    TALK = "talk"
    REPRIMAND = "reprimand"
    SUSPENSION = "suspension"
    EXCLUSION = "exclusion"


class MembershipMeasure(SQLModel, table=True):
    """A measure about a member: the state, the day and the reason, nothing more (domain.md 2b)."""

    __tablename__ = "membership_measure"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    membership_id: UUID = Field(foreign_key="membership.id", index=True)
    kind: MeasureKind = Field(sa_type=word(MeasureKind))
    decided_on: date
    until: date | None = None
    reason: str = Field(sa_type=PersonalData)
    # Of an exclusion: the blind indexes of the numbers and addresses he had then, to know him by.
    barred_indexes: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, default=list)
    )
    decided_by: UUID = Field(foreign_key="account.id")
    recorded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # A coordinator may appeal within three weeks; the day he did.
    appealed_on: date | None = None
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Purpose(StrEnum):
    """What a person agrees to, each apart. An agreement to alerts is none to surveys."""

    URGENT_ALERTS = "urgent_alerts"
    PREVENTION = "prevention"
    SURVEYS = "surveys"


class Consent(SQLModel, table=True):
    """An agreement to one purpose: wording, way and moment are the proof."""

    __table_args__ = (Index("ix_consent_person_purpose", "person_id", "purpose"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    purpose: Purpose = Field(sa_type=word(Purpose))
    wording_version: str
    # The language in which he read the wording; unknown for a list taken over.
    language: Language | None = Field(default=None, sa_type=word(Language))
    given_how: str
    given_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # What shows it: the join request, the import, the paper's place in a binder.
    proof: str | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_how: str | None = None
