"""The order in which an alert and what follows it reach each person: as they were released.

An update that comes before its alert says nothing; one that comes after the all clear frightens for
nothing.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hub.db import Condition
from messaging.models import Broadcast, BroadcastStatus, Step


def alert_and_again(alert_id: UUID | None) -> Select[Any]:
    """The ids of an alert and of its second tries: whoever got one of them got the alert."""
    return select(col(Broadcast.id)).where(
        or_(
            col(Broadcast.id) == alert_id,
            and_(col(Broadcast.follows_id) == alert_id, col(Broadcast.step) == Step.AGAIN),
        )
    )


def before(session: Session, broadcast: Broadcast) -> Sequence[UUID]:
    """What was released about the same alert before this one, the alert itself included."""
    if broadcast.follows_id is None:
        return []
    earlier = select(col(Broadcast.id)).where(
        or_(
            col(Broadcast.id) == broadcast.follows_id,
            and_(
                col(Broadcast.follows_id) == broadcast.follows_id,
                _is_before(Broadcast, broadcast.released_at, broadcast.id),
            ),
        )
    )
    return session.execute(earlier).scalars().all()


def follows_unmade(broadcast_id: UUID) -> Condition:
    """The condition that the rows of something released before it are still to be made: nobody can
    know yet who got that, nor wait for it."""
    this, earlier = aliased(Broadcast), aliased(Broadcast)
    return exists().where(
        col(this.id) == broadcast_id,
        col(earlier.status) == BroadcastStatus.RELEASED,
        or_(
            col(earlier.id) == col(this.follows_id),
            and_(
                col(earlier.follows_id) == col(this.follows_id),
                _is_before(earlier, col(this.released_at), col(this.id)),
            ),
        ),
    )


def waiting_for(session: Session, broadcast: Broadcast) -> Sequence[Broadcast]:
    """What was released about the same alert after this one, and may have had to wait for it."""
    later = select(Broadcast).where(
        col(Broadcast.follows_id) == (broadcast.follows_id or broadcast.id),
        col(Broadcast.status) == BroadcastStatus.RELEASED,
    )
    return session.execute(later.order_by(col(Broadcast.released_at))).scalars().all()


def _is_before(earlier: Any, released_at: Any, broadcast_id: Any) -> Condition:
    # At the same moment, as they were written: the keys are in the order of time.
    return or_(
        col(earlier.released_at) < released_at,
        and_(col(earlier.released_at) == released_at, col(earlier.id) < broadcast_id),
    )
