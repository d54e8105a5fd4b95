"""Templates of words, the facts they are filled with, and who is chosen: by partnership, by street,
by group."""

import sqlalchemy as sa
from alembic import op

import hub.columns
from partnerships import streets

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)
_personal = hub.columns.PersonalData()
_word = sa.String(length=32)
_AT_ONCE = 1000


def upgrade() -> None:
    op.add_column(
        "broadcast_text",
        sa.Column("spoken", _personal, nullable=False, server_default=""),
    )
    _make_template_tables()
    _make_fact_tables()
    _make_group_tables()
    _index_streets()


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")


def _make_template_tables() -> None:
    op.create_table(
        "message_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.Column("use", _word, nullable=False),
        sa.Column("phenomenon", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_given_up", sa.Boolean(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["police_zone_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("police_zone_id", "use", "phenomenon", "version"),
    )
    op.create_table(
        "message_template_text",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("language", _word, nullable=False),
        sa.Column("channel", _word, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["template_id"], ["message_template.id"]),
        sa.PrimaryKeyConstraint("template_id", "language", "channel"),
    )
    op.create_table(
        "zone_writing",
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.Column("near_metres", sa.Integer(), nullable=False),
        sa.Column("missing_text", _word, nullable=False),
        sa.ForeignKeyConstraint(["police_zone_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("police_zone_id"),
    )


def _make_fact_tables() -> None:
    op.create_table(
        "broadcast_facts",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, _personal, nullable=False)
            for name in ("what", "person", "vehicle", "direction", "measures")
        ),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.PrimaryKeyConstraint("broadcast_id"),
    )
    op.create_table(
        "broadcast_ground",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("geometry", sa.JSON(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.PrimaryKeyConstraint("broadcast_id"),
    )
    op.create_table(
        "broadcast_choice",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("how", _word, nullable=False),
        sa.Column("metres", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.PrimaryKeyConstraint("broadcast_id", "partnership_id"),
    )
    op.create_table(
        "broadcast_language",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("language", _word, nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.PrimaryKeyConstraint("broadcast_id", "language"),
    )
    op.create_table(
        "broadcast_street",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("street_index", sa.String(), nullable=False),
        sa.Column("name", _personal, nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.PrimaryKeyConstraint("broadcast_id", "street_index"),
    )


def _make_group_tables() -> None:
    op.create_table(
        "member_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_at", _moment, nullable=False),
        sa.Column("given_up_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_member_group_partnership_id", "member_group", ["partnership_id"])
    op.create_table(
        "grouped_member",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["member_group.id"]),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"]),
        sa.PrimaryKeyConstraint("group_id", "membership_id"),
    )
    op.create_index("ix_grouped_member_membership_id", "grouped_member", ["membership_id"])
    op.create_table(
        "broadcast_group",
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.ForeignKeyConstraint(["group_id"], ["member_group.id"]),
        sa.PrimaryKeyConstraint("broadcast_id", "group_id"),
    )


def _index_streets() -> None:
    """Give each known street the index by which messages are kept to it, some at a time."""
    op.add_column("residence", sa.Column("street_index", sa.String(), nullable=True))
    residence = sa.table(
        "residence",
        sa.column("person_id", sa.Uuid()),
        sa.column("street", _personal),
        sa.column("street_index", sa.String()),
    )
    bind = op.get_bind()
    known = sa.select(residence.c.person_id, residence.c.street).where(residence.c.street != "")
    rows = bind.execute(known).all()
    change = (
        sa.update(residence)
        .where(residence.c.person_id == sa.bindparam("whose"))
        .values(street_index=sa.bindparam("index"))
    )
    for first in range(0, len(rows), _AT_ONCE):
        some = rows[first : first + _AT_ONCE]
        bind.execute(
            change, [{"whose": one, "index": streets.index_of(name)} for one, name in some]
        )
