"""A hint to the police that there is more of something than usual; put aside with a reason.

Where facts of a phenomenon are counted week by week, these counts are judged. Elsewhere it is the
incidents opened in the hub: what partnerships were, or might have been, called for, not all that
was declared.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from messaging import cold_reach
from messaging.models import (
    Broadcast,
    BroadcastKind,
    ColdMessage,
    ColdStatus,
    Incident,
    Relay,
)
from partnerships.models import Organisation, Partnership
from plan.models import RiseDismissal
from plan.rises import areas, counts, weeks
from plan.rises.counts import Series
from plan.rises.judging import judge
from plan.rises.rule import MOST_WINDOWS, WINDOW, Level, Rise, Windows, assess, windows

SHORTEST_REASON, LONGEST_REASON = 5, 500
# What was put aside, or written about, is not brought up again before this has passed ...
_HOLD_OFF = timedelta(days=28)
# ... unless it grew by half meanwhile.
_GROWN = 1.5
# What is shown, in this order; only the first is brought to somebody.
_SHOWN = (Level.STRONG, Level.TO_CHECK, Level.SEASONAL)


@dataclass(frozen=True, slots=True)
class Hint:
    """A rise of one phenomenon in an area of one police zone.

    ``level`` is what is said in the end, the season heard. ``series`` are the weekly counts it
    comes from; ``None`` where incidents were counted.
    """

    zone: Organisation
    phenomenon: str
    rise: Rise
    level: Level = Level.STRONG
    area: str = ""
    area_name: str = ""
    series: Series | None = None


def hints(session: Session, actor: Actor) -> list[Hint]:
    """The strong rises in the zones for which this person writes warnings, the strongest first."""
    return [one for one in every(session, actor) if one.level is Level.STRONG]


def every(session: Session, actor: Actor) -> list[Hint]:
    """Those that are to be checked, and those that the season brings, too; the strongest first."""
    zones = _zones(session, actor)
    found = [one for zone in zones for one in _of_zone(session, zone, clock.now())]
    return sorted(found, key=lambda one: (_SHOWN.index(one.level), -one.rise.score))


def _zones(session: Session, actor: Actor) -> Sequence[Organisation]:
    # How much there is of what is for the police to say: a coordinator gives advice.
    reach = cold_reach.as_writer(actor).reach(Action.COMPOSE_COLD)
    mine = select(Organisation).where(col(Organisation.id).in_(reach.police_zones))
    return session.exec(mine.order_by(Organisation.name)).all()


def _of_zone(session: Session, zone: Organisation, at: datetime) -> list[Hint]:
    counted = _by_counts(session, zone)
    phenomena_counted = {one.phenomenon for one in counted}
    opened = [
        Hint(zone, phenomenon, rise, area_name=zone.name)
        for phenomenon, rise in _rises(session, zone, at).items()
        if rise.level is Level.STRONG and phenomenon not in phenomena_counted
    ]
    aside = _put_aside(session, zone, at)
    told = _written_about(session, zone, at)
    return [
        one
        for one in (*counted, *opened)
        if one.level in _SHOWN
        and one.phenomenon not in told
        and one.rise.score >= _GROWN * aside.get((one.phenomenon, one.area), float("-inf"))
    ]


def _by_counts(session: Session, zone: Organisation) -> list[Hint]:
    """A judgement for each area and phenomenon whose last four weeks were counted."""
    names = areas.names_in(session, zone)
    last = weeks.last_complete()
    found = []
    for (area, phenomenon), series in counts.of_zone(session, zone.id).items():
        judged = judge(series, last)
        if judged is not None:
            name = names.get(area, area)
            found.append(Hint(zone, phenomenon, judged.rise, judged.level, area, name, series))
    return found


def _rises(session: Session, zone: Organisation, at: datetime) -> dict[str, Rise]:
    since: datetime | None = session.exec(
        select(func.min(Incident.opened_at)).where(Incident.police_zone_id == zone.id)
    ).one()
    if since is None:
        return {}
    spans = windows(at, since)
    counts = _counts(session, zone, spans)
    return {phenomenon: assess(one[0], one[1:]) for phenomenon, one in counts.items()}


def _counts(session: Session, zone: Organisation, spans: Windows) -> dict[str, list[int]]:
    """By phenomenon, the incidents of the last window and of each before it. Drills count for
    nothing."""
    earliest = spans.now[0] - (MOST_WINDOWS + 1) * WINDOW - timedelta(days=1)
    drills = select(Broadcast.incident_id).where(
        col(Broadcast.is_drill), col(Broadcast.incident_id).is_not(None)
    )
    rows = session.exec(
        select(Incident.phenomenon, Incident.facts_at).where(
            Incident.police_zone_id == zone.id,
            Incident.facts_at >= earliest,
            Incident.facts_at < spans.now[1],
            col(Incident.id).not_in(drills),
        )
    ).all()
    every = (spans.now, *spans.before)
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(every))
    for phenomenon, facts_at in rows:
        for place in _places(every, facts_at):
            counts[phenomenon][place] += 1
    return counts


def _places(spans: Iterable[tuple[datetime, datetime]], moment: datetime) -> list[int]:
    return [place for place, one in enumerate(spans) if one[0] <= moment < one[1]]


def _put_aside(session: Session, zone: Organisation, at: datetime) -> dict[tuple[str, str], float]:
    """By phenomenon and area, how high it stood when somebody last put it aside."""
    rows = session.exec(
        select(RiseDismissal).where(
            RiseDismissal.police_zone_id == zone.id, RiseDismissal.dismissed_at > at - _HOLD_OFF
        )
    )
    aside: dict[tuple[str, str], float] = {}
    for row in rows:
        which = (row.phenomenon, row.area)
        aside[which] = max(row.score, aside.get(which, row.score))
    return aside


def _written_about(session: Session, zone: Organisation, at: datetime) -> Collection[str]:
    """The phenomena of which its members were, or will be, warned."""
    written = (
        select(ColdMessage.phenomenon)
        .join(Relay, col(Relay.message_id) == col(ColdMessage.id))
        .join(Partnership, col(Partnership.id) == col(Relay.partnership_id))
        .where(
            Partnership.police_zone_id == zone.id,
            ColdMessage.kind == BroadcastKind.INCREASE_WARNING,
            ColdMessage.status != ColdStatus.WITHDRAWN,
            ColdMessage.created_at > at - _HOLD_OFF,
        )
    )
    return {one for one in session.exec(written) if one}


def dismiss(
    session: Session, actor: Actor, zone_id: UUID, phenomenon: str, area: str, reason: str
) -> None:
    """Put a hint aside, and say why. Raises ``NotFound`` where there is none, ``BadInput`` naming
    ``reason``."""
    found = [
        one
        for one in every(session, actor)
        if (one.zone.id, one.phenomenon, one.area) == (zone_id, phenomenon, area)
    ]
    if not found:
        raise NotFound
    said = " ".join(reason.split())
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        problem = mark("Say why in a few words, from {least} to {most} characters.")
        values = (("least", SHORTEST_REASON), ("most", LONGEST_REASON))
        raise BadInput(FieldProblem("reason", problem, values))
    row = RiseDismissal(
        police_zone_id=zone_id,
        phenomenon=phenomenon,
        area=area,
        count=found[0].rise.count,
        score=found[0].rise.score,
        reason=said,
        dismissed_by=actor.account_id,
        dismissed_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        "rise.dismiss",
        ("organisation", zone_id),
        by=actor.account_id,
        phenomenon=phenomenon,
        count=row.count,
    )
