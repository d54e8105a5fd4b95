"""The register of reports, and problem boxes."""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    _problem_boxes()
    _emptyings()
    _categories()
    _report_services()
    _reports()
    _report_events()
    _report_attachments()


def _problem_boxes() -> None:
    op.create_table(
        "problem_box",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("hung_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("working_days_only", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "name"),
    )


def _emptyings() -> None:
    op.create_table(
        "box_emptying",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("emptied_at", _moment, nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("note", hub.columns.PersonalData(), nullable=False),
        sa.Column("emptied_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["box_id"],
            ["problem_box.id"],
        ),
        sa.ForeignKeyConstraint(
            ["emptied_by"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("box_id", "day"),
    )


def _categories() -> None:
    op.create_table(
        "report_category",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "code"),
    )


def _report_services() -> None:
    op.create_table(
        "report_service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_police", sa.Boolean(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("municipality_id", "name"),
    )


def _reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("client_request_id", sa.String(), nullable=True),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("words", hub.columns.PersonalData(), nullable=False),
        sa.Column("street", hub.columns.PersonalData(), nullable=False),
        sa.Column("house_number", hub.columns.PersonalData(), nullable=False),
        sa.Column("street_index", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("observed_at", _moment, nullable=True),
        sa.Column("received_at", _moment, nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("reporter_name", hub.columns.PersonalData(), nullable=False),
        sa.Column("reporter_contact", hub.columns.PersonalData(), nullable=False),
        sa.Column("reporter_index", sa.String(), nullable=True),
        sa.Column("reporter_language", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("external_reference", hub.columns.PersonalData(), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("box_emptying_id", sa.Uuid(), nullable=True),
        sa.Column("led_to", sa.String(), nullable=False),
        sa.Column("closed_at", _moment, nullable=True),
        sa.Column("dropped_at", _moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_to"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["box_emptying_id"],
            ["box_emptying.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["report.id"],
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["inbound_message.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["report_service.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_request_id"),
        sa.UniqueConstraint("message_id"),
        sa.UniqueConstraint("municipality_id", "number"),
    )
    op.create_index(op.f("ix_report_box_emptying_id"), "report", ["box_emptying_id"], unique=False)
    op.create_index(op.f("ix_report_merged_into_id"), "report", ["merged_into_id"], unique=False)
    op.create_index(op.f("ix_report_person_id"), "report", ["person_id"], unique=False)
    op.create_index("ix_report_reporter", "report", ["reporter_index"], unique=False)
    op.create_index(
        "ix_report_town_category",
        "report",
        ["municipality_id", "category", "received_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_report_town_received", "report", ["municipality_id", "received_at", "id"], unique=False
    )
    op.create_index(
        "ix_report_town_status",
        "report",
        ["municipality_id", "status", "received_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_report_town_street",
        "report",
        ["municipality_id", "street_index", "received_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_report_assigned", "report", ["assigned_to", "received_at", "id"], unique=False
    )
    op.create_index(
        "ix_report_town_open",
        "report",
        ["municipality_id", "closed_at", "received_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_report_town_service",
        "report",
        ["municipality_id", "service_id", "received_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_report_town_source",
        "report",
        ["municipality_id", "source", "received_at", "id"],
        unique=False,
    )


def _report_events() -> None:
    op.create_table(
        "report_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", hub.columns.PersonalData(), nullable=False),
        sa.Column("after", hub.columns.PersonalData(), nullable=False),
        sa.Column("words", hub.columns.PersonalData(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_report_event_report_id"), "report_event", ["report_id"], unique=False)


def _report_attachments() -> None:
    op.create_table(
        "report_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", hub.columns.PersonalData(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("attached_by", sa.Uuid(), nullable=True),
        sa.Column("attached_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["attached_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_report_attachment_report_id"), "report_attachment", ["report_id"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
