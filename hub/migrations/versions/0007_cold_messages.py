"""Prevention messages, notices, and the coordinator's relay."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


_moment = hub.columns.UtcDateTime(timezone=True)
_personal = hub.columns.PersonalData()


def upgrade() -> None:
    _plans()
    _messages()
    _relays()
    _weekly_mails()
    _rises()


def _plans() -> None:
    """What the partners agree on about the relay; versions that are agreed already get the usual."""
    for name, hours in (
        ("relay_reminder_hours", "24"),
        ("relay_deputy_hours", "48"),
        ("relay_overdue_hours", "72"),
    ):
        _add_to_plan(name, sa.Integer(), sa.text(hours))
    _add_to_plan("reviews_coordinator", sa.Boolean(), sa.true())


def _add_to_plan(name: str, kind: Any, before: Any) -> None:
    op.add_column(
        "communication_plan", sa.Column(name, kind, nullable=False, server_default=before)
    )


def _messages() -> None:
    op.create_table(
        "cold_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", _personal, nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("stopped_at", _moment, nullable=True),
        sa.Column("stopped_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["stopped_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_cold_series_author_id", "cold_series", ["author_id"])
    op.create_table(
        "cold_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_request_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=True),
        sa.Column("phenomenon", sa.String(), nullable=True),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("leaves_at", _moment, nullable=True),
        sa.Column("good_until", _moment, nullable=False),
        sa.Column("released_at", _moment, nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", _moment, nullable=True),
        sa.Column("reviewed_at", _moment, nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("review_remark", _personal, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["released_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["reviewed_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["series_id"], ["cold_series.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("author_id", "client_request_id"),
    )
    op.create_index("ix_cold_message_due", "cold_message", ["status", "leaves_at"])
    op.create_index("ix_cold_message_status", "cold_message", ["status"])
    op.create_index("ix_cold_message_series_id", "cold_message", ["series_id"])
    op.create_table(
        "cold_text",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        *(
            sa.Column(name, _personal, nullable=False)
            for name in (
                "subject", "short", "long", "passage", "how", "places", "times", "targets",
                "advice",
            )
        ),
        sa.ForeignKeyConstraint(["message_id"], ["cold_message.id"]),
        sa.PrimaryKeyConstraint("message_id", "language"),
    )  # fmt: skip
    op.create_table(
        "cold_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["cold_message.id"]),
        sa.ForeignKeyConstraint(["uploaded_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_cold_attachment_message_id", "cold_attachment", ["message_id"])
    op.create_table(
        "cold_broadcast",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.ForeignKeyConstraint(["message_id"], ["cold_message.id"]),
        sa.PrimaryKeyConstraint("broadcast_id"),
    )
    op.create_index("ix_cold_broadcast_message_id", "cold_broadcast", ["message_id"])


def _relays() -> None:
    op.create_table(
        "relay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", _moment, nullable=True),
        sa.Column("asked_role", sa.String(length=32), nullable=True),
        sa.Column("reminded_at", _moment, nullable=True),
        sa.Column("deputy_asked_at", _moment, nullable=True),
        sa.Column("overdue_at", _moment, nullable=True),
        sa.Column("decided_at", _moment, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("relay_at", _moment, nullable=True),
        sa.Column("is_adapted", sa.Boolean(), nullable=False),
        sa.Column("reason", _personal, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["cold_message.id"]),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id", "partnership_id"),
    )
    op.create_index("ix_relay_partnership_id", "relay", ["partnership_id"])
    op.create_index("ix_relay_state", "relay", ["state", "asked_at"])
    op.create_table(
        "relay_text",
        sa.Column("relay_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        *(
            sa.Column(name, _personal, nullable=False)
            for name in ("introduction", "closing", "passage")
        ),
        sa.ForeignKeyConstraint(["relay_id"], ["relay.id"]),
        sa.PrimaryKeyConstraint("relay_id", "language"),
    )
    op.create_table(
        "series_relay",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("relayed_by", sa.Uuid(), nullable=False),
        sa.Column("since", _moment, nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["cold_series.id"]),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.ForeignKeyConstraint(["relayed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("series_id", "partnership_id"),
    )
    op.create_table(
        "relay_by_text",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("since", _moment, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id"),
    )


def _weekly_mails() -> None:
    with op.batch_alter_table("person") as changed:
        changed.add_column(
            sa.Column("weekly_mail", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.add_column("delivery", sa.Column("digest_at", _moment, nullable=True))
    waits = sa.text("digest_at IS NOT NULL AND state = 'queued'")
    op.create_index(
        "ix_delivery_digest",
        "delivery",
        ["not_before"],
        postgresql_where=waits,
        sqlite_where=waits,
    )
    op.create_table(
        "digest_time",
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["police_zone_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("police_zone_id"),
    )


def _rises() -> None:
    op.create_table(
        "rise_dismissal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.Column("phenomenon", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", _personal, nullable=False),
        sa.Column("dismissed_by", sa.Uuid(), nullable=False),
        sa.Column("dismissed_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["police_zone_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(["dismissed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rise_dismissal_police_zone_id", "rise_dismissal", ["police_zone_id"])


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
