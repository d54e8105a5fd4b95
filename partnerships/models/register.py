"""The register of partnerships: what each is, how it came to be, its papers and its territory."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from hub.clock import now
from hub.columns import PersonalData, UtcDateTime, new_id, word
from hub.i18n import Language


class PartnershipKind(StrEnum):
    CITIZENS = "citizens"
    SELF_EMPLOYED = "self_employed"
    MIXED = "mixed"
    THEMATIC = "thematic"


class PartnershipStatus(StrEnum):
    """The life of a partnership, in the order in which besafe describes its creation."""

    PROPOSAL = "proposal"
    INFORMATION_EVENING = "information_evening"
    CHARTER = "charter"
    SENT_FOR_RECOGNITION = "sent_for_recognition"
    RECOGNISED = "recognised"
    ACTIVE = "active"
    DORMANT = "dormant"
    ENDED = "ended"
    REFUSED = "refused"


# Only these have members who may be written to.
LIVING_STATUSES = (PartnershipStatus.RECOGNISED, PartnershipStatus.ACTIVE)


class Partnership(SQLModel, table=True):
    """A Local Prevention Partnership inside its delimited territory (R1)."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    kind: PartnershipKind = Field(default=PartnershipKind.CITIZENS, sa_type=word(PartnershipKind))
    # What unites a thematic one: pharmacists, a harbour, a school route.
    theme: str | None = None
    status: PartnershipStatus = Field(
        default=PartnershipStatus.ACTIVE, sa_type=word(PartnershipStatus), index=True
    )
    # Every message goes out in each of these; order is the order of fall-back.
    languages: list[Language] = Field(sa_column=Column(JSON, nullable=False))
    police_zone_id: UUID = Field(foreign_key="organisation.id", index=True)
    municipality_id: UUID = Field(foreign_key="organisation.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    # The federal register's own number for it, once recognised.
    recognition_reference: str | None = None
    renewal_due_on: date | None = None
    # Whether anybody may ask to join by the public page.
    takes_requests: bool = True


class PartnershipStep(SQLModel, table=True):
    """One step in the life of a partnership: never changed, so that it reads as a history."""

    __tablename__ = "partnership_step"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    status: PartnershipStatus = Field(sa_type=word(PartnershipStatus))
    # The day it happened, which may be before the day it was written down.
    happened_on: date
    # Why it was refused, fell asleep or ended: told to the initiators (R30).
    reason: str | None = None
    recorded_by: UUID | None = Field(default=None, foreign_key="account.id")
    recorded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Initiator(SQLModel, table=True):
    """Somebody who asked for a partnership, and is told what became of it."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    name: str = Field(sa_type=PersonalData)
    email: str = Field(sa_type=PersonalData)
    telephone: str | None = Field(default=None, sa_type=PersonalData)
    language: Language = Field(default=Language.FRENCH, sa_type=word(Language))


class PartnershipGroup(SQLModel, table=True):
    """Neighbouring partnerships that act as one: a supra-local partnership."""

    __tablename__ = "partnership_group"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    police_zone_id: UUID = Field(foreign_key="organisation.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class GroupedPartnership(SQLModel, table=True):
    """A partnership in a group."""

    __tablename__ = "grouped_partnership"

    group_id: UUID = Field(primary_key=True, foreign_key="partnership_group.id")
    partnership_id: UUID = Field(primary_key=True, foreign_key="partnership.id", index=True)


class DocumentKind(StrEnum):
    CHARTER = "charter"
    HOUSE_RULES = "house_rules"
    COMMUNICATION_PLAN = "communication_plan"
    RECOGNITION_LETTER = "recognition_letter"


class PartnershipDocument(SQLModel, table=True):
    """A paper of a partnership as PDF. A newer one of its kind replaces it; both are kept."""

    __tablename__ = "partnership_document"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    kind: DocumentKind = Field(sa_type=word(DocumentKind))
    file_name: str
    size: int
    pages: int
    sha256: str
    content: bytes
    uploaded_by: UUID = Field(foreign_key="account.id")
    uploaded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class SignatoryCapacity(StrEnum):
    """In which capacity somebody signs a charter or a plan (besafe, "création")."""

    MAYOR = "mayor"
    CHIEF_OF_POLICE = "chief_of_police"
    MANDATED_OFFICER = "mandated_officer"
    COORDINATOR = "coordinator"


class Signature(SQLModel, table=True):
    """That somebody signed a paper of a partnership, or a version of its communication plan."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    kind: DocumentKind = Field(sa_type=word(DocumentKind))
    communication_plan_id: UUID | None = Field(default=None, foreign_key="communication_plan.id")
    capacity: SignatoryCapacity = Field(sa_type=word(SignatoryCapacity))
    name: str = Field(sa_type=PersonalData)
    signed_on: date
    recorded_by: UUID | None = Field(default=None, foreign_key="account.id")
    recorded_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Zone(SQLModel, table=True):
    """The territory of a partnership: a GeoJSON Polygon or MultiPolygon, longitude first (WGS 84).

    The box around it answers most questions ("which are near this point?") from an index.
    """

    __table_args__ = (Index("ix_zone_box", "west", "east", "south", "north"),)

    partnership_id: UUID = Field(primary_key=True, foreign_key="partnership.id")
    polygon: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    west: float
    south: float
    east: float
    north: float
    square_metres: float
    changed_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class FormerZone(SQLModel, table=True):
    """A zone a partnership had until another was drawn: to look at, and to put back."""

    __tablename__ = "former_zone"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    polygon: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    square_metres: float
    drawn_at: datetime = Field(sa_type=UtcDateTime)
    replaced_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    replaced_by: UUID = Field(foreign_key="account.id")
