"""Communication plans as JSON: versions, drafts, agreements and comparisons.

The same operations serve the plan of a partnership and the default of a police zone.
"""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, Role, allowed
from hub.db import DbSession
from hub.i18n import Language, preferred_language, translate
from hub.web.forms import on_the_clock
from partnerships import plan_agreement, plan_checks, plan_comparison, plan_drafts
from partnerships.models import (
    BroadcastKind,
    Channel,
    CommunicationPlan,
    ReportingRoute,
    SignatoryCapacity,
)
from partnerships.plan_content import (
    COLUMNS,
    KindRules,
    PlanContent,
    content_of,
    fingerprint,
    with_feedback_ways,
)
from partnerships.plan_versions import (
    PlanOwner,
    PlanState,
    partnership_owner,
    states,
    version_numbered,
    versions,
    zone_owner,
)

router = APIRouter(prefix="/api/v1", tags=["communication plans"])

_OF_PARTNERSHIP = "/partnerships/{slug}/communication-plans"
_OF_ZONE = "/police-zones/{slug}/communication-plans"
Version = Annotated[int, Path(ge=1, le=1_000_000)]
Compared = Annotated[int, Query(ge=1, le=1_000_000)]


class _Input(BaseModel):
    # A misspelled field must not be a field silently left out.
    model_config = ConfigDict(extra="forbid")


class KindChange(_Input):
    """What to agree on differently for one kind of message; what is left out stays."""

    channels: list[Channel] | None = Field(default=None, description="The ways, best first.")
    sent_by: list[Role] | None = None
    needs_relay: bool | None = None
    keeps_quiet_hours: bool | None = None
    rings_in_closed_hours: bool | None = None


class PlanChange(_Input):
    """What to agree on differently; what is left out stays. Times are Belgian."""

    seal: str | None = Field(
        default=None, description="The seal of the draft that was read; refused if it changed."
    )
    kinds: dict[BroadcastKind, KindChange] = Field(default_factory=dict)
    messages_from: time | None = None
    messages_until: time | None = None
    messages_on_sundays: bool | None = None
    messages_on_holidays: bool | None = None
    night_from: time | None = None
    night_until: time | None = None
    second_person_at_night: bool | None = None
    second_person_above: int | None = Field(default=None, description="null: never.")
    alone_with_reason: bool | None = None
    escalate_after_seconds: int | None = None
    call_tries: int | None = None
    feedback_within_hours: int | None = None
    relay_reminder_hours: int | None = None
    relay_deputy_hours: int | None = None
    relay_overdue_hours: int | None = None
    reviews_coordinator: bool | None = None
    reporting_route: ReportingRoute | None = None
    review_on: date | None = Field(default=None, description="null: no day chosen.")


class SignatureInput(_Input):
    name: str
    signed_on: date


class AgreementInput(_Input):
    """Who signed which seal, and from when. A moment without an offset is on a Belgian clock."""

    seal: str
    signatures: dict[SignatoryCapacity, SignatureInput] = Field(default_factory=dict)
    in_force_from: datetime | None = None


class KindOutput(BaseModel):
    channels: list[Channel]
    sent_by: list[Role]
    needs_relay: bool
    keeps_quiet_hours: bool
    rings_in_closed_hours: bool


class SignatureOutput(BaseModel):
    capacity: SignatoryCapacity
    name: str
    signed_on: date


class WarningOutput(BaseModel):
    field: str
    detail: str


class PlanSummary(BaseModel):
    version: int
    state: PlanState
    created_at: datetime
    signed_on: date | None
    in_force_from: datetime | None
    review_on: date | None


class PlanOutput(PlanSummary):
    """A version as it is. ``seal`` changes with anything in it."""

    id: UUID
    seal: str
    kinds: dict[BroadcastKind, KindOutput]
    messages_from: time
    messages_until: time
    messages_on_sundays: bool
    messages_on_holidays: bool
    night_from: time
    night_until: time
    second_person_at_night: bool
    second_person_above: int | None
    alone_with_reason: bool
    escalate_after_seconds: int
    call_tries: int
    feedback_within_hours: int
    relay_reminder_hours: int
    relay_deputy_hours: int
    relay_overdue_hours: int
    reviews_coordinator: bool
    reporting_route: ReportingRoute
    signatures: list[SignatureOutput]
    warnings: list[WarningOutput]


class ChangeOutput(BaseModel):
    field: str
    section: str
    label: str
    before: str
    after: str


def _owner(
    request: Request, session: Session, slug: str, actor: Actor, action: Action
) -> PlanOwner:
    if "/police-zones/" in request.url.path:
        return zone_owner(session, slug, actor)
    return partnership_owner(session, slug, actor, action)


def _language(request: Request) -> Language:
    accepted = request.headers.get("accept-language", "")
    return preferred_language(accepted, otherwise=Language.ENGLISH)


@router.get(_OF_PARTNERSHIP)
@router.get(_OF_ZONE)
def list_versions(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
) -> list[PlanSummary]:
    """Every version, the newest first."""
    owner = _owner(request, session, slug, actor, Action.SEE_PARTNERSHIPS)
    found = versions(session, owner)
    told = states(found, clock.now())
    return [PlanSummary(state=told[one.id], **_summary(one)) for one in found]


def _summary(plan: CommunicationPlan) -> dict[str, Any]:
    names = {"version", "created_at", "signed_on", "in_force_from", "review_on"}
    return plan.model_dump(include=names)


