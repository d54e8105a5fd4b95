"""Members whose number or address no longer exists: somebody must ask them for a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from partnerships.models import ContactKind, ContactPoint, ContactStop, Membership, Person

# Why a contact point was closed, where nobody asked for it.
NUMBER_UNKNOWN = "dead_number"
ADDRESS_UNKNOWN = "bounced"
LOST_REASONS = (NUMBER_UNKNOWN, ADDRESS_UNKNOWN)


@dataclass(frozen=True, slots=True)
class LostContact:
    """One number or address that reaches nobody any more."""

    name: str
    kind: ContactKind
    membership_id: UUID


def lost_contacts(session: Session, partnership_id: UUID) -> Sequence[LostContact]:
    """The lost numbers and addresses of the present members of a partnership, newest first."""
    found = session.exec(
        select(Person.name, ContactPoint.kind, Membership.id, ContactStop.contact_point_id)
        .join(ContactPoint, col(ContactPoint.id) == col(ContactStop.contact_point_id))
        .join(Person, col(Person.id) == col(ContactPoint.person_id))
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(
            col(Membership.partnership_id) == partnership_id,
            col(Membership.left_at).is_(None),
            col(ContactStop.reason).in_(LOST_REASONS),
        )
        .order_by(col(ContactStop.stopped_at).desc())
    )
    # A number is closed for texts and for calls: it is one loss all the same.
    lost = {
        point: LostContact(name, ContactKind(kind), membership_id)
        for name, kind, membership_id, point in found
    }
    return list(lost.values())
