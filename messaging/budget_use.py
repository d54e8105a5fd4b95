"""What has been spent of a budget, what is promised by what still waits, and what is left."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from hub.roles import ScopeKind
from messaging.models import (
    COLD_KINDS,
    Broadcast,
    BroadcastCost,
    BroadcastCostLine,
    BroadcastStatus,
    BudgetPromise,
    ColdMessage,
    ColdStatus,
    Relay,
    RelayState,
    SideCost,
)
from partnerships.models import Partnership

# Of what ended without leaving nothing is owed any more.
_STILL_LEAVES = (
    BroadcastStatus.AWAITING_APPROVAL,
    BroadcastStatus.RELEASED,
    BroadcastStatus.SENDING,
)
_STILL_ASKED = (RelayState.PLANNED, RelayState.WAITING, RelayState.SCHEDULED)
_ON_ITS_WAY = (ColdStatus.SCHEDULED, ColdStatus.RELEASED)
# Keepers are told when so much of it is used.
WARNING_SHARE = 0.8


@dataclass(slots=True)
class Use:
    """What is used of one budget in one year, in millionths of a euro."""

    spent: int = 0
    # By what was released and has not left yet.
    promised: int = 0
    # The part of both that alerts, their follow-ups and feedback used: these are never stopped.
    unstoppable: int = 0

    @property
    def used(self) -> int:
        return self.spent + self.promised


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody is deciding on now, and what must therefore not count against itself."""

    broadcast_id: UUID | None = None
    relays: Collection[UUID] = ()


NOTHING = Own()


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget and its use. ``amount`` None is no limit."""

    amount: int | None
    use: Use = field(default_factory=Use)

    @property
    def left(self) -> int | None:
        """Below zero where more is used than was allowed."""
        return None if self.amount is None else self.amount - self.use.used

    @property
    def is_over(self) -> bool:
        return self.left is not None and self.left < 0

    @property
    def is_over_by_alerts(self) -> bool:
        """Whether it would not be over without what nothing stops."""
        return self.is_over and self.use.used - self.use.unstoppable <= (self.amount or 0)

    @property
    def is_nearly_gone(self) -> bool:
        return bool(self.amount) and self.use.used >= WARNING_SHARE * (self.amount or 0)


def of_scopes(
    session: Session,
    kind: ScopeKind,
    ids: Collection[UUID],
    year: int,
    own: Own = NOTHING,
) -> dict[UUID, Use]:
    """The use of each of these police zones or partnerships in one year."""
    column: Any = Partnership.police_zone_id if kind is ScopeKind.POLICE_ZONE else Partnership.id
    found = {one: Use() for one in ids}
    _add_broadcasts(session, column, found, year, own)
    _add_promises(session, column, found, year, own)
    _add_side_costs(session, column, found, year)
    return found


def _add_broadcasts(
    session: Session, column: Any, found: dict[UUID, Use], year: int, own: Own
) -> None:
    still = case(
        (col(Broadcast.status).in_(_STILL_LEAVES), col(BroadcastCostLine.promised)), else_=0
    )
    is_cold = col(Broadcast.kind).in_(COLD_KINDS)
    rows = session.execute(
        select(column, is_cold, func.sum(col(BroadcastCostLine.spent)), func.sum(still))
        .select_from(BroadcastCostLine)
        .join(
            BroadcastCost,
            col(BroadcastCost.broadcast_id) == col(BroadcastCostLine.broadcast_id),
        )
        .join(Broadcast, col(Broadcast.id) == col(BroadcastCostLine.broadcast_id))
        .join(Partnership, col(Partnership.id) == col(BroadcastCostLine.partnership_id))
        .where(
            column.in_(found),
            col(BroadcastCost.year) == year,
            col(Broadcast.id) != own.broadcast_id if own.broadcast_id else and_(True),
        )
        .group_by(column, is_cold)
    )
    for scope_id, cold, spent, promised in rows:
        use = found[scope_id]
        use.spent += int(spent)
        use.promised += int(promised)
        use.unstoppable += 0 if cold else int(spent) + int(promised)


def _add_promises(
    session: Session, column: Any, found: dict[UUID, Use], year: int, own: Own
) -> None:
    rows = session.execute(
        select(column, func.sum(col(BudgetPromise.amount)))
        .select_from(BudgetPromise)
        .join(Relay, col(Relay.id) == col(BudgetPromise.relay_id))
        .join(ColdMessage, col(ColdMessage.id) == col(Relay.message_id))
        .join(Partnership, col(Partnership.id) == col(Relay.partnership_id))
        .where(
            column.in_(found),
            col(BudgetPromise.year) == year,
            col(Relay.state).in_(_STILL_ASKED),
            col(ColdMessage.status).in_(_ON_ITS_WAY),
            col(Relay.id).not_in(own.relays),
        )
        .group_by(column)
    )
    for scope_id, amount in rows:
        found[scope_id].promised += int(amount)


def _add_side_costs(session: Session, column: Any, found: dict[UUID, Use], year: int) -> None:
    rows = session.execute(
        select(column, func.sum(col(SideCost.spent)), func.sum(col(SideCost.promised)))
        .select_from(SideCost)
        .join(Partnership, col(Partnership.id) == col(SideCost.partnership_id))
        .where(column.in_(found), col(SideCost.year) == year)
        .group_by(column)
    )
    for scope_id, spent, promised in rows:
        found[scope_id].spent += int(spent)
        found[scope_id].promised += int(promised)