@router.post(_OF_PARTNERSHIP, status_code=201)
@router.post(_OF_ZONE, status_code=201)
def start_draft(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.WRITE_COMMUNICATION_PLAN)],
    session: DbSession,
) -> PlanOutput:
    """The draft of the next version; the one there is, where somebody has begun."""
    owner = _owner(request, session, slug, actor, Action.WRITE_COMMUNICATION_PLAN)
    draft = plan_drafts.start(session, owner, actor.account_id)
    return _output(request, session, owner, draft)


@router.get(_OF_PARTNERSHIP + "/compare")
@router.get(_OF_ZONE + "/compare")
def compare_versions(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
    old: Compared,
    new: Compared,
) -> list[ChangeOutput]:
    """What the new version says differently, in the words of Accept-Language."""
    owner = _owner(request, session, slug, actor, Action.SEE_PARTNERSHIPS)
    before, after = (
        content_of(session, version_numbered(session, owner, one)) for one in (old, new)
    )
    return [
        ChangeOutput(
            field=one.key,
            section=one.section,
            label=one.label,
            before=one.before,
            after=one.after,
        )
        for one in plan_comparison.changes(before, after, _language(request))
    ]


@router.get(_OF_PARTNERSHIP + "/{number}")
@router.get(_OF_ZONE + "/{number}")
def show_version(
    slug: str,
    number: Version,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
) -> PlanOutput:
    """One version."""
    owner = _owner(request, session, slug, actor, Action.SEE_PARTNERSHIPS)
    return _output(request, session, owner, version_numbered(session, owner, number))


@router.patch(_OF_PARTNERSHIP + "/{number}")
@router.patch(_OF_ZONE + "/{number}")
def change_draft(
    slug: str,
    number: Version,
    request: Request,
    actor: Annotated[Actor, allowed(Action.WRITE_COMMUNICATION_PLAN)],
    wanted: PlanChange,
    session: DbSession,
) -> PlanOutput:
    """Change a draft. A version that was agreed on never changes (409)."""
    owner = _owner(request, session, slug, actor, Action.WRITE_COMMUNICATION_PLAN)
    draft = version_numbered(session, owner, number)
    content = _changed(content_of(session, draft), wanted)
    plan_drafts.save(session, draft, content, actor.account_id, wanted.seal)
    return _output(request, session, owner, draft)


def _changed(content: PlanContent, wanted: PlanChange) -> PlanContent:
    """The content with what was given; null counts where it means something."""
    may_be_null = {"second_person_above", "review_on"}
    given = {
        name: _on_a_wall(getattr(wanted, name))
        for name in COLUMNS
        if name in wanted.model_fields_set
        and (name in may_be_null or getattr(wanted, name) is not None)
    }
    kinds = {
        kind: _changed_kind(rules, wanted.kinds.get(kind)) for kind, rules in content.kinds.items()
    }
    return replace(content, kinds=with_feedback_ways(kinds), **given)


def _on_a_wall(value: Any) -> Any:
    """A time of day is one on a Belgian wall, whatever offset somebody gave with it."""
    return value.replace(tzinfo=None) if isinstance(value, time) else value


def _changed_kind(rules: KindRules, wanted: KindChange | None) -> KindRules:
    if wanted is None:
        return rules
    given: dict[str, Any] = wanted.model_dump(exclude_none=True)
    if "channels" in given:
        given["channels"] = tuple(given["channels"])
    if "sent_by" in given:
        given["sent_by"] = tuple(role for role in Role if role in given["sent_by"])
    return replace(rules, **given)


@router.post(_OF_PARTNERSHIP + "/{number}/agree")
@router.post(_OF_ZONE + "/{number}/agree")
def agree_on_draft(
    slug: str,
    number: Version,
    request: Request,
    actor: Annotated[Actor, allowed(Action.AGREE_COMMUNICATION_PLAN)],
    wanted: AgreementInput,
    session: DbSession,
) -> PlanOutput:
    """Let a draft come into force, with the signatures of all four capacities."""
    owner = _owner(request, session, slug, actor, Action.AGREE_COMMUNICATION_PLAN)
    draft = version_numbered(session, owner, number)
    signatures = [
        plan_agreement.Signed(capacity, one.name, one.signed_on)
        for capacity, one in wanted.signatures.items()
    ]
    moment = wanted.in_force_from and on_the_clock("in_force_from", wanted.in_force_from)
    agreement = plan_agreement.Agreement(signatures, moment)
    plan_agreement.agree(session, draft, agreement, actor.account_id, wanted.seal)
    return _output(request, session, owner, draft)


def _output(
    request: Request, session: Session, owner: PlanOwner, plan: CommunicationPlan
) -> PlanOutput:
    content, language = content_of(session, plan), _language(request)
    told = states(versions(session, owner), clock.now())
    kinds = {
        kind: KindOutput(
            channels=list(rules.channels),
            sent_by=list(rules.sent_by),
            needs_relay=rules.needs_relay,
            keeps_quiet_hours=rules.keeps_quiet_hours,
            rings_in_closed_hours=rules.rings_in_closed_hours,
        )
        for kind, rules in content.kinds.items()
    }
    warnings = plan_checks.warnings(content) if plan.in_force_from is None else []
    return PlanOutput(
        **_summary(plan),
        **{name: getattr(content, name) for name in COLUMNS if name != "review_on"},
        id=plan.id,
        state=told[plan.id],
        seal=fingerprint(plan, content),
        kinds=kinds,
        signatures=[
            SignatureOutput(capacity=one.capacity, name=one.name, signed_on=one.signed_on)
            for one in plan_agreement.signatures_of(session, plan)
        ],
        warnings=[
            WarningOutput(
                field=one.field, detail=translate(language, one.message, **dict(one.values))
            )
            for one in warnings
        ],
    )
