"""Changing deliveries that wait, all at once, without two who do so waiting for each other.

Rows are locked in the order of their numbers, and before any is changed: an UPDATE takes them as it
finds them, and two that meet in the middle wait for each other for ever.
"""

from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from hub import clock
from hub.db import Condition
from messaging.models import WAITING, Delivery, state_is


def change_waiting(
    session: Session, *wanted: Condition, passes_held: bool = False, **values: Any
) -> int:
    """Give those that wait, and are wanted, these values; how many.

    ``passes_held`` leaves out what somebody else holds at this moment instead of waiting for him:
    for workers, who may hold other rows already, and come again.
    """
    rows = select(col(Delivery.id)).where(*wanted, state_is(*WAITING)).order_by(col(Delivery.id))
    held = rows.with_for_update(of=Delivery, skip_locked=passes_held).cte("held")
    changed = session.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(select(held.c.id)), state_is(*WAITING))
        .values(changed_at=clock.now(), **values)
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    )
    return len(changed.all())
