"""Ending a membership by text: STOP PLP asks, and only the code in our answer ends it.

The sender of a text can be forged, and STOP alone means silence: so nobody leaves by one word.
"""

import re
from datetime import timedelta

from sqlmodel import Session

from hub.config import settings
from hub.i18n import Language, mark, translate
from partnerships import confirmation, contact, leaving
from partnerships.confirmation import Answer
from partnerships.models import ContactPoint, Person
from partnerships.sign_up_limits import Limit

_HOW = "texted"
_GOOD_FOR = timedelta(hours=1)
_CODE = re.compile(r"\d[\d ]*")
# More names than these would not fit into one text.
_LONGEST_NAMES = 50

NO_MEMBER = mark("This number is in none of our partnerships. Urgent? Call 101.")
_QUESTION = mark(
    "Leave {partnerships}? You will get no more alerts. To confirm, text: STOP PLP {code}"
)
_SHARED = mark("Several members share this number. Each can leave on his own page: {link}")
_LEFT = mark("You have left {partnerships}. You will get no more messages. Urgent? Call 101.")
_WRONG = mark("This is not the code, or it is too old. Text STOP PLP for a new one.")
_ENOUGH = mark("Enough for today. You can leave on your own page: {link}")


def act(session: Session, sender: str, body: str, language: Language) -> str:
    """Do what a text that asks to leave asks for; what to answer."""
    members = _members(session, sender)
    if not members:
        return translate(language, NO_MEMBER)
    if len(members) > 1:
        return translate(language, _SHARED, link=_own_page())
    person, point = members[0]
    typed = _CODE.search(body)
    if typed is None:
        return _ask(session, person, point)
    return _leave(session, person, point, typed[0])


def _own_page() -> str:
    return f"{settings().base_url}/me/link"


def _members(session: Session, sender: str) -> list[tuple[Person, ContactPoint]]:
    """The present members behind this number."""
    points = contact.points_with_value(session, sender)
    found = [(session.get_one(Person, point.person_id), point) for point in points]
    return [(person, point) for person, point in found if leaving.present(session, person)]


def _ask(session: Session, person: Person, point: ContactPoint) -> str:
    made = confirmation.new_leaving_code(session, point, _GOOD_FOR)
    if isinstance(made, Limit):
        return translate(person.language, _ENOUGH, link=_own_page())
    names = _names(session, person)
    return translate(person.language, _QUESTION, partnerships=names, code=made)


def _leave(session: Session, person: Person, point: ContactPoint, typed: str) -> str:
    answer = confirmation.try_leaving_code(session, point, typed)
    if answer is not Answer.RIGHT:
        return translate(person.language, _WRONG)
    names = _names(session, person)
    leaving.leave_all(session, person, _HOW)
    return translate(person.language, _LEFT, partnerships=names)


def _names(session: Session, person: Person) -> str:
    names = [partnership.name for _membership, partnership in leaving.present(session, person)]
    together = ", ".join(names)
    return together if len(together) <= _LONGEST_NAMES else f"{together[: _LONGEST_NAMES - 1]}."
