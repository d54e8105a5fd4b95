"""Hot spots, and what was done there."""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    _hot_spots()
    _hot_spot_actions()
    _hot_spot_proposals()
    op.create_index(
        "ix_report_town_place",
        "report",
        ["municipality_id", "latitude", "longitude", "received_at"],
        unique=False,
    )


def _hot_spots() -> None:
    op.create_table(
        "hot_spot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("radius_metres", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("is_of_incidents", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("why", hub.columns.PersonalData(), nullable=False),
        sa.Column("reports_counted", sa.Integer(), nullable=True),
        sa.Column("window_days", sa.Integer(), nullable=True),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column("opened_at", _moment, nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", _moment, nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("close_reason", hub.columns.PersonalData(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closed_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_hot_spot_town_opened", "hot_spot", ["municipality_id", "opened_at", "id"], unique=False
    )


def _hot_spot_actions() -> None:
    op.create_table(
        "hot_spot_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hot_spot_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("began_at", _moment, nullable=False),
        sa.Column("ended_at", _moment, nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("words", hub.columns.PersonalData(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", _moment, nullable=False),
        sa.Column("taken_back_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["hot_spot_id"],
            ["hot_spot.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_hot_spot_action_hot_spot_id"), "hot_spot_action", ["hot_spot_id"], unique=False
    )
    op.create_index(op.f("ix_hot_spot_action_by"), "hot_spot_action", ["by"], unique=False)


def _hot_spot_proposals() -> None:
    op.create_table(
        "hot_spot_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("is_of_incidents", sa.Boolean(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("radius_metres", sa.Integer(), nullable=False),
        sa.Column("declined_by", sa.Uuid(), nullable=False),
        sa.Column("declined_at", _moment, nullable=False),
        sa.Column("reason", hub.columns.PersonalData(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declined_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_hot_spot_proposal_municipality_id"),
        "hot_spot_proposal",
        ["municipality_id"],
        unique=False,
    )


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
