"""The form of a survey: five questions, their kinds, and their words in every language."""

from datetime import date
from typing import Any

from feedback.models import QuestionKind
from feedback.survey_templates import Question
from feedback.surveys import MOST_QUESTIONS, Content
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, mark
from hub.web.forms import Form
from partnerships.typed_text import tidy

KINDS = {
    QuestionKind.SCALE: mark("Scale from 1 to 5"),
    QuestionKind.YES_NO: mark("Yes or no"),
    QuestionKind.CHOICE: mark("One of several answers"),
    QuestionKind.WORDS: mark("In their own words"),
}


def content_from(form: Form) -> Content:
    """What was typed. A question without a single word is none."""
    title = {one.value: tidy(form.text(f"title-{one}")) for one in Language}
    numbers = range(1, MOST_QUESTIONS + 1)
    questions = [_question(form, number) for number in numbers]
    last = max((n for n, one in zip(numbers, questions, strict=True) if _is_there(one)), default=0)
    return Content(title, tuple(questions[:last]))


def _question(form: Form, number: int) -> Question:
    kind = form.text(f"kind-{number}")
    return Question(
        kind=QuestionKind(kind) if kind in set(QuestionKind) else QuestionKind.SCALE,
        words={one.value: tidy(form.text(f"words-{number}-{one}")) for one in Language},
        choices={
            one.value: [
                tidy(line)
                for line in form.text(f"choices-{number}-{one}").split("\n")
                if tidy(line)
            ]
            for one in Language
        },
    )


def _is_there(question: Question) -> bool:
    return any(question.words.values()) or any(question.choices.values())


def day_from(form: Form, name: str) -> date:
    """A day. Raises ``BadInput`` when it is none."""
    try:
        return date.fromisoformat(form.text(name))
    except ValueError:
        raise BadInput(FieldProblem(name, mark("Give a date."))) from None


def rows(content: Content) -> list[dict[str, Any]]:
    """Five questions for the form: those there are, and empty ones after them."""
    empty = Question(QuestionKind.SCALE, {})
    known = [*content.questions, *[empty] * (MOST_QUESTIONS - len(content.questions))]
    return [{"number": number, "question": one} for number, one in enumerate(known, start=1)]
