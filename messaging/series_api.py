"""Series of messages that can wait, for machines. A part is written as any message, naming its
series."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from messaging import cold_series, series_release
from messaging.models import ColdSeries, ColdStatus

router = APIRouter(prefix="/api/v1", tags=["cold messages"])


class SeriesInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str


class PartOutput(BaseModel):
    id: UUID
    status: ColdStatus
    leaves_at: datetime | None


class SeriesOutput(BaseModel):
    """A series and its parts within your reach, in the order in which they leave."""

    id: UUID
    title: str
    created_at: datetime
    stopped_at: datetime | None
    parts: list[PartOutput]


Write = Annotated[Actor, allowed(Action.COMPOSE_COLD)]
See = Annotated[Actor, allowed(Action.SEE_COLD)]


@router.post("/cold-series", status_code=201)
def begin_series(actor: Write, wanted: SeriesInput, session: DbSession) -> SeriesOutput:
    """Begin a series; then write its parts."""
    return _described(session, actor, cold_series.begin(session, actor, wanted.title))


@router.get("/cold-series/{series_id}")
def show_series(series_id: UUID, actor: See, session: DbSession) -> SeriesOutput:
    series = cold_series.series_for(session, series_id, actor, Action.SEE_COLD)
    return _described(session, actor, series)


@router.post("/cold-series/{series_id}/release", status_code=202)
def plan_series(series_id: UUID, actor: Write, session: DbSession) -> SeriesOutput:
    """Plan every part that is still a draft."""
    series = cold_series.series_for(session, series_id, actor, Action.COMPOSE_COLD)
    series_release.plan(session, actor, series)
    return _described(session, actor, series)


@router.post("/cold-series/{series_id}/stop")
def stop_series(series_id: UUID, actor: Write, session: DbSession) -> SeriesOutput:
    """Withdraw every part that has not left."""
    series = cold_series.series_for(session, series_id, actor, Action.COMPOSE_COLD)
    series_release.stop(session, actor, series)
    return _described(session, actor, series)


def _described(session: Session, actor: Actor, series: ColdSeries) -> SeriesOutput:
    parts = cold_series.parts(session, actor, series)
    return SeriesOutput(
        **series.model_dump(include={"id", "title", "created_at", "stopped_at"}),
        parts=[PartOutput(**one.model_dump(include=set(PartOutput.model_fields))) for one in parts],
    )
