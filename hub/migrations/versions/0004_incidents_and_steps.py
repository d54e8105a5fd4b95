"""Incidents, launch decisions, and what follows an alert."""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)
_word = sa.String(length=32)


def upgrade() -> None:
    _change_tables()
    _make_tables()


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")


def _change_tables() -> None:
    with op.batch_alter_table("broadcast") as changed:
        changed.add_column(
            sa.Column("counts_as_feedback", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        changed.add_column(sa.Column("paused_at", _moment, nullable=True))
    with op.batch_alter_table("incident") as changed:
        changed.add_column(sa.Column("closed_by", sa.Uuid(), nullable=True))
        changed.add_column(sa.Column("close_reason", hub.columns.PersonalData(), nullable=True))
        changed.add_column(sa.Column("client_request_id", sa.String(), nullable=True))
        changed.create_foreign_key("fk_incident_closed_by", "account", ["closed_by"], ["id"])
        changed.create_unique_constraint("uq_incident_request", ["opened_by", "client_request_id"])
    with op.batch_alter_table("launch_decision") as changed:
        changed.alter_column("reason", type_=_word, existing_type=sa.String())
        for name in ("words", "asked_by"):
            changed.add_column(
                sa.Column(name, hub.columns.PersonalData(), nullable=False, server_default="")
            )
        changed.add_column(sa.Column("ticks", sa.JSON(), nullable=False, server_default="[]"))
        changed.add_column(sa.Column("broadcast_id", sa.Uuid(), nullable=True))
        changed.add_column(sa.Column("reporter", _word, nullable=True))
        changed.create_foreign_key(
            "fk_launch_decision_broadcast_id", "broadcast", ["broadcast_id"], ["id"]
        )
    op.create_index("ix_launch_decision_broadcast_id", "launch_decision", ["broadcast_id"])
    with op.batch_alter_table("inbound_message") as changed:
        changed.add_column(sa.Column("opened_incident_id", sa.Uuid(), nullable=True))
        changed.create_foreign_key(
            "fk_inbound_message_opened_incident", "incident", ["opened_incident_id"], ["id"]
        )
        changed.create_unique_constraint(
            "uq_inbound_message_opened_incident", ["opened_incident_id"]
        )


def _make_tables() -> None:
    op.create_table(
        "broadcast_intervention",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _word, nullable=False),
        sa.Column("reason", hub.columns.PersonalData(), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=False),
        sa.Column("done_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.ForeignKeyConstraint(["done_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_broadcast_intervention_broadcast_id", "broadcast_intervention", ["broadcast_id"]
    )
    op.create_table(
        "launch_told",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["launch_decision.id"]),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.PrimaryKeyConstraint("decision_id", "partnership_id"),
    )
    op.create_table(
        "incident_composing",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("incident_id", "account_id"),
    )
    op.create_table(
        "feedback_reminder",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("level", _word, nullable=False),
        sa.Column("written_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.PrimaryKeyConstraint("broadcast_id", "level"),
    )
    _make_tables_of_reporters()


def _make_tables_of_reporters() -> None:
    op.create_table(
        "launch_addition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("reason", _word, nullable=True),
        sa.Column("words", hub.columns.PersonalData(), nullable=False),
        sa.Column("asked_by", hub.columns.PersonalData(), nullable=False),
        sa.Column("ticks", sa.JSON(), nullable=False),
        sa.Column("reporter", _word, nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["decision_id"], ["launch_decision.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_launch_addition_decision_id", "launch_addition", ["decision_id"])
    op.create_table(
        "incident_reporter",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("channel", _word, nullable=False),
        sa.Column("reported_at", _moment, nullable=False),
        sa.Column("contact_point_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("number", hub.columns.PersonalData(), nullable=False),
        sa.Column("told_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["contact_point_id"], ["contact_point.id"]),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("incident_id"),
    )
    op.create_table(
        "stranger_stop",
        sa.Column("value_index", sa.String(), nullable=False),
        sa.Column("stopped_at", _moment, nullable=False),
        sa.PrimaryKeyConstraint("value_index"),
    )
