"""Where other systems are told that an alert went out, and every call that was made for it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word


class WebhookEvent(StrEnum):
    """What a call tells."""

    ALERT_RELEASED = "alert.released"
    ALERT_FINISHED = "alert.finished"
    ALERT_CANCELLED = "alert.cancelled"
    UPDATE_RELEASED = "update.released"
    ALL_CLEAR_RELEASED = "all_clear.released"
    CORRECTION_RELEASED = "correction.released"
    FEEDBACK_RELEASED = "feedback.released"
    TEST = "test"


class Webhook(SQLModel, table=True):
    """An address of another system. Its secret signs every call, and is shown once.

    One that fails for days is switched off, until somebody switches it on again.
    """

    id: UUID = Field(default_factory=new_id, primary_key=True)
    police_zone_id: UUID = Field(foreign_key="organisation.id", index=True)
    url: str
    secret: str = Field(sa_type=PersonalData)
    # Signs beside the new one until the receiver has that.
    previous_secret: str = Field(default="", sa_type=PersonalData)
    previous_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_by: UUID = Field(foreign_key="account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Since when no call was taken; none as long as the last one was.
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Its keeper was told that it fails.
    warned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CallState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


class WebhookCall(SQLModel, table=True):
    """One event told to one address: tried again with the same words for a day."""

    __tablename__ = "webhook_call"
    __table_args__ = (
        UniqueConstraint("webhook_id", "broadcast_id", "event"),
        Index(
            "ix_webhook_call_open",
            "not_before",
            postgresql_where=text("state IN ('queued', 'sending')"),
            sqlite_where=text("state IN ('queued', 'sending')"),
        ),
        Index("ix_webhook_call_webhook", "webhook_id", "created_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    webhook_id: UUID = Field(foreign_key="webhook.id")
    event: WebhookEvent = Field(sa_type=word(WebhookEvent))
    # None for a test.
    broadcast_id: UUID | None = Field(default=None, foreign_key="broadcast.id", index=True)
    body: str
    state: CallState = Field(default=CallState.QUEUED, sa_type=word(CallState))
    attempts: int = 0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    not_before: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The last answer: its HTTP status, or why there was none.
    answer_status: int | None = None
    reason: str | None = None
