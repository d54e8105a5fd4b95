"""What a text is answered by itself: always with where to call, never to a machine or in a loop.

STOP, START, STOP PLP and HELP are answered each time; whoever calls for help is told at once that
nobody may be reading; everybody else once an hour.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from feedback import leaving_by_text
from feedback.models import InboundKind, InboundMessage, Meaning
from hub import clock
from hub.config import settings
from hub.i18n import Language, mark, translate
from hub.security import blind_index

_KINDS = {
    InboundKind.STOP: mark(
        "No more SMS or calls on this number. You stay a member. "
        "START to get them again, STOP PLP to leave the partnership."
    ),
    InboundKind.START: mark("You will get our SMS again. Urgent? Call 101. STOP = no more SMS."),
    InboundKind.LEAVE: leaving_by_text.NO_MEMBER,
}
_TAKEN = mark("Your message went to the police. Urgent? Call 101. STOP = no more SMS.")
_HOW_IT_WORKS = mark(
    "This number sends alerts of the police. Answer what you saw. STOP = no more SMS, "
    "START = again. Urgent? Call 101."
)
_NO_EMERGENCY_LINE = mark(
    "This is not an emergency line: nobody may be reading now. In danger? CALL 101 NOW. "
    "Your message went to the police."
)
_NO_PICTURES = mark(
    "We cannot get pictures by MMS. Tell us in words what you saw. Urgent? Call 101."
)
# To somebody who saw something, or sent a picture, after an alert: two texts are worth it.
_MORE = mark(
    "Your message went to the police. Tell more, or send a photo: {link} Urgent? Call 101. "
    "STOP = no more SMS."
)
# Every one fits into one text.
ANSWERS = (*_KINDS.values(), _TAKEN, _HOW_IT_WORKS, _NO_EMERGENCY_LINE, _NO_PICTURES)
_ONE_IN = timedelta(hours=1)
_ONE_TO_A_CALL_FOR_HELP_IN = timedelta(minutes=10)
# More than a person asks for in an hour; two machines reach it in a minute.
_MOST_IN_AN_HOUR = 8
# A short code or a name is a machine, and an answer to it a paid text to nobody.
_NUMBER = re.compile(r"\+[1-9]\d{7,14}")


@dataclass(frozen=True, slots=True)
class Lately:
    """When each of some senders was answered in the last hour, and to what."""

    _answered: dict[str, list[tuple[datetime, Meaning]]]

    def count(self, sender: str, apart: timedelta, of: Meaning | None = None) -> int:
        """How many answers he got in this time; only those to one ``of`` this meaning, if said."""
        since = clock.now() - apart
        his = self._answered.get(blind_index(sender), ())
        return sum(at > since and of in (None, meaning) for at, meaning in his)

    def add(self, sender: str, meaning: Meaning) -> None:
        """Count an answer that is being given now."""
        his = self._answered.setdefault(blind_index(sender), [])
        his.append((clock.now(), meaning))


def lately(session: Session, senders: Iterable[str]) -> Lately:
    """What these senders were answered, in one statement for all."""
    rows = select(
        InboundMessage.sender_index, InboundMessage.received_at, InboundMessage.meaning
    ).where(
        col(InboundMessage.sender_index).in_({blind_index(one) for one in senders}),
        col(InboundMessage.received_at) > clock.now() - _ONE_IN,
        col(InboundMessage.answer).is_not(None),
    )
    answered: dict[str, list[tuple[datetime, Meaning]]] = {}
    for index, at, meaning in session.exec(rows):
        answered.setdefault(index or "", []).append((at, Meaning(meaning)))
    return Lately(answered)


def answer_to(
    lately: Lately,
    sender: str,
    kind: InboundKind,
    meaning: Meaning,
    language: Language,
    *,
    pictures: int = 0,
    seen_link: str = "",
) -> str | None:
    """What to answer to a text that came in now; ``None`` for silence. ``seen_link`` leads to the
    form on which whoever got an alert tells what he saw."""
    if not may_be_answered(sender) or lately.count(sender, _ONE_IN) >= _MOST_IN_AN_HOUR:
        return None
    if kind in _KINDS:
        return translate(language, _KINDS[kind])
    if meaning is Meaning.HELP:
        return translate(language, _HOW_IT_WORKS)
    if meaning is Meaning.NEED_HELP:
        return to_a_call_for_help(lately, sender, language)
    if seen_link and (pictures or meaning is Meaning.SIGHTING):
        return _once(lately, sender, language, _MORE, link=seen_link)
    return _once(lately, sender, language, _NO_PICTURES if pictures else _TAKEN)


def to_a_call_for_help(lately: Lately, sender: str, language: Language) -> str | None:
    """That this is no emergency line, unless he was told so in the last ten minutes."""
    return _once(lately, sender, language, _NO_EMERGENCY_LINE, Meaning.NEED_HELP)


def may_be_answered(sender: str) -> bool:
    """Whether a person can read an answer at this number, which is none of our own."""
    ours = (settings().twilio_sender, settings().second_twilio_sender, settings().whatsapp_sender)
    return _NUMBER.fullmatch(sender) is not None and sender not in ours


def _once(
    lately: Lately,
    sender: str,
    language: Language,
    words: str,
    of: Meaning | None = None,
    **values: str,
) -> str | None:
    """The words, unless this sender was answered lately; one in need only if he was told so."""
    apart = _ONE_TO_A_CALL_FOR_HELP_IN if of else _ONE_IN
    if lately.count(sender, apart, of):
        return None
    return translate(language, words, **values)
