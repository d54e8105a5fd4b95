"""Consent: what a person agreed to, in which words, how and when; and taking it back."""

from uuid import UUID

from sqlmodel import Session, col, select

from hub import clock
from partnerships.models import Consent, Person, Purpose


def give(session: Session, person: Person, purpose: Purpose, *, wording: str, how: str) -> None:
    """Record an agreement; one already in force is kept, so that the oldest proof stands."""
    if in_force(session, person.id, purpose) is None:
        session.add(
            Consent(person_id=person.id, purpose=purpose, wording_version=wording, given_how=how)
        )


def in_force(session: Session, person_id: UUID, purpose: Purpose) -> Consent | None:
    """The agreement of this person to this purpose, if it has not been taken back."""
    return session.exec(
        select(Consent).where(
            Consent.person_id == person_id,
            Consent.purpose == purpose,
            col(Consent.withdrawn_at).is_(None),
        )
    ).first()


def withdraw(session: Session, person_id: UUID, purpose: Purpose, how: str) -> None:
    """Take an agreement back; the row stays as the proof of both."""
    agreement = in_force(session, person_id, purpose)
    if agreement is not None:
        agreement.withdrawn_at = clock.now()
        agreement.withdrawn_how = how
        session.add(agreement)
