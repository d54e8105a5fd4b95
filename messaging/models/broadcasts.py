"""What was said, to whom, in which words, and by whose leave."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language
from partnerships.models import BroadcastKind


class Step(StrEnum):
    """The place of a broadcast in its incident."""

    FIRST = "first"
    AGAIN = "again"  # the same words, to those of the first who did not get it
    UPDATE = "update"
    ALL_CLEAR = "all_clear"
    CORRECTION = "correction"  # the alert was wrong
    FEEDBACK = "feedback"


# What speaks of a danger that is there: nobody hears it any more once its end was told.
ALARMING_STEPS = (Step.FIRST, Step.AGAIN, Step.UPDATE)
# What tells the end of an alert.
ENDING_STEPS = (Step.ALL_CLEAR, Step.CORRECTION, Step.FEEDBACK)


class BroadcastStatus(StrEnum):
    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"  # a second person is asked; nothing leaves
    NOT_APPROVED = "not_approved"  # nobody approved it before its time had passed
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
    # An all clear or a correction that says all there is to say of how it ended (R27).
    counts_as_feedback: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # Counted from the writing until it is released, and from the release then; but as said by the
    # sender where he gave a moment himself.
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ends_as_said: bool = False
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: UUID | None = Field(default=None, foreign_key="account.id")
    fanned_out_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Since when nothing more of it leaves, until somebody lets it go on.
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    audience_size: int | None = None
    # True once somebody was given a second way: from then on rows are more than people.
    is_escalated: bool = False
    # Where the chunks of next ways go on; 0 before the first of them.
    next_chunk: int = 0
    # Whether a plan makes some of its messages wait for the hours agreed on. Set at the release.
    keeps_quiet_hours: bool = False
    # Since when it waits for the second person, where the plan asks for one; and who that was.
    approval_asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by: UUID | None = Field(default=None, foreign_key="account.id")


class DeviationKind(StrEnum):
    """In what a sending differs from what was agreed."""

    SENDER = "sender"  # a plan does not name whoever sends it
    ALONE = "alone"  # a plan asks for a second person, and nobody else was there


class Deviation(SQLModel, table=True):
    """Why somebody sent a broadcast although the plan does not say so. Only what is said here may
    deviate."""

    __tablename__ = "broadcast_deviation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    broadcast_id: UUID = Field(foreign_key="broadcast.id", index=True)
    kind: DeviationKind = Field(sa_type=word(DeviationKind))
    reason: str = Field(sa_type=PersonalData)
    said_by: UUID = Field(foreign_key="account.id")
    said_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class InterventionKind(StrEnum):
    """What somebody did to a broadcast on its way."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


class Intervention(SQLModel, table=True):
    """Somebody stopped a broadcast on its way, for a time or for good, or let it go on; and why."""

    __tablename__ = "broadcast_intervention"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    broadcast_id: UUID = Field(foreign_key="broadcast.id", index=True)
    kind: InterventionKind = Field(sa_type=word(InterventionKind))
    reason: str = Field(sa_type=PersonalData)
    done_by: UUID = Field(foreign_key="account.id")
    done_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class BroadcastPartnership(SQLModel, table=True):
    """A partnership a broadcast goes to, with the communication plan in force at the time."""

    __tablename__ = "broadcast_partnership"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    partnership_id: UUID = Field(primary_key=True, foreign_key="partnership.id", index=True)
    communication_plan_id: UUID = Field(foreign_key="communication_plan.id")


class BroadcastText(SQLModel, table=True):
    """The words in one language: a subject, a short text (SMS), a long one (email), a spoken one
    (voice; empty where calls read the short text)."""

    __tablename__ = "broadcast_text"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    language: Language = Field(primary_key=True, sa_type=word(Language))
    subject: str = Field(sa_type=PersonalData)
    short: str = Field(sa_type=PersonalData)
    long: str = Field(sa_type=PersonalData)
    spoken: str = Field(default="", sa_type=PersonalData, sa_column_kwargs={"server_default": ""})


class BroadcastRecording(SQLModel, table=True):
    """The spoken message of one language, played in calls instead of a read text."""

    __tablename__ = "broadcast_recording"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    language: Language = Field(primary_key=True, sa_type=word(Language))
    media_type: str
    content: bytes
    recorded_by: UUID = Field(foreign_key="account.id")
    recorded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
