"""Measures about members: a talk, a reprimand, a suspension, an exclusion (domain.md 2b).

Read only by those who decide them: the reason is nobody else's business. A coordinator sees that a
member is suspended, not why.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import BadInput, Conflict, FieldProblem, NotFound
from hub.i18n import mark
from hub.security import blind_index
from partnerships.appointments import COORDINATORS
from partnerships.days import end_of, today
from partnerships.models import (
    Account,
    Appointment,
    ContactKind,
    ContactPoint,
    MeasureKind,
    Membership,
    MembershipMeasure,
)

# A coordinator may ask for another decision until this many days after the measure.
APPEAL_DAYS = 21
LONGEST_REASON = 2000
# How long the former numbers of an excluded member are kept, as blind indexes only.
KNOWN_FOR_DAYS = 5 * 365


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """What an officer decides about a member. ``until`` is the last day of a suspension."""

    kind: MeasureKind
    decided_on: date
    reason: str
    until: date | None = None


def decide(
    session: Session, actor: Actor, membership: Membership, wanted: NewMeasure
) -> MembershipMeasure:
    """Record a measure and do what it says: suspend until the end of a day, or end the membership.

    Raises ``BadInput`` naming ``decided_on``, ``until`` or ``reason``, and ``Conflict`` for
    somebody who is no member any more.
    """
    if membership.left_at is not None:
        raise Conflict(mark("He is no member any more."))
    problems = _problems(wanted)
    if problems:
        raise BadInput(*problems)
    measure = MembershipMeasure(
        membership_id=membership.id,
        kind=wanted.kind,
        decided_on=wanted.decided_on,
        until=wanted.until if wanted.kind is MeasureKind.SUSPENSION else None,
        reason=wanted.reason.strip(),
        decided_by=actor.account_id,
    )
    session.add(measure)
    if wanted.kind is MeasureKind.EXCLUSION:
        membership.left_at = clock.now()
        measure.barred_indexes = _indexes(session, membership)
    session.flush()
    _suspend_as_decided(session, membership)
    _record(session, "measure.decide", measure, actor)
    return measure


def _indexes(session: Session, membership: Membership) -> list[str]:
    """Of the numbers and addresses of a member, as blind indexes: to know them by, not to read."""
    points = select(ContactPoint).where(ContactPoint.person_id == membership.person_id)
    return [one.value_index for one in session.exec(points) if one.value]


def _problems(wanted: NewMeasure) -> list[FieldProblem]:
    problems = []
    if wanted.decided_on > today():
        problems.append(FieldProblem("decided_on", mark("This day is still to come.")))
    if not wanted.reason.strip():
        problems.append(FieldProblem("reason", mark("A measure needs a reason in writing.")))
    elif len(wanted.reason) > LONGEST_REASON:
        problem = mark("At most {count} characters.")
        problems.append(FieldProblem("reason", problem, (("count", LONGEST_REASON),)))
    if wanted.kind is MeasureKind.SUSPENSION:
        if wanted.until is None:
            problems.append(FieldProblem("until", mark("Give the last day of the suspension.")))
        elif wanted.until < max(today(), wanted.decided_on):
            problems.append(FieldProblem("until", mark("This day has passed.")))
    return problems


def _suspend_as_decided(session: Session, membership: Membership) -> None:
    """Suspended until the end of the latest day that a suspension in force names."""
    days = [
        one.until
        for one in of_membership(session, membership.id)
        if one.kind is MeasureKind.SUSPENSION and one.lifted_at is None and one.until is not None
    ]
    membership.suspended_until = end_of(max(days)) if days else None
    session.add(membership)


def lift(session: Session, actor: Actor, measure: MembershipMeasure) -> None:
    """Take a measure back; lifting twice is lifting once.

    Who was excluded is not a member again by this, but may become one.
    """
    if measure.lifted_at is not None:
        return
    measure.lifted_at = clock.now()
    measure.barred_indexes = []
    session.add(measure)
    session.flush()
    _suspend_as_decided(session, session.get_one(Membership, measure.membership_id))
    _record(session, "measure.lift", measure, actor)


def note_appeal(session: Session, actor: Actor, measure: MembershipMeasure, on: date) -> None:
    """Note that a coordinator appealed on this day. Raises ``BadInput`` naming ``appealed_on`` for
    a day before the measure, after the three weeks, or still to come."""
    if not measure.decided_on <= on <= min(today(), appeal_until(measure)):
        problem = mark("An appeal comes within three weeks of the measure.")
        raise BadInput(FieldProblem("appealed_on", problem))
    measure.appealed_on = on
    session.add(measure)
    _record(session, "measure.appeal", measure, actor)


def appeal_until(measure: MembershipMeasure) -> date:
    """The last day on which a coordinator may appeal."""
    return measure.decided_on + timedelta(days=APPEAL_DAYS)


def _record(session: Session, action: str, measure: MembershipMeasure, actor: Actor) -> None:
    audit.record(
        session,
        action,
        ("membership_measure", measure.id),
        by=actor.account_id,
        membership_id=str(measure.membership_id),
        kind=measure.kind,
    )


def of_membership(session: Session, membership_id: UUID) -> list[MembershipMeasure]:
    """The measures about one member, the newest first."""
    rows = select(MembershipMeasure).where(MembershipMeasure.membership_id == membership_id)
    newest = (col(MembershipMeasure.decided_on).desc(), col(MembershipMeasure.recorded_at).desc())
    return list(session.exec(rows.order_by(*newest)))


def of_partnership(
    session: Session, partnership_id: UUID
) -> list[tuple[MembershipMeasure, Membership]]:
    """The measures about all members of a partnership, those who left included, newest first."""
    rows = (
        select(MembershipMeasure, Membership)
        .join(Membership, col(Membership.id) == col(MembershipMeasure.membership_id))
        .where(Membership.partnership_id == partnership_id)
        .order_by(
            col(MembershipMeasure.decided_on).desc(), col(MembershipMeasure.recorded_at).desc()
        )
    )
    return list(session.exec(rows))


def measure_for(session: Session, membership: Membership, measure_id: UUID) -> MembershipMeasure:
    """One measure about this member; raises ``NotFound`` when it is about another."""
    found = session.get(MembershipMeasure, measure_id)
    if found is None or found.membership_id != membership.id:
        raise NotFound
    return found


def exclusion_in_force(session: Session, membership_id: UUID) -> MembershipMeasure | None:
    """The exclusion that keeps somebody out, unless it was lifted."""
    return session.exec(
        select(MembershipMeasure).where(
            MembershipMeasure.membership_id == membership_id,
            MembershipMeasure.kind == MeasureKind.EXCLUSION,
            col(MembershipMeasure.lifted_at).is_(None),
        )
    ).first()


def is_excluded(session: Session, partnership_id: UUID, values: Collection[str]) -> bool:
    """Whether somebody with one of these numbers or addresses, now or when it was decided, was
    excluded from a partnership.

    He is not taken back in silence: who asks to join with them is shown to the mandated officer.
    Nobody is found who was erased since.
    """
    asked = {blind_index(one) for one in values if one}
    excluded = session.exec(
        select(MembershipMeasure, Membership)
        .join(Membership, col(Membership.id) == col(MembershipMeasure.membership_id))
        .where(
            Membership.partnership_id == partnership_id,
            MembershipMeasure.kind == MeasureKind.EXCLUSION,
            col(MembershipMeasure.lifted_at).is_(None),
        )
    )
    return any(
        not asked.isdisjoint((*measure.barred_indexes, *_indexes(session, membership)))
        for measure, membership in excluded
    )


def forget_old(session: Session) -> None:
    """Drop by what numbers an excluded member was known, once that is long ago."""
    long_ago = today() - timedelta(days=KNOWN_FOR_DAYS)
    session.execute(
        update(MembershipMeasure)
        .where(
            col(MembershipMeasure.kind) == MeasureKind.EXCLUSION,
            col(MembershipMeasure.decided_on) < long_ago,
        )
        .values(barred_indexes=[])
    )


def is_of_coordinator(session: Session, membership: Membership) -> bool:
    """Whether this member is, or was on some day, coordinator here: known by his mail address."""
    held = (
        select(Appointment.id)
        .join(Account, col(Account.id) == col(Appointment.account_id))
        .join(ContactPoint, col(ContactPoint.value_index) == col(Account.email_index))
        .where(
            Appointment.scope_id == membership.partnership_id,
            col(Appointment.role).in_(COORDINATORS),
            ContactPoint.person_id == membership.person_id,
            ContactPoint.kind == ContactKind.EMAIL,
        )
    )
    return session.exec(held).first() is not None
