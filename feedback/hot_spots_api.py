"""Hot spots, their proposals and recap lists, for machines.

Whoever reads no reports (a mayor) gets hot spots as figures: no log, and no reports.
"""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Session

from feedback import (
    hot_spot_counts,
    hot_spot_log,
    hot_spot_proposals,
    hot_spot_reach,
    hot_spots,
    recap,
)
from feedback.counted_reports import Sight, sight_of
from feedback.density import DensePlace
from feedback.hot_spots import LONGEST_NAME, LONGEST_WORDS, Wanted
from feedback.models import (
    HotSpot,
    HotSpotActionKind,
    HotSpotOrigin,
    Report,
    ReportSource,
    ReportStatus,
)
from feedback.recap import Wish
from feedback.report_list import Mark
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from partnerships.models import Organisation

router = APIRouter(prefix="/api/v1", tags=["hot spots"])

_See = Annotated[Actor, allowed(Action.SEE_HOT_SPOTS)]
_Keep = Annotated[Actor, allowed(Action.KEEP_HOT_SPOTS)]
_Log = Annotated[Actor, allowed(Action.LOG_PRESENCE)]


class _Input(BaseModel):
    # A misspelled field must not be a field silently left out.
    model_config = ConfigDict(extra="forbid")


class HotSpotInput(_Input):
    """A place to watch. An empty category means everything."""

    town: str = Field(description="Its slug.")
    name: str = Field(max_length=LONGEST_NAME)
    latitude: float
    longitude: float
    radius: int = Field(description="In metres, 25 to 1,000.")
    category: str = ""
    why: str = Field(max_length=LONGEST_WORDS)


class PlaceInput(_Input):
    """A proposed place, as it was listed."""

    town: str
    category: str
    latitude: float = Field(ge=-85, le=85)
    longitude: float = Field(ge=-180, le=180)
    metres: int
    days: int
    threshold: int


class AcceptInput(PlaceInput):
    name: str


class DeclineInput(PlaceInput):
    reason: str


class ReasonInput(_Input):
    reason: str


class LogInput(_Input):
    """A presence has an end and people; an action or a note has words."""

    kind: HotSpotActionKind
    began_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    people: int = 1
    words: str = ""


class HotSpotOutput(BaseModel):
    id: UUID
    town: UUID
    name: str
    latitude: float
    longitude: float
    radius: int
    category: str
    origin: HotSpotOrigin
    opened_at: datetime
    closed_at: datetime | None
    reports_last_28_days: int
    reports_28_days_before: int


class HotSpotsOutput(BaseModel):
    items: list[HotSpotOutput]
    next_cursor: str | None


class WeekOutput(BaseModel):
    monday: date
    reports: int
    hours_of_presence: float


class LogOutput(BaseModel):
    id: UUID
    kind: HotSpotActionKind
    began_at: datetime
    ended_at: datetime | None
    people: int
    words: str
    is_taken_back: bool


class WholeHotSpotOutput(HotSpotOutput):
    """Reports by week show no cause. ``log`` is empty for whoever reads no reports."""

    why: str
    close_reason: str
    weeks: list[WeekOutput]
    log: list[LogOutput]


class ProposalOutput(BaseModel):
    category: str
    latitude: float
    longitude: float
    metres: int
    days: int
    threshold: int
    reports: int
    reports_before: int
    stands_on: list[UUID]


class ProposalsOutput(BaseModel):
    items: list[ProposalOutput]
    is_cut: bool


class RecapInput(_Input):
    """What to list: posted, for a street or a person is nothing for an address."""

    town: str
    since: date = Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))
    until: date = Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))
    street: str = ""
    person: str = Field(default="", description="Exactly as he gave it; put on record.")
    category: str = ""
    service: UUID | None = None
    source: ReportSource | None = None
    cursor: str = ""


class RecapReportOutput(BaseModel):
    id: UUID
    number: int
    received_at: datetime
    category: str
    street: str
    house_number: str
    source: ReportSource
    status: ReportStatus
    words: str


class RecapOutput(BaseModel):
    total: int
    months: list[date]
    by_category: dict[str, list[int]]
    items: list[RecapReportOutput]
    next_cursor: str | None


