"""What messages cost, budgets, and what waits for them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    _costs()
    _budgets()
    _promises()


def _costs() -> None:
    """Broadcasts from before have none: nobody knows what prices were then."""
    op.create_table(
        "broadcast_cost",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("prices", sa.JSON(), nullable=False),
        sa.Column("changed_at", _moment, nullable=False),
        sa.Column("counted_at", _moment, nullable=True),
        sa.Column("count_again_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.PrimaryKeyConstraint("broadcast_id"),
    )
    op.create_index("ix_broadcast_cost_year", "broadcast_cost", ["year"])
    op.create_index("ix_broadcast_cost_count_again_at", "broadcast_cost", ["count_again_at"])
    op.create_table(
        "broadcast_cost_line",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("estimated_units", sa.Integer(), nullable=False),
        _money("estimated"),
        sa.Column("units", sa.Integer(), nullable=False),
        _money("spent"),
        _money("promised"),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast_cost.broadcast_id"]),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.PrimaryKeyConstraint("broadcast_id", "partnership_id", "channel"),
    )
    op.create_index(
        "ix_broadcast_cost_line_partnership_id", "broadcast_cost_line", ["partnership_id"]
    )


def _budgets() -> None:
    op.create_table(
        "budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope_kind", sa.String(length=32), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        _money("amount", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("scope_id", "year"),
    )
    op.create_table(
        "budget_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        _money("before", nullable=True),
        _money("after", nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"]),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_budget_change_budget_id", "budget_change", ["budget_id"])
    op.create_table(
        "budget_warning",
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("written_at", _moment, nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "year"),
    )


def _promises() -> None:
    op.create_table(
        "budget_promise",
        sa.Column("relay_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        _money("amount"),
        sa.ForeignKeyConstraint(["relay_id"], ["relay.id"]),
        sa.PrimaryKeyConstraint("relay_id"),
    )
    op.create_index("ix_budget_promise_year", "budget_promise", ["year"])
    op.create_table(
        "budget_wait",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("since", _moment, nullable=False),
        sa.Column("looked_at", _moment, nullable=False),
        sa.Column("scope_kind", sa.String(length=32), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        _money("needed"),
        _money("left"),
        sa.Column("ended_at", _moment, nullable=True),
        sa.Column("has_left", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["cold_message.id"]),
        sa.PrimaryKeyConstraint("subject_id"),
    )
    op.create_index("ix_budget_wait_message_id", "budget_wait", ["message_id"])


def _money(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Millionths of a euro."""
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
