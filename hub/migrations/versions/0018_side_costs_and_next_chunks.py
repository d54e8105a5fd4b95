"""What a survey takes of a budget; where the chunks of next ways begin."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "side_cost",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("prices", sa.JSON(), nullable=False),
        sa.Column("promised", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.PrimaryKeyConstraint("subject_id"),
    )
    op.create_index("ix_side_cost_partnership_id", "side_cost", ["partnership_id"])
    op.create_index("ix_side_cost_year", "side_cost", ["year"])
    with op.batch_alter_table("broadcast") as changed:
        changed.add_column(
            sa.Column("next_chunk", sa.Integer(), nullable=False, server_default="0")
        )


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
