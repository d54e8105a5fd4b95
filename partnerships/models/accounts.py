"""Those who sign in: accounts, what they are appointed to, and how they prove who they are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from hub.access import Role, ScopeKind
from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language


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
    scope_id: UUID | None = Field(default=None, index=True)
    starts_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    appointed_by: UUID | None = Field(default=None, foreign_key="account.id")
    ended_by: UUID | None = Field(default=None, foreign_key="account.id")


class PasswordLink(SQLModel, table=True):
    """A mailed link to choose a password: good once, for a day; only its hash is kept."""

    __tablename__ = "password_link"

    token_hash: str = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


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
