"""Surveys for machines: made from a template, started, closed, and their results."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from feedback import (
    survey_course,
    survey_results,
    surveys,
)
from feedback.models import QuestionKind, Survey, SurveyStatus
from feedback.survey_templates import SAFETY
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import Language
from partnerships import scope
from partnerships.models import Partnership

router = APIRouter(prefix="/api/v1", tags=["surveys"])


class SurveyInput(BaseModel):
    partnership: str = Field(description="Its slug.")
    template: str = Field(default=SAFETY, description="Such as `safety`.")


class StartInput(BaseModel):
    closes_on: date = Field(description="The last day on which answers are taken.")
    reminds: bool = Field(default=False, description="Ask once more who has not begun.")


class QuestionOutput(BaseModel):
    number: int
    code: str
    kind: QuestionKind
    words: dict[str, str]
    choices: dict[str, list[str]]


class SurveyOutput(BaseModel):
    id: UUID
    partnership: str
    template: str
    year: int
    title: dict[str, str]
    status: SurveyStatus
    created_at: datetime
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    questions: list[QuestionOutput]


class FigureOutput(BaseModel):
    number: int
    code: str
    kind: QuestionKind
    n: int = Field(description="How many answered this question.")
    counts: dict[int, int] | None = Field(
        description="By answer. Null for free words, while it is open, and below five answers."
    )
    mean: float | None
    said: list[str] = Field(description="Free words, by the alphabet.")


class ResultsOutput(BaseModel):
    id: UUID
    status: SurveyStatus
    invited: int
    answered: int
    waiting: int = Field(description="Not asked yet.")
    skipped: int = Field(description="Could not be asked.")
    questions: list[FigureOutput]


Keeper = Annotated[Actor, allowed(Action.KEEP_SURVEYS)]
Reader = Annotated[Actor, allowed(Action.SEE_SURVEYS)]


@router.get("/surveys")
def list_surveys(actor: Reader, session: DbSession) -> list[SurveyOutput]:
    """The newest hundred within reach, without their questions."""
    found = surveys.within_reach(session, actor)
    return [
        _described(survey, session.get_one(Partnership, survey.partnership_id), [])
        for survey, _name in found
    ]


@router.post("/surveys", status_code=201)
def create_survey(actor: Keeper, wanted: SurveyInput, session: DbSession) -> SurveyOutput:
    """A draft from a template: nobody is asked yet."""
    partnership = scope.partnership_by_slug(session, wanted.partnership, actor, Action.KEEP_SURVEYS)
    return _whole(session, surveys.create(session, actor, partnership, wanted.template))


@router.get("/surveys/{survey_id}")
def show_survey(survey_id: UUID, actor: Reader, session: DbSession) -> SurveyOutput:
    """One survey with its questions."""
    survey, _partnership = surveys.survey_for(session, survey_id, actor, Action.SEE_SURVEYS)
    return _whole(session, survey)


@router.post("/surveys/{survey_id}/start")
def start_survey(
    survey_id: UUID, actor: Keeper, wanted: StartInput, session: DbSession
) -> SurveyOutput:
    """Ask the members, outside quiet hours. 422 while words are missing in a language."""
    survey, partnership = surveys.survey_for(session, survey_id, actor, Action.KEEP_SURVEYS)
    survey_course.start(
        session, actor, survey, partnership, wanted.closes_on, reminds=wanted.reminds
    )
    return _whole(session, survey)


@router.post("/surveys/{survey_id}/close")
def close_survey(survey_id: UUID, actor: Keeper, session: DbSession) -> SurveyOutput:
    """Take no more answers. From now on the results are shown."""
    survey, _partnership = surveys.survey_for(session, survey_id, actor, Action.KEEP_SURVEYS)
    survey_course.close(session, survey, by=actor.account_id)
    session.refresh(survey)
    return _whole(session, survey)


@router.get("/surveys/{survey_id}/results")
def show_results(survey_id: UUID, actor: Reader, session: DbSession) -> ResultsOutput:
    """How many answered, and what: the latter once it is closed."""
    survey, partnership = surveys.survey_for(session, survey_id, actor, Action.SEE_SURVEYS)
    progress = survey_results.progress(session, survey)
    found = survey_results.results(session, survey, partnership, Language(actor.language))
    return ResultsOutput(
        id=survey.id,
        status=survey.status,
        invited=progress.invited,
        answered=progress.answered,
        waiting=progress.waiting,
        skipped=progress.skipped,
        questions=[
            FigureOutput(
                number=one.figure.number,
                code=one.figure.code,
                kind=one.figure.kind,
                n=one.figure.n,
                counts=dict(one.figure.counts) if one.figure.counts is not None else None,
                mean=one.figure.mean,
                said=list(one.said),
            )
            for one in found
        ],
    )


def _whole(session: Session, survey: Survey) -> SurveyOutput:
    partnership = session.get_one(Partnership, survey.partnership_id)
    questions = [
        QuestionOutput.model_validate(one, from_attributes=True)
        for one in surveys.questions_of(session, survey.id)
    ]
    return _described(survey, partnership, questions)


def _described(
    survey: Survey, partnership: Partnership, questions: list[QuestionOutput]
) -> SurveyOutput:
    return SurveyOutput(
        id=survey.id,
        partnership=partnership.slug,
        template=survey.template,
        year=survey.year,
        title=survey.title,
        status=survey.status,
        created_at=survey.created_at,
        opened_at=survey.opened_at,
        closes_at=survey.closes_at,
        closed_at=survey.closed_at,
        questions=questions,
    )
