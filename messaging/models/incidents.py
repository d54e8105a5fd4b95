"""What happened, and whether the partnerships were called."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word


class IncidentStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Incident(SQLModel, table=True):
    """The facts: what, where, when. It joins its broadcasts, replies and feedback."""

    __table_args__ = (UniqueConstraint("opened_by", "client_request_id"),)

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
    closed_by: UUID | None = Field(default=None, foreign_key="account.id")
    # Why it was closed although the members were not told how it ended; empty when they were.
    close_reason: str | None = Field(default=None, sa_type=PersonalData)
    # The same for the same account: a dispatch system that asks again opens no second one.
    client_request_id: str | None = None


class LaunchReason(StrEnum):
    """Why the partnerships were called, or were not (R30)."""

    # Called.
    IN_THE_ACT = "in_the_act"  # going on, or reported within a quarter of an hour
    ON_THE_RUN = "on_the_run"
    MISSING_PERSON = "missing_person"
    CALAMITY = "calamity"
    SERIES = "series"
    ALERT_SENT = "alert_sent"  # nothing was said before the alert left
    # Not called.
    TOO_OLD = "too_old"
    NOTHING_TO_LOOK_FOR = "nothing_to_look_for"
    NO_DANGER = "no_danger"
    INQUIRY = "inquiry"
    AT_NIGHT = "at_night"
    OUTSIDE_ZONE = "outside_zone"
    # Either; then the words say it.
    OTHER = "other"


class Tick(StrEnum):
    """What makes a message useful, as whoever decides has thought it over. Never a condition."""

    THREAT = "threat"
    FORESEEABLE_ACTS = "foreseeable_acts"
    PREVENTION_POSSIBLE = "prevention_possible"
    INFORMATION_TO_COLLECT = "information_to_collect"
    PROSECUTOR_ASKED = "prosecutor_asked"


class ReporterTold(StrEnum):
    """What became of the wish to tell whoever reported it."""

    ASKED = "asked"  # once the alert has left
    TOLD = "told"
    STOPPED = "stopped"  # he wants nothing more from us
    UNREACHABLE = "unreachable"
    BEFORE = "before"  # he was told already: nobody is told twice


class LaunchDecision(SQLModel, table=True):
    """Whether the partnerships were called, and why (R30)."""

    __tablename__ = "launch_decision"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    incident_id: UUID = Field(foreign_key="incident.id", index=True)
    launched: bool
    reason: LaunchReason = Field(sa_type=word(LaunchReason))
    words: str = Field(default="", sa_type=PersonalData)
    # Who on the ground asked for it: a patrol, by its call sign or name.
    asked_by: str = Field(default="", sa_type=PersonalData)
    ticks: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    # The alert it led to, once that has left.
    broadcast_id: UUID | None = Field(default=None, foreign_key="broadcast.id", index=True)
    # Empty where nobody wanted to tell him.
    reporter: ReporterTold | None = Field(default=None, sa_type=word(ReporterTold))
    decided_by: UUID = Field(foreign_key="account.id")
    decided_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class LaunchAddition(SQLModel, table=True):
    """What was put on record about a decision afterwards. The decision itself stays as it was."""

    __tablename__ = "launch_addition"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    decision_id: UUID = Field(foreign_key="launch_decision.id", index=True)
    # Only of a decision that said none.
    reason: LaunchReason | None = Field(default=None, sa_type=word(LaunchReason))
    words: str = Field(default="", sa_type=PersonalData)
    asked_by: str = Field(default="", sa_type=PersonalData)
    ticks: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reporter: ReporterTold | None = Field(default=None, sa_type=word(ReporterTold))
    added_by: UUID = Field(foreign_key="account.id")
    added_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class LaunchTold(SQLModel, table=True):
    """A partnership whose coordinator was told that it was not called."""

    __tablename__ = "launch_told"

    decision_id: UUID = Field(primary_key=True, foreign_key="launch_decision.id")
    partnership_id: UUID = Field(primary_key=True, foreign_key="partnership.id")


class Composing(SQLModel, table=True):
    """Who had the composer of an incident open, and when last."""

    __tablename__ = "incident_composing"

    incident_id: UUID = Field(primary_key=True, foreign_key="incident.id")
    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    seen_at: datetime = Field(sa_type=UtcDateTime)


class ReminderLevel(StrEnum):
    """Who is reminded of feedback that is overdue."""

    SENDER = "sender"
    OFFICER = "officer"


class FeedbackReminder(SQLModel, table=True):
    """A reminder that was written: one of each level for an alert, however many timetables run."""

    __tablename__ = "feedback_reminder"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    level: ReminderLevel = Field(primary_key=True, sa_type=word(ReminderLevel))
    written_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
