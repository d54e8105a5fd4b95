"""The partners of R11 and R12: police zones, municipalities, provinces, and whom to write to."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language


class OrganisationKind(StrEnum):
    POLICE_ZONE = "police_zone"
    MUNICIPALITY = "municipality"
    PROVINCE = "province"


class Organisation(SQLModel, table=True):
    """A police zone, a municipality or a province (R11, R12)."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: OrganisationKind = Field(sa_type=word(OrganisationKind))
    slug: str = Field(unique=True)
    name: str
    # The police zone of a municipality, the province of a zone: each belongs to one at most.
    part_of_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    # A zone switches it on for its non-urgent messages; alerts never go that way.
    allows_whatsapp: bool = False
    # Where its citizens reach it when it is not urgent; printed on posters and pages.
    public_telephone: str | None = None
    public_email: str | None = None


class OrganisationContact(SQLModel, table=True):
    """Somebody at an organisation who is told of changes in its partnerships."""

    __tablename__ = "organisation_contact"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    function: str
    name: str = Field(sa_type=PersonalData)
    email: str = Field(sa_type=PersonalData)
    telephone: str | None = Field(default=None, sa_type=PersonalData)
    language: Language = Field(default=Language.FRENCH, sa_type=word(Language))
    is_told_of_changes: bool = True
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
