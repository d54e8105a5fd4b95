"""What the safety survey of each year adds to an evaluation: figures to freeze, words to show."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from feedback import survey_figures
from feedback.evaluation_years import Year
from feedback.models import QuestionKind
from feedback.survey_templates import SAFETY, TEMPLATES, Question
from hub.i18n import Language, mark, translate

Figures = dict[str, Any]

_QUESTIONS = {one.code: one for one in TEMPLATES[SAFETY].questions}
_NONE = "—"


def of_year(session: Session, partnership_id: UUID, year: Year) -> Figures:
    """By the code of the question; empty without a closed survey. What too few have answered is
    not there to be frozen."""
    return {
        code: {
            "n": one.n,
            "invited": one.invited,
            "mean": one.mean,
            "counts": None
            if one.counts is None
            else {str(value): count for value, count in one.counts.items()},
        }
        for code, one in survey_figures.safety(session, partnership_id, year.number).items()
        if code in _QUESTIONS
    }


def rows(years: Sequence[Figures], language: Language) -> list[tuple[str, list[str]]]:
    """A line for each question that was asked in any of the years: its words, and the answer of
    each year in words."""
    return [
        (
            question.words[language],
            [_in_words(question, one["survey"].get(code), language) for one in years],
        )
        for code, question in _QUESTIONS.items()
        if any(code in one["survey"] for one in years)
    ]


def _in_words(question: Question, figure: Figures | None, language: Language) -> str:
    if figure is None:
        return _NONE
    people = translate(language, mark("{n} of {invited}"), n=figure["n"], invited=figure["invited"])
    if figure["counts"] is None:
        too_few = translate(language, mark("too few to show"))
        return f"{too_few} ({people})"
    return f"{_answer(question, figure, language)} ({people})"


def _answer(question: Question, figure: Figures, language: Language) -> str:
    if question.kind is QuestionKind.CHOICE:
        said = question.choices[language]
        counts = ((one, figure["counts"].get(str(n), 0)) for n, one in enumerate(said, start=1))
        return ", ".join(f"{one}: {count}" for one, count in counts)
    if question.kind is QuestionKind.YES_NO:
        return translate(language, mark("{percent} % yes"), percent=round(100 * figure["mean"]))
    return translate(language, mark("{mean} of 5"), mean=f"{figure['mean']:.1f}")
