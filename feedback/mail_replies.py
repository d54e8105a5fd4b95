"""Replies by mail: into the same inbox as texts, joined by what the mail carries of ours.

The reply address proves which mail is answered, not who answers: From can be written by anybody.
So nothing but closing and opening one address is done on a mail's word, and only when the mail
carries something of ours: else whoever knows the members' addresses could silence them all.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists
from sqlmodel import Session, col, select

from channels.mail_reading import IncomingMail
from feedback import inbox, senders, text_answers
from feedback.inbox import IncomingText
from feedback.models import InboundChannel, InboundKind, InboundMessage, Meaning
from feedback.reading.meaning import read
from feedback.senders import Origin
from hub import audit, clock
from hub.config import settings
from hub.i18n import mark, translate
from hub.metrics import inbound_stored
from hub.queue import QueueName, enqueue
from messaging.mail_addresses import read_message_id
from messaging.models import Delivery
from partnerships import contact
from partnerships.models import Channel

ANSWERS = {
    InboundKind.MESSAGE: mark(
        "Your message went to the police of your zone. They do not read it at once: "
        "if it is urgent, call 101. Answer STOP to get no more mail at this address."
    ),
    InboundKind.STOP: mark(
        "You will get no more mail from us at this address. You stay a member. "
        "Answer START to get it again. If it is urgent, call 101."
    ),
    InboundKind.START: mark(
        "You will get our mail at this address again. If it is urgent, call 101. "
        "Answer STOP to get no more."
    ),
    InboundKind.LEAVE: mark(
        "You are still a member. To leave the partnership, open your own page: {link} "
        "If it is urgent, call 101."
    ),
}
# Two programs that answer each other stop after one round.
_ONE_ANSWER_IN = timedelta(hours=1)
_STOP_REASON = "mailed_stop"


def receive(session: Session, mail: IncomingMail, delivery: Delivery | None) -> bool:
    """Store a reply once and act on it once; whether it is new. ``delivery`` is by its address.

    An answer leaves by mail, by a job after the commit; see ``mail_answers``.
    """
    origin = _origin(session, mail, delivery)
    said = mail.text or mail.subject
    asked = read(_first_line(said)).kind if origin.delivery else InboundKind.MESSAGE
    whole = inbox.reading_to_keep(read(said))
    # Whoever adds a sighting to his STOP is read by the police all the same.
    kept = whole if asked is not InboundKind.MESSAGE else replace(whole, kind=asked)
    incoming = IncomingText(mail.message_id, mail.sender, said, channel=InboundChannel.EMAIL)
    answer = _answer(session, mail, origin, asked, kept.meaning)
    if origin.delivery is not None:
        # Before it is stored: see ``inbox.confirm``.
        inbox.confirm(session, origin.delivery, incoming)
    if not inbox.store(session, incoming, kept, origin, answer):
        return False
    if asked is not InboundKind.MESSAGE:
        _act(session, asked, origin)
    inbound_stored.inc()
    if answer is not None:
        _send_answer(session, mail.message_id)
    return True


def _origin(session: Session, mail: IncomingMail, delivery: Delivery | None) -> Origin:
    """By the address it came to, else by the mail it answers, else by what From says."""
    answered = delivery or _answered_delivery(session, mail)
    if answered is not None:
        return senders.of_delivery(session, answered)
    # Nothing proves the sender: no delivery is said to be answered.
    return replace(senders.of_sender(session, mail.sender), delivery=None, answered=None)


def _answered_delivery(session: Session, mail: IncomingMail) -> Delivery | None:
    ours = (read_message_id(one) for one in mail.answers)
    found = next((one for one in ours if one is not None), None)
    return session.get(Delivery, found) if found is not None else None


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _answer(
    session: Session, mail: IncomingMail, origin: Origin, asked: InboundKind, meaning: Meaning
) -> str | None:
    """What to answer, if anything: only to a member, and at most once an hour.

    STOP and START are confirmed each time, and whoever calls for help is told to call 101.
    """
    if origin.person is None or origin.point is None or not mail.may_be_answered:
        return None
    if asked is InboundKind.MESSAGE and meaning is Meaning.NEED_HELP:
        lately = text_answers.lately(session, [origin.point.value])
        return text_answers.to_a_call_for_help(lately, origin.point.value, origin.language)
    if asked is InboundKind.MESSAGE and _answered_lately(session, origin.person.id):
        return None
    return translate(origin.language, ANSWERS[asked], link=f"{settings().base_url}/me/link")


def _send_answer(session: Session, carrier_id: str) -> None:
    # By our own id: the sender's Message-ID may well hold his address, and Redis is to hold none.
    stored = inbox.stored(session, carrier_id)
    if stored is not None:
        enqueue(session, "workers.jobs.answer_mail", str(stored.id), queue=QueueName.DEFAULT)


def _answered_lately(session: Session, person_id: UUID) -> bool:
    answered = exists().where(
        col(InboundMessage.person_id) == person_id,
        col(InboundMessage.channel) == InboundChannel.EMAIL,
        col(InboundMessage.received_at) > clock.now() - _ONE_ANSWER_IN,
        col(InboundMessage.answer).is_not(None),
    )
    return bool(session.scalar(select(answered)))


def _act(session: Session, asked: InboundKind, origin: Origin) -> None:
    """Close or open the address we wrote to, which is not always the one that answers."""
    # By mail nobody is asked for a code: whoever wants to leave is led to his own page.
    if origin.point is None or asked is InboundKind.LEAVE:
        return
    for point in contact.points_with_value(session, origin.point.value):
        if asked is InboundKind.STOP:
            contact.stop(session, point.id, Channel.EMAIL, _STOP_REASON)
        else:
            contact.take_back_stop(session, point)
        audit.record(session, f"member.{asked}", ("contact_point", point.id), by=None)
