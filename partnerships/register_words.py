"""What the register's fixed words are called: kinds, statuses, papers, capacities."""

from hub.i18n import Language, mark, translate
from partnerships.models import (
    DocumentKind,
    OrganisationKind,
    PartnershipKind,
    PartnershipStatus,
    SignatoryCapacity,
)

KIND_NAMES = {
    PartnershipKind.CITIZENS: mark("Citizens"),
    PartnershipKind.SELF_EMPLOYED: mark("Self-employed (PLP-I)"),
    PartnershipKind.MIXED: mark("Citizens and self-employed"),
    PartnershipKind.THEMATIC: mark("Thematic"),
}
STATUS_NAMES = {
    PartnershipStatus.PROPOSAL: mark("Proposal"),
    PartnershipStatus.INFORMATION_EVENING: mark("Information evening"),
    PartnershipStatus.CHARTER: mark("Charter"),
    PartnershipStatus.SENT_FOR_RECOGNITION: mark("Sent for recognition"),
    PartnershipStatus.RECOGNISED: mark("Recognised"),
    PartnershipStatus.ACTIVE: mark("Active"),
    PartnershipStatus.DORMANT: mark("Dormant"),
    PartnershipStatus.ENDED: mark("Ended"),
    PartnershipStatus.REFUSED: mark("Refused"),
}
# Colour says again what the word says; nobody has to tell colours apart.
STATUS_COLOURS = {
    PartnershipStatus.RECOGNISED: "blue",
    PartnershipStatus.ACTIVE: "green",
    PartnershipStatus.DORMANT: "orange",
    PartnershipStatus.REFUSED: "red",
}
DOCUMENT_NAMES = {
    DocumentKind.CHARTER: mark("Charter"),
    DocumentKind.HOUSE_RULES: mark("House rules"),
    DocumentKind.COMMUNICATION_PLAN: mark("Communication plan"),
    DocumentKind.RECOGNITION_LETTER: mark("Recognition letter"),
}
CAPACITY_NAMES = {
    SignatoryCapacity.MAYOR: mark("Mayor"),
    SignatoryCapacity.CHIEF_OF_POLICE: mark("Chief of police"),
    SignatoryCapacity.MANDATED_OFFICER: mark("Mandated officer"),
    SignatoryCapacity.COORDINATOR: mark("Coordinator"),
}
ORGANISATION_NAMES = {
    OrganisationKind.POLICE_ZONE: mark("Police zone"),
    OrganisationKind.MUNICIPALITY: mark("Municipality"),
    OrganisationKind.PROVINCE: mark("Province"),
}


def kind_name(kind: PartnershipKind, theme: str | None, language: Language) -> str:
    """What a partnership is, with what unites a thematic one."""
    name = translate(language, KIND_NAMES[kind])
    return f"{name}: {theme}" if kind is PartnershipKind.THEMATIC and theme else name
