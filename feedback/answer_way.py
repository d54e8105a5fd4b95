"""By which way somebody is answered: the one he wrote by, where that is known to be his."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from feedback.models import AnswerWay, InboundChannel, InboundMessage
from hub.errors import BadInput
from partnerships import ways
from partnerships.contact import UNPROVED
from partnerships.models import CHANNELS_OF_CONTACT, ContactKind, ContactPoint, Person

_WAY_OF_KIND = {
    ContactKind.MOBILE: AnswerWay.SMS,
    ContactKind.EMAIL: AnswerWay.EMAIL,
    ContactKind.LANDLINE: AnswerWay.TELEPHONE,
}


@dataclass(frozen=True, slots=True)
class Way:
    """How one person is answered. A member's contact point is looked up when he is answered;
    ``address`` is what somebody else left: a number, a mail address, or as it was written down.
    """

    way: AnswerWay = AnswerWay.NONE
    person_id: UUID | None = None
    contact_point_id: UUID | None = None
    address: str = ""


NOBODY = Way()


def to_person(session: Session, person_id: UUID, point_id: UUID | None) -> Way:
    """By the contact point he wrote from, else by the first of his own that something can be sent
    to. What is not known to be his is never used: whoever has it would read of another."""
    person = session.get_one(Person, person_id)
    own = [one for one in ways.of_person(session, person_id) if is_his(session, one)]
    if person.erased_at is not None or not own:
        return Way(person_id=person_id)
    from_it = next((one for one in own if one.id == point_id), None)
    point = from_it or min(own, key=lambda one: one.kind is ContactKind.LANDLINE)
    return Way(_WAY_OF_KIND[point.kind], person_id, point.id)


def is_his(session: Session, point: ContactPoint) -> bool:
    """Whether nothing says that this contact point still waits for its proof."""
    stops = ways.stops_of(session, point.id)
    return not any(stops.get(one) in UNPROVED for one in CHANNELS_OF_CONTACT[point.kind])


def to_writer(session: Session, message: InboundMessage) -> Way:
    """Whoever wrote a message. A number that is no member's gets a text, and a call where somebody
    called from what takes no text; a mail that only claims an address is answered there by nobody,
    so that no stranger can be written to."""
    if message.person_id is not None:
        return to_person(session, message.person_id, message.contact_point_id)
    is_number = message.channel is not InboundChannel.EMAIL and message.sender.startswith("+")
    if not is_number:
        return NOBODY
    has_called = message.channel is InboundChannel.VOICE
    way = _way_of_caller(message.sender) if has_called else AnswerWay.SMS
    return Way(way, address=message.sender)


def _way_of_caller(number: str) -> AnswerWay:
    try:
        return _WAY_OF_KIND[ways.read("sender", number).kind]
    except BadInput:
        return AnswerWay.TELEPHONE


def to_address(typed: str) -> Way:
    """What a reporter left of himself, as an official wrote it down: a mobile gets a text, a mail
    address a mail, a land line a call; anything else is taken for where a letter finds him."""
    written = typed.strip()
    if not written:
        return NOBODY
    try:
        read = ways.read("reporter_contact", written)
    except BadInput:
        return Way(AnswerWay.POST, address=written)
    return Way(_WAY_OF_KIND[read.kind], address=read.value)
