"""The groups of members of one partnership: named, filled, renamed and given up."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships import member_groups, members, members_list
from partnerships.members_list import Wish
from partnerships.models import MemberGroup, Membership, Partnership
from partnerships.scope import partnership_by_slug

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_MEMBERS)]
Keep = Annotated[Actor, allowed(Action.KEEP_MEMBERS)]


@router.get("/partnerships/{slug}/member-groups")
def list_groups(slug: str, request: Request, actor: See, session: DbSession) -> Response:
    return _list(request, session, partnership_by_slug(session, slug, actor, Action.SEE_MEMBERS))


def _list(
    request: Request,
    session: Session,
    partnership: Partnership,
    typed: str = "",
    problems: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "partnerships/member_groups.html",
        422 if problems else 200,
        partnership=partnership,
        groups=member_groups.of_partnerships(session, [partnership.id]),
        longest_name=member_groups.LONGEST_NAME,
        typed=typed,
        problems=problems or {},
    )


@router.post("/partnerships/{slug}/member-groups")
def make_group(
    slug: str, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    try:
        made = member_groups.make(session, actor, partnership, form.text("name"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _list(request, session, partnership, form.text("name"), problems)
    return go_to(_address(partnership, made))


def _address(partnership: Partnership, group: MemberGroup) -> str:
    return f"/partnerships/{partnership.slug}/member-groups/{group.id}"


@router.get("/partnerships/{slug}/member-groups/{group_id}")
def show_group(
    slug: str, group_id: UUID, request: Request, actor: See, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.SEE_MEMBERS)
    group = member_groups.group_for(session, partnership, group_id)
    return _page(request, session, partnership, group)


@router.post("/partnerships/{slug}/member-groups/{group_id}/search")
def search_members(
    slug: str, group_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    """By POST: an address must carry nobody's name."""
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    group = member_groups.group_for(session, partnership, group_id)
    return _page(request, session, partnership, group, words=form.text("words")[:254])


def _page(
    request: Request,
    session: Session,
    partnership: Partnership,
    group: MemberGroup,
    words: str = "",
    name: str | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    inside = member_groups.inside(session, group)
    there = {membership.id for membership, _person in inside}
    found = members_list.page(session, partnership.id, Wish(words=words), 1, clock.now())
    return page(
        request,
        "partnerships/member_group.html",
        422 if problems else 200,
        partnership=partnership,
        group=group,
        inside=inside,
        others=[one for one in found.members if one.membership.id not in there],
        has_more=found.pages > 1,
        longest_name=member_groups.LONGEST_NAME,
        words=words,
        name=group.name if name is None else name,
        problems=problems or {},
    )


@router.post("/partnerships/{slug}/member-groups/{group_id}/members")
def put_in(
    slug: str, group_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    group = member_groups.group_for(session, partnership, group_id)
    try:
        chosen = _chosen(session, actor, partnership, form)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _page(request, session, partnership, group, problems=problems)
    member_groups.put_in(session, actor, group, chosen)
    return go_to(_address(partnership, group))


def _chosen(
    session: Session, actor: Actor, partnership: Partnership, form: Form
) -> list[Membership]:
    """The members that were ticked. Raises ``BadInput`` where none was, or one is none any more."""
    try:
        ids = [UUID(one) for one in dict.fromkeys(form.all("members"))]
        found = [
            members.member_for(session, partnership, one, actor, Action.KEEP_MEMBERS).membership
            for one in ids
        ]
    except (ValueError, NotFound):
        gone = mark("Somebody you ticked is no member any more. Look at the list again.")
        raise BadInput(FieldProblem("members", gone)) from None
    if not found:
        raise BadInput(FieldProblem("members", mark("Tick at least one member.")))
    return found


@router.post("/partnerships/{slug}/member-groups/{group_id}/members/{membership_id}/remove")
def take_out(
    slug: str,
    group_id: UUID,
    membership_id: UUID,
    actor: Keep,
    _form: PostedForm,
    session: DbSession,
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    group = member_groups.group_for(session, partnership, group_id)
    member_groups.take_out(session, actor, group, membership_id)
    return go_to(_address(partnership, group))


@router.post("/partnerships/{slug}/member-groups/{group_id}/rename")
def rename_group(
    slug: str, group_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    group = member_groups.group_for(session, partnership, group_id)
    try:
        member_groups.rename(session, actor, group, form.text("name"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _page(
            request, session, partnership, group, name=form.text("name"), problems=problems
        )
    return go_to(_address(partnership, group))


@router.post("/partnerships/{slug}/member-groups/{group_id}/give-up")
def give_up_group(
    slug: str, group_id: UUID, actor: Keep, _form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    group = member_groups.group_for(session, partnership, group_id)
    member_groups.give_up(session, actor, group)
    return go_to(f"/partnerships/{slug}/member-groups")
