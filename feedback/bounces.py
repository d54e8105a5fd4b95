"""Mail that came back: the delivery ends as undelivered, and a dead address is written no more."""

from sqlmodel import Session

from channels.bounce_reading import Bounce
from hub import clock
from messaging import digest, receipts
from messaging.mail_addresses import message_id
from messaging.models import Delivery
from partnerships import contact
from partnerships.lost_contacts import ADDRESS_UNKNOWN
from partnerships.models import Channel, ContactPoint


def take(session: Session, delivery: Delivery, bounce: Bounce) -> None:
    """Note a bounce; the same one again changes nothing.

    "Not yet" is history only: the mail server goes on trying.
    """
    assert delivery.id is not None
    status = receipts.MAIL_RETURNED if bounce.is_permanent else receipts.MAIL_DELAYED
    # A weekly mail that comes back brings all of its messages back.
    returned = [
        receipts.Receipt(
            delivery_id=one.id,
            channel=Channel.EMAIL,
            status=status,
            carrier_id=message_id(delivery.id),
            code=bounce.code,
            at=clock.now(),
        )
        for one in digest.carried_with(session, delivery)
        if one.id is not None
    ]
    receipts.fold(session, returned)
    if bounce.address_is_dead:
        _close_address(session, delivery)


def _close_address(session: Session, delivery: Delivery) -> None:
    if delivery.contact_point_id is None:
        return
    point = session.get_one(ContactPoint, delivery.contact_point_id)
    # It is as dead for whoever else gave it as his own.
    for one in contact.points_with_value(session, point.value):
        contact.stop(session, one.id, Channel.EMAIL, ADDRESS_UNKNOWN)
