"""The communication plan: read, written as a draft, compared, printed and agreed on.

The same pages serve the plan of a partnership and the default of a police zone.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, NotFound
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships import plan_agreement, plan_checks, plan_comparison, plan_drafts, plan_form
from partnerships.models import CommunicationPlan
from partnerships.plan_content import content_of, fingerprint
from partnerships.plan_rendering import (
    AGREEMENT_FIELDS,
    OF_PARTNERSHIP,
    OF_ZONE,
    base_of,
    form_page,
    place_of,
    told_of,
    version_page,
)
from partnerships.plan_versions import (
    PlanOwner,
    draft_of,
    newest_agreed,
    partnership_owner,
    version_numbered,
    versions,
    zone_owner,
)

router = APIRouter(include_in_schema=False)

Version = Annotated[int, Path(ge=1, le=1_000_000)]
Compared = Annotated[int, Query(ge=1, le=1_000_000)]


def _owner(
    request: Request, session: Session, slug: str, actor: Actor, action: Action
) -> PlanOwner:
    if request.url.path.startswith("/police-zones/"):
        return zone_owner(session, slug, actor)
    return partnership_owner(session, slug, actor, action)


@router.get(OF_PARTNERSHIP)
@router.get(OF_ZONE)
def show_plan(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
) -> Response:
    """The plan in force; the newest version where none is."""
    owner = _owner(request, session, slug, actor, Action.SEE_PARTNERSHIPS)
    shown = newest_agreed(session, owner, clock.now()) or next(iter(versions(session, owner)), None)
    return version_page(request, session, actor, owner, shown)


@router.post(OF_PARTNERSHIP + "/draft")
@router.post(OF_ZONE + "/draft")
def start_draft(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.WRITE_COMMUNICATION_PLAN)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    owner = _owner(request, session, slug, actor, Action.WRITE_COMMUNICATION_PLAN)
    plan_drafts.start(session, owner, actor.account_id)
    return go_to(f"{base_of(owner)}/draft")


@router.get(OF_PARTNERSHIP + "/draft")
@router.get(OF_ZONE + "/draft")
def write_draft(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.WRITE_COMMUNICATION_PLAN)],
    session: DbSession,
) -> Response:
    owner, draft = _draft(request, session, slug, actor, Action.WRITE_COMMUNICATION_PLAN)
    content = content_of(session, draft)
    hints = sentences(tuple(plan_checks.warnings(content)), language_of(request))
    seal = fingerprint(draft, content)
    typed = plan_form.typed_of(content)
    return form_page(request, session, owner, draft, typed, seal, hints=hints)


@router.post(OF_PARTNERSHIP + "/draft/save")
@router.post(OF_ZONE + "/draft/save")
def save_draft(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.WRITE_COMMUNICATION_PLAN)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    owner, draft = _draft(request, session, slug, actor, Action.WRITE_COMMUNICATION_PLAN)
    before = content_of(session, draft)
    seen = form.text("seen")
    try:
        plan_drafts.save(session, draft, plan_form.content_in(form, before), actor.account_id, seen)
    except BadInput as refusal:
        typed = plan_form.typed_in(form, before)
        problems = sentences(refusal.problems, language_of(request))
        return form_page(request, session, owner, draft, typed, seen, problems=problems)
    return go_to(f"{base_of(owner)}/{draft.version}")


@router.post(OF_PARTNERSHIP + "/draft/drop")
@router.post(OF_ZONE + "/draft/drop")
def drop_draft(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.WRITE_COMMUNICATION_PLAN)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    owner, draft = _draft(request, session, slug, actor, Action.WRITE_COMMUNICATION_PLAN)
    plan_drafts.drop(session, draft, actor.account_id)
    return go_to(base_of(owner))


@router.post(OF_PARTNERSHIP + "/draft/agree")
@router.post(OF_ZONE + "/draft/agree")
def agree_on_draft(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.AGREE_COMMUNICATION_PLAN)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    owner, draft = _draft(request, session, slug, actor, Action.AGREE_COMMUNICATION_PLAN)
    try:
        agreement = plan_form.agreement_in(form)
        plan_agreement.agree(session, draft, agreement, actor.account_id, form.text("seen"))
    except BadInput as refusal:
        typed = {name: form.text(name) for name in AGREEMENT_FIELDS}
        return version_page(
            request, session, actor, owner, draft, problems=refusal.problems, typed=typed
        )
    return go_to(f"{base_of(owner)}/{draft.version}")


@router.get(OF_PARTNERSHIP + "/compare")
@router.get(OF_ZONE + "/compare")
def compare_versions(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
    old: Compared,
    new: Compared,
) -> Response:
    owner = _owner(request, session, slug, actor, Action.SEE_PARTNERSHIPS)
    before, after = (version_numbered(session, owner, one) for one in (old, new))
    changes = plan_comparison.changes(
        content_of(session, before), content_of(session, after), language_of(request)
    )
    return page(
        request,
        "partnerships/communication_plan_compare.html",
        before=before,
        after=after,
        changes=changes,
        **place_of(session, owner),
    )


@router.get(OF_PARTNERSHIP + "/{number}")
@router.get(OF_ZONE + "/{number}")
def show_version(
    slug: str,
    number: Version,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
) -> Response:
    owner = _owner(request, session, slug, actor, Action.SEE_PARTNERSHIPS)
    return version_page(request, session, actor, owner, version_numbered(session, owner, number))


@router.get(OF_PARTNERSHIP + "/{number}/print")
@router.get(OF_ZONE + "/{number}/print")
def print_version(
    slug: str,
    number: Version,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
) -> Response:
    """The page the partners sign."""
    owner = _owner(request, session, slug, actor, Action.SEE_PARTNERSHIPS)
    plan = version_numbered(session, owner, number)
    return page(
        request,
        "partnerships/communication_plan_print.html",
        **told_of(session, plan, language_of(request)),
        **place_of(session, owner),
    )


def _draft(
    request: Request, session: Session, slug: str, actor: Actor, action: Action
) -> tuple[PlanOwner, CommunicationPlan]:
    owner = _owner(request, session, slug, actor, action)
    draft = draft_of(session, owner)
    if draft is None:
        raise NotFound
    return owner, draft
