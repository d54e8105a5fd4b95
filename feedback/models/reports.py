"""The register of what citizens report, by whichever door it came (R33-R35)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language


class ReportSource(StrEnum):
    """The doors of R33."""

    POST = "post"
    EMAIL = "email"
    SOCIAL_MEDIA = "social_media"
    PROBLEM_BOX = "problem_box"
    TELEPHONE = "telephone"
    COUNTER = "counter"
    NEIGHBOURHOOD_TEAM = "neighbourhood_team"
    NEIGHBOURHOOD_PROGRAMME = "neighbourhood_programme"  # a programme such as VIA
    MUNICIPAL_SERVICE = "municipal_service"
    EXTERNAL_SERVICE = "external_service"
    WORKING_GROUP = "working_group"
    MEMBER = "member"  # a message of a member to the hub
    WEB = "web"


class ReportStatus(StrEnum):
    NEW = "new"
    IN_HAND = "in_hand"
    WAITING = "waiting"
    DONE = "done"
    NOT_FOR_US = "not_for_us"
    MERGED = "merged"


class ReportCategory(SQLModel, table=True):
    """What a town has changed in the hub's list of nuisances (R34): one of its own, or one of the
    hub's that it does not use. The hub's own need no row (``feedback.report_categories``)."""

    __tablename__ = "report_category"
    __table_args__ = (UniqueConstraint("municipality_id", "code"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id")
    code: str
    # As the town wrote it; empty for one of the hub's own, which is translated by its code.
    name: str = ""
    is_used: bool = True


class ReportService(SQLModel, table=True):
    """A service that reports are given to: a team of the town or of the police."""

    __tablename__ = "report_service"
    __table_args__ = (UniqueConstraint("municipality_id", "name"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id")
    name: str
    # Reports of the neighbourhood police are followed by the police (R34, R35).
    is_police: bool = False
    is_used: bool = True


class Report(SQLModel, table=True):
    """A nuisance that somebody reported, from its arrival to its answer."""

    __table_args__ = (
        UniqueConstraint("municipality_id", "number"),
        Index("ix_report_town_received", "municipality_id", "received_at", "id"),
        Index("ix_report_town_status", "municipality_id", "status", "received_at", "id"),
        Index("ix_report_town_category", "municipality_id", "category", "received_at", "id"),
        Index("ix_report_town_street", "municipality_id", "street_index", "received_at", "id"),
        Index("ix_report_town_source", "municipality_id", "source", "received_at", "id"),
        Index("ix_report_town_service", "municipality_id", "service_id", "received_at", "id"),
        # What is still open: the list that everybody begins with, and what is overdue.
        Index("ix_report_town_open", "municipality_id", "closed_at", "received_at", "id"),
        Index("ix_report_assigned", "assigned_to", "received_at", "id"),
        Index("ix_report_reporter", "reporter_index"),
        # What lies in a circle, and how many there were in it (feedback/hot_spot_counts.py).
        Index("ix_report_town_place", "municipality_id", "latitude", "longitude", "received_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    municipality_id: UUID = Field(foreign_key="organisation.id")
    # Within its town, from 1: what people call it by.
    number: int
    client_request_id: str | None = Field(default=None, unique=True)
    source: ReportSource = Field(sa_type=word(ReportSource))
    category: str
    words: str = Field(sa_type=PersonalData)
    street: str = Field(default="", sa_type=PersonalData)
    house_number: str = Field(default="", sa_type=PersonalData)
    # Finds all of one street without reading any (R37).
    street_index: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    # When it was seen or happened, when we heard of it, when somebody wrote it down here.
    observed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    entered_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    entered_by: UUID | None = Field(default=None, foreign_key="account.id")
    # Who reported it; empty where he did not say.
    reporter_name: str = Field(default="", sa_type=PersonalData)
    reporter_contact: str = Field(default="", sa_type=PersonalData)
    reporter_index: str | None = None
    reporter_language: Language | None = Field(default=None, sa_type=word(Language))
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    message_id: UUID | None = Field(default=None, foreign_key="inbound_message.id", unique=True)
    # Read only by the police, the prevention officers, and whoever it is given to.
    is_confidential: bool = False
    status: ReportStatus = Field(default=ReportStatus.NEW, sa_type=word(ReportStatus))
    service_id: UUID | None = Field(default=None, foreign_key="report_service.id")
    assigned_to: UUID | None = Field(default=None, foreign_key="account.id")
    due_on: date | None = None
    # Its number in the police's or another service's own system (R35).
    external_reference: str = Field(default="", sa_type=PersonalData)
    merged_into_id: UUID | None = Field(default=None, foreign_key="report.id", index=True)
    box_emptying_id: UUID | None = Field(default=None, foreign_key="box_emptying.id", index=True)
    # What a report gave rise to: a working group or project, in words (R39).
    led_to: str = ""
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When what was personal in it was dropped, for it had been kept long enough.
    dropped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # Raised by each change: two who change it at once cannot overwrite each other.
    version: int = 1


class ReportEventKind(StrEnum):
    ENTERED = "entered"
    CHANGED = "changed"
    STATUS = "status"
    ASSIGNED = "assigned"
    NOTE = "note"
    ATTACHED = "attached"
    MERGED = "merged"
    ANSWERED = "answered"


class ReportEvent(SQLModel, table=True):
    """What happened to a report; rows are only added."""

    __tablename__ = "report_event"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    kind: ReportEventKind = Field(sa_type=word(ReportEventKind))
    # The version of the report that it made: tells what changed since somebody read it.
    version: int
    field: str = ""
    before: str = Field(default="", sa_type=PersonalData)
    after: str = Field(default="", sa_type=PersonalData)
    words: str = Field(default="", sa_type=PersonalData)
    by: UUID | None = Field(default=None, foreign_key="account.id")
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ReportAttachment(SQLModel, table=True):
    """A photo or a PDF that belongs to a report; sealed."""

    __tablename__ = "report_attachment"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    file_name: str = Field(sa_type=PersonalData)
    media_type: str
    size: int
    sha256: str
    sealed: bytes
    attached_by: UUID | None = Field(default=None, foreign_key="account.id")
    attached_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
