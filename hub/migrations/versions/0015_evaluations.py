"""Yearly evaluations."""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    _yearly_evaluations()


def _yearly_evaluations() -> None:
    op.create_table(
        "yearly_evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("crime_figures", sa.JSON(), nullable=False),
        sa.Column("hot_felt", sa.String(length=32), nullable=True),
        sa.Column("cold_felt", sa.String(length=32), nullable=True),
        sa.Column("follow_up_words", hub.columns.PersonalData(), nullable=False),
        sa.Column("safety_words", hub.columns.PersonalData(), nullable=False),
        sa.Column("relation_words", hub.columns.PersonalData(), nullable=False),
        sa.Column("activities_words", hub.columns.PersonalData(), nullable=False),
        sa.Column("conclusion", hub.columns.PersonalData(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", _moment, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=True),
        sa.Column("officer_signed_by", sa.Uuid(), nullable=True),
        sa.Column("officer_signed_at", _moment, nullable=True),
        sa.Column("coordinator_signed_by", sa.Uuid(), nullable=True),
        sa.Column("coordinator_signed_at", _moment, nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["coordinator_signed_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_signed_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnership.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("partnership_id", "year", "version"),
    )
    op.create_index(
        op.f("ix_yearly_evaluation_partnership_id"),
        "yearly_evaluation",
        ["partnership_id"],
        unique=False,
    )


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
