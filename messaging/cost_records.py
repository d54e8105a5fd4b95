"""The record of what a broadcast costs: begun at its release, with the prices of that day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from hub import clock
from hub.db import insert_new
from messaging import estimates
from messaging.estimates import Estimate
from messaging.models import Broadcast, BroadcastCost, BroadcastCostLine


def year_of(moment: datetime) -> int:
    """The calendar year on a Belgian wall, to whose budget this moment belongs."""
    return clock.in_brussels(moment).year


def begin(session: Session, broadcast: Broadcast) -> None:
    """Keep the prices of this moment for a broadcast that leaves now; once."""
    at = clock.now()
    session.execute(
        insert_new(session, BroadcastCost).values(
            broadcast_id=broadcast.id,
            year=year_of(at),
            prices=estimates.prices_now(),
            changed_at=at,
            count_again_at=at,
        )
    )


def promise(session: Session, broadcast: Broadcast, estimate: Estimate) -> None:
    """Put down what a broadcast that has not left yet will cost; what stood there goes."""
    _forget(session, broadcast.id)
    begin(session, broadcast)
    session.add_all(
        BroadcastCostLine(
            broadcast_id=broadcast.id,
            partnership_id=partnership_id,
            channel=channel,
            estimated_units=units,
            estimated=estimate.cost_of((partnership_id, channel)),
            promised=estimate.cost_of((partnership_id, channel)),
        )
        for (partnership_id, channel), units in estimate.units.items()
    )
    session.flush()


def _forget(session: Session, broadcast_id: UUID) -> None:
    for table in (BroadcastCostLine, BroadcastCost):
        session.execute(
            delete(table)
            .where(col(table.broadcast_id) == broadcast_id)
            .execution_options(synchronize_session=False)
        )
