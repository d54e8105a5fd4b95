"""Numbers that the networks no longer know: after two alerts they are written to no more.

One such receipt may be a network's own mistake, so it takes two incidents to believe it, and no
message that arrived after them.
"""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hub.db import Condition
from messaging.models import Broadcast, Delivery, DeliveryState
from partnerships import contact
from partnerships.lost_contacts import NUMBER_UNKNOWN
from partnerships.models import ContactPoint

UNKNOWN_NUMBER = "30005"
_ALERTS_NEEDED = 2


def close_dead(session: Session, delivery_ids: Collection[int]) -> None:
    """Close the numbers of these deliveries for texts and calls, if a second alert says so.

    The deliveries are those whose receipt has just said that the number is unknown.
    """
    if not delivery_ids:
        return
    points = select(col(Delivery.contact_point_id)).where(col(Delivery.id).in_(delivery_ids))
    # The alert, its update and its feedback may all have met the same bad hour of one network.
    alerts = func.count(func.distinct(func.coalesce(col(Broadcast.incident_id), col(Broadcast.id))))
    dead = session.execute(
        select(col(Delivery.contact_point_id))
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(
            col(Delivery.contact_point_id).in_(points),
            col(Delivery.carrier_code) == UNKNOWN_NUMBER,
            col(Delivery.state) == DeliveryState.UNDELIVERED,
            ~_took_one_later(),
        )
        .group_by(col(Delivery.contact_point_id))
        .having(alerts >= _ALERTS_NEEDED)
    ).scalars()
    for point_id in dead.all():
        _close(session, session.get_one(ContactPoint, point_id))


def _took_one_later() -> Condition:
    later = aliased(Delivery)
    return (
        select(1)
        .where(
            col(later.contact_point_id) == col(Delivery.contact_point_id),
            col(later.id) > col(Delivery.id),
            col(later.state) == DeliveryState.DELIVERED,
        )
        .exists()
    )


def _close(session: Session, point: ContactPoint) -> None:
    # It is as dead for whoever else gave it as his own.
    for one in contact.points_with_value(session, point.value):
        contact.stop_all(session, one, NUMBER_UNKNOWN)
