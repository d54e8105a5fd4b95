"""The figures of a survey: how many were asked, how many answered, and what, where that gives
nobody away.

For the yearly evaluation: ``safety(session, partnership_id, year)``.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from feedback.models import (
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyQuestion,
    SurveyStatus,
)
from feedback.survey_templates import SAFETY
from hub.db import Condition

# With fewer answers a figure may tell who gave it.
FEWEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """What was answered to one question.

    ``n`` is how many answered it, ``invited`` how many were asked, ``response_rate`` the one over
    the other (0 to 1; ``None`` when nobody was asked). ``counts`` gives for every possible answer
    how many gave it: 1 to 5 of a scale, 1 (yes) and 0 (no), or the numbers of a choice. ``mean`` is
    of a scale (1 to 5), and of yes and no the share that said yes. Both are ``None`` for free
    words, while the survey is open, and where ``n`` is below five.
    """

    code: str
    number: int
    kind: QuestionKind
    n: int
    invited: int
    response_rate: float | None
    counts: Mapping[int, int] | None
    mean: float | None

    @property
    def is_hidden(self) -> bool:
        """Whether there are answers that are not shown, because they are too few."""
        return 0 < self.n < FEWEST_SHOWN


def safety(session: Session, partnership_id: UUID, year: int) -> dict[str, Figure]:
    """The newest closed survey of the feeling of safety of a partnership that counts for ``year``:
    its figures by code ("safety", "accessible", "useful", "amount", "report"). Empty where there
    was none."""
    its_own = select(Survey).where(
        col(Survey.partnership_id) == partnership_id,
        col(Survey.template) == SAFETY,
        col(Survey.year) == year,
        col(Survey.status) == SurveyStatus.CLOSED,
    )
    newest = session.execute(its_own.order_by(col(Survey.closed_at).desc()).limit(1))
    survey = newest.scalars().first()
    return {one.code: one for one in figures(session, survey)} if survey else {}


def invited(session: Session, survey_id: UUID) -> int:
    """How many were asked: those to whom nothing could be sent are not among them."""
    asked = select(func.count()).where(
        col(SurveyInvitation.survey_id) == survey_id,
        col(SurveyInvitation.asked) > 0,
        col(SurveyInvitation.skipped) == "",
    )
    return int(session.execute(asked).scalar_one())


def responses(session: Session, survey_id: UUID) -> int:
    """How many answered at least one question."""
    answered = select(func.count(func.distinct(col(SurveyAnswer.response_id))))
    return int(
        session.execute(answered.where(col(SurveyAnswer.survey_id) == survey_id)).scalar_one()
    )


def figures(session: Session, survey: Survey, *only: Condition) -> list[Figure]:
    """Of every question, in order; ``only`` cuts the answers, to a language or a channel."""
    asked = invited(session, survey.id)
    given: dict[int, Counter[int]] = {}
    totals: Counter[int] = Counter()
    rows: Any = (
        select(col(SurveyAnswer.number), col(SurveyAnswer.value), func.count())
        .where(col(SurveyAnswer.survey_id) == survey.id, *only)
        .group_by(col(SurveyAnswer.number), col(SurveyAnswer.value))
    )
    for number, value, count in session.execute(rows):
        totals[number] += count
        if value is not None:
            given.setdefault(number, Counter())[value] += count
    questions = select(SurveyQuestion).where(col(SurveyQuestion.survey_id) == survey.id)
    is_closed = survey.status is SurveyStatus.CLOSED
    return [
        _figure(one, totals[one.number], given.get(one.number, Counter()), asked, is_closed)
        for one in session.execute(questions.order_by(col(SurveyQuestion.number))).scalars()
    ]


def _figure(
    question: SurveyQuestion, n: int, given: Counter[int], asked: int, is_closed: bool
) -> Figure:
    # While it is open, two looks before and after one answer would tell that answer.
    is_shown = is_closed and n >= FEWEST_SHOWN and question.kind is not QuestionKind.WORDS
    counts = {one: given[one] for one in possible(question)} if is_shown else None
    return Figure(
        code=question.code,
        number=question.number,
        kind=question.kind,
        n=n,
        invited=asked,
        response_rate=n / asked if asked else None,
        counts=counts,
        mean=_mean(question, counts),
    )


def possible(question: SurveyQuestion) -> list[int]:
    """The answers a question offers, in the order in which they are shown."""
    if question.kind is QuestionKind.SCALE:
        return [1, 2, 3, 4, 5]
    if question.kind is QuestionKind.YES_NO:
        return [1, 0]
    return list(range(1, max((len(one) for one in question.choices.values()), default=0) + 1))


def _mean(question: SurveyQuestion, counts: Mapping[int, int] | None) -> float | None:
    if counts is None or question.kind is QuestionKind.CHOICE:
        return None
    return sum(value * count for value, count in counts.items()) / sum(counts.values())
