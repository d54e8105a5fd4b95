"""What street workers counted, month by month (seed 000): figures, no persons."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlmodel import Session, col

from plan.measures.asked import Asked, equals
from plan.measures.figure import NOBODY_COUNTED, Figure
from plan.models import StaffMember, StreetContacts


def together(session: Session, asked: Asked) -> Figure:
    """What all of them counted. Where nobody wrote a number down there is none, which is not
    nought."""
    counted = _by_worker(session, asked)
    value = float(sum(counted.values())) if counted else None
    return Figure(value, reason="" if counted else NOBODY_COUNTED)


def fewest(session: Session, asked: Asked) -> Figure:
    """The fewest that any of them counted: what "each worker" promised is kept when he kept it.

    Who works in these days and has counted before, but wrote nothing of this down, is not judged:
    he is in ``unknown``.
    """
    counted = _by_worker(session, asked)
    silent = len(_at_work(session, asked) - counted.keys())
    value = float(min(counted.values())) if counted else None
    return Figure(value, unknown=silent, reason="" if counted else NOBODY_COUNTED)


def _by_worker(session: Session, asked: Asked) -> Mapping[UUID, int]:
    """By worker, the months of the period added up; of each month its newest edition."""
    place = func.row_number().over(
        partition_by=(
            col(StreetContacts.staff_member_id),
            col(StreetContacts.quarter),
            col(StreetContacts.month),
            col(StreetContacts.code),
        ),
        order_by=col(StreetContacts.edition).desc(),
    )
    editions = (
        select(
            col(StreetContacts.staff_member_id).label("worker"),
            col(StreetContacts.count).label("number"),
            place.label("place"),
        )
        .join(StaffMember, col(StaffMember.id) == col(StreetContacts.staff_member_id))
        .where(
            col(StaffMember.municipality_id) == asked.municipality_id,
            col(StreetContacts.month).between(
                asked.period.first, min(asked.period.last, asked.today)
            ),
            col(StreetContacts.entered_at) <= asked.as_of,
            equals(col(StreetContacts.code), asked.wants("counted")),
            equals(col(StreetContacts.quarter), asked.wants("quarter")),
        )
        .subquery()
    )
    sums = (
        select(editions.c.worker, func.sum(editions.c.number))
        .where(editions.c.place == 1)
        .group_by(editions.c.worker)
    )
    return {worker: int(number) for worker, number in session.execute(sums)}


def _at_work(session: Session, asked: Asked) -> set[UUID]:
    has_counted = exists().where(
        col(StreetContacts.staff_member_id) == col(StaffMember.id),
        col(StreetContacts.entered_at) <= asked.as_of,
    )
    workers = select(col(StaffMember.id)).where(
        col(StaffMember.municipality_id) == asked.municipality_id,
        has_counted,
        col(StaffMember.started_on) <= min(asked.period.last, asked.today),
        or_(col(StaffMember.left_on).is_(None), col(StaffMember.left_on) >= asked.period.first),
    )
    return set(session.execute(workers).scalars())
