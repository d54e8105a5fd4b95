"""CAP alerts in and out, and outgoing webhooks."""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)
_personal = hub.columns.PersonalData()
_word = sa.String(length=32)


def upgrade() -> None:
    _make_cap_tables()
    _make_webhook_tables()


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")


def _make_cap_tables() -> None:
    op.create_table(
        "cap_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("reader", _word, nullable=False),
        sa.Column("is_withdrawal", sa.Boolean(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("message_type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sent_at", _moment, nullable=False),
        sa.Column("expires_at", _moment, nullable=False),
        sa.Column("headline", _personal, nullable=False),
        sa.Column("xml", _personal, nullable=False),
        sa.ForeignKeyConstraint(["police_zone_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.ForeignKeyConstraint(["root_id"], ["broadcast.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sender", "identifier"),
        sa.UniqueConstraint("broadcast_id", "reader", "is_withdrawal"),
    )
    op.create_index("ix_cap_document_police_zone_id", "cap_document", ["police_zone_id"])
    op.create_index("ix_cap_document_root_id", "cap_document", ["root_id"])
    op.create_table(
        "cap_public_mark",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("marked_by", sa.Uuid(), nullable=False),
        sa.Column("marked_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.ForeignKeyConstraint(["marked_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("broadcast_id"),
    )
    op.create_table(
        "cap_source",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", _moment, nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("next_look_at", _moment, nullable=False),
        sa.Column("looked_at", _moment, nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["police_zone_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("police_zone_id", "url"),
    )
    op.create_index("ix_cap_source_police_zone_id", "cap_source", ["police_zone_id"])
    op.create_table(
        "cap_arrival",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("message_type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sent_at", _moment, nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("brought_by", sa.Uuid(), nullable=True),
        sa.Column("arrived_at", _moment, nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("set_aside_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["police_zone_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["cap_source.id"]),
        sa.ForeignKeyConstraint(["brought_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("police_zone_id", "sender", "identifier"),
    )
    op.create_index("ix_cap_arrival_police_zone_id", "cap_arrival", ["police_zone_id"])
    op.create_index("ix_cap_arrival_thread_id", "cap_arrival", ["thread_id"])
    op.create_index("ix_cap_arrival_incident_id", "cap_arrival", ["incident_id"])
    op.create_table(
        "cap_reference",
        sa.Column("arrival_id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["arrival_id"], ["cap_arrival.id"]),
        sa.ForeignKeyConstraint(["police_zone_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("arrival_id", "sender", "identifier"),
    )
    op.create_index(
        "ix_cap_reference_named", "cap_reference", ["police_zone_id", "sender", "identifier"]
    )


def _make_webhook_tables() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", _personal, nullable=False),
        sa.Column("previous_secret", _personal, nullable=False),
        sa.Column("previous_until", _moment, nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("removed_at", _moment, nullable=True),
        sa.Column("failing_since", _moment, nullable=True),
        sa.Column("warned_at", _moment, nullable=True),
        sa.Column("disabled_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["police_zone_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_webhook_police_zone_id", "webhook", ["police_zone_id"])
    op.create_table(
        "webhook_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event", _word, nullable=False),
        sa.Column("broadcast_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("state", _word, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("not_before", _moment, nullable=False),
        sa.Column("expires_at", _moment, nullable=False),
        sa.Column("lease_until", _moment, nullable=True),
        sa.Column("ended_at", _moment, nullable=True),
        sa.Column("answer_status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"]),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("webhook_id", "broadcast_id", "event"),
    )
    op.create_index("ix_webhook_call_broadcast_id", "webhook_call", ["broadcast_id"])
    op.create_index("ix_webhook_call_webhook", "webhook_call", ["webhook_id", "created_at"])
    is_open = sa.text("state IN ('queued', 'sending')")
    op.create_index(
        "ix_webhook_call_open",
        "webhook_call",
        ["not_before"],
        postgresql_where=is_open,
        sqlite_where=is_open,
    )
