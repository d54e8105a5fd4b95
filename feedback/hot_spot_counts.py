"""How many reports there were in a hot spot: week by week, and now as against before.

Figures of what was reported, not of what happened; they show no cause. All of it is counted by the
database: no report is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func, literal, union_all
from sqlmodel import Session, col, select

from feedback.circles import Circle, inside
from feedback.counted_reports import Sight, counted
from feedback.models import HotSpot, Report
from hub import clock
from partnerships import days

TREND = timedelta(days=28)
WEEKS_BEFORE = 12
MOST_WEEKS_AFTER = 26


@dataclass(frozen=True, slots=True)
class Trend:
    """So many in the last 28 days, and in the 28 before."""

    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Week:
    """From one Monday to the next; whether the hot spot was opened in it, or earlier."""

    monday: date
    reports: int
    is_opening: bool
    is_after: bool


def circle_of(spot: HotSpot) -> Circle:
    return Circle(spot.latitude, spot.longitude, spot.radius_metres)


def trends(session: Session, spots: Sequence[HotSpot], sight: Sight) -> dict[UUID, Trend]:
    """Of every one of these hot spots, from one question."""
    if not spots:
        return {}
    at = clock.now()
    found = {}
    for spot_id, now, before in session.execute(
        union_all(*(_trend_of(one, sight, at) for one in spots))
    ):
        found[UUID(spot_id)] = Trend(int(now), int(before))
    return found


def _trend_of(spot: HotSpot, sight: Sight, at: datetime):  # type: ignore[no-untyped-def]  # a SELECT of three columns
    middle = at - TREND
    is_now = col(Report.received_at) > middle
    return select(
        literal(str(spot.id)),
        func.coalesce(func.sum(case((is_now, 1), else_=0)), 0),
        func.coalesce(func.sum(case((is_now, 0), else_=1)), 0),
    ).where(
        *counted(spot.municipality_id, sight, spot.category),
        inside(circle_of(spot), Report.latitude, Report.longitude),
        col(Report.received_at) > middle - TREND,
        col(Report.received_at) <= at,
    )


def weeks_of(session: Session, spot: HotSpot, sight: Sight) -> list[Week]:
    """From twelve weeks before it was opened until now, or until it was closed."""
    mondays = weeks_around(spot)
    counts = _by_week(session, spot, sight, mondays)
    opening = monday_of(spot.opened_at)
    return [
        Week(one, count, one == opening, one > opening)
        for one, count in zip(mondays, counts, strict=True)
    ]


def weeks_around(spot: HotSpot) -> list[date]:
    """The Mondays of the weeks that are shown; of a long time the last ones."""
    opening = monday_of(spot.opened_at)
    last = monday_of(spot.closed_at or clock.now())
    first = opening - timedelta(weeks=WEEKS_BEFORE)
    count = (last - first).days // 7 + 1
    if count > WEEKS_BEFORE + 1 + MOST_WEEKS_AFTER:
        last = opening + timedelta(weeks=MOST_WEEKS_AFTER)
        count = WEEKS_BEFORE + 1 + MOST_WEEKS_AFTER
    return [last - timedelta(weeks=count - 1 - number) for number in range(count)]


def monday_of(moment: datetime) -> date:
    """The Monday of the Belgian week in which a moment lies."""
    day = clock.in_brussels(moment).date()
    return day - timedelta(days=day.weekday())


def _by_week(session: Session, spot: HotSpot, sight: Sight, mondays: Sequence[date]) -> list[int]:
    edges = [days.start_of(one) for one in (*mondays, mondays[-1] + timedelta(weeks=1))]
    received = col(Report.received_at)
    number = case(
        *((received < edge, place) for place, edge in enumerate(edges[1:])), else_=len(mondays)
    ).label("week")
    wanted = (
        select(number, func.count())
        .where(
            *counted(spot.municipality_id, sight, spot.category),
            inside(circle_of(spot), Report.latitude, Report.longitude),
            received >= edges[0],
            received < edges[-1],
        )
        .group_by(number)
    )
    found = {int(week): int(count) for week, count in session.execute(wanted)}
    return [found.get(place, 0) for place in range(len(mondays))]


def newest_reports(session: Session, spot: HotSpot, sight: Sight, most: int) -> list[Report]:
    """The newest reports in it, for whoever may read reports of its town; else none."""
    if spot.municipality_id not in sight.words:
        return []
    wanted = select(Report).where(
        *counted(spot.municipality_id, sight, spot.category),
        inside(circle_of(spot), Report.latitude, Report.longitude),
    )
    newest = wanted.order_by(col(Report.received_at).desc(), col(Report.id).desc())
    return list(session.exec(newest.limit(most)))
