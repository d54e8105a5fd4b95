"""Who told the hub of an incident by a text or a mail, and may be told what was decided (R30)."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, word
from partnerships.models import Channel


class IncidentReporter(SQLModel, table=True):
    """Whoever reported it, and by which way. No one else can be written to about it."""

    __tablename__ = "incident_reporter"

    incident_id: UUID = Field(primary_key=True, foreign_key="incident.id")
    channel: Channel = Field(sa_type=word(Channel))
    reported_at: datetime = Field(sa_type=UtcDateTime)
    # A member's own; what it holds now is written to, not what it held then.
    contact_point_id: UUID | None = Field(default=None, foreign_key="contact_point.id")
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    # Of somebody we do not know: the number he wrote from. Emptied once he was told.
    number: str = Field(default="", sa_type=PersonalData)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StrangerStop(SQLModel, table=True):
    """A number that is no member's, from which STOP came. Only its blind index is kept."""

    __tablename__ = "stranger_stop"

    value_index: str = Field(primary_key=True)
    stopped_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
