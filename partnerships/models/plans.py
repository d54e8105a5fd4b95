"""The agreed communication plan (R3, R22): one row per version, never changed once agreed."""

from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import UtcDateTime, new_id, word


class Channel(StrEnum):
    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"
    WHATSAPP = "whatsapp"


class BroadcastKind(StrEnum):
    """What may be said to members; the plan says of each who sends it, when, and by which way."""

    URGENT_ALERT = "urgent_alert"
    FEEDBACK = "feedback"
    PREVENTION = "prevention"
    MODUS_OPERANDI = "modus_operandi"
    INCREASE_WARNING = "increase_warning"
    INFORMATION = "information"


# Non-urgent: they wait for each other, and may be unsubscribed from one by one.
COLD_KINDS = frozenset(
    {
        BroadcastKind.PREVENTION,
        BroadcastKind.MODUS_OPERANDI,
        BroadcastKind.INCREASE_WARNING,
        BroadcastKind.INFORMATION,
    }
)


class ReportingRoute(StrEnum):
    """To whom members report what is not urgent; the urgent always goes to 101 (R17)."""

    POLICE = "police"
    COORDINATOR_WHEN_NOT_URGENT = "coordinator_when_not_urgent"


class CommunicationPlan(SQLModel, table=True):
    """A version of what the partners agreed on beforehand, of one partnership or as a zone's start.

    Without ``in_force_from`` it is a draft. A zone's default (no partnership) is what the first
    draft of a new partnership is copied from; nothing is ever sent by it.
    """

    __tablename__ = "communication_plan"
    __table_args__ = (
        UniqueConstraint("partnership_id", "version"),
        UniqueConstraint("default_of_zone_id", "version"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID | None = Field(default=None, foreign_key="partnership.id")
    default_of_zone_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    version: int = 1
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    created_by: UUID | None = Field(default=None, foreign_key="account.id")
    signed_on: date | None = None
    in_force_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    review_on: date | None = None
    feedback_within_hours: int = 48
    # Without proof of delivery after this time an urgent alert takes a person's next way.
    escalate_after_seconds: int = 120
    # How often one number is called when it is busy or nobody answers.
    call_tries: int = 2
    # Messages that keep quiet hours leave between these times, Belgian time, Monday to Saturday.
    messages_from: time = time(8, 0)
    messages_until: time = time(20, 0)
    messages_on_sundays: bool = False
    messages_on_holidays: bool = False
    # An alert in the night, or to more people than this, waits for a second person. None: never.
    night_from: time = time(22, 0)
    night_until: time = time(6, 0)
    second_person_at_night: bool = False
    second_person_above: int | None = None
    # Whether the one who is alone may send it all the same, with a reason that stays on record.
    alone_with_reason: bool = False
    # What goes through a coordinator who says nothing: he is reminded, then his deputy is asked,
    # then its writer is told. Hours since he was asked.
    relay_reminder_hours: int = 24
    relay_deputy_hours: int = 48
    relay_overdue_hours: int = 72
    # Whether the police read what a coordinator writes himself before it leaves.
    reviews_coordinator: bool = True
    reporting_route: ReportingRoute = Field(
        default=ReportingRoute.POLICE, sa_type=word(ReportingRoute)
    )


class PlanRule(SQLModel, table=True):
    """What a plan says of one kind of broadcast, beside its channels."""

    __tablename__ = "plan_rule"

    communication_plan_id: UUID = Field(primary_key=True, foreign_key="communication_plan.id")
    kind: BroadcastKind = Field(primary_key=True, sa_type=word(BroadcastKind))
    # The roles that may send it (hub.roles.Role).
    sent_by: list[str] = Field(sa_column=Column(JSON, nullable=False))
    needs_relay: bool = False
    keeps_quiet_hours: bool = False
    # Whether calls may ring in the hours a member closed. Agreed by the partners for alerts only.
    rings_in_closed_hours: bool = False


class PlanChannel(SQLModel, table=True):
    """One channel a plan allows for one kind of broadcast, and its place in the agreed order.

    A person gets one message, by the first of these on which he can be reached; an urgent alert
    goes on to the next one when nothing proves that it arrived.
    """

    __tablename__ = "plan_channel"

    communication_plan_id: UUID = Field(primary_key=True, foreign_key="communication_plan.id")
    kind: BroadcastKind = Field(primary_key=True, sa_type=word(BroadcastKind))
    channel: Channel = Field(primary_key=True, sa_type=word(Channel))
    position: int
