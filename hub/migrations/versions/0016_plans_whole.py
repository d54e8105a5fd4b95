"""Plans as municipalities have them, registers, entries, colours and issued reports."""

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_word = sa.String(length=32)
_moment = hub.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    _plans_as_they_are()
    _staff_members()
    _meetings()
    _attendances()
    _service_days()
    _service_day_changes()
    _shifts()
    _prevention_visits()
    _certificates()
    _campaigns()
    _campaign_days()
    _street_contacts()
    _obligations()
    _communication_tools()
    _tool_versions()
    _household_counts()
    _evidence()
    _unplaced_lines()
    _entries()
    _measure_values()
    _measurings()
    _evaluations()
    _issued_reports()
    _issued_files()
    _context_counts()


def _plans_as_they_are() -> None:
    with op.batch_alter_table("plan") as changed:
        changed.add_column(_said("method", "strategic_plan"))
        changed.add_column(_said("status", "in_force"))
        changed.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        changed.add_column(sa.Column("prolongs_id", sa.Uuid(), nullable=True))
        changed.add_column(_text("source_name"))
        changed.add_column(_text("source_sha256"))
        changed.add_column(_text("catalogue_version"))
        changed.add_column(
            sa.Column(
                "created_at",
                _moment,
                nullable=False,
                server_default=sa.text("'2026-01-01 00:00:00'"),
            )
        )
        changed.add_column(sa.Column("created_by", sa.Uuid(), nullable=True))
        changed.add_column(sa.Column("public_reference", sa.String(), nullable=True))
        changed.add_column(
            sa.Column("public_motivations", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        changed.add_column(_text("figures_asked_for"))
        changed.create_foreign_key("fk_plan_prolongs", "plan", ["prolongs_id"], ["id"])
        changed.create_foreign_key("fk_plan_created_by", "account", ["created_by"], ["id"])
    op.create_index("ix_plan_public_reference", "plan", ["public_reference"], unique=True)
    with op.batch_alter_table("plan_node") as changed:
        for name in ("code", "label_as_printed", "catalogue_code", "responsible"):
            changed.add_column(_text(name))
        changed.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        changed.add_column(sa.Column("source_line", sa.Integer(), nullable=True))
        changed.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
    with op.batch_alter_table("expected_result") as changed:
        for name in ("code", "unit", "aggregation", "per"):
            changed.add_column(_text(name))
        changed.add_column(sa.Column("comparator", _word, nullable=True))
        changed.add_column(sa.Column("evaluate_as", _word, nullable=True))
        changed.add_column(_said("period", "plan"))
        changed.add_column(sa.Column("condition", sa.JSON(), nullable=True))
        for name in ("inferred", "flags"):
            changed.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        changed.add_column(sa.Column("confirmed_by", sa.Uuid(), nullable=True))
        changed.add_column(sa.Column("confirmed_at", _moment, nullable=True))
        changed.add_column(sa.Column("service_id", sa.Uuid(), nullable=True))
        changed.add_column(sa.Column("source_line", sa.Integer(), nullable=True))
        changed.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        changed.create_foreign_key(
            "fk_expected_result_confirmed_by", "account", ["confirmed_by"], ["id"]
        )
        changed.create_foreign_key(
            "fk_expected_result_service", "report_service", ["service_id"], ["id"]
        )
    with op.batch_alter_table("indicator") as changed:
        changed.add_column(_text("code"))
        changed.add_column(sa.Column("source_line", sa.Integer(), nullable=True))
        changed.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
    with op.batch_alter_table("result_measure") as changed:
        changed.add_column(sa.Column("filters", sa.JSON(), nullable=False, server_default="{}"))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _said(name: str, word: str) -> sa.Column[str]:
    return sa.Column(name, _word, nullable=False, server_default=word)


def _staff_members() -> None:
    op.create_table(
        "staff_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("name", hub.columns.PersonalData(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["report_service.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_staff_member_municipality_id"), "staff_member", ["municipality_id"], unique=False
    )


def _meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("phenomenon", sa.String(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("note", hub.columns.PersonalData(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.Column("taken_back_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["report_service.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_meeting_town_day", "meeting", ["municipality_id", "day"], unique=False)


def _attendances() -> None:
    op.create_table(
        "meeting_attendance",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
        ),
        sa.PrimaryKeyConstraint("meeting_id", "organisation"),
    )


def _service_days() -> None:
    op.create_table(
        "service_days",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("on_holidays", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["report_service.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("service_id", "from_day"),
    )


def _service_day_changes() -> None:
    op.create_table(
        "service_day_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_service_day", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["report_service.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("service_id", "day"),
    )


def _shifts() -> None:
    op.create_table(
        "shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("is_target_quarter", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("began_at", _moment, nullable=False),
        sa.Column("ended_at", _moment, nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.Column("taken_back_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["report_service.id"],
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"],
            ["staff_member.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_shift_municipality_id"), "shift", ["municipality_id"], unique=False)
    op.create_index("ix_shift_service_began", "shift", ["service_id", "began_at"], unique=False)
    op.create_index(op.f("ix_shift_worker_id"), "shift", ["worker_id"], unique=False)


def _prevention_visits() -> None:
    op.create_table(
        "prevention_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("requester", sa.String(length=32), nullable=False),
        sa.Column("phenomenon", sa.String(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("offence_on", sa.Date(), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.Column("taken_back_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["report_service.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_prevention_visit_town",
        "prevention_visit",
        ["municipality_id", "requested_on"],
        unique=False,
    )


def _certificates() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_member_id", sa.Uuid(), nullable=False),
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("obtained_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.Column("taken_back_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["staff_member_id"],
            ["staff_member.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("staff_member_id", "course", "obtained_on"),
    )


def _campaigns() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("phenomenon", sa.String(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("target_group", sa.String(), nullable=False),
        sa.Column("is_action", sa.Boolean(), nullable=False),
        sa.Column("cold_series_id", sa.Uuid(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.Column("taken_back_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["cold_series_id"],
            ["cold_series.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["report_service.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_campaign_municipality_id"), "campaign", ["municipality_id"], unique=False
    )


def _campaign_days() -> None:
    op.create_table(
        "campaign_day",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("is_target_quarter", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_campaign_day_campaign_id"), "campaign_day", ["campaign_id"], unique=False
    )


def _street_contacts() -> None:
    op.create_table(
        "street_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_member_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["staff_member_id"],
            ["staff_member.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("staff_member_id", "quarter", "month", "code", "edition"),
    )


def _obligations() -> None:
    op.create_table(
        "obligation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", _moment, nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.Column("taken_back_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_obligation_municipality_id"), "obligation", ["municipality_id"], unique=False
    )


def _communication_tools() -> None:
    op.create_table(
        "communication_tool",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("phenomenon", sa.String(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.Column("taken_back_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["report_service.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_communication_tool_municipality_id"),
        "communication_tool",
        ["municipality_id"],
        unique=False,
    )


def _tool_versions() -> None:
    op.create_table(
        "tool_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tool_id", sa.Uuid(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.Column("taken_back_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tool_id"],
            ["communication_tool.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tool_id", "published_on"),
    )


def _household_counts() -> None:
    op.create_table(
        "household_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnership.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("partnership_id", "day"),
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", hub.columns.PersonalData(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=False),
        sa.Column("kept_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["kept_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_evidence_subject", "evidence", ["subject_kind", "subject_id"], unique=False)


def _unplaced_lines() -> None:
    op.create_table(
        "unplaced_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("plan_id", "line"),
    )


def _entries() -> None:
    op.create_table(
        "entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("numerator", sa.Float(), nullable=True),
        sa.Column("denominator", sa.Float(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=True),
        sa.Column("note", hub.columns.PersonalData(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["expected_result.id"],
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["report_service.id"],
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["entry.id"],
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"],
            ["staff_member.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("supersedes_id"),
    )
    op.create_index("ix_entry_result_period", "entry", ["result_id", "period_start"], unique=False)


def _measure_values() -> None:
    op.create_table(
        "measure_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("numerator", sa.Float(), nullable=True),
        sa.Column("denominator", sa.Float(), nullable=True),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("computed_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["expected_result.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("result_id", "measure", "period_start", "period_end", "area"),
    )


def _measurings() -> None:
    op.create_table(
        "measuring",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("night", sa.Date(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", _moment, nullable=False),
        sa.Column("lease_until", _moment, nullable=True),
        sa.Column("measures", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("finished_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("plan_id", "night"),
    )
    op.create_index(op.f("ix_measuring_finished_at"), "measuring", ["finished_at"], unique=False)


def _evaluations() -> None:
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("suggested", sa.String(length=32), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("final", sa.String(length=32), nullable=True),
        sa.Column("motivation", hub.columns.PersonalData(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["indicator.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_evaluation_indicator", "evaluation", ["indicator_id", "as_of"], unique=False
    )


def _issued_reports() -> None:
    op.create_table(
        "issued_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.JSON(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["issued_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_issued_report_plan_id"), "issued_report", ["plan_id"], unique=False)


def _issued_files() -> None:
    op.create_table(
        "issued_file",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["issued_report.id"]),
        sa.PrimaryKeyConstraint("report_id", "kind"),
    )


def _context_counts() -> None:
    op.create_table(
        "context_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("phenomenon", sa.String(), nullable=False),
        sa.Column("iso_year", sa.Integer(), nullable=False),
        sa.Column("iso_week", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["police_zone_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "police_zone_id", "area", "phenomenon", "iso_year", "iso_week", "edition"
        ),
    )
    op.create_index(
        "ix_context_count_week",
        "context_count",
        ["police_zone_id", "phenomenon", "iso_year", "iso_week"],
        unique=False,
    )


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")
