"""Who is there: active partnerships, their members, and those who no longer want to hear."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hub.db import Condition
from partnerships.contact import UNCONFIRMED
from partnerships.days import end_of
from partnerships.lost_contacts import LOST_REASONS
from partnerships.models import (
    ContactPoint,
    ContactStop,
    Membership,
    Partnership,
    PartnershipStatus,
    PartnershipStep,
    Person,
    Residence,
)
from partnerships.ways import REMOVED
from plan.measures.asked import Asked, equals, here, in_period
from plan.measures.figure import NOT_ENTERED, Figure, Figures, share
from plan.measures.rows import Rows, Sums, rows, spread
from plan.models import HouseholdCount

# Why a way is closed although its owner did not ask for it. One that he opened again leaves no row:
# the figure is of those who are still silent.
_NOT_HIS_WORD = (UNCONFIRMED, REMOVED, *LOST_REASONS)


def active_partnerships(asked: Asked) -> Rows:
    """Partnerships that were active on at least one day of the period, by their steps; of one
    whose life was never written down, by what it is now."""
    step, later = aliased(PartnershipStep), aliased(PartnershipStep)
    last_known = min(asked.period.last, asked.today)
    # The day on which it ended is none of its days: one that ended on 1 January had none that year.
    ended_before = exists().where(
        col(later.partnership_id) == col(step.partnership_id),
        _is_after(later, step),
        or_(
            col(later.happened_on) <= asked.period.first,
            col(later.happened_on) == col(step.happened_on),
        ),
    )
    began = and_(
        col(step.status) == PartnershipStatus.ACTIVE,
        col(step.happened_on) <= last_known,
        ~ended_before,
    )
    is_so = and_(
        col(step.id).is_(None),
        col(Partnership.status) == PartnershipStatus.ACTIVE,
        col(Partnership.created_at) < asked.until,
    )
    return (
        rows(
            "partnership",
            col(Partnership.id),
            func.coalesce(col(step.recorded_at), col(Partnership.created_at)),
            place=col(Partnership.id),
        )
        .outerjoin(step, col(step.partnership_id) == col(Partnership.id))
        .where(
            here(col(Partnership.id), asked),
            equals(col(Partnership.kind), asked.wants("kind")),
            or_(began, is_so),
        )
    )


def _is_after(later: type[PartnershipStep], step: type[PartnershipStep]) -> Condition:
    """Of two steps on one day the one that was written down later is the later."""
    return or_(
        col(later.happened_on) > col(step.happened_on),
        and_(
            col(later.happened_on) == col(step.happened_on),
            col(later.recorded_at) > col(step.recorded_at),
        ),
    )


def members_active(asked: Asked) -> Rows:
    """Distinct people who are members at the end of the period, as far as it is known."""
    return (
        rows(
            "person",
            col(Membership.person_id),
            col(Membership.joined_at),
            place=col(Membership.partnership_id),
        )
        .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
        .where(
            here(col(Membership.partnership_id), asked),
            equals(col(Partnership.kind), asked.wants("member_kind")),
            _is_member_at_end(asked),
        )
    )


def _is_member_at_end(asked: Asked) -> Condition:
    left = col(Membership.left_at)
    return and_(col(Membership.joined_at) < asked.until, or_(left.is_(None), left >= asked.until))


def household_coverage(session: Session, asked: Asked) -> Figures:
    """Households with a member, of the households that somebody typed in for the same
    partnerships; those without such a figure count on neither side."""
    known = _households(session, asked)
    covered: dict[UUID, set[str]] = {one: set() for one in known}
    for place, household in session.execute(_lived_in(known, asked)):
        covered[place].add(household)
    figures: dict[UUID | None, Figure] = {
        place: share(len(covered[place]), number, otherwise=NOT_ENTERED)
        for place, number in known.items()
    }
    everywhere = len(set().union(*covered.values()))
    return figures | {None: share(everywhere, sum(known.values()), otherwise=NOT_ENTERED)}


def _lived_in(known: Collection[UUID], asked: Asked) -> Select[UUID, str | None]:
    return (
        select(col(Membership.partnership_id), col(Residence.household_index))
        .join(Residence, col(Membership.person_id) == col(Residence.person_id))
        .where(
            col(Membership.partnership_id).in_(known),
            _is_member_at_end(asked),
            col(Residence.household_index).is_not(None),
        )
        .distinct()
    )


def _households(session: Session, asked: Asked) -> dict[UUID, int]:
    """By partnership, the newest figure of its households that was known by then."""
    rows_of_all = session.execute(
        select(col(HouseholdCount.partnership_id), col(HouseholdCount.households))
        .where(
            here(col(HouseholdCount.partnership_id), asked),
            col(HouseholdCount.day) <= min(asked.period.last, asked.today),
        )
        .order_by(col(HouseholdCount.day))
    )
    return {one.partnership_id: one.households for one in rows_of_all}


def optout_rate(session: Session, asked: Asked) -> Figures:
    """People who closed a way of theirs in the period, or asked to be forgotten, of those who were
    members on its first day."""
    stopped, at_start = spread(session, opted_out(asked)), spread(session, _at_start(asked))
    return {
        place: share(stopped.get(place, Sums()).cases, at_start.get(place, Sums()).cases)
        for place in stopped.keys() | at_start.keys()
    }


def _at_start(asked: Asked) -> Rows:
    return _memberships(asked).where(
        col(Membership.joined_at) < min(end_of(asked.period.first), asked.until),
        or_(col(Membership.left_at).is_(None), col(Membership.left_at) >= asked.period.start),
    )


def _memberships(asked: Asked) -> Rows:
    return rows(
        "person",
        col(Membership.person_id),
        col(Membership.joined_at),
        place=col(Membership.partnership_id),
    ).where(here(col(Membership.partnership_id), asked))


def opted_out(asked: Asked) -> Rows:
    """Members of now or before, by each partnership, who opted out in the period."""
    closed = (
        select(col(ContactPoint.person_id))
        .join(ContactStop, col(ContactStop.contact_point_id) == col(ContactPoint.id))
        .where(
            in_period(col(ContactStop.stopped_at), asked),
            col(ContactStop.reason).not_in(_NOT_HIS_WORD),
            equals(col(ContactStop.channel), asked.wants("channel")),
        )
    )
    forgotten = select(col(Person.id)).where(in_period(col(Person.erased_at), asked))
    his = col(Membership.person_id)
    # Whoever was forgotten has no way left that could be told from another.
    is_out = his.in_(closed) if asked.wants("channel") else his.in_(closed) | his.in_(forgotten)
    return _memberships(asked).where(is_out, col(Membership.joined_at) < asked.until)
