"""The register as JSON: partnerships, the steps of their lives, and the organisations behind."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import Language
from partnerships import (
    founding,
    organisations,
    partnership_details,
    partnership_life,
    register,
    scope,
)
from partnerships.founding import Proposal, Proposer
from partnerships.life_needs import Need
from partnerships.models import (
    Organisation,
    OrganisationKind,
    Partnership,
    PartnershipKind,
    PartnershipStatus,
)
from partnerships.partnership_details import Administration, Details
from partnerships.partnership_life import Step
from partnerships.register import Search

router = APIRouter(prefix="/api/v1", tags=["partnerships"])

_MOST_AT_ONCE = 500
_LONGEST_SEARCH = 80


class _Input(BaseModel):
    # A misspelled field must not be a field silently left out.
    model_config = ConfigDict(extra="forbid")


class PartnershipOutput(BaseModel):
    slug: str
    name: str
    kind: PartnershipKind
    theme: str | None
    status: PartnershipStatus
    languages: list[Language] = Field(description="In the order in which they fall back.")
    police_zone: str = Field(description="The slug of an organisation.")
    municipality: str = Field(description="The slug of an organisation.")
    created_at: datetime
    recognition_reference: str | None
    renewal_due_on: date | None
    takes_requests: bool


class PartnershipPage(BaseModel):
    items: list[PartnershipOutput]
    next_cursor: str | None


class StepOutput(BaseModel):
    status: PartnershipStatus
    happened_on: date
    reason: str | None
    recorded_at: datetime


class NextStepOutput(BaseModel):
    """A step that may follow. ``is_open`` is false while something is missing that no reason can
    stand in for."""

    status: PartnershipStatus
    is_open: bool
    wants_a_reason: bool
    missing: list[Need]


class WholePartnershipOutput(PartnershipOutput):
    steps: list[StepOutput]
    next_steps: list[NextStepOutput]


class InitiatorInput(_Input):
    name: str
    email: str
    telephone: str = ""
    language: Language = Language.FRENCH


class PartnershipInput(_Input):
    """A proposal. The police zone is the one its municipality is part of."""

    name: str
    kind: PartnershipKind
    theme: str = ""
    languages: list[Language]
    municipality: str = Field(description="The slug of an organisation.")
    initiators: list[InitiatorInput]


class PartnershipChange(_Input):
    """What is left out stays as it is."""

    name: str | None = None
    kind: PartnershipKind | None = None
    theme: str | None = None
    languages: list[Language] | None = None
    recognition_reference: str | None = None
    renewal_due_on: date | None = None
    takes_requests: bool = True


class StepInput(_Input):
    status: PartnershipStatus
    happened_on: date
    reason: str = ""


class OrganisationOutput(BaseModel):
    slug: str
    kind: OrganisationKind
    name: str
    part_of: str | None = Field(description="The slug of its police zone or province.")
    public_telephone: str | None
    public_email: str | None


class SearchInput(_Input):
    """What is left out narrows nothing."""

    q: str = Field(default="", max_length=_LONGEST_SEARCH, description="Part of the name.")
    status: PartnershipStatus | None = None
    kind: PartnershipKind | None = None
    police_zone: str = ""
    municipality: str = ""
    cursor: str = ""
    limit: int = Field(default=100, ge=1, le=_MOST_AT_ONCE)


@router.get("/partnerships")
def list_partnerships(
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
    search: Annotated[SearchInput, Query()],
) -> PartnershipPage:
    """The partnerships within your scope, by slug; follow ``next_cursor`` until it is null."""
    wanted = Search(search.q, search.status, search.kind, search.police_zone, search.municipality)
    found = register.after_slug(session, actor, wanted, search.limit, search.cursor)
    named = _organisations_of(session, found)
    return PartnershipPage(
        items=[PartnershipOutput.model_validate(_said(one, named)) for one in found],
        next_cursor=found[-1].slug if len(found) == search.limit else None,
    )


@router.post("/partnerships", status_code=201)
def found_partnership(
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    wanted: PartnershipInput,
    session: DbSession,
) -> WholePartnershipOutput:
    """Put a proposal into the register."""
    details = Details(wanted.name, wanted.kind, wanted.languages, wanted.theme)
    proposers = [Proposer(**one.model_dump()) for one in wanted.initiators]
    made = founding.found(session, Proposal(details, wanted.municipality, proposers), actor)
    return _whole(session, made)


@router.get("/partnerships/{slug}")
def show_partnership(
    slug: str, actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)], session: DbSession
) -> WholePartnershipOutput:
    """A partnership, its life so far, and what may come next."""
    found = scope.partnership_by_slug(session, slug, actor, Action.SEE_PARTNERSHIPS)
    return _whole(session, found)


@router.patch("/partnerships/{slug}")
def change_partnership(
    slug: str,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    wanted: PartnershipChange,
    session: DbSession,
) -> WholePartnershipOutput:
    """Change what the register says of a partnership."""
    one = scope.partnership_by_slug(session, slug, actor, Action.KEEP_PARTNERSHIPS)
    said = {**_present(one), **wanted.model_dump(exclude_unset=True)}
    details = Details(
        said["name"] or "", said["kind"], said["languages"] or (), said["theme"] or ""
    )
    administration = Administration(
        said["recognition_reference"] or "", said["renewal_due_on"], bool(said["takes_requests"])
    )
    partnership_details.change(session, one, details, administration, actor)
    return _whole(session, one)


def _present(partnership: Partnership) -> dict[str, Any]:
    return {field: getattr(partnership, field) for field in PartnershipChange.model_fields}


@router.post("/partnerships/{slug}/steps", status_code=201)
def take_step(
    slug: str,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    wanted: StepInput,
    session: DbSession,
) -> WholePartnershipOutput:
    """Take a step in the life of a partnership; its partners are told."""
    one = scope.partnership_by_slug(session, slug, actor, Action.KEEP_PARTNERSHIPS)
    step = Step(wanted.status, wanted.happened_on, wanted.reason)
    partnership_life.take(session, one, step, actor)
    return _whole(session, one)


@router.get("/organisations")
def list_organisations(
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
    kind: OrganisationKind | None = None,
) -> list[OrganisationOutput]:
    """The police zones, municipalities and provinces behind the partnerships in your scope."""
    seen = organisations.seen_by(session, actor)
    slugs = {one.id: one.slug for one in seen}
    return [_organisation(one, slugs) for one in seen if kind is None or one.kind is kind]


def _organisation(one: Organisation, slugs: dict[UUID, str]) -> OrganisationOutput:
    return OrganisationOutput(
        slug=one.slug,
        kind=one.kind,
        name=one.name,
        part_of=slugs.get(one.part_of_id) if one.part_of_id else None,
        public_telephone=one.public_telephone,
        public_email=one.public_email,
    )


def _organisations_of(
    session: Session, partnerships: list[Partnership]
) -> dict[UUID, Organisation]:
    ids = {id for one in partnerships for id in (one.police_zone_id, one.municipality_id)}
    return organisations.by_id(session, ids)


def _said(one: Partnership, named: dict[UUID, Organisation]) -> dict[str, object]:
    """What the register says of it, organisations by their slugs."""
    return {
        # As JSON keeps them they are plain words, which the table's own model does not expect.
        **one.model_dump(exclude={"languages"}),
        "languages": one.languages,
        "police_zone": named[one.police_zone_id].slug,
        "municipality": named[one.municipality_id].slug,
    }


def _whole(session: Session, one: Partnership) -> WholePartnershipOutput:
    steps = partnership_life.history(session, one)
    return WholePartnershipOutput.model_validate(
        {
            **_said(one, _organisations_of(session, [one])),
            "steps": [step.model_dump() for step in steps],
            "next_steps": [
                NextStepOutput(
                    status=step.status,
                    is_open=step.is_open,
                    wants_a_reason=step.wants_a_reason,
                    missing=list(step.unmet),
                )
                for step in partnership_life.next_steps(session, one)
            ],
        }
    )
