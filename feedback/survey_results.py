"""The results of a closed survey as people read them: bars, parts, free words, earlier years."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from feedback import survey_figures, surveys
from feedback.models import (
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyQuestion,
    SurveyStatus,
)
from feedback.survey_figures import FEWEST_SHOWN, Figure
from hub.i18n import LANGUAGE_NAMES, Language, mark, translate
from partnerships.models import Channel, Partnership

_EARLIER_SHOWN = 3
_YES, _NO = mark("Yes"), mark("No")
CHANNELS = {Channel.SMS: mark("Text message"), Channel.EMAIL: mark("Mail and page")}


@dataclass(frozen=True, slots=True)
class Bar:
    """One possible answer: how many gave it, and their share in whole per cent."""

    label: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Row:
    """The same question among some of those who answered, or in an earlier year."""

    label: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Result:
    """One question with all that may be shown of its answers."""

    words: str
    figure: Figure
    bars: tuple[Bar, ...]
    labels: tuple[str, ...]
    parts: tuple[Row, ...]
    earlier: tuple[Row, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: members that are not asked yet, were asked, answered something, and could not
    be asked."""

    waiting: int
    invited: int
    answered: int
    skipped: int

    @property
    def rate(self) -> int | None:
        """Of those who were asked, how many in a hundred answered something."""
        return round(100 * self.answered / self.invited) if self.invited else None


def progress(session: Session, survey: Survey) -> Progress:
    """Counts only: safe to show at any time."""
    own = (
        select(func.count())
        .select_from(SurveyInvitation)
        .where(col(SurveyInvitation.survey_id) == survey.id)
    )
    is_skipped = col(SurveyInvitation.skipped) != ""
    skipped = session.execute(own.where(is_skipped)).scalar_one()
    waiting = session.execute(own.where(~is_skipped, col(SurveyInvitation.asked) == 0)).scalar_one()
    return Progress(
        waiting=waiting,
        invited=survey_figures.invited(session, survey.id),
        answered=survey_figures.responses(session, survey.id),
        skipped=skipped,
    )


def results(
    session: Session, survey: Survey, partnership: Partnership, language: Language
) -> list[Result]:
    """Of every question, in the reader's language if it was asked in it."""
    questions = surveys.questions_of(session, survey.id)
    code = language.value if language.value in survey.title else str(partnership.languages[0])
    whole = survey_figures.figures(session, survey)
    parts = _parts(session, survey, language)
    earlier = _earlier(session, survey)
    return [
        _result(session, survey, question, figure, code, language, parts, earlier)
        for question, figure in zip(questions, whole, strict=True)
    ]


def _result(
    session: Session,
    survey: Survey,
    question: SurveyQuestion,
    figure: Figure,
    code: str,
    language: Language,
    parts: Sequence[tuple[str, list[list[Figure]], int]],
    earlier: Sequence[tuple[str, list[Figure]]],
) -> Result:
    labels = _labels(question, code, language)
    at = question.number - 1
    return Result(
        words=question.words.get(code, ""),
        figure=figure,
        bars=_bars(labels, figure),
        labels=labels,
        parts=tuple(
            Row(label, group[own][at])
            for label, group, own in parts
            if all(one[at].counts is not None for one in group)
        ),
        earlier=tuple(
            Row(label, kept[at])
            for label, kept in earlier
            if len(kept) > at and kept[at].code == question.code and kept[at].counts is not None
        ),
        said=_said(session, survey, question, figure),
    )


def _labels(question: SurveyQuestion, code: str, language: Language) -> tuple[str, ...]:
    if question.kind is QuestionKind.YES_NO:
        return translate(language, _YES), translate(language, _NO)
    if question.kind is QuestionKind.CHOICE:
        return tuple(question.choices.get(code, ()))
    if question.kind is QuestionKind.SCALE:
        return ("1", "2", "3", "4", "5")
    return ()


def _bars(labels: tuple[str, ...], figure: Figure) -> tuple[Bar, ...]:
    if figure.counts is None:
        return ()
    counts = list(figure.counts.values())
    return tuple(
        Bar(label, count, round(100 * count / figure.n))
        for label, count in zip(labels, counts, strict=True)
    )


def _parts(
    session: Session, survey: Survey, language: Language
) -> list[tuple[str, list[list[Figure]], int]]:
    """By language and by channel: each with the figures of its whole group and its place in it. A
    group is shown only where every part of it may be: the one left out could be reckoned."""
    found = []
    groups: list[tuple[Any, dict[Any, str]]] = [
        (col(SurveyAnswer.language), {one: LANGUAGE_NAMES[one] for one in Language}),
        (col(SurveyAnswer.channel), {k: translate(language, v) for k, v in CHANNELS.items()}),
    ]
    for column, labels in groups:
        used = [one for one in labels if _has_answers(session, survey, column, one)]
        group = [survey_figures.figures(session, survey, column == one) for one in used]
        if len(used) > 1:
            found += [(labels[one], group, place) for place, one in enumerate(used)]
    return found


def _has_answers(session: Session, survey: Survey, column: Any, value: Any) -> bool:
    some = select(col(SurveyAnswer.number)).where(
        col(SurveyAnswer.survey_id) == survey.id, column == value
    )
    return session.execute(some.limit(1)).first() is not None


def _earlier(session: Session, survey: Survey) -> list[tuple[str, list[Figure]]]:
    """The same template in this partnership, closed before."""
    if not survey.template:
        return []
    before = select(Survey).where(
        col(Survey.partnership_id) == survey.partnership_id,
        col(Survey.template) == survey.template,
        col(Survey.status) == SurveyStatus.CLOSED,
        col(Survey.closed_at) <= survey.opened_at,
    )
    newest = before.order_by(col(Survey.closed_at).desc()).limit(_EARLIER_SHOWN)
    return [
        (str(one.year), survey_figures.figures(session, one))
        for one in session.execute(newest).scalars()
    ]


def _said(
    session: Session, survey: Survey, question: SurveyQuestion, figure: Figure
) -> tuple[str, ...]:
    """Free words by the alphabet: in order of time they would say who was asked when."""
    is_shown = survey.status is SurveyStatus.CLOSED and figure.n >= FEWEST_SHOWN
    if question.kind is not QuestionKind.WORDS or not is_shown:
        return ()
    words = select(col(SurveyAnswer.words)).where(
        col(SurveyAnswer.survey_id) == survey.id, col(SurveyAnswer.number) == question.number
    )
    said = [one for one in session.execute(words).scalars() if one]
    return tuple(sorted(said, key=str.casefold))
