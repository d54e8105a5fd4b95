"""What the delivery engine keeps: carriers, escalation, recordings, receipts without a row."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_delivery_waiting", ["broadcast_id", "chunk"], "state = 'queued'"),
    ("ix_delivery_in_doubt", ["state", "lease_until"], "state IN ('sending', 'unknown')"),
    ("ix_delivery_unproven", ["broadcast_id", "changed_at"], "state IN ('accepted', 'sent')"),
    (
        "ix_delivery_unescalated",
        ["broadcast_id"],
        "escalated_at IS NULL AND state IN ('undelivered', 'failed', 'no_receipt', 'skipped')",
    ),
    ("ix_delivery_refused", ["broadcast_id", "carrier_code"], "carrier_code IS NOT NULL"),
)
_moment = hub.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    _add("organisation", "allows_whatsapp", sa.Boolean(), sa.false())
    _add("communication_plan", "escalate_after_seconds", sa.Integer(), sa.text("120"))
    _add("communication_plan", "call_tries", sa.Integer(), sa.text("2"))
    _add("broadcast", "is_escalated", sa.Boolean(), sa.false())
    _add("inbound_message", "channel", sa.String(length=32), sa.text("'sms'"))
    op.add_column("delivery", sa.Column("carrier", sa.String(), nullable=True))
    op.add_column("delivery", sa.Column("escalated_at", _moment, nullable=True))
    op.drop_index("ix_delivery_chunk", "delivery")
    op.drop_index("ix_delivery_open", "delivery")
    for name, columns, condition in _INDEXES:
        where = sa.text(condition)
        op.create_index(name, "delivery", columns, postgresql_where=where, sqlite_where=where)
    op.create_table(
        "broadcast_recording",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("broadcast_id", "language"),
    )
    op.create_table(
        "unmatched_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("carrier_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("at", _moment, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_unmatched_receipt_delivery_id", "unmatched_receipt", ["delivery_id"])


def _add(
    table: str,
    column: str,
    kind: sa.types.TypeEngine[Any],
    default: sa.ColumnElement[Any] | sa.TextClause,
) -> None:
    """Add a column that may not be empty; the default fills the rows that exist."""
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default=default))


def downgrade() -> None:
    for name, _columns, _condition in _INDEXES:
        op.drop_index(name, "delivery")
    op.create_index("ix_delivery_chunk", "delivery", ["broadcast_id", "chunk", "state"])
    op.create_index("ix_delivery_open", "delivery", ["state", "lease_until"])
    op.drop_table("unmatched_receipt")
    op.drop_table("broadcast_recording")
    for table, column in (
        ("delivery", "escalated_at"),
        ("delivery", "carrier"),
        ("inbound_message", "channel"),
        ("broadcast", "is_escalated"),
        ("communication_plan", "call_tries"),
        ("communication_plan", "escalate_after_seconds"),
        ("organisation", "allows_whatsapp"),
    ):
        op.drop_column(table, column)
