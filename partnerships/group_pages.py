"""Groups of partnerships of one police zone: made, renamed, filled and dissolved."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of
from partnerships import groups, organisations
from partnerships.groups import Grouped
from partnerships.register_rendering import register_page

router = APIRouter(include_in_schema=False)


@router.get("/groups")
def list_groups(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    session: DbSession,
) -> Response:
    return _list(request, session, actor)


@router.post("/groups")
def make_group(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    zones = organisations.zones_kept_by(session, actor)
    wanted = form.text("police_zone")
    named = zones if len(zones) == 1 else [one for one in zones if one.slug == wanted]
    try:
        if not named:
            raise BadInput(FieldProblem("police_zone", mark("Choose a police zone.")))
        made = groups.make(session, named[0], form.text("name"), actor)
    except BadInput as refusal:
        typed = {"name": form.text("name"), "police_zone": wanted}
        problems = sentences(refusal.problems, language_of(request))
        return _list(request, session, actor, typed, problems)
    return go_to(f"/groups/{made.slug}")


def _list(
    request: Request,
    session: Session,
    actor: Actor,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    return register_page(
        request,
        "partnerships/groups.html",
        422 if problems else 200,
        groups=groups.kept_by(session, actor),
        zones=organisations.zones_kept_by(session, actor),
        typed=typed or {},
        problems=problems or {},
    )


@router.get("/groups/{slug}")
def show_group(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    session: DbSession,
) -> Response:
    return _page(request, session, groups.kept_by_slug(session, slug, actor))


@router.post("/groups/{slug}/rename")
def rename_group(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    grouped = groups.kept_by_slug(session, slug, actor)
    try:
        groups.rename(session, grouped.group, form.text("name"), actor)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _page(request, session, grouped, {"name": form.text("name")}, problems)
    return go_to(f"/groups/{slug}")


@router.post("/groups/{slug}/partnerships")
def add_to_group(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    grouped = groups.kept_by_slug(session, slug, actor)
    try:
        groups.add(session, grouped, form.text("partnership"), actor)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _page(request, session, grouped, {}, problems)
    return go_to(f"/groups/{slug}")


@router.post("/groups/{slug}/partnerships/{partnership}/remove")
def remove_from_group(
    slug: str,
    partnership: str,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    groups.remove(session, groups.kept_by_slug(session, slug, actor), partnership, actor)
    return go_to(f"/groups/{slug}")


@router.post("/groups/{slug}/dissolve")
def dissolve_group(
    slug: str,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    groups.dissolve(session, groups.kept_by_slug(session, slug, actor), actor)
    return go_to("/groups")


def _page(
    request: Request,
    session: Session,
    grouped: Grouped,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    return register_page(
        request,
        "partnerships/group.html",
        422 if problems else 200,
        group=grouped.group,
        inside=grouped.partnerships,
        others=groups.others_in_zone(session, grouped),
        typed=typed or {},
        problems=problems or {},
    )
