"""The JSON door of figures: how each result stands, and typing, approving and sending back one."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import translate
from hub.web.pages import language_of
from plan.dashboard.reach import plan_of
from plan.entries import entering, lines
from plan.entries.figures import Figure
from plan.entries.lines import Line
from plan.keeping import tree
from plan.models import Colour, Entry, EntryState, EntryStatus, ExpectedResult, ResultKind
from plan.standing import spans, standings
from plan.standing.spans import Span
from plan.standing.standings import ResultStanding, Source

router = APIRouter(prefix="/api/v1", tags=["figures"])

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Enters = Annotated[Actor, allowed(Action.ENTER_FIGURES)]
Approves = Annotated[Actor, allowed(Action.APPROVE_FIGURES)]

_A_SPAN = "The plan whole (`plan`), a year of it (`2026`) or a quarter (`2026-3`)."
_A_LINE = "The zone's slug or the worker's id where each has a figure; empty for the whole."
_LONGEST = 4000
_Number = Annotated[float | None, Field(allow_inf_nan=False)]


class StandingOutput(BaseModel):
    """How a result stands in these days. ``value`` is null where there is none, never 0, and
    ``reason`` says why; a share is in percent; ``wanted`` is the target for just these days and
    ``due`` as much of it as is due by now."""

    result_id: UUID
    code: str
    kind: ResultKind
    unit: str
    value: float | None
    numerator: float | None
    denominator: float | None
    state: EntryState | None
    unknown: int
    reason: str
    source: Source
    waits_for_approval: bool
    wanted: float | None
    due: float | None
    suggested: Colour


class StandingsOutput(BaseModel):
    """Of the whole town where ``area`` is empty."""

    span: str
    first_day: date
    last_day: date
    area: str
    results: list[StandingOutput]


class StepOutput(BaseModel):
    """One step of a figure: typed, sent in, approved or sent back."""

    id: UUID
    value: float | None
    numerator: float | None
    denominator: float | None
    state: EntryState | None
    note: str
    status: EntryStatus
    entered_at: datetime


class FigureOutput(BaseModel):
    """A figure with all its steps, the oldest first. ``seen`` is to be given with the next step."""

    result_id: UUID
    span: str
    line: str
    seen: UUID | None
    steps: list[StepOutput]


class _Place(BaseModel):
    model_config = ConfigDict(extra="forbid")

    span: str = Field(description=_A_SPAN, max_length=20)
    line: str = Field(default="", description=_A_LINE, max_length=200)
    seen: UUID | None = Field(
        default=None, description="The newest step as it was read; none where there was none."
    )


class FigureInput(_Place):
    """A number, the two numbers of a share or its percentage, or a state."""

    value: _Number = None
    numerator: _Number = None
    denominator: _Number = None
    state: EntryState | None = None
    note: str = Field(default="", max_length=_LONGEST)
    submit: bool = Field(default=True, description="False keeps it as a draft.")


class ApproveInput(_Place):
    """The step that is approved is the one that was read."""


class SendBackInput(_Place):
    reason: str = Field(max_length=_LONGEST)


@router.get("/plans/{plan_id}/figures")
def list_standings(
    plan_id: UUID, request: Request, actor: See, session: DbSession, span: str, area: str = ""
) -> StandingsOutput:
    """Every result of the plan as it stands: counted by the hub, or typed."""
    plan = plan_of(session, actor, plan_id)
    chosen = spans.named(plan, span)
    whole = tree.of_plan(session, plan)
    found = standings.results_of_plan(session, whole, chosen.period, clock.now(), area)
    language = language_of(request)
    return StandingsOutput(
        span=chosen.key,
        first_day=chosen.period.first,
        last_day=chosen.period.last,
        area=area,
        results=[_standing(one, translate(language, one.reason)) for one in found],
    )


@router.get("/figures/{result_id}")
def show_figure(
    result_id: UUID, actor: Enters, session: DbSession, span: str, line: str = ""
) -> FigureOutput:
    """What was typed for a result in these days, step by step."""
    plan, result = entering.result_of(session, actor, result_id)
    chosen = spans.named(plan, span)
    return _figure(
        session, result, chosen, lines.chosen(session, plan, result, chosen.period, line)
    )


@router.post("/figures/{result_id}", status_code=201)
def enter_figure(
    result_id: UUID, actor: Enters, wanted: FigureInput, session: DbSession
) -> FigureOutput:
    """Type a figure. 409 where somebody was faster, or the plan is not in force."""
    plan, result = entering.result_of(session, actor, result_id)
    span = spans.named(plan, wanted.span)
    line = lines.chosen(session, plan, result, span.period, wanted.line)
    figure = Figure(
        wanted.value, wanted.numerator, wanted.denominator, wanted.state, wanted.note.strip()
    )
    entering.enter(
        session,
        actor,
        result.id,
        span.period,
        figure,
        seen=wanted.seen,
        submit=wanted.submit,
        line=line,
    )
    return _figure(session, result, span, line)


@router.post("/figures/{result_id}/approve")
def approve_figure(
    result_id: UUID, actor: Approves, wanted: ApproveInput, session: DbSession
) -> FigureOutput:
    """What was sent in counts from now on."""
    plan, result = entering.result_of(session, actor, result_id, Action.APPROVE_FIGURES)
    span = spans.named(plan, wanted.span)
    line = lines.chosen(session, plan, result, span.period, wanted.line)
    entering.approve(session, actor, result.id, span.period, wanted.seen, line)
    return _figure(session, result, span, line)


@router.post("/figures/{result_id}/send-back")
def send_figure_back(
    result_id: UUID, actor: Approves, wanted: SendBackInput, session: DbSession
) -> FigureOutput:
    """Ask for another figure, saying why."""
    plan, result = entering.result_of(session, actor, result_id, Action.APPROVE_FIGURES)
    span = spans.named(plan, wanted.span)
    line = lines.chosen(session, plan, result, span.period, wanted.line)
    entering.send_back(session, actor, result.id, span.period, wanted.seen, wanted.reason, line)
    return _figure(session, result, span, line)


def _figure(session: Session, result: ExpectedResult, span: Span, line: Line) -> FigureOutput:
    newest = entering.newest(session, result.id, span.period, line)
    return FigureOutput(
        result_id=result.id,
        span=span.key,
        line=line.key,
        seen=newest.id if newest else None,
        steps=[_step(one) for one in entering.history(session, result.id, span.period, line)],
    )


def _step(entry: Entry) -> StepOutput:
    return StepOutput.model_validate(entry, from_attributes=True)


def _standing(one: ResultStanding, reason: str) -> StandingOutput:
    result = one.result
    return StandingOutput(
        result_id=result.id,
        code=result.code,
        kind=result.kind,
        unit=result.unit,
        value=one.value,
        numerator=one.numerator,
        denominator=one.denominator,
        state=one.state,
        unknown=one.unknown,
        reason=reason,
        source=one.source,
        waits_for_approval=one.is_draft,
        wanted=one.judged.wanted,
        due=one.judged.due,
        suggested=one.judged.verdict.colour,
    )
