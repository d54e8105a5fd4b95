"""The link in an alert behind which its reader tells what he saw: whose it is, and how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from feedback import senders
from feedback.models import Sighting
from feedback.senders import Origin
from hub import clock
from hub.config import settings
from hub.errors import NotFound
from messaging import broadcasts
from messaging.mail_addresses import read_seen_reference, seen_url
from messaging.models import Broadcast, BroadcastKind, Delivery
from partnerships.models import ContactPoint, Person

# One who saw much; a stranger with the address can do no more harm than so many lines.
MOST_BY_ONE_LINK = 5
# A household, an office, a telephone network behind one address of the internet.
MOST_FROM_ONE_PLACE = 30
_HOUR = timedelta(hours=1)
# Enough of a busy week; nobody looks for his link below them.
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Told:
    """An alert somebody got, and his link to say what he saw."""

    sent_at: datetime
    subject: str
    link: str


def seen_link(delivery_id: int) -> str:
    """The address of the page on which whoever got this delivery tells what he saw."""
    return seen_url(delivery_id)


def delivery_behind(session: Session, reference: str) -> Delivery:
    """The delivery that a link belongs to; raises ``NotFound`` for none of ours, and for one of a
    message that asks nobody to look out."""
    delivery_id = read_seen_reference(reference)
    delivery = session.get(Delivery, delivery_id) if delivery_id is not None else None
    if delivery is None:
        raise NotFound
    if session.get_one(Broadcast, delivery.broadcast_id).kind is not BroadcastKind.URGENT_ALERT:
        raise NotFound
    return delivery


def is_open(delivery: Delivery) -> bool:
    """Whether its page still takes anything."""
    return clock.now() < delivery.queued_at + timedelta(days=settings().seen_link_days)


def origin_of(session: Session, delivery: Delivery) -> Origin:
    """Who got it, and which incident and police zone it is about."""
    return senders.of_delivery(session, delivery)


def is_used_up(session: Session, delivery: Delivery, place: str) -> bool:
    """Whether so much came by this link, or from this place of the internet, that no person sends
    it."""
    by_link = select(func.count()).where(col(Sighting.delivery_id) == delivery.id)
    from_place = select(func.count()).where(
        col(Sighting.sent_from_index) == place, col(Sighting.received_at) > clock.now() - _HOUR
    )
    return (
        session.exec(by_link).one() >= MOST_BY_ONE_LINK
        or session.exec(from_place).one() >= MOST_FROM_ONE_PLACE
    )


def recent(session: Session, person: Person, came_by: ContactPoint | None) -> list[Told]:
    """The urgent alerts he got lately, newest first; of somebody who came by a way that is perhaps
    not his (``came_by``), those alone that went there."""
    since = clock.now() - timedelta(days=settings().seen_link_days)
    got = (
        select(Delivery, Broadcast)
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(
            Delivery.person_id == person.id,
            col(Delivery.handed_over_at).is_not(None),
            col(Delivery.queued_at) > since,
            Broadcast.kind == BroadcastKind.URGENT_ALERT,
        )
        .order_by(col(Delivery.id).desc())
        .limit(_MOST_SHOWN)
    )
    if came_by is not None:
        got = got.where(Delivery.contact_point_id == came_by.id)
    by_broadcast: dict[UUID, Told] = {}
    for delivery, broadcast in session.exec(got):
        if broadcast.id not in by_broadcast:
            by_broadcast[broadcast.id] = _told(session, person, delivery, broadcast)
    return list(by_broadcast.values())


def _told(session: Session, person: Person, delivery: Delivery, broadcast: Broadcast) -> Told:
    texts = broadcasts.texts_of(session, broadcast)
    words = texts.get(person.language) or next(iter(texts.values()))
    return Told(delivery.queued_at, words.subject, seen_link(delivery.id or 0))
