"""Who: the life of partnerships, people's wishes, consent, the whole communication plan."""

import json

import sqlalchemy as sa
from alembic import op

import hub.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_moment = hub.columns.UtcDateTime(timezone=True)
_personal = hub.columns.PersonalData()
_word = sa.String(length=32)
_AT_MIGRATION = sa.text("CURRENT_TIMESTAMP")
_URGENT = ("urgent_alert", "feedback")
_COLD = ("prevention", "modus_operandi", "increase_warning", "information")


def upgrade() -> None:
    _change_tables()
    _make_tables()
    op.execute("UPDATE partnership SET status = 'proposal' WHERE status = 'proposed'")
    op.execute(
        "UPDATE organisation SET part_of_id = (SELECT police_zone_id FROM partnership"
        " WHERE municipality_id = organisation.id LIMIT 1) WHERE kind = 'municipality'"
    )
    _box_zones()
    _write_down_rules()


def downgrade() -> None:
    raise NotImplementedError("A migration is taken back by restoring the backup.")


def _box_zones() -> None:
    """Give each zone its box and its area, as drawing it does."""
    from pyproj import Geod
    from shapely.geometry import shape

    bind, earth = op.get_bind(), Geod(ellps="WGS84")
    zones = bind.execute(sa.text("SELECT partnership_id, polygon FROM zone")).all()
    for partnership_id, polygon in zones:
        ground = shape(json.loads(polygon) if isinstance(polygon, str) else polygon)
        west, south, east, north = ground.bounds
        bind.execute(
            sa.text(
                "UPDATE zone SET west = :west, south = :south, east = :east, north = :north,"
                " square_metres = :area WHERE partnership_id = :id"
            ),
            {
                "west": west,
                "south": south,
                "east": east,
                "north": north,
                "area": abs(earth.geometry_area_perimeter(ground)[0]),
                "id": partnership_id,
            },
        )


def _write_down_rules() -> None:
    """What went without saying until now, for every plan there is."""
    bind = op.get_bind()
    rules = sa.table(
        "plan_rule",
        sa.column("communication_plan_id", sa.Uuid()),
        sa.column("kind", sa.String()),
        sa.column("sent_by", sa.JSON()),
        sa.column("needs_relay", sa.Boolean()),
        sa.column("keeps_quiet_hours", sa.Boolean()),
        sa.column("rings_in_closed_hours", sa.Boolean()),
    )
    plan = sa.table("communication_plan", sa.column("id", sa.Uuid()))
    police = ["dispatcher", "mandated_officer"]
    for (plan_id,) in bind.execute(sa.select(plan.c.id)).all():
        for kind in (*_URGENT, *_COLD):
            is_cold = kind in _COLD
            bind.execute(
                rules.insert().values(
                    communication_plan_id=plan_id,
                    kind=kind,
                    sent_by=[*police, "prevention_officer"] if is_cold else police,
                    needs_relay=is_cold,
                    keeps_quiet_hours=is_cold,
                    rings_in_closed_hours=False,
                )
            )


