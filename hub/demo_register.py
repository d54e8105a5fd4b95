"""What the register knows of the demo zone: how its partnerships came to be, their papers, whom to
reach, and one more that is only proposed so far."""

import hashlib
import io
from datetime import date, timedelta
from uuid import UUID

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from sqlmodel import Session

from hub import clock
from hub.i18n import Language
from partnerships.models import (
    DocumentKind,
    GroupedPartnership,
    Initiator,
    OrganisationContact,
    Partnership,
    PartnershipDocument,
    PartnershipGroup,
    PartnershipKind,
    PartnershipStatus,
    PartnershipStep,
    SignatoryCapacity,
    Signature,
)

# How many days before today each step was taken.
_LIFE = {
    PartnershipStatus.PROPOSAL: 540,
    PartnershipStatus.INFORMATION_EVENING: 500,
    PartnershipStatus.CHARTER: 470,
    PartnershipStatus.SENT_FOR_RECOGNITION: 410,
    PartnershipStatus.RECOGNISED: 300,
    PartnershipStatus.ACTIVE: 290,
}
_SIGNED_BEFORE = 420
_SIGNATORIES = {
    SignatoryCapacity.MAYOR: "Maud Mayeur",
    SignatoryCapacity.CHIEF_OF_POLICE: "Charles Chef",
    SignatoryCapacity.MANDATED_OFFICER: "Olivia Officier",
    SignatoryCapacity.COORDINATOR: "Cor Coördinator",
}
_CHARTER = (
    "Les parties travaillent ensemble dans le quartier délimité sur le plan annexé.",
    "Les membres observent et signalent ; ils ne patrouillent pas et ne poursuivent personne.",
    "Tout appel urgent se fait au 101. Les échanges suivent le plan de communication.",
)


def fill(session: Session, partnerships: list[Partnership], officer_id: UUID) -> None:
    """Write it down for these partnerships, of one zone and one municipality."""
    for partnership in partnerships:
        _lived(session, partnership, officer_id)
        _signed(session, partnership, officer_id)
    _renewal(partnerships[-1])
    _grouped(session, partnerships)
    _contacts(session, partnerships[0])
    _proposed(session, partnerships[0], officer_id)
    session.flush()


def _day(days_ago: int) -> date:
    return clock.in_brussels(clock.now()).date() - timedelta(days=days_ago)


def _lived(session: Session, partnership: Partnership, officer_id: UUID) -> None:
    for status, days_ago in _LIFE.items():
        _step(session, partnership, status, days_ago, officer_id)


def _step(
    session: Session,
    partnership: Partnership,
    status: PartnershipStatus,
    days_ago: int,
    officer_id: UUID,
) -> None:
    session.add(
        PartnershipStep(
            partnership_id=partnership.id,
            status=status,
            happened_on=_day(days_ago),
            recorded_by=officer_id,
            recorded_at=clock.now(),
        )
    )
    # One after the other: the order in which they were written down is the history.
    session.flush()


def _signed(session: Session, partnership: Partnership, officer_id: UUID) -> None:
    content = charter(partnership.name)
    session.add(
        PartnershipDocument(
            partnership_id=partnership.id,
            kind=DocumentKind.CHARTER,
            file_name=f"charte-{partnership.slug}.pdf",
            size=len(content),
            pages=1,
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            uploaded_by=officer_id,
            uploaded_at=clock.now(),
        )
    )
    session.add_all(
        Signature(
            partnership_id=partnership.id,
            kind=DocumentKind.CHARTER,
            capacity=capacity,
            name=name,
            signed_on=_day(_SIGNED_BEFORE),
            recorded_by=officer_id,
            recorded_at=clock.now(),
        )
        for capacity, name in _SIGNATORIES.items()
    )


def charter(name: str) -> bytes:
    """A charter of one page, the same bytes each time."""
    paper = io.BytesIO()
    sheet = Canvas(paper, pagesize=A4, invariant=True)
    sheet.setTitle(f"Charte {name}")
    sheet.setFont("Helvetica-Bold", 20)
    sheet.drawString(72, 740, f"Charte du {name}")
    sheet.setFont("Helvetica", 11)
    for number, line in enumerate((*_CHARTER, "", *_SIGNATORIES.values())):
        sheet.drawString(72, 700 - 22 * number, line)
    sheet.save()
    return paper.getvalue()


def _renewal(partnership: Partnership) -> None:
    partnership.renewal_due_on = _day(-30)


def _grouped(session: Session, partnerships: list[Partnership]) -> None:
    group = PartnershipGroup(
        slug="valdor-ensemble",
        name="Valdor ensemble",
        police_zone_id=partnerships[0].police_zone_id,
        created_at=clock.now(),
    )
    session.add(group)
    session.flush()
    session.add_all(
        GroupedPartnership(group_id=group.id, partnership_id=one.id) for one in partnerships
    )


def _contacts(session: Session, partnership: Partnership) -> None:
    session.add(
        OrganisationContact(
            organisation_id=partnership.police_zone_id,
            function="Secrétariat PLP",
            name="Sylvie Secrétaire",
            email="secretariat@demo.example",
            telephone="+3242000101",
            language=Language.FRENCH,
            created_at=clock.now(),
        )
    )
    session.add(
        OrganisationContact(
            organisation_id=partnership.municipality_id,
            function="Dienst preventie",
            name="Piet Preventie",
            email="preventie@demo.example",
            language=Language.DUTCH,
            created_at=clock.now(),
        )
    )


def _proposed(session: Session, neighbour: Partnership, officer_id: UUID) -> None:
    made = Partnership(
        slug="valdor-commerces",
        name="PLP Valdor-Commerces",
        kind=PartnershipKind.SELF_EMPLOYED,
        status=PartnershipStatus.PROPOSAL,
        languages=[Language.FRENCH, Language.GERMAN],
        police_zone_id=neighbour.police_zone_id,
        municipality_id=neighbour.municipality_id,
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    session.add(
        Initiator(
            partnership_id=made.id,
            name="Bettina Boutique",
            email="bettina@demo.example",
            telephone="+3242000102",
            language=Language.GERMAN,
        )
    )
    _step(session, made, PartnershipStatus.PROPOSAL, 10, officer_id)
