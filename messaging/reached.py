"""Whether a person was reached by a broadcast: proof by any one of his ways is enough.

Nothing but a carrier's word, a key pressed, a reply or a person on the telephone is proof. Mail
that was sent proves nothing.
"""

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from hub.db import Condition
from messaging.models import Delivery, DeliveryState
from messaging.probe import finds

# Why a way was not taken any more.
ALREADY_REACHED = "already_reached"
# Somebody called him from the call list.
BY_HAND = "by_hand"


def already_reached() -> Condition:
    """The condition on ``Delivery`` that its person was reached by it, by any of his ways."""
    proof = aliased(Delivery)
    return finds(
        select(col(proof.id)).where(
            col(proof.broadcast_id) == col(Delivery.broadcast_id),
            col(proof.person_id) == col(Delivery.person_id),
            col(proof.state) == DeliveryState.DELIVERED,
        )
    )
