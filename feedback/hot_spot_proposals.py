"""Hot spots that the hub proposes: a person opens each, or declines it with a reason (R36).

Reports of a town are looked at for everybody who keeps hot spots there; incidents for the police
alone, who know of them, and without a figure in what the town reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from feedback import hot_spots
from feedback.circles import Circle, inside
from feedback.counted_reports import Sight, counted
from feedback.density import Density, Measure, Source, dense_places
from feedback.models import HotSpot, HotSpotProposal, Report
from hub import audit, clock
from hub.access import Actor
from hub.config import settings
from hub.db import Condition
from hub.errors import BadInput, Conflict, FieldProblem
from hub.i18n import mark
from messaging.models import Incident
from partnerships.models import Organisation

# What is linked beside one proposal; the others are on the list of reports.
MOST_LINKED = 30


@dataclass(frozen=True, slots=True)
class Proposals:
    """The places proposed in one town; of incidents nothing where the reader knows none."""

    of_reports: Density
    of_incidents: Density
    # The number that people call each report by, of those that are linked.
    numbers: dict[UUID, int]
    streets: dict[UUID, str]


@dataclass(frozen=True, slots=True)
class Place:
    """One proposed place, as it comes back from the page that showed it."""

    category: str
    is_of_incidents: bool
    latitude: float
    longitude: float
    measure: Measure

    @property
    def circle(self) -> Circle:
        return Circle(self.latitude, self.longitude, self.measure.metres)


def usual() -> Measure:
    """What the settings call dense."""
    chosen = settings()
    return Measure(
        chosen.hot_spot_radius_metres, chosen.hot_spot_window_days, chosen.hot_spot_threshold
    )


def checked(metres: int, days: int, threshold: int) -> Measure:
    """A measure somebody chose; raises ``BadInput`` naming each field out of its range."""
    ranges = {
        "metres": (metres, hot_spots.SMALLEST_RADIUS, hot_spots.LARGEST_RADIUS),
        "days": (days, 7, 366),
        "threshold": (threshold, 2, 1000),
    }
    sentence = mark("Give a number from {least} to {most}.")
    problems = [
        FieldProblem(field, sentence, (("least", least), ("most", most)))
        for field, (number, least, most) in ranges.items()
        if not least <= number <= most
    ]
    if problems:
        raise BadInput(*problems)
    return Measure(metres, days, threshold)


def proposals(session: Session, town: Organisation, sight: Sight, measure: Measure) -> Proposals:
    """The dense places of a town that are no hot spot yet and were not declined lately."""
    at = clock.now()
    of_reports = dense_places(session, _reports(session, town, sight), measure, at)
    of_incidents = Density((), is_cut=False)
    if town.id in sight.incidents and town.part_of_id is not None:
        of_incidents = dense_places(session, _incidents(session, town), measure, at)
    linked = [one for place in of_reports.places for one in place.found[:MOST_LINKED]]
    rows = session.exec(
        select(Report.id, Report.number, Report.street).where(col(Report.id).in_(linked))
    ).all()
    return Proposals(
        of_reports,
        of_incidents,
        {report_id: number for report_id, number, _street in rows},
        {report_id: street for report_id, _number, street in rows},
    )


def _reports(session: Session, town: Organisation, sight: Sight, category: str = "") -> Source:
    columns = (col(Report.latitude), col(Report.longitude))
    return Source(
        id=col(Report.id),
        kind=col(Report.category),
        latitude=col(Report.latitude),
        longitude=col(Report.longitude),
        at=col(Report.received_at),
        conditions=(
            *counted(town.id, sight, category),
            *_not_followed(session, [town.id], col(Report.category), columns, of_incidents=False),
        ),
    )


def _incidents(session: Session, town: Organisation, phenomenon: str = "") -> Source:
    """Of the whole police zone: an incident names no town."""
    columns = (col(Incident.latitude), col(Incident.longitude))
    towns = session.exec(
        select(Organisation.id).where(Organisation.part_of_id == town.part_of_id)
    ).all()
    only = (col(Incident.phenomenon) == phenomenon,) if phenomenon else ()
    return Source(
        id=col(Incident.id),
        kind=col(Incident.phenomenon),
        latitude=col(Incident.latitude),
        longitude=col(Incident.longitude),
        at=col(Incident.opened_at),
        conditions=(
            col(Incident.police_zone_id) == town.part_of_id,
            *only,
            *_not_followed(session, towns, col(Incident.phenomenon), columns, of_incidents=True),
        ),
    )


def _not_followed(
    session: Session,
    town_ids: Sequence[UUID],
    kind: Any,
    columns: tuple[Any, Any],
    *,
    of_incidents: bool,
) -> list[Condition]:
    """What lies in an open hot spot, or where one was declined lately, is not counted again."""
    watched = [
        (one.category, Circle(one.latitude, one.longitude, one.radius_metres))
        for one in _open(session, town_ids)
        if not one.is_of_incidents or of_incidents
    ]
    declined = [
        (one.category, Circle(one.latitude, one.longitude, one.radius_metres))
        for one in _declined(session, town_ids)
        if one.is_of_incidents is of_incidents
    ]
    return [
        ~inside(circle, *columns)
        if not category
        else or_(kind != category, ~inside(circle, *columns))
        for category, circle in (*watched, *declined)
    ]


def _open(session: Session, town_ids: Sequence[UUID]) -> Sequence[HotSpot]:
    wanted = select(HotSpot).where(
        col(HotSpot.municipality_id).in_(town_ids), col(HotSpot.closed_at).is_(None)
    )
    return session.exec(wanted).all()


def _declined(session: Session, town_ids: Sequence[UUID]) -> Sequence[HotSpotProposal]:
    since = clock.now() - timedelta(days=settings().hot_spot_declined_days)
    wanted = select(HotSpotProposal).where(
        col(HotSpotProposal.municipality_id).in_(town_ids),
        col(HotSpotProposal.declined_at) > since,
    )
    return session.exec(wanted).all()


def accept(
    session: Session, actor: Actor, town: Organisation, sight: Sight, place: Place, name: str
) -> HotSpot:
    """Make it a hot spot, with the figures as they are now. A second click gives the same one.

    Raises ``Conflict`` where nothing is dense there any more, ``BadInput`` naming ``name``.
    """
    known = _watched_there(session, town, place)
    if known is not None:
        return known
    count = _count(session, town, sight, place)
    if count < place.measure.threshold:
        raise Conflict(mark("This place is not as dense any more. Load the page again."))
    wanted = hot_spots.Wanted(
        name=name,
        latitude=place.latitude,
        longitude=place.longitude,
        radius_metres=place.measure.metres,
        category="" if place.is_of_incidents else place.category,
        why=mark("Proposed by the hub: the police know more.")
        if place.is_of_incidents
        else mark("Proposed by the hub: many reports close together."),
    )
    return hot_spots.open_proposed(
        session,
        actor,
        town,
        wanted,
        is_of_incidents=place.is_of_incidents,
        reports_counted=None if place.is_of_incidents else count,
        window_days=place.measure.days,
        threshold=place.measure.threshold,
    )


def _watched_there(session: Session, town: Organisation, place: Place) -> HotSpot | None:
    same = select(HotSpot).where(
        HotSpot.municipality_id == town.id,
        HotSpot.category == ("" if place.is_of_incidents else place.category),
        HotSpot.latitude == place.latitude,
        HotSpot.longitude == place.longitude,
        col(HotSpot.closed_at).is_(None),
    )
    return session.exec(same).first()


def _count(session: Session, town: Organisation, sight: Sight, place: Place) -> int:
    """How many lie there now; nothing for whoever may not know of them."""
    if place.is_of_incidents:
        if town.id not in sight.incidents:
            return 0
        source = _incidents(session, town, place.category)
    else:
        source = _reports(session, town, sight, place.category)
    since = clock.now() - timedelta(days=place.measure.days)
    wanted = select(source.id).where(
        *source.conditions,
        source.at > since,
        inside(place.circle, source.latitude, source.longitude),
    )
    return len(session.exec(wanted.limit(place.measure.threshold * 100)).all())


def decline(session: Session, actor: Actor, town: Organisation, place: Place, reason: str) -> None:
    """Do not propose it for a while; why stays on record. Raises ``BadInput`` naming ``reason``."""
    words = hot_spots.checked_reason(reason)
    row = HotSpotProposal(
        municipality_id=town.id,
        category=place.category,
        is_of_incidents=place.is_of_incidents,
        latitude=place.latitude,
        longitude=place.longitude,
        radius_metres=place.measure.metres,
        declined_by=actor.account_id,
        declined_at=clock.now(),
        reason=words,
    )
    session.add(row)
    session.flush()
    subject = ("hot_spot_proposal", row.id)
    audit.record(session, "hot_spot_proposal.decline", subject, by=actor.account_id)
