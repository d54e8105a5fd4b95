"""What becomes of a mail that came in: a bounce, a reply, a goodbye, or a machine's small talk."""

from enum import StrEnum

from sqlmodel import Session

from channels.mail_reading import IncomingMail, read_mail
from feedback import bounces, mail_replies, unsubscribe
from messaging.mail_addresses import Door, InboundAddress, read_inbound_address
from messaging.models import Delivery


class Taken(StrEnum):
    """What a mail was taken for; each is counted."""

    REPLY = "reply"
    REPEATED = "repeated"
    BOUNCE = "bounce"
    DELAY = "delay"
    UNMATCHED_BOUNCE = "unmatched_bounce"
    UNSUBSCRIBE = "unsubscribe"
    AUTOMATIC = "automatic"


def is_ours(address: str) -> bool:
    """Whether mail to this address is to be taken in at all."""
    return read_inbound_address(address) is not None


def take(session: Session, recipient: str, return_path: str, content: bytes) -> Taken:
    """Do what this mail asks, once however often it comes; ``recipient`` is one of ours."""
    address = read_inbound_address(recipient)
    delivery = _delivery(session, address)
    mail = read_mail(content, return_path)
    if mail.bounce is not None:
        return _bounce(session, mail, delivery)
    if address is not None and address.door is Door.UNSUBSCRIBE:
        # A mail program sends it by itself, so being automatic is no objection.
        unsubscribe.by_delivery(session, delivery, "mail")
        return Taken.UNSUBSCRIBE
    if mail.is_automatic:
        return Taken.AUTOMATIC
    is_new = mail_replies.receive(session, mail, delivery)
    return Taken.REPLY if is_new else Taken.REPEATED


def _delivery(session: Session, address: InboundAddress | None) -> Delivery | None:
    if address is None or address.delivery_id is None:
        return None
    return session.get(Delivery, address.delivery_id)


def _bounce(session: Session, mail: IncomingMail, delivery: Delivery | None) -> Taken:
    if delivery is None or mail.bounce is None:
        return Taken.UNMATCHED_BOUNCE
    bounces.take(session, delivery, mail.bounce)
    return Taken.BOUNCE if mail.bounce.is_permanent else Taken.DELAY
