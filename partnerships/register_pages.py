"""The register of partnerships: the list, a new one, and changing what is said of one."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.i18n import Language
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of
from partnerships import founding, organisations, partnership_details, register, scope
from partnerships.founding import Proposal
from partnerships.models import Partnership, PartnershipKind, PartnershipStatus
from partnerships.partnership_details import Details
from partnerships.register_forms import (
    LANGUAGE_FIELDS,
    PROPOSERS,
    administration_from,
    details_from,
    proposers_from,
    typed_proposers,
)
from partnerships.register_rendering import register_page

router = APIRouter(include_in_schema=False)

_ON_A_PAGE = 50
_MOST_PAGES = 10_000
_LONGEST_SEARCH = 80


@router.get("/partnerships")
def list_partnerships(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
    q: Annotated[str, Query(max_length=_LONGEST_SEARCH)] = "",
    status: str = "",
    kind: str = "",
    municipality: str = "",
    page: Annotated[int, Query(ge=1, le=_MOST_PAGES)] = 1,
) -> Response:
    search = register.Search(
        words=q,
        status=PartnershipStatus(status) if status in set(PartnershipStatus) else None,
        kind=PartnershipKind(kind) if kind in set(PartnershipKind) else None,
        municipality=municipality,
    )
    total = register.count(session, actor, search)
    pages = max(1, -(-total // _ON_A_PAGE))
    number = min(page, pages)
    return register_page(
        request,
        "partnerships/register.html",
        search=search,
        is_narrowed=search != register.Search(),
        total=total,
        pages=pages,
        number=number,
        listed=register.by_name(session, actor, search, _ON_A_PAGE, (number - 1) * _ON_A_PAGE),
        municipalities=register.municipalities_within_reach(session, actor),
        address=lambda to: _address(search, to),
    )


def _address(search: register.Search, number: int) -> str:
    """This search, at another page of it."""
    asked = {
        "q": search.words,
        "status": search.status,
        "kind": search.kind,
        "municipality": search.municipality,
        "page": number,
    }
    return f"/partnerships?{urlencode({name: value for name, value in asked.items() if value})}"


@router.get("/partnerships/new")
def show_new_partnership(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    session: DbSession,
) -> Response:
    language = Language(actor.language)
    first = Language.FRENCH if language is Language.ENGLISH else language
    typed = {"municipality": "", "initiators.0.language": first}
    return _new_page(request, session, actor, Details("", None, [first]), typed, {})


@router.post("/partnerships/new")
def found_partnership(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    details, town = details_from(form), form.text("municipality")
    try:
        made = founding.found(session, Proposal(details, town, proposers_from(form)), actor)
    except BadInput as refusal:
        typed = {"municipality": town, **typed_proposers(form)}
        problems = sentences(refusal.problems, language_of(request))
        return _new_page(request, session, actor, details, typed, problems)
    return go_to(f"/partnerships/{made.slug}")


def _new_page(
    request: Request,
    session: Session,
    actor: Actor,
    details: Details,
    typed: dict[str, str],
    problems: dict[str, str],
) -> Response:
    towns = founding.municipalities(session, actor)
    zones = organisations.by_id(session, {one.part_of_id for one in towns if one.part_of_id})
    return register_page(
        request,
        "partnerships/partnership_new.html",
        422 if problems else 200,
        details=details,
        language_fields=LANGUAGE_FIELDS,
        proposers=range(PROPOSERS),
        municipalities=towns,
        zones=zones,
        typed=typed,
        problems=problems,
    )


@router.get("/partnerships/{slug}/edit")
def show_edit(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    session: DbSession,
) -> Response:
    one = scope.partnership_by_slug(session, slug, actor, Action.KEEP_PARTNERSHIPS)
    details = Details(one.name, one.kind, one.languages, one.theme or "")
    typed = {
        "recognition_reference": one.recognition_reference or "",
        "renewal_due_on": one.renewal_due_on.isoformat() if one.renewal_due_on else "",
        "takes_requests": "yes" if one.takes_requests else "",
    }
    return _edit_page(request, one, details, typed, {})


@router.post("/partnerships/{slug}/edit")
def change_partnership(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    one = scope.partnership_by_slug(session, slug, actor, Action.KEEP_PARTNERSHIPS)
    details = details_from(form)
    try:
        administration = administration_from(form)
        partnership_details.change(session, one, details, administration, actor)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _edit_page(request, one, details, _typed_administration(form), problems)
    return go_to(f"/partnerships/{slug}")


def _typed_administration(form: Form) -> dict[str, str]:
    fields = ("recognition_reference", "renewal_due_on", "takes_requests")
    return {field: form.text(field) for field in fields}


def _edit_page(
    request: Request,
    partnership: Partnership,
    details: Details,
    typed: dict[str, Any],
    problems: dict[str, str],
) -> Response:
    return register_page(
        request,
        "partnerships/partnership_edit.html",
        422 if problems else 200,
        partnership=partnership,
        details=details,
        language_fields=LANGUAGE_FIELDS,
        typed=typed,
        problems=problems,
    )
