"""What a survey says: its questions as text messages, and the mail with the link to its page.

Nothing of ours in a text needs more than GSM-7.
"""

from collections.abc import Sequence

from feedback.models import QuestionKind, Survey, SurveyQuestion
from hub.config import settings
from hub.i18n import Language, mark, translate
from hub.security import signed_reference
from partnerships.models import Partnership
from partnerships.notices import Words

LINK_PURPOSE = "survey"

_FIRST = mark("{partnership}, anonymous survey {number}/{total}: {question} STOP = no more SMS.")
_NEXT = mark("Noted. {number}/{total}: {question}")
_AGAIN = mark("{number}/{total}: {question}")
_HINTS = {
    QuestionKind.SCALE: mark("1 (not at all) to 5 (very)."),
    QuestionKind.YES_NO: mark("Answer YES or NO."),
    QuestionKind.WORDS: mark("A few words please; the police do not read them. Urgent? 101."),
}
THANKS = mark("Thank you, that was the last question. Nobody sees who answered what.")
CLOSED = mark("Thank you, but this survey is closed. Urgent? Call 101.")
DONE = mark("Thank you, you have answered this survey already. Urgent? Call 101.")

_SUBJECT = mark("{partnership}: a few questions")
_LETTER = mark(
    "{title}\n\n"
    "{partnership} asks its members {count} short questions. It takes a minute, you need no "
    "password, and nobody sees who answered what.\n\n{link}\n\n"
    "You get this because you agreed to surveys. You can change that on your own page: {own_page}"
)


def language_for(survey: Survey, partnership: Partnership, language: Language) -> Language:
    """The language in which somebody is asked: his own, else the partnership's first."""
    return language if survey.title.get(language.value) else Language(partnership.languages[0])


def text_of(
    partnership: Partnership,
    questions: Sequence[SurveyQuestion],
    number: int,
    language: Language,
) -> str:
    """A question as the text that opens the survey, or repeats it: it says who asks."""
    words = _question(questions[number - 1], language)
    name = partnership.name
    place = {"number": number, "total": len(questions)}
    return translate(language, _FIRST, partnership=name, question=words, **place)


def next_text(questions: Sequence[SurveyQuestion], number: int, language: Language) -> str:
    """A question as the answer to the answer before it."""
    words, total = _question(questions[number - 1], language), len(questions)
    return translate(language, _NEXT, number=number, total=total, question=words)


def text_again(questions: Sequence[SurveyQuestion], number: int, language: Language) -> str:
    """A question once more, where what came was no answer to it."""
    words, total = _question(questions[number - 1], language), len(questions)
    return translate(language, _AGAIN, number=number, total=total, question=words)


def _question(question: SurveyQuestion, language: Language) -> str:
    return f"{question.words[language.value]} {_hint(question, language)}"


def _hint(question: SurveyQuestion, language: Language) -> str:
    if question.kind is QuestionKind.CHOICE:
        choices = enumerate(question.choices[language.value], start=1)
        return ", ".join(f"{number} = {words}" for number, words in choices) + "."
    return translate(language, _HINTS[question.kind])


def letter(
    survey: Survey, partnership: Partnership, count: int, reference: str, language: Language
) -> Words:
    """The mail with the link to the page."""
    link = f"{settings().base_url}/survey/{signed_reference(LINK_PURPOSE, reference)}"
    body = translate(
        language,
        _LETTER,
        title=survey.title[language.value],
        partnership=partnership.name,
        count=count,
        link=link,
        own_page=f"{settings().base_url}/me/link",
    )
    return Words(language, body, translate(language, _SUBJECT, partnership=partnership.name))
