"""To whom each message went, by which way, and what became of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Identity,
    Index,
    Integer,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlmodel import Field, SQLModel, col

from hub.columns import UtcDateTime, new_id, word
from hub.i18n import Language
from partnerships.models import Channel


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
# How a call ended that was heard all the same: by a machine, which keeps it, or by somebody who
# pressed no key. No proof, so his next way is taken; but he is owed the end of what he may know.
HEARD_REASONS = ("machine", "not_confirmed")
# Waits to be sent; somebody's hands or nobody knows; the carrier has it and gave no receipt yet.
WAITING = (DeliveryState.QUEUED,)
IN_DOUBT = (DeliveryState.SENDING, DeliveryState.UNKNOWN)
UNPROVEN = (DeliveryState.ACCEPTED, DeliveryState.SENT)
# Over without proof that it arrived.
ENDED_UNPROVEN = (
    DeliveryState.UNDELIVERED,
    DeliveryState.FAILED,
    DeliveryState.NO_RECEIPT,
    DeliveryState.SKIPPED,
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


def state_is(*states: DeliveryState) -> ColumnElement[bool]:
    """The condition that a delivery is in one of these states, with the words spelled out.

    A partial index serves a condition only when both databases can read the words in it; as bound
    values they would be known too late, and each look for work would read a whole broadcast.
    """
    words: list[ColumnElement[str]] = [literal_column(f"'{state.value}'") for state in states]
    column = col(Delivery.state)
    return column == words[0] if len(words) == 1 else column.in_(words)


def _index_where(
    name: str, *columns: str, states: tuple[DeliveryState, ...], besides: str = ""
) -> Index:
    # One word by "=", several by IN: the database compares the condition of an index with that of
    # a question by its form.
    words = ", ".join(f"'{state.value}'" for state in states)
    condition = text(besides + (f"state = {words}" if len(states) == 1 else f"state IN ({words})"))
    return Index(name, *columns, postgresql_where=condition, sqlite_where=condition)


class Delivery(SQLModel, table=True):
    """One person x one channel x one broadcast.

    Numbered by the database, unlike other rows: a million are made by one INSERT … SELECT, where a
    key made in Python would cost a round of its own.
    """

    __table_args__ = (
        UniqueConstraint("broadcast_id", "person_id", "channel", "attempt_kind"),
        # Small, whatever the table holds: a row is in one of them only while it waits, is in
        # somebody's hands, or has no receipt yet.
        _index_where("ix_delivery_waiting", "broadcast_id", "chunk", states=WAITING),
        _index_where("ix_delivery_in_doubt", "state", "lease_until", states=IN_DOUBT),
        _index_where("ix_delivery_unproven", "broadcast_id", "changed_at", states=UNPROVEN),
        _index_where(
            "ix_delivery_unescalated",
            "broadcast_id",
            states=ENDED_UNPROVEN,
            besides="escalated_at IS NULL AND ",
        ),
        _index_where(
            "ix_delivery_digest", "not_before", states=WAITING, besides="digest_at IS NOT NULL AND "
        ),
        Index("ix_delivery_contact_point", "contact_point_id", "id"),
        # Few: those the carrier had something to say about.
        Index(
            "ix_delivery_refused",
            "broadcast_id",
            "carrier_code",
            postgresql_where=text("carrier_code IS NOT NULL"),
            sqlite_where=text("carrier_code IS NOT NULL"),
        ),
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
    # "first", then "way_2", "way_3"…: the place among this person's ways in which it was tried;
    # "by_hand" when somebody called him from the call list.
    attempt_kind: str = "first"
    language: Language = Field(sa_type=word(Language))
    chunk: int
    state: DeliveryState = Field(sa_type=word(DeliveryState))
    # Why it was skipped, failed, or waits.
    reason: str | None = None
    # Which of the configured carriers has it, or may have it; it alone can be asked.
    carrier: str | None = None
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
    # It leaves within its person's weekly mail of this moment, never by itself.
    digest_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    carrier_asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    handed_over_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When nothing had proved that it arrived and the person's next way was taken, if any was left.
    escalated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
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
    # It did not change the state of the delivery: it was told by a worker who had lost it, or came
    # after a better word. The state is what the others say.
    is_too_late: bool = False


class UnmatchedReceipt(SQLModel, table=True):
    """A signed receipt whose delivery is not in the rows (yet): kept, and tried again for a day."""

    __tablename__ = "unmatched_receipt"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    delivery_id: int = Field(sa_type=BigInteger, index=True)
    channel: str
    status: str
    carrier_id: str
    code: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
