"""The organisations behind the partnerships, and whom each of them names as its contacts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, language_from, mark
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of
from partnerships import organisation_contacts, organisations, partner_notices
from partnerships.models import Organisation, OrganisationKind
from partnerships.organisation_contacts import Contact
from partnerships.organisations import Details
from partnerships.register_rendering import register_page

router = APIRouter(include_in_schema=False)

_FIELDS = ("name", "public_telephone", "public_email", "province")
_CONTACT_FIELDS = ("function", "name", "email", "telephone", "language", "is_told_of_changes")
_NEW = "new"


@router.get("/organisations")
def list_organisations(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_ORGANISATIONS)],
    session: DbSession,
) -> Response:
    return _list(request, session, actor)


@router.post("/organisations")
def add_municipality(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_ORGANISATIONS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    try:
        zone = _zone_named(session, actor, form.text("police_zone"))
        made = organisations.add_municipality(session, form.text("name"), zone, actor.account_id)
    except BadInput as refusal:
        typed = {field: form.text(field) for field in ("name", "police_zone")}
        problems = sentences(refusal.problems, language_of(request))
        return _list(request, session, actor, typed, problems)
    return go_to(f"/organisations/{made.slug}")


def _zone_named(session: Session, actor: Actor, slug: str) -> Organisation:
    """A police zone this person keeps; the only one need not be named."""
    zones = organisations.zones_kept_by(session, actor)
    named = zones if len(zones) == 1 else [one for one in zones if one.slug == slug]
    if not named:
        raise BadInput(FieldProblem("police_zone", mark("Choose a police zone.")))
    return named[0]


def _list(
    request: Request,
    session: Session,
    actor: Actor,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    kept = organisations.kept_by(session, actor)
    return register_page(
        request,
        "partnerships/organisations.html",
        422 if problems else 200,
        kept={kind: [one for one in kept if one.kind is kind] for kind in OrganisationKind},
        contacts=organisations.contacts_by(session, kept),
        zones=organisations.zones_kept_by(session, actor),
        typed=typed or {},
        problems=problems or {},
    )


@router.get("/organisations/{slug}")
def show_organisation(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_ORGANISATIONS)],
    session: DbSession,
) -> Response:
    return _page(request, session, organisations.kept_by_slug(session, slug, actor))


@router.post("/organisations/{slug}")
def change_organisation(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_ORGANISATIONS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    organisation = organisations.kept_by_slug(session, slug, actor)
    try:
        organisations.change(session, organisation, _details(form), actor)
    except BadInput as refusal:
        told = sentences(refusal.problems, language_of(request))
        problems = {f"organisation.{field}": sentence for field, sentence in told.items()}
        typed = {f"organisation.{field}": form.text(f"organisation.{field}") for field in _FIELDS}
        return _page(request, session, organisation, typed, problems)
    return go_to(f"/organisations/{slug}")


def _details(form: Form) -> Details:
    return Details(**{field: form.text(f"organisation.{field}") for field in _FIELDS})


@router.post("/organisations/{slug}/contacts")
def add_contact(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_ORGANISATIONS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    organisation = organisations.kept_by_slug(session, slug, actor)
    try:
        organisation_contacts.add(session, organisation, _contact(form), actor)
    except BadInput as refusal:
        return _refused_contact(request, session, organisation, form, refusal, _NEW)
    return go_to(f"/organisations/{slug}")


@router.post("/organisations/{slug}/contacts/{contact_id}")
def change_contact(
    slug: str,
    contact_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_ORGANISATIONS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    organisation = organisations.kept_by_slug(session, slug, actor)
    try:
        organisation_contacts.change(session, organisation, contact_id, _contact(form), actor)
    except BadInput as refusal:
        return _refused_contact(request, session, organisation, form, refusal, str(contact_id))
    return go_to(f"/organisations/{slug}")


@router.post("/organisations/{slug}/contacts/{contact_id}/remove")
def remove_contact(
    slug: str,
    contact_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_ORGANISATIONS)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    organisation = organisations.kept_by_slug(session, slug, actor)
    organisation_contacts.remove(session, organisation, contact_id, actor)
    return go_to(f"/organisations/{slug}")


def _contact(form: Form) -> Contact:
    return Contact(
        function=form.text("function"),
        name=form.text("name"),
        email=form.text("email"),
        telephone=form.text("telephone"),
        language=language_from(form.text("language")) or Language.FRENCH,
        is_told_of_changes=form.text("is_told_of_changes") == "yes",
    )


def _refused_contact(
    request: Request,
    session: Session,
    organisation: Organisation,
    form: Form,
    refusal: BadInput,
    which: str,
) -> Response:
    """The page again, with what was typed and what is wrong beside the fields of that contact."""
    told = sentences(refusal.problems, language_of(request))
    problems = {f"{field}.{which}": sentence for field, sentence in told.items()}
    typed = {f"{field}.{which}": form.text(field) for field in _CONTACT_FIELDS}
    return _page(request, session, organisation, typed, problems)


def _page(
    request: Request,
    session: Session,
    organisation: Organisation,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    above = organisation.part_of_id
    return register_page(
        request,
        "partnerships/organisation.html",
        422 if problems else 200,
        organisation=organisation,
        above=session.get(Organisation, above) if above else None,
        contacts=organisations.contacts_by(session, [organisation])[organisation.id],
        told=partner_notices.told_of(session, "organisation", [organisation.id]),
        typed=typed or {},
        problems=problems or {},
    )
