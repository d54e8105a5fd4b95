"""What messages cost, what may be spent, and what waits because it may not. All money is in
millionths of a euro: a mail may cost less than a thousandth of one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import UtcDateTime, new_id, word
from hub.roles import ScopeKind
from partnerships.models import Channel


class BroadcastCost(SQLModel, table=True):
    """One broadcast that left or is about to: its prices, and how far it has been counted."""

    __tablename__ = "broadcast_cost"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast.id")
    # The Belgian calendar year in which it was released: the budget it comes out of.
    year: int = Field(index=True)
    # By channel, as they were at the release; a price that changes later changes no past.
    prices: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    # When the figures last became others.
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    counted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # None once the figures are final.
    count_again_at: datetime | None = Field(default_factory=now, sa_type=UtcDateTime, index=True)


class BroadcastCostLine(SQLModel, table=True):
    """One channel of a broadcast in one partnership. Units are SMS parts, calls, mails."""

    __tablename__ = "broadcast_cost_line"

    broadcast_id: UUID = Field(primary_key=True, foreign_key="broadcast_cost.broadcast_id")
    partnership_id: UUID = Field(primary_key=True, foreign_key="partnership.id", index=True)
    channel: Channel = Field(primary_key=True, sa_type=word(Channel))
    estimated_units: int = 0
    estimated: int = Field(default=0, sa_type=BigInteger)
    units: int = 0
    spent: int = Field(default=0, sa_type=BigInteger)
    # What still waits to leave.
    promised: int = Field(default=0, sa_type=BigInteger)


class Budget(SQLModel, table=True):
    """What a police zone or a partnership may spend in a year, and in the years after it until
    another amount is set. No amount is no limit."""

    __table_args__ = (UniqueConstraint("scope_id", "year"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    scope_kind: ScopeKind = Field(sa_type=word(ScopeKind))
    scope_id: UUID
    year: int
    amount: int | None = Field(default=None, sa_type=BigInteger)


class BudgetChange(SQLModel, table=True):
    """Who set a budget, when, and to what; none of these rows ever changes."""

    __tablename__ = "budget_change"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    budget_id: UUID = Field(foreign_key="budget.id", index=True)
    before: int | None = Field(default=None, sa_type=BigInteger)
    after: int | None = Field(default=None, sa_type=BigInteger)
    changed_by: UUID = Field(foreign_key="account.id")
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class BudgetPromise(SQLModel, table=True):
    """What a message that was released will cost in one partnership. It counts while its relay
    waits; then the broadcast's own figures do."""

    __tablename__ = "budget_promise"

    relay_id: UUID = Field(primary_key=True, foreign_key="relay.id")
    year: int = Field(index=True)
    amount: int = Field(sa_type=BigInteger)


class SideCost(SQLModel, table=True):
    """What something that is no broadcast, such as a survey, takes of a budget: promised at most
    while it runs, and what it used once it has ended."""

    __tablename__ = "side_cost"

    subject_id: UUID = Field(primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    # The Belgian calendar year in which it was begun: the budget it comes out of.
    year: int = Field(index=True)
    # By channel, as they were when it was begun.
    prices: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    promised: int = Field(default=0, sa_type=BigInteger)
    spent: int = Field(default=0, sa_type=BigInteger)


class BudgetWait(SQLModel, table=True):
    """A message, or one relay of it, whose moment had come when the money was not there."""

    __tablename__ = "budget_wait"

    # Of the message or the relay.
    subject_id: UUID = Field(primary_key=True)
    message_id: UUID = Field(foreign_key="cold_message.id", index=True)
    since: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    looked_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # The budget that was too small, when it was last looked at.
    scope_kind: ScopeKind = Field(sa_type=word(ScopeKind))
    scope_id: UUID
    needed: int = Field(sa_type=BigInteger)
    left: int = Field(sa_type=BigInteger)
    # When it left after all, or was too late; and which of the two.
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    has_left: bool = False


class BudgetWarning(SQLModel, table=True):
    """The keepers of a budget were told that most of it is gone: once a year."""

    __tablename__ = "budget_warning"

    scope_id: UUID = Field(primary_key=True)
    year: int = Field(primary_key=True)
    written_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
