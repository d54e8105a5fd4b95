"""Presence in the street, from the shifts that services wrote down: for the town, and for each zone
whose name was given as the quarter."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import holidays
from sqlalchemy import ColumnElement, case, func, literal, select, true
from sqlmodel import Session, col

from hub.columns import UtcDateTime
from hub.db import Condition
from partnerships.models import Partnership
from partnerships.spelling import plain
from plan.measures.asked import Asked, equals
from plan.measures.dates import seconds_between
from plan.measures.figure import NO_SERVICE_DAYS, NO_WHOLE_WEEK, Figures, rate
from plan.measures.period import whole_weeks
from plan.measures.registers import known_days
from plan.models import ServiceDayChange, ServiceDays, Shift, ShiftKind

_SECONDS_OF_AN_HOUR = 3600


def presence_hours(session: Session, asked: Asked) -> Figures:
    """Hours of presence for each day (or, with ``per`` = week, each whole week) of service."""
    here = _of_shifts(asked, ShiftKind.PRESENCE) & (_ended(asked) > asked.period.start)
    worked = _by_place(session, asked, _hours(asked), here)
    if asked.wants("per") == "week":
        return _each(worked, whole_weeks(known_days(asked)), NO_WHOLE_WEEK)
    return _each(worked, len(list(service_days(session, asked))), NO_SERVICE_DAYS)


def presence_outings(session: Session, asked: Asked) -> Figures:
    """Outings for each whole ISO week of the period."""
    made = _of_shifts(asked, ShiftKind.OUTREACH) & (col(Shift.began_at) >= asked.period.start)
    found = _by_place(session, asked, func.count(), made)
    return _each(found, whole_weeks(known_days(asked)), NO_WHOLE_WEEK)


def _each(found: Mapping[UUID | None, float], number: float, otherwise: str) -> Figures:
    return {place: rate(much, number, otherwise) for place, much in found.items()}


def _by_place(
    session: Session, asked: Asked, much: ColumnElement[Any], of_which: Condition
) -> dict[UUID | None, float]:
    """So much in the town, and in each zone that a shift names. A quarter that is no zone counts
    for the town alone."""
    quarter = col(Shift.quarter)
    found = session.execute(select(quarter, much).where(of_which).group_by(quarter)).all()
    added: dict[UUID | None, float] = {None: 0.0}
    zones = _zones(session, asked)
    for name, number in found:
        zone = zones.get(plain(name))
        for place in {None, zone}:
            added[place] = added.get(place, 0.0) + float(number or 0)
    return added


def _zones(session: Session, asked: Asked) -> dict[str, UUID]:
    of_town = select(col(Partnership.id), col(Partnership.name)).where(
        col(Partnership.municipality_id) == asked.municipality_id
    )
    return {plain(name): one for one, name in session.execute(of_town)}


def _hours(asked: Asked) -> ColumnElement[Any]:
    """Hours of people, clipped to the period; who is still there has worked until now."""
    start, until = (literal(one, UtcDateTime()) for one in (asked.period.start, asked.until))
    ended = _ended(asked)
    began = case((col(Shift.began_at) < start, start), else_=col(Shift.began_at))
    seconds = seconds_between(began, case((ended > until, until), else_=ended))
    return func.sum(seconds * col(Shift.people)) / _SECONDS_OF_AN_HOUR


def _ended(asked: Asked) -> ColumnElement[object]:
    return func.coalesce(col(Shift.ended_at), literal(asked.as_of, UtcDateTime()))


def _of_shifts(asked: Asked, kind: ShiftKind) -> Condition:
    only_target = asked.wants("zone_set") == "target"
    return (
        (col(Shift.municipality_id) == asked.municipality_id)
        & (col(Shift.kind) == kind)
        & col(Shift.taken_back_at).is_(None)
        & (col(Shift.began_at) < asked.until)
        & equals(col(Shift.quarter), asked.wants("quarter"))
        & (col(Shift.is_target_quarter) if only_target else true())
        & _of_service(asked)
    )


def _of_service(asked: Asked) -> Condition:
    service = _service(asked)
    return col(Shift.service_id) == service if service else true()


def _service(asked: Asked) -> UUID | None:
    named = asked.wants("service")
    return UUID(named) if named else None


def service_days(session: Session, asked: Asked) -> Iterator[date]:
    """The days on which the service works, as its calendar says; none without one."""
    service = _service(asked)
    usual = session.scalars(
        select(ServiceDays)
        .where(col(ServiceDays.service_id) == service)
        .order_by(col(ServiceDays.from_day))
    ).all()
    changed = session.execute(
        select(col(ServiceDayChange.day), col(ServiceDayChange.is_service_day)).where(
            col(ServiceDayChange.service_id) == service
        )
    )
    changes = {one.day: one.is_service_day for one in changed}
    span = known_days(asked)
    closed = holidays.country_holidays("BE", years=range(span.first.year, span.last.year + 1))
    for number in range(span.days):
        day = span.first + timedelta(days=number)
        if changes.get(day, _usually(usual, day, is_holiday=day in closed)):
            yield day


def _usually(calendars: Sequence[ServiceDays], day: date, *, is_holiday: bool) -> bool:
    in_force = [one for one in calendars if one.from_day <= day]
    if not in_force or (is_holiday and not in_force[-1].on_holidays):
        return False
    return day.weekday() in in_force[-1].weekdays
