"""Surveys and their answers."""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    _surveys()
    _survey_questions()
    _survey_invitations()
    _survey_answers()


def _surveys() -> None:
    op.create_table(
        "survey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("opened_at", _moment, nullable=True),
        sa.Column("closes_at", _moment, nullable=True),
        sa.Column("closed_at", _moment, nullable=True),
        sa.Column("reminder_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnership.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_survey_partnership_id"), "survey", ["partnership_id"], unique=False)


def _survey_questions() -> None:
    op.create_table(
        "survey_question",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["survey.id"],
        ),
        sa.PrimaryKeyConstraint("survey_id", "number"),
    )


def _survey_invitations() -> None:
    op.create_table(
        "survey_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("contact_point_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("asked_at", _moment, nullable=True),
        sa.Column("ask_again_at", _moment, nullable=True),
        sa.Column("asked_again", sa.Boolean(), nullable=False),
        sa.Column("skipped", sa.String(), nullable=False),
        sa.Column("finished_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_point_id"],
            ["contact_point.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["survey.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("response_id"),
        sa.UniqueConstraint("survey_id", "person_id"),
    )
    op.create_index(
        op.f("ix_survey_invitation_contact_point_id"),
        "survey_invitation",
        ["contact_point_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_survey_invitation_person_id"), "survey_invitation", ["person_id"], unique=False
    )


def _survey_answers() -> None:
    op.create_table(
        "survey_answer",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("words", hub.columns.PersonalData(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"],
            ["survey.id"],
        ),
        sa.PrimaryKeyConstraint("response_id", "number"),
    )
    op.create_index(
        op.f("ix_survey_answer_survey_id"), "survey_answer", ["survey_id"], unique=False
    )


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
