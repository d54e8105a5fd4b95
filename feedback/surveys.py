"""Surveys: written, started, closed. Who may, and what has to stand before anybody is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from feedback.models import (
    QuestionKind,
    Survey,
    SurveyQuestion,
    SurveyStatus,
)
from feedback.survey_templates import TEMPLATES, Question, Words
from hub import audit, clock
from hub.access import Action, Actor
from hub.db import hold_alone
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import mark
from partnerships import scope
from partnerships.models import Partnership

MOST_QUESTIONS = 5
LONGEST_TITLE, LONGEST_QUESTION, LONGEST_CHOICE = 120, 200, 40
FEWEST_CHOICES, MOST_CHOICES = 2, 5
USUAL_DAYS, MOST_DAYS = 14, 90
USUAL_REMINDER_DAYS = 4

_MISSING = mark("The words in this language are missing.")
_TOO_LONG = mark("At most {most} characters.")
_CHOICES = mark("Two to five answers, one on each line, as many in every language.")


@dataclass(frozen=True, slots=True)
class Content:
    """What a survey asks, by language code. Words that are not there yet are empty."""

    title: Words
    questions: tuple[Question, ...]


def within_reach(session: Session, actor: Actor, most: int = 100) -> list[tuple[Survey, str]]:
    """The newest surveys somebody may see, each with the name of its partnership."""
    rows = session.execute(
        select(Survey, Partnership.name)  # type: ignore[call-overload]  # a plain column pair
        .join(Partnership, col(Partnership.id) == col(Survey.partnership_id))
        .where(scope.within_reach(actor, Action.SEE_SURVEYS))
        .order_by(col(Survey.created_at).desc(), col(Survey.id).desc())
        .limit(most)
    )
    return [(survey, name) for survey, name in rows]


def survey_for(
    session: Session, survey_id: UUID, actor: Actor, action: Action
) -> tuple[Survey, Partnership]:
    """One survey within reach and its partnership. Raises ``NotFound``."""
    survey = session.get(Survey, survey_id)
    partnership = session.get(Partnership, survey.partnership_id) if survey else None
    if survey is None or partnership is None or not scope.covers(actor, action, partnership):
        raise NotFound
    return survey, partnership


def questions_of(session: Session, survey_id: UUID) -> list[SurveyQuestion]:
    """Its questions in order."""
    own = select(SurveyQuestion).where(col(SurveyQuestion.survey_id) == survey_id)
    return list(session.execute(own.order_by(col(SurveyQuestion.number))).scalars())


def content_of(session: Session, survey: Survey) -> Content:
    """What it asks."""
    kept = questions_of(session, survey.id)
    return Content(survey.title, tuple(Question(q.kind, q.words, q.choices, q.code) for q in kept))


def create(session: Session, actor: Actor, partnership: Partnership, template: str = "") -> Survey:
    """A draft from a template, or an empty one. Raises ``BadInput`` for an unknown template."""
    if template and template not in TEMPLATES:
        raise BadInput(FieldProblem("template", mark("There is no such template.")))
    survey = Survey(
        partnership_id=partnership.id,
        template=template,
        year=clock.in_brussels(clock.now()).year,
        created_by=actor.account_id,
    )
    session.add(survey)
    session.flush()
    if template:
        ready = TEMPLATES[template]
        _write(session, survey, Content(ready.title, ready.questions))
    audit.record(
        session, "survey.created", ("survey", survey.id), by=actor.account_id, template=template
    )
    return survey


def change(session: Session, actor: Actor, survey: Survey, wanted: Content) -> None:
    """Write other words into a draft. Of a template the kinds of its questions stay, or no year
    could be compared with another. Raises ``BadInput`` naming what is too long or missing."""
    hold_draft(session, survey)
    if survey.template:
        wanted = _as_in_template(session, survey, wanted)
    problems = _too_much(wanted)
    if problems:
        raise BadInput(*problems)
    _write(session, survey, wanted)
    audit.record(session, "survey.changed", ("survey", survey.id), by=actor.account_id)


def _as_in_template(session: Session, survey: Survey, wanted: Content) -> Content:
    kept = content_of(session, survey).questions
    if len(kept) != len(wanted.questions):
        raise BadInput(
            FieldProblem(
                "questions", mark("The questions of a template are neither more nor fewer.")
            )
        )
    fixed = [
        Question(old.kind, new.words, new.choices, old.code)
        for old, new in zip(kept, wanted.questions, strict=True)
    ]
    problems = [
        FieldProblem(f"choices-{number}-{language}", _CHOICES)
        for number, (old, new) in enumerate(zip(kept, fixed, strict=True), start=1)
        for language, given in new.choices.items()
        if old.kind is QuestionKind.CHOICE
        and given
        and len(given) != len(next(iter(old.choices.values())))
    ]
    if problems:
        raise BadInput(*problems)
    return Content(wanted.title, tuple(fixed))


def _too_much(wanted: Content) -> list[FieldProblem]:
    if len(wanted.questions) > MOST_QUESTIONS:
        return [FieldProblem("questions", mark("At most five questions."))]
    found = [
        _too_long(f"title-{language}", LONGEST_TITLE)
        for language, words in wanted.title.items()
        if len(words) > LONGEST_TITLE
    ]
    for number, question in enumerate(wanted.questions, start=1):
        found += [
            _too_long(f"words-{number}-{language}", LONGEST_QUESTION)
            for language, words in question.words.items()
            if len(words) > LONGEST_QUESTION
        ]
        found += [
            _too_long(f"choices-{number}-{language}", LONGEST_CHOICE)
            for language, choices in question.choices.items()
            if any(len(one) > LONGEST_CHOICE for one in choices)
        ]
    return found


def _too_long(field: str, most: int) -> FieldProblem:
    return FieldProblem(field, _TOO_LONG, (("most", most),))


def _write(session: Session, survey: Survey, content: Content) -> None:
    survey.title = dict(content.title)
    session.add(survey)
    session.execute(delete(SurveyQuestion).where(col(SurveyQuestion.survey_id) == survey.id))
    session.flush()
    for number, one in enumerate(content.questions, start=1):
        session.add(
            SurveyQuestion(
                survey_id=survey.id,
                number=number,
                code=one.code,
                kind=one.kind,
                words=dict(one.words),
                choices={code: list(words) for code, words in one.choices.items()},
            )
        )
    session.flush()


def languages_of(content: Content, partnership: Partnership) -> list[str]:
    """The languages it must be whole in: the partnership's, and any other it has a title in."""
    own = [str(one) for one in partnership.languages]
    return own + [one for one, words in content.title.items() if words and one not in own]


