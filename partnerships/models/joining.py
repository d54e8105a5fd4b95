"""Coming in and coming back: requests to join, invitations, codes and one-time links."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language
from partnerships.models.people import JoinedHow, Purpose


class JoinStatus(StrEnum):
    UNVERIFIED = "unverified"  # neither code nor link came back yet
    WAITING = "waiting"  # for the coordinator
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"


class JoinRequest(SQLModel, table=True):
    """What somebody filled in to become a member. A stranger is no person of ours until approved;
    once decided or expired, all that says who he is has been blanked."""

    __tablename__ = "join_request"
    __table_args__ = (Index("ix_join_request_asked_from_at", "asked_from_index", "created_at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    status: JoinStatus = Field(default=JoinStatus.UNVERIFIED, sa_type=word(JoinStatus), index=True)
    joined_how: JoinedHow = Field(default=JoinedHow.PUBLIC_PAGE, sa_type=word(JoinedHow))
    # Of the form's own token: sent twice it is one request, and its puzzle is solved for one.
    token_hash: str = Field(unique=True)
    # From which address of the internet, as a blind index: sign-up abuse is counted by it.
    asked_from_index: str
    language: Language = Field(sa_type=word(Language))
    name: str = Field(sa_type=PersonalData)
    telephone: str = Field(default="", sa_type=PersonalData)
    email: str = Field(default="", sa_type=PersonalData)
    street: str = Field(default="", sa_type=PersonalData)
    house_number: str = Field(default="", sa_type=PersonalData)
    # That he is an adult who lives or works in the zone: his word, no proof is kept.
    stated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    purposes: list[Purpose] = Field(sa_column=Column(JSON, nullable=False))
    wording_version: str
    telephone_verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    email_verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    person_id: UUID | None = Field(default=None, foreign_key="person.id")


class ConfirmationCode(SQLModel, table=True):
    """A code or link sent to a number or address to prove whose it is. Right once, tried few times.

    Its indexes are what sign-up abuse is counted by (promises.md section 4): how many to a number,
    from one address of the internet, to a range of numbers, in all.
    """

    __tablename__ = "confirmation_code"
    __table_args__ = (
        Index("ix_confirmation_code_value_at", "value_index", "created_at"),
        Index("ix_confirmation_code_asked_from_at", "asked_from_index", "created_at"),
        Index("ix_confirmation_code_range_at", "range_index", "created_at"),
        Index("ix_confirmation_code_at", "created_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    # "sms" or "email"; counted apart: "member_link" to a member's own page, "leaving" by text.
    channel: str
    value_index: str
    # The number without its last three digits; null for mail.
    range_index: str | None = None
    asked_from_index: str
    code_hash: str
    join_request_id: UUID | None = Field(default=None, foreign_key="join_request.id", index=True)
    contact_point_id: UUID | None = Field(default=None, foreign_key="contact_point.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    tries: int = 0
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Invitation(SQLModel, table=True):
    """A coordinator's invitation of one person, by mail or text, to the join page."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    value: str = Field(sa_type=PersonalData)
    value_index: str = Field(index=True)
    language: Language = Field(sa_type=word(Language))
    token_hash: str = Field(unique=True)
    invited_by: UUID = Field(foreign_key="account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MemberLink(SQLModel, table=True):
    """A link to a member's own page: good once, for a few minutes; only its hash is kept."""

    __tablename__ = "member_link"

    token_hash: str = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MemberVisit(SQLModel, table=True):
    """One browser of a member who came by his link. Ending it is deleting the row."""

    __tablename__ = "member_visit"

    token_hash: str = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    # The blind index of the number or address by which he came: what he may read hangs on it.
    came_by_index: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_seen_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
