"""Alerts from facts, and why somebody gets one, for dispatch systems."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, col, select

from hub.access import Action, Actor, allowed
from hub.db import DbSession, ReadingSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, mark
from hub.web.forms import on_the_clock
from messaging import (
    alert_drafts,
    audience,
    broadcasts,
    composer,
    incidents,
    kept_to,
    missing_texts,
    nearby,
    phenomena,
    template_filling,
    why,
)
from messaging.alert_drafts import Composed
from messaging.api import BroadcastOutput, WordsInput, described, words_of
from messaging.facts import LONGEST_FACT, Facts
from messaging.forms import LONGEST_REQUEST_ID
from messaging.models import BroadcastKind, ChosenHow, TemplateUse
from messaging.nearby import Drawn, Ground
from messaging.texts import Texts
from partnerships import member_groups, scope, streets
from partnerships.models import LIVING_STATUSES, Channel, Partnership
from partnerships.typed_text import tidy

router = APIRouter(prefix="/api/v1", tags=["alerts"])

_UNKNOWN = mark("There is no partnership called {slug} with an agreed plan.")
_Fact = Annotated[str, Field(max_length=LONGEST_FACT)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FactsInput(_Input):
    """What happened, typed once; the words of every language are made from it."""

    phenomenon: str = Field(description="A code of the plan's list, or its name in any language.")
    place: str
    facts_at: datetime
    what: _Fact = Field(default="", description="Instead of the name of the phenomenon.")
    person: _Fact = ""
    vehicle: _Fact = ""
    direction: _Fact = ""
    measures: _Fact = ""


class GroundInput(_Input):
    """Where on the map: a point, a street (points in a row) or an area (points around it)."""

    drawn: Drawn = Drawn.POINT
    points: list[tuple[float, float]] = Field(
        min_length=1, max_length=nearby.MOST_POINTS, description="Latitude and longitude of each."
    )
    metres: int | None = Field(
        default=None, ge=0, description="How far around it; as the zone has settled if left out."
    )


class AlertInput(_Input):
    """An urgent alert by its facts. Partnerships in or near ``ground`` are chosen besides those
    named; ``texts`` replace the template's words in their languages."""

    client_request_id: str = Field(min_length=1, max_length=LONGEST_REQUEST_ID)
    facts: FactsInput
    ground: GroundInput | None = None
    partnerships: list[str] = []
    only_languages: list[Language] = []
    streets: list[str] = Field(
        default=[],
        max_length=streets.MOST_STREETS,
        description="Only people of these streets, or of ``groups``; however they are spelled.",
    )
    groups: list[UUID] = Field(
        default=[], description="Only members of these groups, or people of ``streets``."
    )
    texts: dict[Language, WordsInput] = {}
    incident_id: UUID | None = None
    is_drill: bool = False
    deviation_reason: str = ""


class SegmentsOutput(BaseModel):
    units: int
    segments: int
    encoding: str


class PreviewOutput(BaseModel):
    """What an alert would do. Nothing is stored."""

    partnerships: list[str]
    nearest: list[str] = Field(description="Where the place concerns nobody: who is nearest.")
    texts: dict[Language, WordsInput]
    people: int
    reached: int
    households: int
    by_channel: dict[Channel, int]
    not_reached: dict[str, int]
    without_text: dict[Language, int] = Field(
        description="How many read a language in which there is no text."
    )
    sms: dict[Language, SegmentsOutput]
    segments: int
    euros: float | None


class ChosenOutput(BaseModel):
    partnership: str
    how: ChosenHow | None
    metres: int | None


class AudienceOutput(BaseModel):
    """Why each partnership was chosen, and the languages a broadcast is kept to."""

    partnerships: list[ChosenOutput]
    only_languages: list[Language]
    streets: list[str] = Field(description="The streets it is kept to, or to ``groups``.")
    groups: list[str]
    geometry: dict[str, Any] | None
    metres: int | None


class WhyOutput(BaseModel):
    """Why one person gets a broadcast, or does not."""

    person_id: UUID
    language: Language
    is_written_to: bool
    member_of: list[ChosenOutput]
    left: list[str]
    kept_to: list[Language]
    streets: list[str] = Field(description="Of the streets it is kept to: his.")
    groups: list[str] = Field(description="Of the groups it is kept to: his.")
    is_outside: bool = Field(
        description="It is kept to streets or groups, and none of them is his."
    )
    reasons: list[str] = Field(description="Why a way of his was not used, as in deliveries.")


@router.post("/alerts", status_code=201)
def compose_alert(
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    wanted: AlertInput,
    session: DbSession,
) -> BroadcastOutput:
    """Store an incident and a draft of its alert, in every language from one set of facts. The same
    ``client_request_id`` again gives the same draft."""
    composed = _composed(session, actor, wanted)
    return described(session, alert_drafts.save(session, actor, composed))


@router.post("/alerts/preview")
def preview_alert(
    actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)],
    wanted: AlertInput,
    session: ReadingSession,
) -> PreviewOutput:
    """Who would get it, in which words, and about what it costs."""
    composed = _composed(session, actor, wanted)
    figures = composer.preview(
        session,
        composed.partnerships,
        BroadcastKind.URGENT_ALERT,
        composed.texts,
        only_languages=composed.only_languages,
        kept=composed.kept,
    )
    is_empty = composed.ground is not None and not composed.near
    found = nearby.nearest(session, actor, composed.ground) if is_empty and composed.ground else []
    return PreviewOutput(
        partnerships=[one.slug for one in composed.partnerships],
        nearest=[one.partnership.slug for one in found],
        texts={
            one: WordsInput(
                subject=words.subject, short=words.short, long=words.long, spoken=words.spoken
            )
            for one, words in composed.texts.items()
        },
        people=figures.audience.people,
        reached=figures.audience.reached,
        households=figures.households,
        by_channel=figures.audience.by_channel,
        not_reached=figures.audience.not_reached,
        without_text=figures.without_text,
        sms={
            one: SegmentsOutput(units=size.units, segments=size.segments, encoding=size.encoding)
            for one, size in figures.lengths.items()
        },
        segments=figures.sms_segments,
        euros=figures.euros,
    )