def missing(content: Content, languages: Sequence[str]) -> list[FieldProblem]:
    """What has to be written before anybody is asked, each beside its field."""
    if not content.questions:
        return [FieldProblem("questions", mark("Ask at least one question."))]
    found = [
        FieldProblem(f"title-{one}", _MISSING) for one in languages if not content.title.get(one)
    ]
    for number, question in enumerate(content.questions, start=1):
        found += [
            FieldProblem(f"words-{number}-{one}", _MISSING)
            for one in languages
            if not question.words.get(one)
        ]
        if question.kind is QuestionKind.CHOICE:
            found += _missing_choices(number, question, languages)
    return found


def _missing_choices(
    number: int, question: Question, languages: Sequence[str]
) -> list[FieldProblem]:
    counts = {one: len(question.choices.get(one, ())) for one in languages}
    wanted = max(counts.values())
    return [
        FieldProblem(f"choices-{number}-{one}", _CHOICES)
        for one, count in counts.items()
        if not FEWEST_CHOICES <= count <= MOST_CHOICES or count != wanted
    ]


def throw_away(session: Session, actor: Actor, survey: Survey) -> None:
    """Throw a draft away."""
    hold_draft(session, survey)
    session.execute(delete(SurveyQuestion).where(col(SurveyQuestion.survey_id) == survey.id))
    session.execute(delete(Survey).where(col(Survey.id) == survey.id))
    audit.record(session, "survey.thrown_away", ("survey", survey.id), by=actor.account_id)


def hold_draft(session: Session, survey: Survey) -> None:
    """Keep others from changing a draft meanwhile. Raises ``Conflict`` once it is started."""
    hold_alone(session, survey.id)
    session.refresh(survey)
    if survey.status is not SurveyStatus.DRAFT:
        raise Conflict(mark("This survey has been started: it cannot be changed any more."))
