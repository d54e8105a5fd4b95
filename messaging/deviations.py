"""Where a sending differs from what was agreed, with the reason: each is put on record."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from messaging.models import Deviation, DeviationKind


def said(
    broadcast_id: UUID, kinds: Iterable[DeviationKind], reason: str, by: UUID
) -> list[Deviation]:
    """One row a kind, to be put on record once it is sure that the sending takes place."""
    at = clock.now()
    return [
        Deviation(
            broadcast_id=broadcast_id, kind=kind, reason=reason.strip(), said_by=by, said_at=at
        )
        for kind in kinds
    ]


def of_broadcast(session: Session, broadcast_id: UUID) -> list[Deviation]:
    """All of them, oldest first."""
    on_record = select(Deviation).where(Deviation.broadcast_id == broadcast_id)
    return list(session.exec(on_record.order_by(col(Deviation.said_at), col(Deviation.id))))
