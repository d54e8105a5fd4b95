"""One partnership at a glance: what it is, its life so far, and the step that comes next."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.i18n import LANGUAGE_NAMES, mark
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of
from partnerships import (
    appointment_gaps,
    communication_plan,
    founding,
    groups,
    organisations,
    partner_notices,
    partnership_life,
    scope,
)
from partnerships.life_needs import NEEDS
from partnerships.models import Partnership, PartnershipStatus
from partnerships.partnership_life import Step
from partnerships.register_forms import PROPOSER_FIELDS, day_from, proposer_from
from partnerships.register_rendering import register_page

router = APIRouter(include_in_schema=False)

# What somebody says by taking a step.
_STEP_BUTTONS = {
    PartnershipStatus.INFORMATION_EVENING: mark("The information evening was held"),
    PartnershipStatus.CHARTER: mark("Work on the charter has begun"),
    PartnershipStatus.SENT_FOR_RECOGNITION: mark("The papers were sent for recognition"),
    PartnershipStatus.RECOGNISED: mark("The partnership was recognised"),
    PartnershipStatus.ACTIVE: mark("The partnership is active"),
    PartnershipStatus.DORMANT: mark("The partnership has become dormant"),
    PartnershipStatus.ENDED: mark("The partnership has ended"),
    PartnershipStatus.REFUSED: mark("The proposal was refused"),
}


@router.get("/partnerships/{slug}")
def show_partnership(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.SEE_PARTNERSHIPS)
    return _overview(request, session, actor, partnership)


@router.post("/partnerships/{slug}/steps")
def take_step(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.KEEP_PARTNERSHIPS)
    status = form.text("status")
    if status not in set(PartnershipStatus):
        return go_to(f"/partnerships/{slug}")
    try:
        day = day_from(form, "happened_on")
        step = Step(PartnershipStatus(status), day, form.text("reason"))
        partnership_life.take(session, partnership, step, actor)
    except BadInput as refusal:
        told = sentences(refusal.problems, language_of(request))
        problems = {f"{field}.{status}": sentence for field, sentence in told.items()}
        typed = {f"{field}.{status}": form.text(field) for field in ("happened_on", "reason")}
        return _overview(request, session, actor, partnership, problems, typed)
    return go_to(f"/partnerships/{slug}")


@router.post("/partnerships/{slug}/initiators")
def add_initiator(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.KEEP_PARTNERSHIPS)
    try:
        founding.add_initiator(session, partnership, proposer_from(form), actor)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _overview(request, session, actor, partnership, problems, _typed_initiator(form))
    return go_to(f"/partnerships/{slug}#initiators")


def _typed_initiator(form: Form) -> dict[str, str]:
    return {field: form.text(field) for field in PROPOSER_FIELDS}


@router.post("/partnerships/{slug}/initiators/{initiator_id}/remove")
def remove_initiator(
    slug: str,
    initiator_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.KEEP_PARTNERSHIPS)
    founding.remove_initiator(session, partnership, initiator_id, actor)
    return go_to(f"/partnerships/{slug}#initiators")


def _overview(
    request: Request,
    session: Session,
    actor: Actor,
    partnership: Partnership,
    problems: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    keeps = scope.covers(actor, Action.KEEP_PARTNERSHIPS, partnership)
    steps = partnership_life.history(session, partnership)
    named = organisations.behind(session, partnership)
    is_colleague = scope.covers(actor, Action.SEE_APPOINTMENTS, partnership)
    return register_page(
        request,
        "partnerships/partnership.html",
        422 if problems else 200,
        partnership=partnership,
        keeps=keeps,
        language_names_here=[LANGUAGE_NAMES[one] for one in partnership.languages],
        plan=communication_plan.in_force(session, partnership.id, clock.now()),
        steps=steps,
        told=partner_notices.told_of(session, "partnership_step", [one.id for one in steps]),
        told_contacts=partner_notices.told_of(session, "partnership", [partnership.id]),
        next_steps=partnership_life.next_steps(session, partnership) if keeps else [],
        step_buttons=_STEP_BUTTONS,
        needs=NEEDS,
        groups=groups.of_partnership(session, partnership),
        organisations=named,
        contacts=organisations.contacts_by(session, named) if is_colleague else {},
        gaps=appointment_gaps.by_partnership(session, [partnership]) if is_colleague else [],
        initiators=founding.initiators(session, partnership) if keeps else [],
        typed=typed or {},
        problems=problems or {},
    )
