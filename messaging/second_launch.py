"""Two dispatchers on one incident: only one of them calls the same partnership."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from hub.db import hold_alone
from hub.errors import Conflict
from hub.i18n import mark
from messaging import end_told
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    Step,
)
from partnerships.models import Partnership


class AlreadyLaunched(Conflict):
    """Another alert on this incident has left for the same partnership."""

    def __init__(self, alert: Broadcast, partnership: Partnership) -> None:
        assert alert.released_at is not None
        super().__init__(
            mark(
                "An alert on this incident has left for {name} already, at {time}. Nothing was sent"
                " now: send an update of that one."
            ),
            name=partnership.name,
            time=clock.in_brussels(alert.released_at).strftime("%H:%M"),
        )
        self.see = f"/broadcasts/{alert.id}"


def one_at_a_time(session: Session, incident_id: UUID) -> None:
    """Wait until nobody else decides on this incident or launches it; until the commit.

    It is no lock on the incident's row. Closing one writes that row after the log of decisions,
    launching writes to the log last: each would wait for the other.
    """
    hold_alone(session, incident_id)


def refuse_second(session: Session, broadcast: Broadcast) -> None:
    """Raise ``AlreadyLaunched`` when an alert of the same incident has left for one of the same
    partnerships, and its end was not told. Two who release at once are looked at one by one."""
    if not is_launch(broadcast) or broadcast.incident_id is None:
        return
    one_at_a_time(session, broadcast.incident_id)
    its_own = select(BroadcastPartnership.partnership_id).where(
        BroadcastPartnership.broadcast_id == broadcast.id
    )
    left = (
        select(Broadcast, Partnership)
        .join(BroadcastPartnership, col(BroadcastPartnership.broadcast_id) == col(Broadcast.id))
        .join(Partnership, col(Partnership.id) == col(BroadcastPartnership.partnership_id))
        .where(
            launches(broadcast.incident_id),
            Broadcast.id != broadcast.id,
            col(Broadcast.is_drill).is_(broadcast.is_drill),
            col(Broadcast.status) != BroadcastStatus.CANCELLED,
            col(Partnership.id).in_(its_own),
            ~end_told.end_is_told(col(Broadcast.id)),
        )
    )
    for alert, partnership in session.exec(left.order_by(col(Broadcast.released_at)).limit(1)):
        raise AlreadyLaunched(alert, partnership)


def is_launch(broadcast: Broadcast) -> bool:
    """Whether its release would call partnerships to an incident."""
    is_alert = broadcast.kind is BroadcastKind.URGENT_ALERT and broadcast.step is Step.FIRST
    return is_alert and broadcast.incident_id is not None


def launches(incident_id: UUID | None) -> Any:
    """The condition on ``Broadcast``: an alert on this incident that has left."""
    return (
        (col(Broadcast.incident_id) == incident_id)
        & (col(Broadcast.step) == Step.FIRST)
        & (col(Broadcast.kind) == BroadcastKind.URGENT_ALERT)
        & col(Broadcast.released_at).is_not(None)
    )
