"""What somebody saw, for the police alone."""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)
_INDEXES = {
    "ix_sighting_zone_received": ["police_zone_id", "received_at", "id"],
    "ix_sighting_zone_status": ["police_zone_id", "status", "received_at", "id"],
    "ix_sighting_incident": ["incident_id", "received_at", "id"],
    "ix_sighting_delivery": ["delivery_id"],
    "ix_sighting_sent_from": ["sent_from_index", "received_at"],
}


def upgrade() -> None:
    _sightings()
    _plate_parts()
    _sighting_events()
    _sighting_photos()


def _sightings() -> None:
    op.create_table(
        "sighting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.Column("client_request_id", sa.String(), nullable=True),
        sa.Column("sent_from_index", sa.String(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("contact_point_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("observed_at", _moment, nullable=False),
        sa.Column("received_at", _moment, nullable=False),
        sa.Column("place", hub.columns.PersonalData(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("direction", hub.columns.PersonalData(), nullable=False),
        sa.Column("person_seen", hub.columns.PersonalData(), nullable=False),
        sa.Column("vehicle", hub.columns.PersonalData(), nullable=False),
        sa.Column("plate", hub.columns.PersonalData(), nullable=False),
        sa.Column("plate_index", sa.String(), nullable=True),
        sa.Column("words", hub.columns.PersonalData(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("duplicate_of_id", sa.Uuid(), nullable=True),
        sa.Column("external_reference", hub.columns.PersonalData(), nullable=False),
        sa.Column("completed_by", sa.Uuid(), nullable=True),
        sa.Column("completed_at", _moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["completed_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["contact_point_id"],
            ["contact_point.id"],
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"],
            ["sighting.id"],
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["inbound_message.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["police_zone_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_request_id"),
        sa.UniqueConstraint("message_id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_sighting_person_id"), "sighting", ["person_id"], unique=False)
    op.create_index(op.f("ix_sighting_plate_index"), "sighting", ["plate_index"], unique=False)
    for name, columns in _INDEXES.items():
        op.create_index(name, "sighting", columns, unique=False)


def _plate_parts() -> None:
    op.create_table(
        "sighting_plate_part",
        sa.Column("part_index", sa.String(), nullable=False),
        sa.Column("sighting_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sighting_id"],
            ["sighting.id"],
        ),
        sa.PrimaryKeyConstraint("part_index", "sighting_id"),
    )
    op.create_index(
        op.f("ix_sighting_plate_part_sighting_id"),
        "sighting_plate_part",
        ["sighting_id"],
        unique=False,
    )


def _sighting_events() -> None:
    op.create_table(
        "sighting_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sighting_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("words", hub.columns.PersonalData(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sighting_id"],
            ["sighting.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_sighting_event_sighting_id"), "sighting_event", ["sighting_id"], unique=False
    )


def _sighting_photos() -> None:
    op.create_table(
        "sighting_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sighting_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["sighting_id"],
            ["sighting.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_sighting_photo_sighting_id"), "sighting_photo", ["sighting_id"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
