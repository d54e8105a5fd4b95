"""What a survey would reach and cost before it starts: SMS parts and mails, at the prices set."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from channels.sms_length import measure
from feedback import survey_audience, survey_words, surveys
from feedback.models import Survey, SurveyInvitation, SurveyQuestion
from hub.i18n import Language, translate
from messaging import estimates
from messaging.estimates import Estimate, Prices
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
    most: Estimate
    is_priced: bool

    @property
    def at_most(self) -> int:
        return self.most.total


def outlook(session: Session, survey: Survey, partnership: Partnership) -> Outlook:
    """For a draft that has all its words, if it were started now."""
    members = survey_audience.of_partnership(session, partnership.id)
    questions = surveys.questions_of(session, survey.id)
    texts = _texts(survey, partnership, questions)
    asked = [one for one in members if not one.skipped]
    by_text = [one for one in asked if one.channel is Channel.SMS]
    prices = estimates.prices_now()
    mails = len(asked) - len(by_text)
    spoken = Counter(
        survey_words.language_for(survey, partnership, one.language) for one in by_text
    )
    firsts = sum(count * _first(texts, language) for language, count in spoken.items())
    rest = sum(count * _rest(texts, language) for language, count in spoken.items())
    return Outlook(
        by_text=len(by_text),
        by_mail=mails,
        skipped=Counter(one.skipped for one in members if one.skipped),
        texts=texts,
        at_least=_estimate(partnership, firsts, mails, prices).total,
        most=_estimate(partnership, 2 * firsts + rest, 2 * mails, prices),
        is_priced=estimates.are_known(prices),
    )


def _estimate(partnership: Partnership, parts: int, mails: int, prices: Prices) -> Estimate:
    ways = {(partnership.id, Channel.SMS): parts, (partnership.id, Channel.EMAIL): mails}
    return Estimate(ways, prices)


def used(session: Session, survey: Survey, partnership: Partnership) -> Counter[Channel]:
    """The SMS parts and mails that it has taken so far."""
    texts = _texts(survey, partnership, surveys.questions_of(session, survey.id))
    own = SurveyInvitation
    columns = (
        col(own.channel),
        col(own.language),
        col(own.asked),
        col(own.asked_again),
        col(own.finished_at).is_not(None),
    )
    rows = session.execute(
        select(*columns, func.count())
        .where(col(own.survey_id) == survey.id, col(own.asked) > 0, col(own.skipped) == "")
        .group_by(*columns)
    )
    taken: Counter[Channel] = Counter()
    for channel, member_language, asked, again, is_done, people in rows:
        if channel is not Channel.SMS:
            taken[channel] += people * (1 + again)
            continue
        language = survey_words.language_for(survey, partnership, member_language)
        sent = [one.segments for one in texts if one.language is language][:asked]
        thanks = measure(translate(language, survey_words.THANKS)).segments if is_done else 0
        taken[channel] += people * (sum(sent) + again * sent[asked - 1] + thanks)
    return taken


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