def _change_tables() -> None:
    with op.batch_alter_table("appointment") as changed:
        changed.add_column(sa.Column("appointed_by", sa.Uuid(), nullable=True))
        changed.add_column(sa.Column("ended_by", sa.Uuid(), nullable=True))
        changed.create_foreign_key("fk_appointment_ended_by", "account", ["ended_by"], ["id"])
        changed.create_foreign_key(
            "fk_appointment_appointed_by", "account", ["appointed_by"], ["id"]
        )
        changed.create_index("ix_appointment_scope_id", ["scope_id"])

    with op.batch_alter_table("broadcast") as changed:
        changed.add_column(
            sa.Column("keeps_quiet_hours", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        changed.add_column(
            sa.Column("ends_as_said", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        changed.add_column(sa.Column("approval_asked_at", _moment, nullable=True))
        changed.add_column(sa.Column("approved_by", sa.Uuid(), nullable=True))
        changed.create_foreign_key("fk_broadcast_approved_by", "account", ["approved_by"], ["id"])

    # Not in a batch, which would copy the largest table there is on SQLite.
    op.add_column(
        "delivery_event",
        sa.Column("is_too_late", sa.Boolean(), nullable=False, server_default=sa.false()),
    )

    with op.batch_alter_table("communication_plan") as changed:
        changed.add_column(sa.Column("default_of_zone_id", sa.Uuid(), nullable=True))
        changed.add_column(
            sa.Column("created_at", _moment, nullable=False, server_default=_AT_MIGRATION)
        )
        changed.add_column(sa.Column("created_by", sa.Uuid(), nullable=True))
        changed.add_column(sa.Column("review_on", sa.Date(), nullable=True))
        changed.add_column(
            sa.Column(
                "messages_from", sa.Time(), nullable=False, server_default=sa.text("'08:00:00'")
            )
        )
        changed.add_column(
            sa.Column(
                "messages_until", sa.Time(), nullable=False, server_default=sa.text("'20:00:00'")
            )
        )
        changed.add_column(
            sa.Column(
                "messages_on_sundays", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        changed.add_column(
            sa.Column(
                "messages_on_holidays", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        changed.add_column(
            sa.Column("night_from", sa.Time(), nullable=False, server_default=sa.text("'22:00:00'"))
        )
        changed.add_column(
            sa.Column(
                "night_until", sa.Time(), nullable=False, server_default=sa.text("'06:00:00'")
            )
        )
        changed.add_column(
            sa.Column(
                "second_person_at_night", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        changed.add_column(sa.Column("second_person_above", sa.Integer(), nullable=True))
        changed.add_column(
            sa.Column("alone_with_reason", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        changed.add_column(
            sa.Column("reporting_route", _word, nullable=False, server_default=sa.text("'police'"))
        )
        changed.alter_column("partnership_id", existing_type=sa.Uuid(), nullable=True)
        changed.alter_column("signed_on", existing_type=sa.Date(), nullable=True)
        changed.alter_column("in_force_from", existing_type=_moment, nullable=True)
        changed.create_unique_constraint(
            "uq_communication_plan_default", ["default_of_zone_id", "version"]
        )
        changed.create_foreign_key(
            "fk_communication_plan_created_by", "account", ["created_by"], ["id"]
        )
        changed.create_foreign_key(
            "fk_communication_plan_default_of_zone", "organisation", ["default_of_zone_id"], ["id"]
        )

    with op.batch_alter_table("consent") as changed:
        changed.add_column(sa.Column("language", _word, nullable=True))
        changed.add_column(sa.Column("proof", sa.String(), nullable=True))

    with op.batch_alter_table("contact_point") as changed:
        changed.add_column(sa.Column("verified_at", _moment, nullable=True))
        changed.add_column(sa.Column("given_by_owner_at", _moment, nullable=True))
        changed.add_column(sa.Column("vouched_at", _moment, nullable=True))
        changed.add_column(sa.Column("vouched_by", sa.Uuid(), nullable=True))
        changed.create_foreign_key("fk_contact_point_vouched_by", "account", ["vouched_by"], ["id"])

    with op.batch_alter_table("membership") as changed:
        changed.add_column(
            sa.Column("joined_how", _word, nullable=False, server_default=sa.text("'register'"))
        )
        changed.add_column(sa.Column("suspended_until", _moment, nullable=True))

    with op.batch_alter_table("organisation") as changed:
        changed.add_column(sa.Column("part_of_id", sa.Uuid(), nullable=True))
        changed.create_foreign_key(
            "fk_organisation_part_of", "organisation", ["part_of_id"], ["id"]
        )
        changed.create_index("ix_organisation_part_of_id", ["part_of_id"])
        changed.add_column(sa.Column("public_telephone", sa.String(), nullable=True))
        changed.add_column(sa.Column("public_email", sa.String(), nullable=True))

    with op.batch_alter_table("partnership") as changed:
        changed.add_column(sa.Column("theme", sa.String(), nullable=True))
        changed.add_column(sa.Column("recognition_reference", sa.String(), nullable=True))
        changed.add_column(sa.Column("renewal_due_on", sa.Date(), nullable=True))
        changed.add_column(
            sa.Column("takes_requests", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        changed.create_index("ix_partnership_status", ["status"])

    with op.batch_alter_table("person") as changed:
        changed.add_column(
            sa.Column("takes_calls", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        changed.add_column(sa.Column("no_calls_from", sa.Time(), nullable=True))
        changed.add_column(sa.Column("no_calls_until", sa.Time(), nullable=True))
        changed.add_column(sa.Column("paused_from", sa.Date(), nullable=True))
        changed.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
        changed.add_column(sa.Column("erased_at", _moment, nullable=True))

    with op.batch_alter_table("zone") as changed:
        changed.add_column(
            sa.Column("west", sa.Float(), nullable=False, server_default=sa.text("0"))
        )
        changed.add_column(
            sa.Column("south", sa.Float(), nullable=False, server_default=sa.text("0"))
        )
        changed.add_column(
            sa.Column("east", sa.Float(), nullable=False, server_default=sa.text("0"))
        )
        changed.add_column(
            sa.Column("north", sa.Float(), nullable=False, server_default=sa.text("0"))
        )
        changed.add_column(
            sa.Column("square_metres", sa.Float(), nullable=False, server_default=sa.text("0"))
        )
        changed.add_column(
            sa.Column("changed_at", _moment, nullable=False, server_default=_AT_MIGRATION)
        )
        changed.create_index("ix_zone_box", ["west", "east", "south", "north"])


def _make_tables() -> None:
    op.create_table(
        "broadcast_deviation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _word, nullable=False),
        sa.Column("reason", _personal, nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=False),
        sa.Column("said_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"]),
        sa.ForeignKeyConstraint(["said_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_broadcast_deviation_broadcast_id", "broadcast_deviation", ["broadcast_id"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about_kind", sa.String(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("channel", _word, nullable=False),
        sa.Column("to", _personal, nullable=False),
        sa.Column("language", _word, nullable=False),
        sa.Column("subject", _personal, nullable=False),
        sa.Column("body", _personal, nullable=False),
        sa.Column("state", _word, nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("not_before", _moment, nullable=False),
        sa.Column("expires_at", _moment, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", _moment, nullable=True),
        sa.Column("carrier_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("ended_at", _moment, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notice_about", "notice", ["about_kind", "about_id"])
    op.create_index(
        "ix_notice_open",
        "notice",
        ["not_before"],
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
        sqlite_where=sa.text("state IN ('queued', 'sending')"),
    )

    op.create_table(
        "channel_choice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", _word, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id", "channel"),
    )
    op.create_table(
        "member_link",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("expires_at", _moment, nullable=False),
        sa.Column("used_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_member_link_person_id", "member_link", ["person_id"])

    op.create_table(
        "member_visit",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("came_by_index", sa.String(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("last_seen_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_member_visit_person_id", "member_visit", ["person_id"])

    op.create_table(
        "organisation_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("name", _personal, nullable=False),
        sa.Column("email", _personal, nullable=False),
        sa.Column("telephone", _personal, nullable=True),
        sa.Column("language", _word, nullable=False),
        sa.Column("is_told_of_changes", sa.Boolean(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_organisation_contact_organisation_id", "organisation_contact", ["organisation_id"]
    )

    op.create_table(
        "partnership_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("police_zone_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["police_zone_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_index("ix_partnership_group_police_zone_id", "partnership_group", ["police_zone_id"])

    op.create_table(
        "residence",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("street", _personal, nullable=False),
        sa.Column("house_number", _personal, nullable=False),
        sa.Column("postcode", _personal, nullable=False),
        sa.Column("town", _personal, nullable=False),
        sa.Column("point", _personal, nullable=False),
        sa.Column("household_index", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_index("ix_residence_household_index", "residence", ["household_index"])

    op.create_table(
        "former_zone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("polygon", sa.JSON(), nullable=False),
        sa.Column("square_metres", sa.Float(), nullable=False),
        sa.Column("drawn_at", _moment, nullable=False),
        sa.Column("replaced_at", _moment, nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.ForeignKeyConstraint(["replaced_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_former_zone_partnership_id", "former_zone", ["partnership_id"])

    op.create_table(
        "grouped_partnership",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["partnership_group.id"]),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.PrimaryKeyConstraint("group_id", "partnership_id"),
    )
    op.create_index(
        "ix_grouped_partnership_partnership_id", "grouped_partnership", ["partnership_id"]
    )

    op.create_table(
        "import_mapping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("headings_hash", sa.String(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("remembered_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("partnership_id", "headings_hash"),
    )
    op.create_table(
        "initiator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("name", _personal, nullable=False),
        sa.Column("email", _personal, nullable=False),
        sa.Column("telephone", _personal, nullable=True),
        sa.Column("language", _word, nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_initiator_partnership_id", "initiator", ["partnership_id"])

    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("value", _personal, nullable=False),
        sa.Column("value_index", sa.String(), nullable=False),
        sa.Column("language", _word, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("expires_at", _moment, nullable=False),
        sa.Column("accepted_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["invited_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_invitation_partnership_id", "invitation", ["partnership_id"])
    op.create_index("ix_invitation_value_index", "invitation", ["value_index"])

    op.create_table(
        "join_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("status", _word, nullable=False),
        sa.Column("joined_how", _word, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("asked_from_index", sa.String(), nullable=False),
        sa.Column("language", _word, nullable=False),
        sa.Column("name", _personal, nullable=False),
        sa.Column("telephone", _personal, nullable=False),
        sa.Column("email", _personal, nullable=False),
        sa.Column("street", _personal, nullable=False),
        sa.Column("house_number", _personal, nullable=False),
        sa.Column("stated_at", _moment, nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("wording_version", sa.String(), nullable=False),
        sa.Column("telephone_verified_at", _moment, nullable=True),
        sa.Column("email_verified_at", _moment, nullable=True),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("decided_at", _moment, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(
        "ix_join_request_asked_from_at", "join_request", ["asked_from_index", "created_at"]
    )
    op.create_index("ix_join_request_partnership_id", "join_request", ["partnership_id"])
    op.create_index("ix_join_request_status", "join_request", ["status"])

    op.create_table(
        "members_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("status", _word, nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("heading_row", sa.Integer(), nullable=False),
        sa.Column("states_consent", sa.Boolean(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("lease_until", _moment, nullable=True),
        sa.Column("finished_at", _moment, nullable=True),
        sa.Column("undone_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_members_import_partnership_id", "members_import", ["partnership_id"])

    op.create_table(
        "partnership_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _word, nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.ForeignKeyConstraint(["uploaded_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_partnership_document_partnership_id", "partnership_document", ["partnership_id"]
    )

    op.create_table(
        "partnership_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("status", _word, nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_partnership_step_partnership_id", "partnership_step", ["partnership_id"])

    op.create_table(
        "confirmation_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("value_index", sa.String(), nullable=False),
        sa.Column("range_index", sa.String(), nullable=True),
        sa.Column("asked_from_index", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("join_request_id", sa.Uuid(), nullable=True),
        sa.Column("contact_point_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("expires_at", _moment, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["contact_point_id"], ["contact_point.id"]),
        sa.ForeignKeyConstraint(["join_request_id"], ["join_request.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_confirmation_code_asked_from_at",
        "confirmation_code",
        ["asked_from_index", "created_at"],
    )
    op.create_index("ix_confirmation_code_at", "confirmation_code", ["created_at"])
    op.create_index(
        "ix_confirmation_code_contact_point_id", "confirmation_code", ["contact_point_id"]
    )
    op.create_index(
        "ix_confirmation_code_join_request_id", "confirmation_code", ["join_request_id"]
    )
    op.create_index(
        "ix_confirmation_code_range_at", "confirmation_code", ["range_index", "created_at"]
    )
    op.create_index(
        "ix_confirmation_code_value_at", "confirmation_code", ["value_index", "created_at"]
    )

    op.create_table(
        "import_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("kind", _word, nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("typed", _personal, nullable=False),
        sa.Column("same_as_row", sa.Integer(), nullable=True),
        sa.Column("same_as_person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["members_import.id"]),
        sa.ForeignKeyConstraint(["same_as_person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_import_finding_import_id", "import_finding", ["import_id"])
    op.create_index("ix_import_finding_same_as_person_id", "import_finding", ["same_as_person_id"])

    op.create_table(
        "imported_person",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("was_new", sa.Boolean(), nullable=False),
        sa.Column("before", _personal, nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["members_import.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("import_id", "person_id"),
    )
    op.create_index("ix_imported_person_person_id", "imported_person", ["person_id"])

    op.create_table(
        "membership_measure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _word, nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", _personal, nullable=False),
        sa.Column("barred_indexes", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", _moment, nullable=False),
        sa.Column("appealed_on", sa.Date(), nullable=True),
        sa.Column("lifted_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_membership_measure_membership_id", "membership_measure", ["membership_id"])

    op.create_table(
        "password_link",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _moment, nullable=False),
        sa.Column("expires_at", _moment, nullable=False),
        sa.Column("used_at", _moment, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_password_link_account_id", "password_link", ["account_id"])
    op.create_table(
        "plan_rule",
        sa.Column("communication_plan_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sent_by", sa.JSON(), nullable=False),
        sa.Column("needs_relay", sa.Boolean(), nullable=False),
        sa.Column("keeps_quiet_hours", sa.Boolean(), nullable=False),
        sa.Column("rings_in_closed_hours", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["communication_plan_id"], ["communication_plan.id"]),
        sa.PrimaryKeyConstraint("communication_plan_id", "kind"),
    )
    op.create_table(
        "signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _word, nullable=False),
        sa.Column("communication_plan_id", sa.Uuid(), nullable=True),
        sa.Column("capacity", _word, nullable=False),
        sa.Column("name", _personal, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", _moment, nullable=False),
        sa.ForeignKeyConstraint(["communication_plan_id"], ["communication_plan.id"]),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"]),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_signature_partnership_id", "signature", ["partnership_id"])
