"""The JSON door of problem boxes."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from feedback import box_emptying, box_month, box_register
from feedback.box_month import DayKind, Month
from feedback.box_register import Typed
from feedback.models import BoxEmptying
from hub.access import Action, Actor, allowed
from hub.db import DbSession

router = APIRouter(prefix="/api/v1")

See = Annotated[Actor, allowed(Action.SEE_REPORTS)]


class _Input(BaseModel):
    # A misspelled field must not be a field silently left out.
    model_config = ConfigDict(extra="forbid")


class BoxInput(_Input):
    municipality_id: UUID
    name: str
    place: str = ""
    point: str = ""
    hung_on: date
    working_days_only: bool = False


class BoxOutput(BaseModel):
    id: UUID
    municipality_id: UUID
    name: str
    place: str
    latitude: float | None
    longitude: float | None
    hung_on: date
    removed_on: date | None
    working_days_only: bool


class EmptyingInput(_Input):
    """``after`` is the ``mark`` of the day's emptying, for letters that are to be added to it."""

    letters: int = Field(description="0 is a figure too: nothing was in it.")
    day: date | None = None
    note: str = ""
    after: str = ""


class EmptyingOutput(BaseModel):
    id: UUID
    box_id: UUID
    day: date
    emptied_at: datetime
    letters: int
    note: str
    emptied_by: UUID
    mark: str


class DayOutput(BaseModel):
    day: date
    kind: DayKind
    letters: int | None


class BoxMonthOutput(BaseModel):
    """A month of one box: emptied on ``done`` of ``due`` days."""

    box_id: UUID
    done: int
    due: int
    letters: int
    days: list[DayOutput]


@router.get("/boxes")
def list_boxes(actor: See, session: DbSession) -> list[BoxOutput]:
    """Every problem box within reach; those that were taken down last."""
    found = box_register.boxes_seen(session, actor, Action.SEE_REPORTS)
    return [BoxOutput(**one.model_dump()) for one in found]


@router.post("/boxes", status_code=201)
def hang_box(
    actor: Annotated[Actor, allowed(Action.KEEP_BOXES)], wanted: BoxInput, session: DbSession
) -> BoxOutput:
    """Put a box into the register."""
    typed = Typed(**wanted.model_dump(exclude={"municipality_id"}))
    made = box_register.hang(session, actor, wanted.municipality_id, typed)
    return BoxOutput(**made.model_dump())


@router.post("/boxes/{box_id}/emptyings", status_code=201)
def empty_box(
    box_id: UUID,
    actor: Annotated[Actor, allowed(Action.EMPTY_BOX)],
    wanted: EmptyingInput,
    session: DbSession,
) -> EmptyingOutput:
    """Write down that a box was emptied, today or on a day of the last month."""
    row = box_emptying.empty(
        session, actor, box_id, wanted.letters, day=wanted.day, note=wanted.note, after=wanted.after
    )
    return _shown(row)


def _shown(row: BoxEmptying) -> EmptyingOutput:
    return EmptyingOutput(**row.model_dump(), mark=box_emptying.mark_of(row))


@router.get("/boxes/months/{month}")
def show_month(month: str, actor: See, session: DbSession) -> list[BoxMonthOutput]:
    """On which days of a month (``2026-07``) each box was emptied, missed, or did not have to be;
    another word than a month, or one to come, gives the present one."""
    boxes = box_register.boxes_seen(session, actor, Action.SEE_REPORTS)
    return [
        BoxMonthOutput(
            box_id=one.box.id,
            done=one.done,
            due=one.due,
            letters=one.letters,
            days=[
                DayOutput(
                    day=day.day,
                    kind=day.kind,
                    letters=day.emptying.letters if day.emptying else None,
                )
                for day in one.days
            ],
        )
        for one in box_month.months_of(session, boxes, Month.read(month))
    ]
