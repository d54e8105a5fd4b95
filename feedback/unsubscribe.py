"""Stopping prevention messages by the link or the button in one of them. Alerts are not touched."""

from sqlmodel import Session

from hub import audit
from hub.db import row_locks
from hub.errors import NotFound
from messaging.mail_addresses import read_unsubscribe_token
from messaging.models import Delivery
from partnerships import consent
from partnerships.models import Person, Purpose


def person_of(session: Session, token: str) -> Person:
    """Whose link this is. Raises ``NotFound`` for a link we did not make."""
    return session.get_one(Person, _delivery_of(session, token).person_id)


def by_token(session: Session, token: str, how: str) -> None:
    """Take the agreement to prevention messages back; doing it again changes nothing.

    Raises ``NotFound`` for a link we did not make.
    """
    by_delivery(session, _delivery_of(session, token), how)


def by_delivery(session: Session, delivery: Delivery | None, how: str) -> None:
    """The same for the one who got this delivery; of nobody's delivery nothing is done."""
    if delivery is None:
        return
    _one_at_a_time(session, delivery)
    if consent.in_force(session, delivery.person_id, Purpose.PREVENTION) is None:
        return
    consent.withdraw(session, delivery.person_id, Purpose.PREVENTION, how)
    audit.record(
        session,
        "consent.withdrawn",
        ("person", delivery.person_id),
        by=None,
        purpose=Purpose.PREVENTION,
        how=how,
        delivery_id=delivery.id,
    )


def _delivery_of(session: Session, token: str) -> Delivery:
    delivery_id = read_unsubscribe_token(token)
    delivery = session.get(Delivery, delivery_id) if delivery_id is not None else None
    if delivery is None:
        raise NotFound
    return delivery


def _one_at_a_time(session: Session, delivery: Delivery) -> None:
    # A mail program may press the button twice at once: one decision must come of it.
    if row_locks(session):
        session.get_one(Person, delivery.person_id, with_for_update=True)
