"""What the police counted: the newest figure of each week, added up over the whole weeks of a
period."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from partnerships.models import Organisation
from plan.measures.asked import Asked, equals
from plan.measures.figure import NOT_ENTERED, Figure
from plan.models import ContextCount

# ISO 8601.
_WEEKS_OF_A_YEAR = 100
_THURSDAY = 3


def offence_count(session: Session, asked: Asked) -> Figure:
    """Without a single figure there is no value: nobody has counted, which is not nought."""
    later = aliased(ContextCount)
    newest = (
        select(func.max(later.edition))
        .where(
            col(later.police_zone_id) == col(ContextCount.police_zone_id),
            col(later.area) == col(ContextCount.area),
            col(later.phenomenon) == col(ContextCount.phenomenon),
            col(later.iso_year) == col(ContextCount.iso_year),
            col(later.iso_week) == col(ContextCount.iso_week),
            col(later.entered_at) <= asked.as_of,
        )
        .scalar_subquery()
    )
    zone = select(col(Organisation.part_of_id)).where(col(Organisation.id) == asked.municipality_id)
    week = col(ContextCount.iso_year) * _WEEKS_OF_A_YEAR + col(ContextCount.iso_week)
    # A week belongs to where its Thursday lies: no week is counted in two quarters.
    to_thursday = timedelta(days=(_THURSDAY - asked.period.first.weekday()) % 7)
    since_thursday = timedelta(days=(asked.period.last.weekday() - _THURSDAY) % 7)
    first, last = (
        day.isocalendar().year * _WEEKS_OF_A_YEAR + day.isocalendar().week
        for day in (asked.period.first + to_thursday, asked.period.last - since_thursday)
    )
    weeks, counted = session.execute(
        select(func.count(), func.coalesce(func.sum(col(ContextCount.count)), 0)).where(
            col(ContextCount.police_zone_id).in_(zone),
            col(ContextCount.edition) == newest,
            equals(col(ContextCount.phenomenon), asked.wants("phenomenon")),
            col(ContextCount.area) == asked.wants("area"),
            week.between(first, last),
        )
    ).one()
    return Figure(float(counted)) if weeks else Figure(None, reason=NOT_ENTERED)
