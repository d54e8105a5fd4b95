"""Surveys of one to five questions, by text or on a page. Answers bear no name."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language
from partnerships.models import Channel


class SurveyStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class QuestionKind(StrEnum):
    SCALE = "scale"  # 1 to 5
    YES_NO = "yes_no"
    CHOICE = "choice"
    WORDS = "words"


class Survey(SQLModel, table=True):
    """A few questions to the members of one partnership."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    # The template it was made from: the safety survey of the yearly evaluation is "safety".
    template: str = ""
    # The year it counts for in an evaluation.
    year: int
    title: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    status: SurveyStatus = Field(default=SurveyStatus.DRAFT, sa_type=word(SurveyStatus))
    created_by: UUID = Field(foreign_key="account.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closes_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # After so many days whoever has not begun is asked once more; 0 is never.
    reminder_days: int = 0


class SurveyQuestion(SQLModel, table=True):
    """One question, in every language of the partnership."""

    __tablename__ = "survey_question"

    survey_id: UUID = Field(primary_key=True, foreign_key="survey.id")
    number: int = Field(primary_key=True)
    # What it measures: of the safety survey "safety", "accessible", "useful", "amount",
    # "report".
    code: str = ""
    kind: QuestionKind = Field(sa_type=word(QuestionKind))
    words: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    # Of a choice: by language, in order.
    choices: dict[str, list[str]] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )


class SurveyInvitation(SQLModel, table=True):
    """One member asked once; how far he is, never what he said.

    ``response_id`` ties his answers together while he is still answering. It is emptied when he
    has answered the last or the survey closes: from then on nobody can tell whose they are.
    """

    __tablename__ = "survey_invitation"
    __table_args__ = (UniqueConstraint("survey_id", "person_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    survey_id: UUID = Field(foreign_key="survey.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    contact_point_id: UUID | None = Field(default=None, foreign_key="contact_point.id", index=True)
    channel: Channel = Field(sa_type=word(Channel))
    language: Language = Field(sa_type=word(Language))
    response_id: UUID | None = Field(default=None, unique=True)
    # The question he was asked last, and when; 0 before the first.
    asked: int = 0
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When the same question is to be sent once more: as a reminder, or because an alert came in
    # between. Never twice: ``asked_again`` says that it was.
    ask_again_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asked_again: bool = False
    # Why nothing was sent to him; empty where something was, or will be.
    skipped: str = ""
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SurveyAnswer(SQLModel, table=True):
    """One answer of nobody in particular.

    ``response_id`` is drawn at random: an id in order of time would say who was asked when.
    """

    __tablename__ = "survey_answer"

    response_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    survey_id: UUID = Field(foreign_key="survey.id", index=True)
    channel: Channel = Field(sa_type=word(Channel))
    language: Language = Field(sa_type=word(Language))
    value: int | None = None
    words: str = Field(default="", sa_type=PersonalData)