def _composed(session: Session, actor: Actor, wanted: AlertInput) -> Composed:
    code = phenomena.code_of(wanted.facts.phenomenon)
    if code is None:
        problem = mark("Choose a phenomenon from the list.")
        raise BadInput(FieldProblem("facts.phenomenon", problem))
    incident = wanted.incident_id and incidents.incident_for(
        session, wanted.incident_id, actor, Action.COMPOSE_BROADCAST
    )
    typed = wanted.facts.model_dump(exclude={"phenomenon", "facts_at"})
    facts = Facts(
        phenomenon=code, at=on_the_clock("facts.facts_at", wanted.facts.facts_at), **typed
    )
    ground = _ground(session, actor, wanted.ground)
    near = nearby.concerned(session, actor, ground) if ground else []
    chosen = _chosen(
        session, actor, [*(one.partnership.slug for one in near), *wanted.partnerships]
    )
    concerned = [*(one.partnership for one in near), *chosen]
    zone_id = (
        incident.police_zone_id
        if incident
        else incidents.zone_concerned(session, actor, concerned).id
    )
    needed = wanted.only_languages or missing_texts.needed_by(session, chosen)
    ready = template_filling.texts(session, zone_id, TemplateUse.URGENT_ALERT, facts, needed)
    texts: Texts = {**ready, **words_of(wanted.texts)}
    return Composed(
        client_request_id=wanted.client_request_id,
        facts=facts,
        texts=texts,
        partnerships=chosen,
        near=near,
        ground=ground,
        incident=incident or None,
        only_languages=wanted.only_languages,
        kept=kept_to.offered(
            session,
            actor,
            [one.id for one in chosen],
            [tidy(one) for one in wanted.streets],
            [str(one) for one in wanted.groups],
        ).refuse_wrong(),
        is_drill=wanted.is_drill,
        deviation_reason=wanted.deviation_reason,
    )


def _ground(session: Session, actor: Actor, wanted: GroundInput | None) -> Ground | None:
    if wanted is None:
        return None
    lines = "\n".join(f"{latitude:.6f}, {longitude:.6f}" for latitude, longitude in wanted.points)
    metres = "" if wanted.metres is None else str(wanted.metres)
    return nearby.read(wanted.drawn, lines, metres, nearby.usual_metres(session, actor))


def _chosen(session: Session, actor: Actor, slugs: Sequence[str]) -> list[Partnership]:
    """These partnerships within reach. Raises ``BadInput`` for one that is not there."""
    within = (
        scope.within_reach(actor, Action.COMPOSE_BROADCAST),
        col(Partnership.status).in_(LIVING_STATUSES),
    )
    found = session.exec(select(Partnership).where(*within, col(Partnership.slug).in_(slugs)))
    by_slug = {one.slug: one for one in found}
    unknown = [one for one in dict.fromkeys(slugs) if one not in by_slug]
    if unknown:
        raise BadInput(
            *(FieldProblem("partnerships", _UNKNOWN, (("slug", one),)) for one in unknown)
        )
    return [by_slug[one] for one in sorted(by_slug)]


class GroupOutput(BaseModel):
    """A group of members of one partnership, to keep a message to."""

    id: UUID
    name: str
    people: int


@router.get("/partnerships/{slug}/member-groups")
def list_groups(
    slug: str, actor: Annotated[Actor, allowed(Action.COMPOSE_BROADCAST)], session: DbSession
) -> list[GroupOutput]:
    """The groups of members of a partnership."""
    partnership = scope.partnership_by_slug(session, slug, actor, Action.COMPOSE_BROADCAST)
    found = member_groups.of_partnerships(session, [partnership.id])
    return [GroupOutput(id=one.row.id, name=one.row.name, people=one.people) for one in found]


@router.get("/broadcasts/{broadcast_id}/audience")
def show_audience(
    broadcast_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)],
    session: DbSession,
) -> AudienceOutput:
    """The partnerships of a broadcast, and why each of them was chosen."""
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    ground = why.ground(session, broadcast)
    kept = kept_to.of_broadcast(session, broadcast)
    return AudienceOutput(
        partnerships=[_told(one) for one in why.chosen(session, broadcast)],
        only_languages=audience.languages_kept_to(session, broadcast),
        streets=[one.name for one in kept.streets],
        groups=[one.name for one in kept.groups],
        geometry=ground.geometry if ground else None,
        metres=ground.metres if ground else None,
    )


@router.get("/broadcasts/{broadcast_id}/people/{person_id}")
def explain_person(
    broadcast_id: UUID,
    person_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)],
    session: DbSession,
) -> WhyOutput:
    """Why one person gets it, or does not; 404 for somebody it has nothing to do with."""
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    found = why.of_person(session, actor, broadcast, person_id)
    return WhyOutput(
        person_id=found.person_id,
        language=found.language,
        is_written_to=found.is_written_to,
        member_of=[_told(one) for one in found.member_of],
        left=[one.partnership.slug for one in found.left],
        kept_to=found.kept_to,
        streets=[one.name for one in found.his.streets],
        groups=[one.name for one in found.his.groups],
        is_outside=found.is_outside,
        reasons=[one.reason for one in found.deliveries if one.reason],
    )


def _told(one: why.Chosen) -> ChosenOutput:
    return ChosenOutput(partnership=one.partnership.slug, how=one.how, metres=one.metres)
