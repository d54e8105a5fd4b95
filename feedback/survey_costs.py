"""What a survey would reach and cost before it starts: SMS parts and mails, at the prices set."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from channels.sms_length import measure
from feedback import survey_audience, survey_words, surveys
from feedback.models import Survey, SurveyQuestion
from hub.i18n import Language, translate
from messaging import estimates
from partnerships.models import Channel, Partnership


@dataclass(frozen=True, slots=True)
class Text:
    """One question as a text message in one language, and the SMS parts it takes."""

    number: int
    language: Language
    words: str
    segments: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whom it would ask, and what that costs, in millionths of a euro. ``at_least`` if nobody
    answers, ``at_most`` if everybody answers everything and is reminded."""

    by_text: int
    by_mail: int
    skipped: Counter[str]
    texts: tuple[Text, ...]
    at_least: int
    at_most: int
    is_priced: bool


def outlook(session: Session, survey: Survey, partnership: Partnership) -> Outlook:
    """For a draft that has all its words, if it were started now."""
    members = survey_audience.of_partnership(session, partnership.id)
    questions = surveys.questions_of(session, survey.id)
    texts = _texts(survey, partnership, questions)
    asked = [one for one in members if not one.skipped]
    by_text = [one for one in asked if one.channel is Channel.SMS]
    prices = estimates.prices_now()
    part, mail = prices.get(Channel.SMS, 0), prices.get(Channel.EMAIL, 0)
    mails = (len(asked) - len(by_text)) * mail
    spoken = Counter(
        survey_words.language_for(survey, partnership, one.language) for one in by_text
    )
    firsts = sum(count * _first(texts, language) for language, count in spoken.items())
    rest = sum(count * _rest(texts, language) for language, count in spoken.items())
    return Outlook(
        by_text=len(by_text),
        by_mail=len(asked) - len(by_text),
        skipped=Counter(one.skipped for one in members if one.skipped),
        texts=texts,
        at_least=firsts * part + mails,
        at_most=(2 * firsts + rest) * part + 2 * mails,
        is_priced=estimates.are_known(prices),
    )


def _texts(
    survey: Survey, partnership: Partnership, questions: list[SurveyQuestion]
) -> tuple[Text, ...]:
    found = []
    content = surveys.Content(survey.title, ())
    for language in map(Language, surveys.languages_of(content, partnership)):
        for one in questions:
            words = (
                survey_words.text_of(partnership, questions, 1, language)
                if one.number == 1
                else survey_words.next_text(questions, one.number, language)
            )
            found.append(Text(one.number, language, words, measure(words).segments))
    return tuple(found)


def _first(texts: Iterable[Text], language: Language) -> int:
    """The SMS parts of the first question."""
    return next(one.segments for one in texts if one.language is language)


def _rest(texts: Iterable[Text], language: Language) -> int:
    """Those of all that follow it, and of the thanks."""
    own = [one.segments for one in texts if one.language is language]
    return sum(own[1:]) + measure(translate(language, survey_words.THANKS)).segments
