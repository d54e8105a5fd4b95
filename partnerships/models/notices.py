"""Notices: what the hub itself says to one person, such as a code, a link or a reminder."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language
from partnerships.models.plans import Channel


class NoticeState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"


class Notice(SQLModel, table=True):
    """One text or mail of the hub itself. It is no broadcast: nobody consents to a code he asked
    for. Once it is final, number and words are blanked; kind, times and result stay.
    """

    __table_args__ = (
        Index(
            "ix_notice_open",
            "not_before",
            postgresql_where=text("state IN ('queued', 'sending')"),
            sqlite_where=text("state IN ('queued', 'sending')"),
        ),
        Index("ix_notice_about", "about_kind", "about_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    # What it is: "join_code", "join_link", "member_link", "partnership_changed", …
    kind: str
    # What it is about, for the page that shows whether it was sent.
    about_kind: str
    about_id: UUID
    channel: Channel = Field(sa_type=word(Channel))
    to: str = Field(sa_type=PersonalData)
    language: Language = Field(sa_type=word(Language))
    subject: str = Field(default="", sa_type=PersonalData)
    body: str = Field(sa_type=PersonalData)
    state: NoticeState = Field(default=NoticeState.QUEUED, sa_type=word(NoticeState))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    not_before: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    carrier_id: str | None = None
    # The carrier's code for why it failed.
    reason: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
