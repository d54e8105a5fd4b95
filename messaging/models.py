"""The tables of the room: what happened, what was decided, what was said, and to whom it went."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language
from partnerships.models import Channel


class IncidentStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Incident(SQLModel, table=True):
    """The facts: what, where, when. It joins its broadcasts, replies and feedback."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    police_zone_id: UUID = Field(foreign_key="organisation.id", index=True)
    phenomenon: str
    place: str = Field(sa_type=PersonalData)
    latitude: float | None = None
    longitude: float | None = None
    facts_at: datetime = Field(sa_type=UtcDateTime)
    reported_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    opened_by: UUID = Field(foreign_key="account.id")
    status: IncidentStatus = Field(default=IncidentStatus.OPEN, sa_type=word(IncidentStatus))
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LaunchDecision(SQLModel, table=True):
    """Whether the partnerships were called, and why (R30)."""

    __tablename__ = "launch_decision"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    incident_id: UUID = Field(foreign_key="incident.id", index=True)
    launched: bool
    reason: str
    decided_by: UUID = Field(foreign_key="account.id")
    decided_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class BroadcastKind(StrEnum):
    URGENT_ALERT = "urgent_alert"
    FEEDBACK = "feedback"


class Step(StrEnum):
    """The place of a broadcast in its incident."""

    FIRST = "first"
    FEEDBACK = "feedback"


class BroadcastStatus(StrEnum):
    DRAFT = "draft"
    RELEASED = "released"  # stored as to be sent; the fan-out follows
    SENDING = "sending"  # every delivery row exists
    FINISHED = "finished"  # every delivery row is final
    CANCELLED = "cancelled"


class Broadcast(SQLModel, table=True):
    """One outgoing communication to many."""

    # A request that is repeated with the same id by the same account is the same broadcast.
    __table_args__ = (UniqueConstraint("author_id", "client_request_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    client_request_id: str
    kind: BroadcastKind = Field(sa_type=word(BroadcastKind))
    step: Step = Field(sa_type=word(Step))
    incident_id: UUID | None = Field(default=None, foreign_key="incident.id", index=True)
    # The broadcast whose recipients this one goes to, after it and never before.
    follows_id: UUID | None = Field(default=None, foreign_key="broadcast.id", index=True)
    status: BroadcastStatus = Field(
        default=BroadcastStatus.DRAFT, sa_type=word(BroadcastStatus), index=True
    )
    author_id: UUID = Field(foreign_key="account.id")
    is_drill: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: UUID | None = Field(default=None, foreign_key="account.id")
    fanned_out_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    audience_size: int | None = None


class BroadcastPartnership(SQLModel, table=True):
    """A partnership a broadcast goes to, with the communication plan in force at the time."""

    __tablename__ = "broadcast_partnership"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    partnership_id: UUID = Field(primary_key=True, foreign_key="partnership.id", index=True)
    communication_plan_id: UUID = Field(foreign_key="communication_plan.id")


class BroadcastText(SQLModel, table=True):
    """The words in one language: a subject, a short text (SMS, voice), a long one (email)."""

    __tablename__ = "broadcast_text"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    language: Language = Field(primary_key=True, sa_type=word(Language))
    subject: str = Field(sa_type=PersonalData)
    short: str = Field(sa_type=PersonalData)
    long: str = Field(sa_type=PersonalData)


class DeliveryState(StrEnum):
    """The life of one delivery. ``STATE_RANK`` is the only order in which receipts may move it."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    NO_RECEIPT = "no_receipt"  # the carrier never said how it ended
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


# Nothing follows these. An accepted or sent delivery is not final: its receipt is still to come.
FINAL_STATES = (
    DeliveryState.DELIVERED,
    DeliveryState.NO_RECEIPT,
    DeliveryState.UNDELIVERED,
    DeliveryState.FAILED,
    DeliveryState.EXPIRED,
    DeliveryState.CANCELLED,
    DeliveryState.SKIPPED,
)
# The carrier has it, or may have it: these persons get the follow-ups.
HANDED_OVER_STATES = (
    DeliveryState.UNKNOWN,
    DeliveryState.ACCEPTED,
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.NO_RECEIPT,
)
STATE_RANK = {
    DeliveryState.QUEUED: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.UNKNOWN: 1,
    DeliveryState.ACCEPTED: 2,
    DeliveryState.SENT: 3,
    DeliveryState.NO_RECEIPT: 4,
    DeliveryState.UNDELIVERED: 5,
    DeliveryState.DELIVERED: 6,
}


class Delivery(SQLModel, table=True):
    """One person x one channel x one broadcast.

    Numbered by the database, unlike other rows: a million are made by one INSERT … SELECT, where a
    key made in Python would cost a round of its own.
    """

    __table_args__ = (
        UniqueConstraint("broadcast_id", "person_id", "channel", "attempt_kind"),
        Index("ix_delivery_chunk", "broadcast_id", "chunk", "state"),
        Index("ix_delivery_open", "state", "lease_until"),
        Index("ix_delivery_contact_point", "contact_point_id", "id"),
    )

    id: int | None = Field(
        default=None,
        sa_column=Column(
            BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True
        ),
    )
    broadcast_id: UUID = Field(foreign_key="broadcast.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    # None when the person has no contact point for any channel of the plan.
    contact_point_id: UUID | None = Field(default=None, foreign_key="contact_point.id")
    partnership_id: UUID = Field(foreign_key="partnership.id")
    channel: Channel = Field(sa_type=word(Channel))
    attempt_kind: str = "first"
    language: Language = Field(sa_type=word(Language))
    chunk: int
    state: DeliveryState = Field(sa_type=word(DeliveryState))
    # Why it was skipped, failed, or waits.
    reason: str | None = None
    carrier_code: str | None = None
    carrier_id: str | None = None
    segments: int | None = None
    attempts: int = 0
    # True once it was sent a second time although the first may have arrived.
    is_repeat: bool = False
    # Rises with each claim; only the claim that holds the newest may write.
    fence: int = 0
    # On the database's clock, seconds since 1970.
    lease_until: float | None = None
    not_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    carrier_asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    handed_over_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class DeliveryEvent(SQLModel, table=True):
    """One step in the history of a delivery, kept for good. Repeated receipts add nothing."""

    __tablename__ = "delivery_event"
    __table_args__ = (UniqueConstraint("delivery_id", "source", "state", "carrier_id", "attempt"),)

    id: int | None = Field(
        default=None,
        sa_column=Column(
            BigInteger().with_variant(Integer(), "sqlite"), Identity(), primary_key=True
        ),
    )
    delivery_id: int = Field(sa_type=BigInteger, foreign_key="delivery.id")
    at: datetime = Field(sa_type=UtcDateTime)
    source: str
    state: str
    carrier_id: str = ""
    attempt: int = 0
    code: str | None = None