@router.get("/hot-spots")
def list_hot_spots(
    actor: _See, session: DbSession, closed: bool = False, cursor: str = ""
) -> HotSpotsOutput:
    """The hot spots within reach, the newest first."""
    ids = list(hot_spot_reach.town_ids(session, actor, Action.SEE_HOT_SPOTS))
    found = hot_spots.listed(session, ids, closed=closed, after=cursor)
    sight = sight_of(session, actor)
    trends = hot_spot_counts.trends(session, found.spots, sight)
    return HotSpotsOutput(
        items=[HotSpotOutput(**_facts(one, trends[one.id])) for one in found.spots],
        next_cursor=found.next_cursor,
    )


def _facts(spot: HotSpot, trend: hot_spot_counts.Trend) -> dict[str, Any]:
    return {
        "id": spot.id,
        "town": spot.municipality_id,
        "name": spot.name,
        "latitude": spot.latitude,
        "longitude": spot.longitude,
        "radius": spot.radius_metres,
        "category": spot.category,
        "origin": spot.origin,
        "opened_at": spot.opened_at,
        "closed_at": spot.closed_at,
        "reports_last_28_days": trend.now,
        "reports_28_days_before": trend.before,
    }


@router.post("/hot-spots", status_code=201)
def open_hot_spot(actor: _Keep, wanted: HotSpotInput, session: DbSession) -> WholeHotSpotOutput:
    """Open one by hand; the same place again gives the one there is."""
    town = _town(session, actor, wanted.town)
    spot = hot_spots.open_by_hand(
        session,
        actor,
        town,
        Wanted(
            name=wanted.name,
            latitude=wanted.latitude,
            longitude=wanted.longitude,
            radius_metres=wanted.radius,
            category=wanted.category,
            why=wanted.why,
        ),
    )
    return _whole(session, actor, spot)


def _town(session: Session, actor: Actor, slug: str) -> Organisation:
    return hot_spot_reach.town_by_slug(session, actor, Action.KEEP_HOT_SPOTS, slug)


@router.get("/hot-spots/proposals")
def list_proposals(
    actor: _Keep,
    session: DbSession,
    town: str = "",
    metres: Annotated[int | None, Query(description="As the settings say by default.")] = None,
    days: int | None = None,
    threshold: int | None = None,
) -> ProposalsOutput:
    """Where reports of one kind lie close together, and no hot spot is yet."""
    usual = hot_spot_proposals.usual()
    measure = hot_spot_proposals.checked(
        usual.metres if metres is None else metres,
        usual.days if days is None else days,
        usual.threshold if threshold is None else threshold,
    )
    its_town = _town(session, actor, town)
    sight = sight_of(session, actor)
    found = hot_spot_proposals.proposals(session, its_town, sight, measure).of_reports

    def told(place: DensePlace) -> ProposalOutput:
        return ProposalOutput(
            category=place.kind,
            latitude=place.circle.latitude,
            longitude=place.circle.longitude,
            metres=measure.metres,
            days=measure.days,
            threshold=measure.threshold,
            reports=len(place.found),
            reports_before=place.before,
            stands_on=list(place.found),
        )

    return ProposalsOutput(items=[told(one) for one in found.places], is_cut=found.is_cut)


@router.post("/hot-spots/proposals/accept", status_code=201)
def accept_proposal(actor: _Keep, wanted: AcceptInput, session: DbSession) -> WholeHotSpotOutput:
    """Make it a hot spot."""
    town, sight = _town(session, actor, wanted.town), sight_of(session, actor)
    spot = hot_spot_proposals.accept(session, actor, town, sight, _place(wanted), wanted.name)
    return _whole(session, actor, spot)


@router.post("/hot-spots/proposals/decline", status_code=204)
def decline_proposal(actor: _Keep, wanted: DeclineInput, session: DbSession) -> None:
    """Do not propose it for a while."""
    town = _town(session, actor, wanted.town)
    hot_spot_proposals.decline(session, actor, town, _place(wanted), wanted.reason)


def _place(wanted: PlaceInput) -> hot_spot_proposals.Place:
    return hot_spot_proposals.Place(
        category=wanted.category,
        is_of_incidents=False,
        latitude=wanted.latitude,
        longitude=wanted.longitude,
        measure=hot_spot_proposals.checked(wanted.metres, wanted.days, wanted.threshold),
    )


@router.get("/hot-spots/{spot_id}")
def show_hot_spot(spot_id: UUID, actor: _See, session: DbSession) -> WholeHotSpotOutput:
    """One of them, week by week."""
    return _whole(session, actor, hot_spot_reach.hot_spot_for(session, actor, spot_id))


