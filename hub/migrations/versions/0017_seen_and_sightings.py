"""Having read a message and having seen something are two meanings of a reply."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE inbound_message SET meaning = 'sighting' WHERE meaning = 'seen'")
    # The key that confirms a call.
    op.execute("UPDATE inbound_message SET meaning = 'seen' WHERE kind = 'key' AND body = '1'")


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
