"""What can wait: written once by police or prevention, passed on by each coordinator (R23-R26)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language
from hub.roles import Role
from partnerships.models import BroadcastKind


class Topic(StrEnum):
    """What advice is about: the themes and seasons of prevention (R23)."""

    THEFT = "theft"
    HOLIDAY_WATCH = "holiday_watch"
    DARK_DAYS = "dark_days"
    VEHICLES = "vehicles"
    BICYCLES = "bicycles"
    FRAUD = "fraud"
    ONLINE = "online"
    SAFE_STREETS = "safe_streets"
    LIVING_TOGETHER = "living_together"
    OTHER = "other"


class ColdStatus(StrEnum):
    DRAFT = "draft"
    AWAITING_REVIEW = "awaiting_review"  # a coordinator wrote it; the police read it first
    SENT_BACK = "sent_back"  # the police ask for something else; its writer may change it
    SCHEDULED = "scheduled"  # released at ``leaves_at``
    RELEASED = "released"  # the coordinators were asked; what needs none has left
    LAPSED = "lapsed"  # its time passed while a budget did not allow it
    WITHDRAWN = "withdrawn"


class ColdSeries(SQLModel, table=True):
    """Messages that belong together, each a part with its own moment."""

    __tablename__ = "cold_series"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    title: str = Field(sa_type=PersonalData)
    author_id: UUID = Field(foreign_key="account.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stopped_by: UUID | None = Field(default=None, foreign_key="account.id")


class ColdMessage(SQLModel, table=True):
    """One message that is not urgent, and everything its writer decided about it."""

    __tablename__ = "cold_message"
    __table_args__ = (
        UniqueConstraint("author_id", "client_request_id"),
        Index("ix_cold_message_due", "status", "leaves_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    client_request_id: str
    kind: BroadcastKind = Field(sa_type=word(BroadcastKind))
    topic: Topic | None = Field(default=None, sa_type=word(Topic))
    # A code of the plan's list of phenomena.
    phenomenon: str | None = None
    series_id: UUID | None = Field(default=None, foreign_key="cold_series.id", index=True)
    author_id: UUID = Field(foreign_key="account.id")
    # Written by a coordinator for his own partnership, and passed on by nobody else.
    is_own: bool = False
    status: ColdStatus = Field(default=ColdStatus.DRAFT, sa_type=word(ColdStatus), index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # When it is to be released; none is at once.
    leaves_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # After this moment it is not worth passing on.
    good_until: datetime = Field(sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: UUID | None = Field(default=None, foreign_key="account.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reviewed_by: UUID | None = Field(default=None, foreign_key="account.id")
    review_remark: str = Field(default="", sa_type=PersonalData)


class ColdText(SQLModel, table=True):
    """The words in one language. Only ``passage`` may be changed by a coordinator."""

    __tablename__ = "cold_text"

    message_id: UUID = Field(primary_key=True, foreign_key="cold_message.id")
    language: Language = Field(primary_key=True, sa_type=word(Language))
    subject: str = Field(sa_type=PersonalData)
    short: str = Field(sa_type=PersonalData)
    long: str = Field(sa_type=PersonalData)
    passage: str = Field(default="", sa_type=PersonalData)
    # Of a notice on how thieves work: what is done, and what helps.
    how: str = Field(default="", sa_type=PersonalData)
    places: str = Field(default="", sa_type=PersonalData)
    times: str = Field(default="", sa_type=PersonalData)
    targets: str = Field(default="", sa_type=PersonalData)
    advice: str = Field(default="", sa_type=PersonalData)


class ColdAttachment(SQLModel, table=True):
    """A PDF that members open from the mail."""

    __tablename__ = "cold_attachment"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    message_id: UUID = Field(foreign_key="cold_message.id", index=True)
    file_name: str
    size: int
    pages: int
    sha256: str
    content: bytes
    uploaded_by: UUID = Field(foreign_key="account.id")
    uploaded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class RelayState(StrEnum):
    PLANNED = "planned"  # its message is not released yet
    WAITING = "waiting"  # a coordinator is asked
    SCHEDULED = "scheduled"  # he passes it on at ``relay_at``
    RELAYED = "relayed"
    DECLINED = "declined"
    DIRECT = "direct"  # its plan asks no coordinator: it left at the release
    LAPSED = "lapsed"  # nobody answered while it was worth passing on
    WITHDRAWN = "withdrawn"


class Relay(SQLModel, table=True):
    """One message for one partnership: who is asked to pass it on, and what he decided."""

    __table_args__ = (
        UniqueConstraint("message_id", "partnership_id"),
        Index("ix_relay_state", "state", "asked_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    message_id: UUID = Field(foreign_key="cold_message.id")
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    state: RelayState = Field(default=RelayState.PLANNED, sa_type=word(RelayState))
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The last role it was brought to; none when nobody is there at all.
    asked_role: Role | None = Field(default=None, sa_type=word(Role))
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deputy_asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    overdue_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    relay_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_adapted: bool = False
    reason: str = Field(default="", sa_type=PersonalData)


class RelayText(SQLModel, table=True):
    """What a coordinator adds to a message in one language, and his words for its passage."""

    __tablename__ = "relay_text"

    relay_id: UUID = Field(primary_key=True, foreign_key="relay.id")
    language: Language = Field(primary_key=True, sa_type=word(Language))
    introduction: str = Field(default="", sa_type=PersonalData)
    closing: str = Field(default="", sa_type=PersonalData)
    passage: str = Field(default="", sa_type=PersonalData)


class ColdBroadcast(SQLModel, table=True):
    """A broadcast by which a message left. Those of one message give each person one copy."""

    __tablename__ = "cold_broadcast"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    message_id: UUID = Field(foreign_key="cold_message.id", index=True)


class DigestTime(SQLModel, table=True):
    """When the weekly mails of a police zone leave; without a row when the hub's own do."""

    __tablename__ = "digest_time"

    police_zone_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    # From Monday, 0, to Saturday, 5.
    weekday: int
    # On Belgian clocks.
    hour: int


class SeriesRelay(SQLModel, table=True):
    """A coordinator who has passed on a whole series: its further parts ask him nothing."""

    __tablename__ = "series_relay"

    series_id: UUID = Field(primary_key=True, foreign_key="cold_series.id")
    partnership_id: UUID = Field(primary_key=True, foreign_key="partnership.id")
    relayed_by: UUID = Field(foreign_key="account.id")
    since: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class RelayByText(SQLModel, table=True):
    """Somebody who wants a text message, too, when something waits for him to pass it on."""

    __tablename__ = "relay_by_text"

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    since: datetime = Field(default_factory=now, sa_type=UtcDateTime)
