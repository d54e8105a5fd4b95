"""What a broadcast, or all of an incident's, was thought to cost and did cost."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from messaging import estimates
from messaging.models import Broadcast, BroadcastCost, BroadcastCostLine
from partnerships.models import Channel


@dataclass(slots=True)
class ByChannel:
    """One channel. Units are SMS parts, calls, mails; money is in millionths of a euro."""

    estimated_units: int = 0
    estimated: int = 0
    units: int = 0
    spent: int = 0
    promised: int = 0

    def add(self, line: BroadcastCostLine) -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(line, name))


@dataclass(slots=True)
class Cost:
    """What was counted so far. ``is_final`` when nothing can change any more."""

    counted_at: datetime | None = None
    is_final: bool = True
    # Whether the operator had set any price when it left; else there are units and no money.
    is_priced: bool = False
    channels: dict[Channel, ByChannel] = field(default_factory=dict)

    @property
    def estimated(self) -> int:
        return sum(one.estimated for one in self.channels.values())

    @property
    def spent(self) -> int:
        return sum(one.spent for one in self.channels.values())

    @property
    def promised(self) -> int:
        return sum(one.promised for one in self.channels.values())


def of_broadcasts(session: Session, ids: Iterable[UUID]) -> dict[UUID, Cost]:
    """The cost of each of these that has a record; those from before the hub kept any have none."""
    wanted = list(ids)
    records = select(BroadcastCost).where(
        col(BroadcastCost.broadcast_id).in_(wanted), col(BroadcastCost.counted_at).is_not(None)
    )
    found = {
        one.broadcast_id: Cost(
            one.counted_at, one.count_again_at is None, estimates.are_known(one.prices)
        )
        for one in session.exec(records)
    }
    by_channel: dict[UUID, defaultdict[Channel, ByChannel]] = defaultdict(
        lambda: defaultdict(ByChannel)
    )
    lines = select(BroadcastCostLine).where(col(BroadcastCostLine.broadcast_id).in_(found))
    for line in session.exec(lines):
        by_channel[line.broadcast_id][line.channel].add(line)
    for broadcast_id, cost in found.items():
        # In the order in which the hub lists channels.
        known = by_channel[broadcast_id]
        cost.channels = {one: known[one] for one in Channel if one in known}
    return found


def of_broadcast(session: Session, broadcast: Broadcast) -> Cost | None:
    """The cost of one; None while it was not counted."""
    return of_broadcasts(session, [broadcast.id]).get(broadcast.id)


@dataclass(frozen=True, slots=True)
class Sum:
    """Of several broadcasts together."""

    broadcasts: int
    estimated: int
    spent: int
    is_final: bool
    is_priced: bool


def of_incident(session: Session, incident_id: UUID) -> Sum | None:
    """The alert, what followed it, and feedback; None while none of them was counted."""
    ids = session.exec(select(Broadcast.id).where(Broadcast.incident_id == incident_id)).all()
    return total(list(of_broadcasts(session, ids).values()))


def total(costs: Sequence[Cost]) -> Sum | None:
    """All of these together; None of none."""
    if not costs:
        return None
    return Sum(
        len(costs),
        sum(one.estimated for one in costs),
        sum(one.spent for one in costs),
        all(one.is_final for one in costs),
        any(one.is_priced for one in costs),
    )