@router.post("/hot-spots/{spot_id}/close")
def close_hot_spot(
    spot_id: UUID, actor: _Keep, wanted: ReasonInput, session: DbSession
) -> WholeHotSpotOutput:
    """Watch it no longer."""
    spot = hot_spot_reach.hot_spot_for(session, actor, spot_id, Action.KEEP_HOT_SPOTS)
    hot_spots.close(session, actor, spot, wanted.reason)
    return _whole(session, actor, spot)


@router.post("/hot-spots/{spot_id}/log", status_code=201)
def log(spot_id: UUID, actor: _Log, wanted: LogInput, session: DbSession) -> WholeHotSpotOutput:
    """Write down a presence, in quarters of an hour, an action, or a note."""
    spot = hot_spot_reach.hot_spot_for(session, actor, spot_id, Action.LOG_PRESENCE)
    if wanted.kind is HotSpotActionKind.PRESENCE:
        # Without an end it ends where it begins, which is refused beside its field.
        ended_at = wanted.ended_at or wanted.began_at
        hot_spot_log.log_presence(
            session, actor, spot, wanted.began_at, ended_at, wanted.people, wanted.words
        )
    else:
        hot_spot_log.log_words(session, actor, spot, wanted.kind, wanted.began_at, wanted.words)
    return _whole(session, actor, spot)


@router.delete("/hot-spots/{spot_id}/log/{entry_id}", status_code=204)
def take_back(spot_id: UUID, entry_id: UUID, actor: _Log, session: DbSession) -> None:
    """Let a line count no more; it stays to be read."""
    spot = hot_spot_reach.hot_spot_for(session, actor, spot_id, Action.LOG_PRESENCE)
    hot_spot_log.take_back(session, actor, spot, entry_id)


def _whole(session: Session, actor: Actor, spot: HotSpot) -> WholeHotSpotOutput:
    sight = sight_of(session, actor)
    return WholeHotSpotOutput(
        **_facts(spot, hot_spot_counts.trends(session, [spot], sight)[spot.id]),
        why=spot.why,
        close_reason=spot.close_reason,
        weeks=_weeks(session, spot, sight),
        log=_log(session, spot, sight),
    )


def _weeks(session: Session, spot: HotSpot, sight: Sight) -> list[WeekOutput]:
    weeks = hot_spot_counts.weeks_of(session, spot, sight)
    hours = hot_spot_log.hours_by_week(session, spot, [one.monday for one in weeks])
    return [
        WeekOutput(monday=one.monday, reports=one.reports, hours_of_presence=present)
        for one, present in zip(weeks, hours, strict=True)
    ]


def _log(session: Session, spot: HotSpot, sight: Sight) -> list[LogOutput]:
    if spot.municipality_id not in sight.words:
        return []
    return [
        LogOutput(
            id=one.entry.id,
            kind=one.entry.kind,
            began_at=one.entry.began_at,
            ended_at=one.entry.ended_at,
            people=one.entry.people,
            words=one.entry.words,
            is_taken_back=one.entry.taken_back_at is not None,
        )
        for one in hot_spot_log.lines_of(session, spot)
    ]


@router.post("/recap")
def make_recap(
    actor: Annotated[Actor, allowed(Action.SEE_REPORTS)], asked: RecapInput, session: DbSession
) -> RecapOutput:
    """A recap list with its counts, a page at a time."""
    town = hot_spot_reach.town_by_slug(session, actor, Action.SEE_REPORTS, asked.town)
    plain = Wish(
        town, asked.since, asked.until, "", "", asked.category, asked.service, asked.source
    )
    wish = recap.checked(session, actor, plain, asked.street, asked.person)
    found = recap.page(session, actor, wish, Mark.read(asked.cursor))
    counts = recap.counts(session, actor, wish)
    recap.put_on_record(session, actor, wish, "page")
    return RecapOutput(
        total=counts.total,
        months=counts.months,
        by_category=counts.by_category,
        items=[_listed(one) for one in found.reports],
        next_cursor=str(found.next) if found.next else None,
    )


def _listed(report: Report) -> RecapReportOutput:
    return RecapReportOutput(
        id=report.id,
        number=report.number,
        received_at=report.received_at,
        category=report.category,
        street=report.street,
        house_number=report.house_number,
        source=report.source,
        status=report.status,
        words=report.words,
    )
