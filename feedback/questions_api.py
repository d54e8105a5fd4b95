"""The JSON door for questions: police pass them on, coordinators read and answer theirs."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from feedback import questions
from hub.access import Action, Actor, allowed
from hub.db import DbSession

router = APIRouter(prefix="/api/v1")


class PassOnInput(BaseModel):
    """To whom."""

    model_config = ConfigDict(extra="forbid")

    partnership: str = Field(description="The slug of a partnership its writer is a member of.")


class QuestionAnswerInput(BaseModel):
    """What the coordinator says; it goes to the writer by text or mail."""

    model_config = ConfigDict(extra="forbid")

    answer: str


class QuestionOutput(BaseModel):
    """A question that the police passed on. No number and no address stand in it."""

    id: UUID
    body: str
    name: str = Field(description="Empty where its writer is no member of the partnership.")
    partnership: str
    passed_on_at: datetime
    answer: str
    answered_at: datetime | None


@router.post("/replies/{reply_id}/pass-on", status_code=204)
def pass_on(
    reply_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEE_INBOX)],
    wanted: PassOnInput,
    session: DbSession,
) -> None:
    """Pass a question on to the coordinators of a partnership; never what is about an incident."""
    questions.pass_on(session, actor, reply_id, wanted.partnership)


@router.post("/replies/{reply_id}/apart", status_code=204)
def set_apart(
    reply_id: UUID, actor: Annotated[Actor, allowed(Action.SEE_INBOX)], session: DbSession
) -> None:
    """Take a question off the incident after whose alert it came: an officer has read that it is
    about something else."""
    questions.set_apart(session, actor, reply_id)


@router.get("/questions")
def list_questions(
    actor: Annotated[Actor, allowed(Action.SEE_QUESTIONS)],
    session: DbSession,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> list[QuestionOutput]:
    """The questions of one's own partnerships: open ones first, then the newest."""
    found = questions.questions(session, actor, limit)
    return [QuestionOutput.model_validate(one, from_attributes=True) for one in found]


@router.post("/questions/{question_id}/answer", status_code=204)
def answer(
    question_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEE_QUESTIONS)],
    wanted: QuestionAnswerInput,
    session: DbSession,
) -> None:
    """Answer a question, once."""
    questions.answer(session, actor, question_id, wanted.answer)
