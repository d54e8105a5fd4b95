"""The JSON door for what becomes of an incident: decisions, follow-ups, stopping, its end."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import Language
from messaging import (
    broadcasts,
    follow_ups,
    incident_timeline,
    incidents,
    launch,
    launch_additions,
    reporters,
    sending_again,
    stopping,
)
from messaging.api import (
    BroadcastOutput,
    IncidentOutput,
    WordsInput,
    described,
    words_of,
)
from messaging.forms import LONGEST_REQUEST_ID
from messaging.models import (
    Incident,
    IncidentStatus,
    LaunchAddition,
    LaunchDecision,
    LaunchReason,
    ReporterTold,
    Step,
    Tick,
)
from partnerships.models import Channel

router = APIRouter(prefix="/api/v1")


class _Input(BaseModel):
    # A misspelled field must not be a field silently left out.
    model_config = ConfigDict(extra="forbid")


class DecisionInput(_Input):
    """Whether the partnerships are called. Nothing is sent by it: an alert is a broadcast."""

    launched: bool
    reason: LaunchReason
    words: str = Field(default="", description="Why, in your own words; needed for ``other``.")
    asked_by: str = Field(default="", description="Who on the ground asked for it: a patrol.")
    ticks: list[Tick] = Field(default=[], description="What was thought over; never a condition.")
    tell: list[str] = Field(
        default=[],
        description="Of a no: the partnerships whose coordinators are told, with the reason.",
    )
    tell_reporter: bool = Field(
        default=False,
        description="Of an incident that a message reported: tell whoever wrote it, once; of a yes,"
        " when the alert has left.",
    )
    close: bool = Field(default=False, description="Of a no: close the incident for this reason.")


class AdditionInput(_Input):
    """What was not said with a decision. A reason only where the alert was sent without one."""

    reason: LaunchReason | Literal[""] = ""
    words: str = ""
    asked_by: str = ""
    ticks: list[Tick] = []
    tell_reporter: bool = False


class AdditionOutput(BaseModel):
    id: UUID
    reason: LaunchReason | None
    words: str
    asked_by: str
    ticks: list[Tick]
    reporter: ReporterTold | None
    added_by: UUID
    added_at: datetime


class ReporterOutput(BaseModel):
    """Whoever reported it to the hub, without who he is. ``against`` is why he would not be told
    now: ``before`` is that he was told already."""

    way: Channel
    against: ReporterTold | None
    told_at: datetime | None


class DecisionOutput(BaseModel):
    id: UUID
    launched: bool
    reason: LaunchReason
    words: str
    asked_by: str
    ticks: list[Tick]
    told: list[str]
    broadcast_id: UUID | None
    reporter: ReporterTold | None = Field(
        description="What became of the wish to tell whoever reported it; null without one."
    )
    decided_by: UUID
    decided_at: datetime
    additions: list[AdditionOutput]


class EntryOutput(BaseModel):
    """One thing that happened; ``id`` is the decision or broadcast it is about."""

    at: datetime
    kind: str
    who: str
    id: UUID | None
    step: Step | None
    detail: str | None


class WholeIncidentOutput(IncidentOutput):
    """An incident with its decisions, its broadcasts and its timeline."""

    opened_at: datetime
    closed_at: datetime | None
    close_reason: str | None
    reporter: ReporterOutput | None
    decisions: list[DecisionOutput]
    broadcasts: list[BroadcastOutput]
    timeline: list[EntryOutput]


class ReasonInput(_Input):
    reason: str


class FollowUpInput(_Input):
    """What is told to those who got an alert. Without ``texts`` an all clear and a correction use
    the hub's ready words."""

    step: Literal["update", "all_clear", "correction"]
    client_request_id: str = Field(min_length=1, max_length=LONGEST_REQUEST_ID)
    texts: dict[Language, WordsInput] | None = None
    counts_as_feedback: bool = Field(
        default=False,
        description="Of an all clear or a correction: it is the feedback, and closes the incident.",
    )
    deviation_reason: str = ""


class AgainInput(_Input):
    client_request_id: str = Field(min_length=1, max_length=LONGEST_REQUEST_ID)
    deviation_reason: str = ""


@router.get("/incidents")
def list_incidents(
    actor: Annotated[Actor, allowed(Action.SEE_INCIDENTS)],
    session: DbSession,
    status: IncidentStatus | Literal[""] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[IncidentOutput]:
    """The newest incidents within reach, those still open first."""
    found = incidents.recent(session, actor, limit)
    wanted = [one for one in found if status in ("", one.status)]
    return [IncidentOutput.model_validate(one, from_attributes=True) for one in wanted]


@router.get("/incidents/{incident_id}")
def show_incident(
    incident_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEE_INCIDENTS)],
    session: DbSession,
) -> WholeIncidentOutput:
    """An incident and all that happened about it, but for what members answered."""
    incident = incidents.incident_for(session, incident_id, actor, Action.SEE_INCIDENTS)
    return _whole(session, incident)


def _whole(session: Session, incident: Incident) -> WholeIncidentOutput:
    sent = [one for one in incidents.broadcasts_of(session, incident) if one.released_at]
    return WholeIncidentOutput(
        **incident.model_dump(
            include={
                "id", "phenomenon", "place", "facts_at", "reported_at", "status", "opened_at",
                "closed_at", "close_reason",
            }
        ),
        reporter=_reporter(session, incident),
        decisions=[_decision(session, one) for one in launch.decisions_of(session, incident.id)],
        broadcasts=[described(session, one) for one in sent],
        timeline=[_entry(one) for one in incident_timeline.entries(session, incident)],
    )  # fmt: skip


