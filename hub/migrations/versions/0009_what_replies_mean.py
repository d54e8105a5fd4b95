"""What a reply means, and whom it was passed on to."""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)
_personal = hub.columns.PersonalData()
_word = sa.String(length=32)
# What STOP and START meant is known; what older messages mean, nobody has asked.
_KNOWN = "CASE WHEN kind IN ('stop', 'start') THEN kind ELSE 'other' END"


def upgrade() -> None:
    with op.batch_alter_table("inbound_message") as changed:
        changed.add_column(sa.Column("meaning", _word, nullable=False, server_default="other"))
        changed.add_column(sa.Column("sender_index", sa.String(), nullable=True))
        changed.add_column(sa.Column("pictures", sa.Integer(), nullable=False, server_default="0"))
        changed.add_column(
            sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        changed.add_column(
            sa.Column("is_for_coordinator", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        changed.add_column(
            sa.Column("question_answer", _personal, nullable=False, server_default="")
        )
        changed.add_column(sa.Column("question_answered_by", sa.Uuid(), nullable=True))
        changed.add_column(sa.Column("question_answered_at", _moment, nullable=True))
        changed.add_column(sa.Column("for_partnership_id", sa.Uuid(), nullable=True))
        changed.add_column(sa.Column("passed_on_by", sa.Uuid(), nullable=True))
        changed.add_column(sa.Column("passed_on_at", _moment, nullable=True))
        changed.create_foreign_key(
            "fk_inbound_message_for_partnership", "partnership", ["for_partnership_id"], ["id"]
        )
        changed.create_foreign_key(
            "fk_inbound_message_passed_on_by", "account", ["passed_on_by"], ["id"]
        )
        changed.create_foreign_key(
            "fk_inbound_message_question_answered_by", "account", ["question_answered_by"], ["id"]
        )
        changed.create_index("ix_inbound_received", ["received_at", "id"])
        changed.create_index("ix_inbound_sender", ["sender_index", "received_at"])
        changed.create_index("ix_inbound_message_for_partnership_id", ["for_partnership_id"])
    op.execute(f"UPDATE inbound_message SET meaning = {_KNOWN}")  # noqa: S608 - words of ours
    _spoken_messages()


def _spoken_messages() -> None:
    op.create_table(
        "voicemail_call",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sender", _personal, nullable=False),
        sa.Column("sender_index", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.Column("began_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_voicemail_call_sender", "voicemail_call", ["sender_index", "began_at"])
    op.create_index("ix_voicemail_call_began_at", "voicemail_call", ["began_at"])
    op.create_table(
        "voicemail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("received_at", _moment, nullable=False),
        sa.Column("status", _word, nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("heard_at", _moment, nullable=True),
        sa.Column("heard_by", sa.Uuid(), nullable=True),
        sa.Column("fetched_at", _moment, nullable=True),
        sa.Column("deleted_there_at", _moment, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["inbound_message.id"]),
        sa.ForeignKeyConstraint(["heard_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("recording_id"),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index("ix_voicemail_call_id", "voicemail", ["call_id"])
    op.create_index("ix_voicemail_received_at", "voicemail", ["received_at"])
    op.create_index("ix_voicemail_next_try", "voicemail", ["next_try_at"])


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
