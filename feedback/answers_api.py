"""The JSON door for the answers that are owed, the silence of partnerships, and their months."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from feedback import (
    answer_reach,
    answering,
    answers_list,
    monthly_summary,
    silence_monitor,
    summary_pages,
)
from feedback.answers_list import PAGE, About, Show
from feedback.models import AnswerStatus, AnswerWay
from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, mark
from partnerships import scope
from partnerships.health import Level

router = APIRouter(prefix="/api/v1")

Answers = Annotated[Actor, allowed(Action.ANSWER_REPORT)]
SeesSilence = Annotated[Actor, allowed(Action.SEE_SILENCE)]


class AnswerOutput(BaseModel):
    """An answer somebody is owed, or was given."""

    id: UUID
    sighting_id: UUID | None
    report_id: UUID | None
    way: AnswerWay
    language: Language
    owed_since: datetime
    due_at: datetime
    is_late: bool
    status: AnswerStatus
    reason: str
    given_at: datetime | None


class AnswersOutput(BaseModel):
    """A page of them; ``next_after`` asks for the next one, and is empty after the last."""

    answers: list[AnswerOutput]
    next_after: str


@router.get("/answers")
def list_answers(
    actor: Answers,
    session: DbSession,
    show: Show = Show.OWED,
    about: About | None = None,
    after: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE,
) -> AnswersOutput:
    """The answers within reach, by when they are due."""
    found = answers_list.page(session, actor, show, about, after, limit)
    return AnswersOutput(
        answers=[_described(one) for one in found.rows], next_after=found.next_after
    )


def _described(row: answers_list.Row) -> AnswerOutput:
    return AnswerOutput.model_validate({**row.answer.model_dump(), "is_late": row.is_late})


class Deed(StrEnum):
    """What is done about an answer."""

    SEND = "send"
    NOTE = "note"
    SET_ASIDE = "set_aside"


class AnswerInput(BaseModel):
    """``send`` leaves by the way he wrote, ``note`` says that he was told by ``way`` otherwise, and
    ``set_aside`` says in ``words`` why no answer is needed."""

    model_config = ConfigDict(extra="forbid")

    do: Deed = Deed.SEND
    words: str = Field(max_length=20_000)
    way: AnswerWay | None = None


@router.post("/answers/{answer_id}")
def give_answer(
    answer_id: UUID, actor: Answers, wanted: AnswerInput, session: DbSession
) -> AnswerOutput:
    """Give it. The same again changes nothing; somebody else's gives a conflict."""
    answer = answer_reach.by_id(session, actor, answer_id)
    if wanted.do is Deed.SEND:
        answering.give(session, actor, answer, wanted.words)
    elif wanted.do is Deed.NOTE:
        if wanted.way is None:
            raise BadInput(FieldProblem("way", mark("Say how he was told.")))
        answering.note(session, actor, answer, wanted.way, wanted.words)
    else:
        answering.set_aside(session, actor, answer, wanted.words)
    return AnswerOutput.model_validate({**answer.model_dump(), "is_late": False})


class MonthOutput(BaseModel):
    first: date
    told: int
    said: int


class SilenceOutput(BaseModel):
    """How long each side has said nothing. ``said_days`` is of what you may know: of what members
    wrote to the police, or of the questions that were passed on to you."""

    partnership: str
    told_days: int
    told_never: bool
    told_level: Level
    said_days: int
    said_never: bool
    reads_police: bool
    remedies: list[silence_monitor.Remedy]
    months: list[MonthOutput]


@router.get("/silence")
def list_silence(
    actor: SeesSilence,
    session: DbSession,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
    limit: Annotated[int, Query(ge=1, le=200)] = silence_monitor.PAGE,
) -> list[SilenceOutput]:
    """The partnerships within reach, the longest silence first."""
    at = clock.now()
    shown = silence_monitor.rows(session, actor, at)[(page - 1) * limit : page * limit]
    ids = [one.partnership.id for one in shown]
    readable = {one.partnership.id for one in shown if one.reads_police}
    months = silence_monitor.months(session, ids, readable, at)
    return [_silence(one, months[one.partnership.id]) for one in shown]


def _silence(row: silence_monitor.Row, months: list[silence_monitor.Month]) -> SilenceOutput:
    return SilenceOutput(
        partnership=row.partnership.slug,
        told_days=row.told.count,
        told_never=row.told.is_missing,
        told_level=row.told.level,
        said_days=row.said.count,
        said_never=row.said.is_missing,
        reads_police=row.reads_police,
        remedies=list(row.remedies),
        months=[MonthOutput.model_validate(one, from_attributes=True) for one in months],
    )


class EndedOutput(BaseModel):
    in_time: int
    late: int
    awaited: int
    overdue: int


class SummaryOutput(BaseModel):
    """A month of one partnership. ``answers`` is null for a few, that are not counted out."""

    partnership: str
    month: str
    alerts: int
    follow_ups: int
    cold: dict[str, int]
    drills: int
    answers: int | None
    ended: EndedOutput
    relayed: int
    declined: int
    lapsed: int
    joined: int
    left: int
    members: int


@router.get("/summaries")
def show_summary(
    actor: SeesSilence,
    session: DbSession,
    partnership: str,
    month: Annotated[str, Query(description="Such as 2026-05.")],
) -> SummaryOutput:
    """The figures of one partnership and month, as they stand now."""
    found = scope.partnership_by_slug(session, partnership, actor, Action.SEE_SILENCE)
    wanted = summary_pages.month_in(month, found)
    summary = monthly_summary.of(session, found, wanted, clock.now())
    return SummaryOutput.model_validate(
        {
            **{name: getattr(summary, name) for name in SummaryOutput.model_fields if name in _OWN},
            "partnership": found.slug,
            "month": str(wanted),
            "cold": {kind.value: number for kind, number in summary.cold.items()},
            "ended": EndedOutput.model_validate(summary.ended, from_attributes=True),
        }
    )


_OWN = frozenset(monthly_summary.Summary.__slots__) - {"cold", "ended"}
