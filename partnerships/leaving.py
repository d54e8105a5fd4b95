"""A member leaves: at any time, without a reason, at once."""

from sqlmodel import Session, col, select

from hub import audit, clock
from partnerships.models import Membership, Partnership, Person


def present(session: Session, person: Person) -> list[tuple[Membership, Partnership]]:
    """The partnerships somebody is in, by name."""
    found = session.exec(
        select(Membership, Partnership)
        .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
        .where(Membership.person_id == person.id, col(Membership.left_at).is_(None))
        .order_by(Partnership.name)
    )
    return list(found)


def leave(session: Session, membership: Membership, how: str) -> None:
    """End a membership on the member's own word; ending it twice is ending it once.

    What he agreed to stays on record; nothing is sent to somebody who is in no partnership.
    """
    if membership.left_at is not None:
        return
    membership.left_at = clock.now()
    session.add(membership)
    session.flush()
    audit.record(session, "member.leave", ("membership", membership.id), by=None, how=how)


def leave_all(session: Session, person: Person, how: str) -> None:
    """End every membership of one person."""
    for membership, _partnership in present(session, person):
        leave(session, membership, how)
