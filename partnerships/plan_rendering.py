"""The pages of a communication plan, rendered: a version in words, and the form of a draft."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor
from hub.errors import FieldProblem
from hub.i18n import Language, mark, translate
from hub.web.forms import sentences
from hub.web.pages import language_of, page
from partnerships import communication_plan, plan_agreement, plan_checks, plan_form, plan_words
from partnerships.models import (
    COLD_KINDS,
    BroadcastKind,
    CommunicationPlan,
    Organisation,
    Partnership,
    SignatoryCapacity,
)
from partnerships.plan_content import PlanContent, content_of, fingerprint
from partnerships.plan_versions import PlanOwner, states, versions

OF_PARTNERSHIP = "/partnerships/{slug}/communication-plan"
OF_ZONE = "/police-zones/{slug}/communication-plan"

AGREEMENT_FIELDS = (
    "in_force_from",
    *(f"signatures.{one}.{part}" for one in SignatoryCapacity for part in ("name", "signed_on")),
)
_PLACE_NAMES = (
    mark("First way"),
    mark("Then, if need be"),
    mark("Then"),
    mark("At last"),
)


def base_of(owner: PlanOwner) -> str:
    path = OF_ZONE if owner.is_zone else OF_PARTNERSHIP
    return path.format(slug=owner.slug)


def place_of(session: Session, owner: PlanOwner) -> dict[str, Any]:
    """What every page of a plan shows: whose it is, and where its other pages are."""
    zone = session.get_one(Organisation, owner.police_zone_id)
    return {
        "owner": owner,
        "base": base_of(owner),
        "partnership": None if owner.is_zone else session.get_one(Partnership, owner.id),
        "zone_base": OF_ZONE.format(slug=zone.slug),
        "zone_name": zone.name,
    }


def told_of(session: Session, plan: CommunicationPlan, language: Language) -> dict[str, Any]:
    """A version in words, with what it was signed by and what seals it."""
    content = content_of(session, plan)
    return {
        "plan": plan,
        "sections": plan_words.sections(content, language),
        "seal": fingerprint(plan, content),
        "hints": _hints(plan, content, language),
        "signatures": plan_agreement.signatures_of(session, plan),
        "capacity_names": plan_words.CAPACITY_NAMES,
    }


def _hints(plan: CommunicationPlan, content: PlanContent, language: Language) -> dict[str, str]:
    if plan.in_force_from is not None:
        return {}
    return sentences(tuple(plan_checks.warnings(content)), language)


def _by_name(problems: dict[str, str], language: Language) -> dict[str, str]:
    """The same with the partner each is about, where they stand together above the page."""
    names = {
        f"signatures.{capacity}.{part}": translate(language, name)
        for capacity, name in plan_words.CAPACITY_NAMES.items()
        for part in ("name", "signed_on")
    }
    return {
        field: f"{names[field]}: {sentence}" if field in names else sentence
        for field, sentence in problems.items()
    }


def _may(actor: Actor, action: Action, owner: PlanOwner, session: Session) -> bool:
    if owner.is_zone:
        return actor.reach(action).covers(owner.id)
    one = session.get_one(Partnership, owner.id)
    return actor.reach(action).covers(one.police_zone_id, one.municipality_id, one.id)


def version_page(
    request: Request,
    session: Session,
    actor: Actor,
    owner: PlanOwner,
    plan: CommunicationPlan | None,
    problems: tuple[FieldProblem, ...] = (),
    typed: dict[str, str] | None = None,
) -> Response:
    language = language_of(request)
    every = versions(session, owner)
    told = told_of(session, plan, language) if plan else {"plan": None}
    write = Action.AGREE_COMMUNICATION_PLAN if owner.is_zone else Action.WRITE_COMMUNICATION_PLAN
    told_why = sentences(problems, language)
    return page(
        request,
        "partnerships/communication_plan.html",
        422 if problems else 200,
        versions=every,
        states=states(every, clock.now()),
        draft=next((one for one in every if one.in_force_from is None), None),
        before=next((one for one in every if plan and one.version < plan.version), None),
        review=communication_plan.review_state(plan) if plan else "",
        may_write=_may(actor, write, owner, session),
        may_agree=_may(actor, Action.AGREE_COMMUNICATION_PLAN, owner, session),
        problems=told_why,
        problems_by_name=_by_name(told_why, language),
        typed=typed or dict.fromkeys(AGREEMENT_FIELDS, ""),
        **told,
        **place_of(session, owner),
    )


def form_page(
    request: Request,
    session: Session,
    owner: PlanOwner,
    draft: CommunicationPlan,
    typed: plan_form.Typed,
    seal: str,
    problems: dict[str, str] | None = None,
    hints: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "partnerships/communication_plan_form.html",
        422 if problems else 200,
        plan=draft,
        typed=typed,
        seal=seal,
        problems=problems or {},
        hints=hints or {},
        kinds=list(BroadcastKind),
        cold_kinds=COLD_KINDS,
        kind_names=plan_words.KIND_NAMES,
        kind_meanings=plan_words.KIND_MEANINGS,
        channels=plan_checks.CHANNELS,
        channel_names=plan_words.CHANNEL_NAMES,
        senders=plan_checks.SENDERS,
        sender_names=plan_words.SENDER_NAMES,
        route_names=plan_words.ROUTE_NAMES,
        places=plan_form.places,
        place_names=_PLACE_NAMES,
        limits=plan_checks,
        **place_of(session, owner),
    )
