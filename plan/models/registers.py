"""Small registers: what services do, written down by those who do it. Counts, no citizens."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word


class MeetingStatus(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class MeetingLevel(StrEnum):
    LOCAL = "local"
    ZONAL = "zonal"
    REGIONAL = "regional"


class Meeting(SQLModel, table=True):
    """A meeting of a body, planned or held."""

    __table_args__ = (Index("ix_meeting_town_day", "municipality_id", "day"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id")
    service_id: UUID | None = Field(default=None, foreign_key="report_service.id")
    body: str
    phenomenon: str = ""
    level: MeetingLevel = Field(default=MeetingLevel.LOCAL, sa_type=word(MeetingLevel))
    day: date
    status: MeetingStatus = Field(default=MeetingStatus.HELD, sa_type=word(MeetingStatus))
    note: str = Field(default="", sa_type=PersonalData)
    entered_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MeetingAttendance(SQLModel, table=True):
    """An organisation that was there, and with how many people."""

    __tablename__ = "meeting_attendance"

    meeting_id: UUID = Field(primary_key=True, foreign_key="meeting.id")
    organisation: str = Field(primary_key=True)
    people: int = 1


class ServiceDays(SQLModel, table=True):
    """On which weekdays a service works, from a day on; 0 is Monday."""

    __tablename__ = "service_days"
    __table_args__ = (UniqueConstraint("service_id", "from_day"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    service_id: UUID = Field(foreign_key="report_service.id")
    from_day: date
    weekdays: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    on_holidays: bool = False


class ServiceDayChange(SQLModel, table=True):
    """A single day on which a service works, or does not, other than usual."""

    __tablename__ = "service_day_change"
    __table_args__ = (UniqueConstraint("service_id", "day"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    service_id: UUID = Field(foreign_key="report_service.id")
    day: date
    is_service_day: bool


class ShiftKind(StrEnum):
    PRESENCE = "presence"
    OUTREACH = "outreach"
    TRAINING = "training"
    LEAVE = "leave"
    OFFICE = "office"


class Shift(SQLModel, table=True):
    """Somebody of a service at work, from a moment to a moment. Typed or clocked: no GPS (R38)."""

    __table_args__ = (Index("ix_shift_service_began", "service_id", "began_at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id", index=True)
    service_id: UUID = Field(foreign_key="report_service.id")
    kind: ShiftKind = Field(sa_type=word(ShiftKind))
    worker_id: UUID | None = Field(default=None, foreign_key="staff_member.id", index=True)
    quarter: str = ""
    is_target_quarter: bool = False
    people: int = 1
    began_at: datetime = Field(sa_type=UtcDateTime)
    # None while somebody is clocked in.
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    entered_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RequesterKind(StrEnum):
    VICTIM = "victim"
    RESIDENT = "resident"
    TRADER = "trader"
    PROFESSION = "profession"


class PreventionVisit(SQLModel, table=True):
    """A visit of a techno-prevention adviser, asked for and perhaps made. Whose home it was is not
    kept."""

    __tablename__ = "prevention_visit"
    __table_args__ = (Index("ix_prevention_visit_town", "municipality_id", "requested_on"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id")
    service_id: UUID | None = Field(default=None, foreign_key="report_service.id")
    requester: RequesterKind = Field(sa_type=word(RequesterKind))
    phenomenon: str = ""
    requested_on: date
    # Of a victim: his fourteen days run from here.
    offence_on: date | None = None
    visited_on: date | None = None
    entered_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StaffMember(SQLModel, table=True):
    """Somebody who works for a service."""

    __tablename__ = "staff_member"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id", index=True)
    service_id: UUID = Field(foreign_key="report_service.id")
    name: str = Field(sa_type=PersonalData)
    role: str
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    started_on: date
    left_on: date | None = None


class Certificate(SQLModel, table=True):
    """A course that a member of the staff has followed."""

    __table_args__ = (UniqueConstraint("staff_member_id", "course", "obtained_on"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    staff_member_id: UUID = Field(foreign_key="staff_member.id")
    course: str
    obtained_on: date
    expires_on: date | None = None
    entered_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Campaign(SQLModel, table=True):
    """An action of prevention; with its dates it counts once in each period."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id", index=True)
    service_id: UUID | None = Field(default=None, foreign_key="report_service.id")
    title: str
    phenomenon: str = ""
    topics: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    target_group: str = ""
    # Whether one of messages alone counts as an action: the officer's tick.
    is_action: bool = True
    cold_series_id: UUID | None = Field(default=None, foreign_key="cold_series.id")
    entered_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CampaignDay(SQLModel, table=True):
    """A day on which it was held, and where."""

    __tablename__ = "campaign_day"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(foreign_key="campaign.id", index=True)
    day: date
    quarter: str = ""
    is_target_quarter: bool = False
    people: int | None = None
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StreetContacts(SQLModel, table=True):
    """What a street worker counted in a month: figures, no persons.

    The newest edition of a month counts.
    """

    __tablename__ = "street_contacts"
    __table_args__ = (UniqueConstraint("staff_member_id", "quarter", "month", "code", "edition"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    staff_member_id: UUID = Field(foreign_key="staff_member.id")
    quarter: str = ""
    # Its first day.
    month: date
    # "contacts", "new_persons", "trust_relations", "referrals"...
    code: str
    count: int
    edition: int = 1
    entered_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ObligationKind(StrEnum):
    ACTIVITY_REPORT = "activity_report"
    FINANCIAL_REPORT = "financial_report"
    INFORMATION_REQUEST = "information_request"
    DASHBOARD = "dashboard"
    INTERIM_REPORT = "interim_report"


class Obligation(SQLModel, table=True):
    """Something owed to the ministry by a day (R47)."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id", index=True)
    kind: ObligationKind = Field(sa_type=word(ObligationKind))
    title: str
    asked_on: date | None = None
    due_on: date
    sent_on: date | None = None
    # How many of its reminders were written: a fortnight before, three days before, when overdue.
    reminders: int = 0
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    entered_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CommunicationTool(SQLModel, table=True):
    """A leaflet, a page, a poster: that it exists, and since when (R48)."""

    __tablename__ = "communication_tool"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id", index=True)
    service_id: UUID | None = Field(default=None, foreign_key="report_service.id")
    name: str
    kind: str = ""
    phenomenon: str = ""
    withdrawn_on: date | None = None
    entered_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ToolVersion(SQLModel, table=True):
    """A version of it, from the day it was published on."""

    __tablename__ = "tool_version"
    __table_args__ = (UniqueConstraint("tool_id", "published_on"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    tool_id: UUID = Field(foreign_key="communication_tool.id")
    published_on: date
    address: str = ""
    entered_by: UUID = Field(foreign_key="account.id")
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HouseholdCount(SQLModel, table=True):
    """How many households a partnership's zone has, as somebody knows it on a day."""

    __tablename__ = "household_count"
    __table_args__ = (UniqueConstraint("partnership_id", "day"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id")
    day: date
    households: int
    source: str = ""
    entered_by: UUID = Field(foreign_key="account.id")


class Evidence(SQLModel, table=True):
    """A file that proves something in a register or an entry; sealed."""

    __table_args__ = (Index("ix_evidence_subject", "subject_kind", "subject_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id")
    subject_kind: str
    subject_id: UUID
    file_name: str = Field(sa_type=PersonalData)
    media_type: str
    size: int
    sha256: str
    sealed: bytes
    kept_by: UUID = Field(foreign_key="account.id")
    kept_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
