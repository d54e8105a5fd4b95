"""What an answer says: ready words in four languages, and what is checked before any words leave.

They thank and say what became of it, without what the police know (R29). A text ends with 101.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from channels.sms_length import as_sent, measure
from feedback.models import Answer, AnswerWay
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, mark, translate

LONGEST_WORDS = 2000
LONGEST_REASON = 500
# More is a letter; who needs it is rung.
MOST_PARTS = 3
_BRACES = re.compile(r"\{[^{}\n]*\}|[{}]")


class Ready(StrEnum):
    """The answers that come back again and again."""

    HELPED = "helped"
    NOTHING_FOUND = "nothing_found"
    FOLLOWED = "followed"
    PASSED_ON = "passed_on"
    COMPLAINT = "complaint"
    PUT_RIGHT = "put_right"


READY: Mapping[Ready, str] = {
    Ready.HELPED: mark("Thank you. Your information helped us."),
    Ready.NOTHING_FOUND: mark(
        "Thank you. We went to look and found nothing. If it comes back, report it again."
    ),
    Ready.FOLLOWED: mark("Thank you. We know of this and are following it."),
    Ready.PASSED_ON: mark(
        "Thank you. This is not for us to settle: we gave it to {service}, who will follow it up."
    ),
    Ready.COMPLAINT: mark(
        "Thank you. We can do more if you file a complaint: please make an appointment."
    ),
    Ready.PUT_RIGHT: mark("Thank you. What you reported has been put right."),
}
_ENDS_WITH_101 = mark("{sender}: {words} Something urgent? Call 101.")
_MAIL = mark(
    "Hello,\n\n{words}\n\nKind regards,\n{sender}\n\nSomething urgent? Call 101. This mail answers"
    " what you told us on {day}."
)
_SUBJECT_OF_SIGHTING = mark("The answer of the police to what you saw")
_SUBJECT_OF_REPORT = mark("The answer to what you reported")


def ready(language: Language) -> dict[Ready, str]:
    """The ready words in this language; where somebody must fill in a service, it says so."""
    return {one: translate(language, words, service="{service}") for one, words in READY.items()}


def checked(answer: Answer, typed: str, sender: str) -> str:
    """The words as they leave. Raises ``BadInput`` naming ``words`` for what cannot leave: nothing,
    too much, or a placeholder that nobody filled in."""
    words = as_sent("".join(one for one in typed if one == "\n" or one.isprintable())).strip()
    if not words:
        raise BadInput(FieldProblem("words", mark("Write what he is told.")))
    left = _BRACES.search(words)
    if left:
        said = mark("Fill in {placeholder} or take it out: he would read it as it stands.")
        raise BadInput(FieldProblem("words", said, (("placeholder", left[0]),)))
    if len(words) > LONGEST_WORDS:
        said = mark("This is too long: at most {count} characters.")
        raise BadInput(FieldProblem("words", said, (("count", LONGEST_WORDS),)))
    parts = measure(text(answer, words, sender)).segments if answer.way is AnswerWay.SMS else 0
    if parts > MOST_PARTS:
        said = mark("This takes {count} text messages: at most {most}. Make it shorter.")
        raise BadInput(FieldProblem("words", said, (("count", parts), ("most", MOST_PARTS))))
    return words


def text(answer: Answer, words: str, sender: str) -> str:
    """What he reads in a text message: who writes, what, and 101."""
    return translate(answer.language, _ENDS_WITH_101, sender=sender, words=" ".join(words.split()))


def mail(answer: Answer, words: str, sender: str) -> str:
    """What he reads in a mail."""
    day = f"{answer.owed_since:%d/%m/%Y}"
    return translate(answer.language, _MAIL, words=words, sender=sender, day=day)


def subject(answer: Answer) -> str:
    """The subject of the mail; it tells whoever looks over his shoulder nothing."""
    is_sighting = answer.sighting_id is not None
    return translate(answer.language, _SUBJECT_OF_SIGHTING if is_sighting else _SUBJECT_OF_REPORT)


def body(answer: Answer, words: str, sender: str) -> str:
    """All of what he reads, by the way he is answered."""
    write = text if answer.way is AnswerWay.SMS else mail
    return write(answer, words, sender)
