"""How many facts the police counted, week by week: typed, from a file, or by a program (R52).

A figure is never written over: a correction is a new edition, and the newest counts. A week that
nobody has counted is not a week without facts.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.db import hold_alone
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from messaging import phenomena
from plan.models import ContextCount, CountSource
from plan.rises import weeks
from plan.rises.areas import Area
from plan.rises.weeks import Week

LARGEST = 99_999
EARLIEST = Week(2000, 1)

# A week that is not over yet would always look like a fall.
NOT_OVER = mark("This week is not over yet.")
TOO_OLD = mark("Weeks before the year 2000 are not kept.")
NO_COUNT = mark("Give a whole number from 0 to {most}; leave it empty where nobody has counted.")
NO_PHENOMENON = mark("Choose a phenomenon from the list.")


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure: how many facts of a phenomenon in a week."""

    phenomenon: str
    week: Week
    count: int


def problem_of(one: Counted) -> str | None:
    """Why a figure cannot be taken; ``None`` where it can."""
    if one.week > weeks.last_complete():
        return NOT_OVER
    if one.week < EARLIEST:
        return TOO_OLD
    if not 0 <= one.count <= LARGEST:
        return NO_COUNT
    return None if one.phenomenon in phenomena.CODES else NO_PHENOMENON


def keep(
    session: Session, actor: Actor, area: Area, counted: Sequence[Counted], source: CountSource
) -> int:
    """Keep what is new or other than before; how many figures that were.

    Raises ``BadInput`` naming the field ``phenomenon.week`` of every figure that cannot be taken,
    and keeps none then. Two people who type at once: both are kept, the later counts.
    """
    problems = [
        FieldProblem(field_of(one), found, (("most", LARGEST),))
        for one in counted
        if (found := problem_of(one)) is not None
    ]
    if problems:
        raise BadInput(*problems)
    # One at a time in a zone: an edition is the one after the last.
    hold_alone(session, area.zone_id)
    known = _newest(session, area, {one.week.year for one in counted})
    fresh = [one for one in counted if _is_news(known.get((one.phenomenon, one.week)), one)]
    for one in fresh:
        before = known.get((one.phenomenon, one.week))
        session.add(
            ContextCount(
                police_zone_id=area.zone_id,
                area=area.code,
                phenomenon=one.phenomenon,
                iso_year=one.week.year,
                iso_week=one.week.number,
                count=one.count,
                edition=before.edition + 1 if before else 1,
                source=source,
                entered_by=actor.account_id,
                entered_at=clock.now(),
            )
        )
    session.flush()
    if fresh:
        subject = ("organisation", area.zone_id)
        audit.record(
            session,
            "context_counts.keep",
            subject,
            by=actor.account_id,
            area=area.code,
            figures=len(fresh),
            source=source.value,
        )
    return len(fresh)


def field_of(one: Counted) -> str:
    """What a figure is called in a form, and in what is said of it."""
    return f"{one.phenomenon}.{one.week}"


def _is_news(before: ContextCount | None, one: Counted) -> bool:
    return before is None or before.count != one.count


def _newest(
    session: Session, area: Area, years: Collection[int]
) -> dict[tuple[str, Week], ContextCount]:
    rows = session.exec(
        select(ContextCount)
        .where(
            ContextCount.police_zone_id == area.zone_id,
            ContextCount.area == area.code,
            col(ContextCount.iso_year).in_(years),
        )
        .order_by(col(ContextCount.edition))
    )
    # The later edition takes the place of the one before.
    return {(row.phenomenon, Week(row.iso_year, row.iso_week)): row for row in rows}


Series = Mapping[Week, int]


def of_zone(session: Session, zone_id: UUID) -> dict[tuple[str, str], Series]:
    """By area and phenomenon, the newest figure of every week that was counted in a zone."""
    rows = session.execute(
        columns(
            col(ContextCount.area),
            col(ContextCount.phenomenon),
            col(ContextCount.iso_year),
            col(ContextCount.iso_week),
            col(ContextCount.count),
        )
        .where(col(ContextCount.police_zone_id) == zone_id)
        .order_by(col(ContextCount.edition))
    )
    found: dict[tuple[str, str], dict[Week, int]] = defaultdict(dict)
    for area, phenomenon, year, number, count in rows:
        found[area, phenomenon][Week(year, number)] = count
    return dict(found)


def of_area(session: Session, area: Area) -> dict[str, Series]:
    """By phenomenon, the newest figure of every week that was counted in an area."""
    every = of_zone(session, area.zone_id)
    return {phenomenon: series for (code, phenomenon), series in every.items() if code == area.code}
