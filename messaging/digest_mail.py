"""The weekly mail as its reader gets it: each message whole, with its title and its sender."""

from dataclasses import dataclass

from sqlmodel import Session

from channels.contract import Mail
from hub.i18n import Language, mark, translate
from hub.roles import Role
from hub.templating import environment
from messaging.mail_addresses import Door, inbound_address, message_id, unsubscribe_url
from messaging.models import Broadcast, ColdBroadcast, ColdMessage, Delivery
from messaging.rendering import letter_of, mail_headers
from messaging.texts import Words
from partnerships import accounts
from partnerships.models import Account, Organisation, Partnership

_SUBJECT_OF_ONE = mark("Your weekly mail: {title}")
_SUBJECT = mark("Your weekly mail: {count} messages")
_COORDINATOR = mark("The coordinator of {partnership}")
_PREVENTION = mark("Prevention service: {municipality}")


@dataclass(frozen=True, slots=True)
class Part:
    """One message in a weekly mail."""

    words: Words
    sender: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is in one weekly mail, before anything is asked of a carrier. ``first_id`` is the
    delivery whose signature its links and addresses bear: the same on every attempt."""

    to: str
    language: Language
    first_id: int
    parts: tuple[Part, ...]


def part_of(session: Session, broadcast: Broadcast, delivery: Delivery) -> Part:
    """One message as this person would have got it alone."""
    words = letter_of(session, broadcast).words_for(delivery.language, delivery.partnership_id)
    return Part(words, _sender(session, broadcast, delivery))


def _sender(session: Session, broadcast: Broadcast, delivery: Delivery) -> str:
    partnership = session.get_one(Partnership, delivery.partnership_id)
    left = session.get(ColdBroadcast, broadcast.id)
    message = session.get_one(ColdMessage, left.message_id) if left else None
    if message is not None and message.is_own:
        return translate(delivery.language, _COORDINATOR, partnership=partnership.name)
    author = session.get_one(Account, broadcast.author_id)
    roles = {one.role for one in accounts.actor_for(session, author).appointments}
    if roles == {Role.PREVENTION_OFFICER}:
        town = session.get_one(Organisation, partnership.municipality_id)
        return translate(delivery.language, _PREVENTION, municipality=town.name)
    return session.get_one(Organisation, partnership.police_zone_id).name


def write(gathered: Gathered) -> Mail:
    """The weekly mail as plain text and HTML."""
    context = {
        "parts": gathered.parts,
        "urgent": False,
        "can_answer": bool(inbound_address(Door.REPLY, gathered.first_id)),
        "unsubscribe_url": unsubscribe_url(gathered.first_id),
        "subject": _subject(gathered),
    }
    templates = environment(gathered.language)
    return Mail(
        to=gathered.to,
        subject=_subject(gathered),
        text=templates.get_template("messaging/digest.txt").render(context),
        html=templates.get_template("messaging/digest.html").render(context),
        message_id=message_id(gathered.first_id),
        headers=mail_headers(gathered.first_id, is_cold=True),
        envelope_sender=inbound_address(Door.BOUNCE, gathered.first_id),
    )


def _subject(gathered: Gathered) -> str:
    if len(gathered.parts) == 1:
        # Not by ``format``: a title may hold braces of its own.
        title = gathered.parts[0].words.subject
        return translate(gathered.language, _SUBJECT_OF_ONE, title=title)
    return translate(gathered.language, _SUBJECT, count=len(gathered.parts))
