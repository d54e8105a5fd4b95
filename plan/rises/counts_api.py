"""The JSON door for weekly counts: a police program hands them in, another reads them."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from plan.models import CountSource
from plan.rises import areas, counts, weeks
from plan.rises.counts import Counted
from plan.rises.weeks import Week

router = APIRouter(prefix="/api/v1")

_Typist = Annotated[Actor, allowed(Action.TYPE_COUNTS)]
_MOST = 5_000


class CountInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phenomenon: str = Field(max_length=120, description="A code of the ministry's list.")
    week: str = Field(max_length=10, description="An ISO week that is over: 2026-W07.")
    count: int = Field(ge=0, le=counts.LARGEST)


class CountsInput(BaseModel):
    """All of them are kept, or none."""

    model_config = ConfigDict(extra="forbid")

    area: str = Field(default="", max_length=200, description="Its key; the first of yours if none")
    counts: list[CountInput] = Field(max_length=_MOST)


class KeptOutput(BaseModel):
    kept: int = Field(description="Figures that were new, or other than before.")


class CountOutput(BaseModel):
    phenomenon: str
    week: str
    count: int


class CountsOutput(BaseModel):
    area: str
    counts: list[CountOutput]


@router.post("/counts", status_code=201)
def keep_counts(wanted: CountsInput, actor: _Typist, session: DbSession) -> KeptOutput:
    """Hand in how many facts were counted in weeks that are over."""
    area = areas.by_key(session, actor, Action.TYPE_COUNTS, wanted.area)
    figures = [
        Counted(one.phenomenon, _week(at, one.week), one.count)
        for at, one in enumerate(wanted.counts)
    ]
    return KeptOutput(kept=counts.keep(session, actor, area, figures, CountSource.API))


def _week(at: int, typed: str) -> Week:
    week = weeks.read(typed)
    if week is None:
        raise BadInput(FieldProblem(f"counts.{at}.week", mark("Write the week as 2026-W07.")))
    return week


@router.get("/counts")
def read_counts(
    actor: _Typist,
    session: DbSession,
    area: Annotated[str, Query(max_length=200)] = "",
    phenomenon: Annotated[str, Query(max_length=120)] = "",
) -> CountsOutput:
    """The newest figure of every week that was counted in an area."""
    chosen = areas.by_key(session, actor, Action.TYPE_COUNTS, area)
    every = counts.of_area(session, chosen)
    wanted = {code: one for code, one in every.items() if phenomenon in ("", code)}
    return CountsOutput(
        area=chosen.key,
        counts=[
            CountOutput(phenomenon=code, week=str(week), count=series[week])
            for code, series in sorted(wanted.items())
            for week in sorted(series)
        ],
    )
