"""The answers that are owed, and what coordinators were told of a month."""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    _answers()
    _monthly_summaries()


def _answers() -> None:
    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sighting_id", sa.Uuid(), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("police_zone_id", sa.Uuid(), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=True),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("contact_point_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("address", hub.columns.PersonalData(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("owed_since", _moment, nullable=False),
        sa.Column("due_at", _moment, nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("words", hub.columns.PersonalData(), nullable=False),
        sa.Column("reason", hub.columns.PersonalData(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("given_at", _moment, nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("reminded_at", _moment, nullable=True),
        sa.Column("reminded_again_at", _moment, nullable=True),
        sa.Column("created_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_point_id"],
            ["contact_point.id"],
        ),
        sa.ForeignKeyConstraint(
            ["given_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["notice.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["police_zone_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sighting_id"],
            ["sighting.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("report_id"),
        sa.UniqueConstraint("sighting_id"),
    )
    op.create_index("ix_answer_due", "answer", ["status", "due_at", "id"], unique=False)
    op.create_index("ix_answer_given", "answer", ["status", "given_at"], unique=False)
    op.create_index(op.f("ix_answer_person_id"), "answer", ["person_id"], unique=False)
    op.create_index(
        "ix_answer_town_due", "answer", ["municipality_id", "status", "due_at"], unique=False
    )
    op.create_index(
        "ix_answer_zone_due", "answer", ["police_zone_id", "status", "due_at"], unique=False
    )


def _monthly_summaries() -> None:
    op.create_table(
        "monthly_summary",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("written_at", _moment, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnership.id"],
        ),
        sa.PrimaryKeyConstraint("partnership_id", "year", "month"),
    )


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
