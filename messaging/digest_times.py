"""When the weekly mails of a police zone leave: one day and one hour, on Belgian clocks."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from messaging.models import DigestTime
from partnerships.models import Organisation
from partnerships.quiet_hours import next_time

# Friday at five in the afternoon: read before the weekend, when houses stand empty.
USUAL_WEEKDAY, USUAL_HOUR = 4, 17
# No Sunday: most plans keep it quiet. The hours of the plan are kept besides.
WEEKDAYS = range(6)
HOURS = range(8, 21)
_DAYS_OF_A_WEEK = 7


def of_zones(session: Session, zone_ids: Collection[UUID]) -> dict[UUID, DigestTime]:
    """The day and hour of each of these zones; where none is settled, the hub's own."""
    found = session.exec(select(DigestTime).where(col(DigestTime.police_zone_id).in_(zone_ids)))
    settled = {one.police_zone_id: one for one in found}
    return {one: settled.get(one) or _usual(one) for one in zone_ids}


def _usual(zone_id: UUID) -> DigestTime:
    return DigestTime(police_zone_id=zone_id, weekday=USUAL_WEEKDAY, hour=USUAL_HOUR)


def next_moment(one: DigestTime, at: datetime) -> datetime:
    """The first weekly mail after ``at``."""
    moment = next_time(at, time(one.hour))
    for _day in range(_DAYS_OF_A_WEEK):
        if clock.in_brussels(moment).weekday() == one.weekday:
            return moment
        moment = next_time(moment + timedelta(hours=1), time(one.hour))
    raise AssertionError("A week has each of its days.")


def settle(session: Session, actor: Actor, zone_id: UUID, weekday: int, hour: int) -> None:
    """Let the weekly mails of a zone leave then; what waits already leaves when it was to.

    Raises ``NotFound`` out of reach, ``BadInput`` naming ``weekday`` or ``hour``.
    """
    if zone_id not in actor.reach(Action.KEEP_TEMPLATES).police_zones:
        raise NotFound
    if weekday not in WEEKDAYS:
        raise BadInput(FieldProblem("weekday", mark("Choose a day from Monday to Saturday.")))
    if hour not in HOURS:
        raise BadInput(FieldProblem("hour", mark("Choose an hour from 8 to 20.")))
    settled = session.get(DigestTime, zone_id) or _usual(zone_id)
    settled.weekday, settled.hour = weekday, hour
    session.add(settled)
    session.flush()
    subject = ("organisation", zone_id)
    audit.record(session, "digest_time.settle", subject, by=actor.account_id, day=weekday, at=hour)


def kept_by(session: Session, actor: Actor) -> list[tuple[Organisation, DigestTime]]:
    """The zones whose day this person may choose, by name."""
    ids = actor.reach(Action.KEEP_TEMPLATES).police_zones
    zones = session.exec(
        select(Organisation).where(col(Organisation.id).in_(ids)).order_by(Organisation.name)
    ).all()
    times = of_zones(session, [one.id for one in zones])
    return [(one, times[one.id]) for one in zones]
