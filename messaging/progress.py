"""How a broadcast is getting on: counts that always add up to the audience."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from messaging.models import FINAL_STATES, Broadcast, Delivery, DeliveryState
from partnerships.models import Channel, Partnership

# Where the carrier's yes is on record; "sent" is never called "reached".
_HANDED_OVER = {DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.NO_RECEIPT}
_NOT_YET = {DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN}


@dataclass(slots=True)
class Line:
    """One channel in one partnership."""

    partnership: str
    channel: Channel
    handed_over: int = 0
    confirmed: int = 0
    failed: int = 0
    not_yet: int = 0

    def count(self, state: DeliveryState, number: int) -> None:
        if state is DeliveryState.DELIVERED:
            self.confirmed += number
        elif state in _HANDED_OVER:
            self.handed_over += number
        elif state in _NOT_YET:
            self.not_yet += number
        else:
            self.failed += number


@dataclass(slots=True)
class Progress:
    """The whole of a broadcast at one moment. ``audience`` is the sum over ``by_state``."""

    audience: int = 0
    by_state: Counter[DeliveryState] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    segments: int = 0
    last_handed_over_at: datetime | None = None

    @property
    def confirmed(self) -> int:
        return self.by_state[DeliveryState.DELIVERED]

    @property
    def handed_over(self) -> int:
        return sum(self.by_state[state] for state in _HANDED_OVER)

    @property
    def not_yet(self) -> int:
        return sum(self.by_state[state] for state in _NOT_YET)

    @property
    def failed(self) -> int:
        return self.audience - self.confirmed - self.handed_over - self.not_yet


def progress_of(session: Session, broadcast_id: UUID) -> Progress:
    """Count a broadcast's deliveries in one question, so that the figures belong together."""
    counted = session.execute(
        select(
            col(Partnership.name),
            col(Delivery.channel),
            col(Delivery.state),
            col(Delivery.reason),
            func.count(),
            func.coalesce(func.sum(col(Delivery.segments)), 0),
            func.max(col(Delivery.handed_over_at)),
        )
        .join(Partnership, col(Partnership.id) == col(Delivery.partnership_id))
        .where(col(Delivery.broadcast_id) == broadcast_id)
        .group_by(
            col(Partnership.name), col(Delivery.channel), col(Delivery.state), col(Delivery.reason)
        )
        .order_by(col(Partnership.name), col(Delivery.channel))
    ).all()
    progress = Progress()
    lines: dict[tuple[str, Channel], Line] = {}
    for name, channel, state, reason, number, segments, last in counted:
        line = lines.setdefault((name, channel), Line(name, channel))
        line.count(state, number)
        progress.audience += number
        progress.by_state[state] += number
        progress.segments += segments
        if reason and state in FINAL_STATES:
            progress.reasons[reason] += number
        if last and (progress.last_handed_over_at is None or last > progress.last_handed_over_at):
            progress.last_handed_over_at = last
    progress.lines = list(lines.values())
    return progress


def page_of_deliveries(
    session: Session, broadcast: Broadcast, state: DeliveryState | None, after: int, limit: int
) -> Sequence[Delivery]:
    """Deliveries by number, those after ``after``; at most ``limit``."""
    rows = select(Delivery).where(
        col(Delivery.broadcast_id) == broadcast.id, col(Delivery.id) > after
    )
    if state is not None:
        rows = rows.where(col(Delivery.state) == state)
    return session.execute(rows.order_by(col(Delivery.id)).limit(limit)).scalars().all()
