"""The one mail a member gets back when he writes: the police have it; 101 is for what is urgent.

It goes to the address we have of the member, never to one a mail only claims, so that nobody can
make the hub write to strangers.
"""

from uuid import UUID

from sqlmodel import Session

from channels.contract import Accepted, Mail
from feedback.models import InboundMessage
from hub import log
from hub.i18n import mark, translate
from hub.security import keyed_digest
from hub.templating import environment
from messaging.carriers import Carriers
from messaging.mail_addresses import (
    Door,
    inbound_address,
    message_id_of,
)
from partnerships.models import Channel, ContactPoint

_log = log.get(__name__)
_SUBJECT = mark("Your message has arrived")


def letter(session: Session, reply_id: UUID) -> Mail | None:
    """The answer to one stored reply, the same each time; ``None`` when it gets none."""
    reply = session.get(InboundMessage, reply_id)
    if reply is None or not reply.answer or reply.contact_point_id is None:
        return None
    point = session.get_one(ContactPoint, reply.contact_point_id)
    context = {"answer": reply.answer}
    templates = environment(reply.language)
    return Mail(
        to=point.value,
        subject=translate(reply.language, _SUBJECT),
        text=templates.get_template("feedback/mail_answer.txt").render(context),
        html=templates.get_template("feedback/mail_answer.html").render(context),
        message_id=message_id_of(keyed_digest("mail-answer", str(reply_id))),
        headers=_headers(reply),
        auto_submitted="auto-replied",
    )


async def send(carriers: Carriers, answer: Mail) -> None:
    """Hand it over, once: it is a courtesy, and what matters is in the inbox already."""
    route = carriers.route(Channel.EMAIL)
    result = await route.sender.send(answer) if route else None
    if not isinstance(result, Accepted):
        _log.warning("mail_answer_not_sent", result=type(result).__name__)


def _headers(reply: InboundMessage) -> tuple[tuple[str, str], ...]:
    about = [("In-Reply-To", reply.carrier_id), ("References", reply.carrier_id)]
    again = inbound_address(Door.REPLY, reply.delivery_id) if reply.delivery_id else ""
    return tuple([*about, ("Reply-To", again)] if again else about)