def _decision(session: Session, decision: LaunchDecision) -> DecisionOutput:
    told = [one.slug for one in launch.told_of(session, decision)]
    added = [_addition(one) for one in launch_additions.of_decision(session, decision.id)]
    its = decision.model_dump(exclude={"incident_id"})
    return DecisionOutput(**its, told=told, additions=added)


def _addition(addition: LaunchAddition) -> AdditionOutput:
    return AdditionOutput(**addition.model_dump(exclude={"decision_id"}))


def _reporter(session: Session, incident: Incident) -> ReporterOutput | None:
    seen = reporters.seen(session, incident.id)
    return ReporterOutput.model_validate(seen, from_attributes=True) if seen else None


def _entry(entry: incident_timeline.Entry) -> EntryOutput:
    what: Any = entry.what
    kind = incident_timeline.EntryKind
    has_reason = entry.kind in (kind.DECISION, kind.ADDITION, kind.INTERVENTION)
    detail = what.reason if has_reason else None
    if entry.kind is kind.CLOSED:
        detail = what
    return EntryOutput(
        at=entry.at,
        kind=what.kind if entry.kind is kind.INTERVENTION else entry.kind,
        who=entry.who,
        id=getattr(what, "broadcast_id" if entry.kind is kind.INTERVENTION else "id", None),
        step=getattr(what, "step", None),
        detail=detail,
    )


@router.post("/incidents/{incident_id}/decisions", status_code=201)
def decide_launch(
    incident_id: UUID,
    actor: Annotated[Actor, allowed(Action.DECIDE_LAUNCH)],
    wanted: DecisionInput,
    session: DbSession,
) -> DecisionOutput:
    """Put on record whether the partnerships are called, and why."""
    incident = incidents.incident_for(session, incident_id, actor, Action.DECIDE_LAUNCH)
    decided = launch.Decided(**wanted.model_dump(exclude={"close"}))
    decision = launch.decide(session, actor, incident, decided)
    if wanted.close and not wanted.launched:
        launch.close_after(session, actor, incident, decision)
    return _decision(session, decision)


@router.post("/incidents/{incident_id}/decisions/{decision_id}/additions", status_code=201)
def add_to_decision(
    incident_id: UUID,
    decision_id: UUID,
    actor: Annotated[Actor, allowed(Action.DECIDE_LAUNCH)],
    wanted: AdditionInput,
    session: DbSession,
) -> AdditionOutput:
    """Say afterwards what was not said with a decision; what is on record stays as it is."""
    incident = incidents.incident_for(session, incident_id, actor, Action.DECIDE_LAUNCH)
    decision = launch_additions.decision_for(session, incident, decision_id)
    added = launch.Decided(launched=decision.launched, **wanted.model_dump())
    return _addition(launch_additions.add(session, actor, incident, decision, added))


@router.post("/incidents/{incident_id}/close")
def close_incident(
    incident_id: UUID,
    actor: Annotated[Actor, allowed(Action.GIVE_FEEDBACK)],
    wanted: ReasonInput,
    session: DbSession,
) -> IncidentOutput:
    """Close an incident without feedback, for a reason that stays on record."""
    incident = incidents.incident_for(session, incident_id, actor, Action.GIVE_FEEDBACK)
    incidents.close_without_feedback(session, actor, incident, wanted.reason)
    return IncidentOutput.model_validate(incident, from_attributes=True)


@router.post("/broadcasts/{broadcast_id}/follow-ups", status_code=201)
def follow_up(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    wanted: FollowUpInput,
    session: DbSession,
) -> BroadcastOutput:
    """Tell those who got an alert what is new, that it is over, or that it was false; sent at once.

    The same ``client_request_id`` again gives the same broadcast.
    """
    alert = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    sent = follow_ups.send(
        session,
        actor,
        alert,
        follow_ups.FollowUp(
            Step(wanted.step),
            wanted.client_request_id,
            words_of(wanted.texts) if wanted.texts else None,
            wanted.counts_as_feedback,
            wanted.deviation_reason,
        ),
    )
    return described(session, sent)


@router.get("/broadcasts/{broadcast_id}/follow-ups/{step}/words")
def ready_words(
    broadcast_id: UUID,
    step: Literal["update", "all_clear", "correction"],
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    session: DbSession,
) -> dict[Language, WordsInput]:
    """The hub's ready words for it, in every language of the alert. An update has a gap: (...)."""
    alert = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    follow_ups.refuse(session, alert, Step(step))
    texts = follow_ups.ready_words(session, alert, Step(step))
    return {
        language: WordsInput(subject=one.subject, short=one.short, long=one.long)
        for language, one in texts.items()
    }


@router.post("/broadcasts/{broadcast_id}/again", status_code=201)
def send_again(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    wanted: AgainInput,
    session: DbSession,
) -> BroadcastOutput:
    """Send an alert again to those only for whom all that was tried ended without proof."""
    alert = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    request_id, reason = wanted.client_request_id, wanted.deviation_reason
    return described(session, sending_again.send(session, actor, alert, request_id, reason))


@router.post("/broadcasts/{broadcast_id}/pause")
def pause_broadcast(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.STOP_BROADCAST)],
    wanted: ReasonInput,
    session: DbSession,
) -> BroadcastOutput:
    """Let nothing more of it leave for now. Its time runs on."""
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.STOP_BROADCAST)
    stopping.pause(session, actor, broadcast, wanted.reason)
    return described(session, broadcast)


@router.post("/broadcasts/{broadcast_id}/resume")
def resume_broadcast(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.STOP_BROADCAST)],
    session: DbSession,
) -> BroadcastOutput:
    """Let a broadcast that was paused go on."""
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.STOP_BROADCAST)
    stopping.resume(session, actor, broadcast)
    return described(session, broadcast)
