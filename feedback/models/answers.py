"""The answer that everyone is owed who told the police or the town something (R27, R29)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language


class AnswerStatus(StrEnum):
    OWED = "owed"
    GIVEN = "given"
    # Nobody to answer, or no need to; the reason says which.
    NOT_NEEDED = "not_needed"


class AnswerWay(StrEnum):
    """How he is answered. The first two the hub sends; the others somebody does and notes."""

    SMS = "sms"
    EMAIL = "email"
    TELEPHONE = "telephone"
    POST = "post"
    IN_PERSON = "in_person"
    NONE = "none"


class Answer(SQLModel, table=True):
    """What is owed to whoever sent one sighting or one report, by when, and what he was told.

    One sighting or report has one; exactly one of the two is named.
    """

    __table_args__ = (
        Index("ix_answer_zone_due", "police_zone_id", "status", "due_at"),
        Index("ix_answer_town_due", "municipality_id", "status", "due_at"),
        Index("ix_answer_given", "status", "given_at"),
        # The list, by the moment they are due, whoever owes them.
        Index("ix_answer_due", "status", "due_at", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    sighting_id: UUID | None = Field(default=None, foreign_key="sighting.id", unique=True)
    report_id: UUID | None = Field(default=None, foreign_key="report.id", unique=True)
    # Whose debt it is: of a sighting the police zone's, of a report the town's.
    police_zone_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    municipality_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    way: AnswerWay = Field(sa_type=word(AnswerWay))
    # A member's own way, which is looked up when he is answered; else what he gave.
    contact_point_id: UUID | None = Field(default=None, foreign_key="contact_point.id")
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    # Emptied once he was answered and the time for asking again is over.
    address: str = Field(default="", sa_type=PersonalData)
    language: Language = Field(sa_type=word(Language))
    owed_since: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    status: AnswerStatus = Field(default=AnswerStatus.OWED, sa_type=word(AnswerStatus))
    words: str = Field(default="", sa_type=PersonalData)
    # Why none is needed.
    reason: str = Field(default="", sa_type=PersonalData)
    given_by: UUID | None = Field(default=None, foreign_key="account.id")
    given_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The hub's own text or mail that carries it; its state says whether it left.
    notice_id: UUID | None = Field(default=None, foreign_key="notice.id")
    # Once it was due, and a day after.
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reminded_again_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
