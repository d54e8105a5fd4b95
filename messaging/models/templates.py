"""Ready words, kept by each police zone, and how the zone writes where a text is missing."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import UtcDateTime, new_id, word
from hub.i18n import Language
from partnerships.models import Channel


class TemplateUse(StrEnum):
    """What a template is for: a kind of message, or a step after an alert."""

    URGENT_ALERT = "urgent_alert"
    UPDATE = "update"
    ALL_CLEAR = "all_clear"
    FEEDBACK = "feedback"
    FALSE_ALARM = "false_alarm"
    PREVENTION = "prevention"
    MODUS_OPERANDI = "modus_operandi"
    INCREASE_WARNING = "increase_warning"
    INFORMATION = "information"


class MessageTemplate(SQLModel, table=True):
    """One version of a zone's template. The newest counts; earlier ones stay to be read."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("police_zone_id", "use", "phenomenon", "version"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    police_zone_id: UUID = Field(foreign_key="organisation.id")
    use: TemplateUse = Field(sa_type=word(TemplateUse))
    # A code of the list; empty is any phenomenon.
    phenomenon: str = ""
    version: int
    # The zone gave up its own words here: from this version on the hub's own are used.
    is_given_up: bool = False
    saved_by: UUID = Field(foreign_key="account.id")
    saved_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class MessageTemplateText(SQLModel, table=True):
    """The words of one version in one language for one channel; a subject for mail only."""

    __tablename__ = "message_template_text"

    template_id: UUID = Field(primary_key=True, foreign_key="message_template.id")
    language: Language = Field(primary_key=True, sa_type=word(Language))
    channel: Channel = Field(primary_key=True, sa_type=word(Channel))
    subject: str = ""
    body: str


class MissingText(StrEnum):
    """What a zone does when there is no text in a member's language."""

    REFUSE = "refuse"  # nothing is sent until every language of the partnership has its text
    ZONE_LANGUAGE = "zone_language"  # the first language of his partnership
    BOTH = "both"  # its first two languages in one message


class ZoneWriting(SQLModel, table=True):
    """How a police zone writes its messages; without a row as the hub does by itself."""

    __tablename__ = "zone_writing"

    police_zone_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    # A partnership this near to the place of the facts is called as well (R20).
    near_metres: int
    missing_text: MissingText = Field(sa_type=word(MissingText))
