"""Consent: what a person agreed to, in which words, how and when; and taking it back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.i18n import Language
from partnerships.consent_wordings import wording as words_of
from partnerships.models import Consent, Person, Purpose


def give(
    session: Session,
    person: Person,
    purpose: Purpose,
    *,
    wording: str,
    how: str,
    language: Language | None = None,
    at: datetime | None = None,
    proof: str | None = None,
) -> None:
    """Record an agreement; one already in force is kept, so that the oldest proof stands.

    ``language`` is the one in which he read the words, where that is known; ``proof`` names what
    shows it.
    """
    if in_force(session, person.id, purpose) is None:
        session.add(
            Consent(
                person_id=person.id,
                purpose=purpose,
                wording_version=wording,
                language=language,
                given_how=how,
                given_at=at or clock.now(),
                proof=proof,
            )
        )
        session.flush()


def in_force(session: Session, person_id: UUID, purpose: Purpose) -> Consent | None:
    """The agreement of this person to this purpose, if it has not been taken back."""
    return session.exec(
        select(Consent).where(
            Consent.person_id == person_id,
            Consent.purpose == purpose,
            col(Consent.withdrawn_at).is_(None),
        )
    ).first()


def was_withdrawn_since(session: Session, person_id: UUID, purpose: Purpose, at: datetime) -> bool:
    """Whether this person took an agreement to this purpose back after ``at``."""
    later = select(Consent.id).where(
        Consent.person_id == person_id, Consent.purpose == purpose, col(Consent.withdrawn_at) > at
    )
    return session.exec(later).first() is not None


def withdraw(session: Session, person_id: UUID, purpose: Purpose, how: str) -> None:
    """Take an agreement back; the row stays as the proof of both."""
    agreement = in_force(session, person_id, purpose)
    if agreement is not None:
        agreement.withdrawn_at = clock.now()
        agreement.withdrawn_how = how
        session.add(agreement)
        session.flush()


def agree(
    session: Session, person: Person, purpose: Purpose, wording: str, how: str, language: Language
) -> None:
    """Say yes oneself, to the words just read; saying it twice is saying it once."""
    if in_force(session, person.id, purpose) is None:
        give(session, person, purpose, wording=wording, how=how, language=language)
        _record(session, "consent.given", person, purpose, how)


def take_back(session: Session, person: Person, purpose: Purpose, how: str) -> None:
    """Take an agreement back oneself; doing it twice is doing it once."""
    if in_force(session, person.id, purpose) is not None:
        withdraw(session, person.id, purpose, how)
        _record(session, "consent.withdrawn", person, purpose, how)


def _record(session: Session, action: str, person: Person, purpose: Purpose, how: str) -> None:
    audit.record(session, action, ("person", person.id), by=None, purpose=purpose, how=how)


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement with the words agreed to; ``None`` where these are on paper or in a list."""

    row: Consent
    words: str | None


def history(session: Session, person: Person) -> list[Agreement]:
    """Everything a person agreed to and took back, newest first."""
    rows = select(Consent).where(Consent.person_id == person.id)
    return [
        Agreement(one, words_of(one.purpose, one.language or person.language, one.wording_version))
        for one in session.exec(rows.order_by(col(Consent.given_at).desc(), col(Consent.id)))
    ]
