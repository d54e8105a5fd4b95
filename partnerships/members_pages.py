"""The members of a partnership, as its coordinator keeps them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships import consent, member_forms, members, members_list
from partnerships.contact import readable
from partnerships.days import last_day, today
from partnerships.households import address_of
from partnerships.member_lines import shown_members
from partnerships.member_states import MemberState
from partnerships.members import Member
from partnerships.members_list import Wish
from partnerships.models import ContactKind, ContactPoint, Partnership, Purpose
from partnerships.paper_consent import GivenHow
from partnerships.scope import partnership_by_slug

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_MEMBERS)]
Keep = Annotated[Actor, allowed(Action.KEEP_MEMBERS)]


def as_read(point: ContactPoint) -> str:
    """A number with the spaces people read it by, or an address."""
    return point.value if point.kind is ContactKind.EMAIL else readable(point.value)


@router.get("/partnerships/{slug}/members")
def show_members(
    slug: str,
    request: Request,
    actor: See,
    session: DbSession,
    show: MemberState | None = None,
    number: Annotated[int, Query(alias="page")] = 1,
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.SEE_MEMBERS)
    return _list(request, session, partnership, Wish(show), number)


@router.post("/partnerships/{slug}/members/search")
def search_members(
    slug: str, request: Request, actor: See, form: PostedForm, session: DbSession
) -> Response:
    """By POST: an address must carry nobody's name or number."""
    partnership = partnership_by_slug(session, slug, actor, Action.SEE_MEMBERS)
    return _list(request, session, partnership, Wish(words=form.text("words")[:254]), 1)


def _list(
    request: Request, session: Session, partnership: Partnership, wish: Wish, number: int
) -> Response:
    return page(
        request,
        "partnerships/members.html",
        partnership=partnership,
        wish=wish,
        states=MemberState,
        shown=members_list.page(session, partnership.id, wish, number, clock.now()),
        as_read=as_read,
    )


@router.get("/partnerships/{slug}/members/new")
def show_new_member(slug: str, request: Request, actor: Keep, session: DbSession) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    return _new_member(request, partnership, None, ())


def _new_member(
    request: Request,
    partnership: Partnership,
    form: Form | None,
    problems: tuple[FieldProblem, ...],
) -> Response:
    return page(
        request,
        "partnerships/member_new.html",
        422 if problems else 200,
        may_share=_may_share(problems),
        partnership=partnership,
        typed=form.text if form else lambda _name: "",
        ticked=form.all("purposes") if form else [],
        purposes=Purpose,
        ways_of_giving=GivenHow,
        # Whoever lives there most often speaks the first language of the partnership.
        usual_language=partnership.languages[0],
        today=today(),
        problems=sentences(problems, language_of(request)),
    )


def _may_share(problems: tuple[FieldProblem, ...]) -> bool:
    return any(one.message == members.TAKEN for one in problems)


@router.post("/partnerships/{slug}/members/new")
def add_member(
    slug: str, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    read = member_forms.new_member(form)
    found = (*read.problems, *members.problems_of(session, partnership, read.member))
    if found:
        return _new_member(request, partnership, form, found)
    membership = members.add(session, actor, partnership, read.member)
    return go_to(f"/partnerships/{slug}/members/{membership.id}?added=yes")


@router.get("/partnerships/{slug}/members/{membership_id}")
def show_member(
    slug: str,
    membership_id: UUID,
    request: Request,
    actor: See,
    session: DbSession,
    added: str = "",
) -> Response:
    partnership, member = _member(session, slug, membership_id, actor, Action.SEE_MEMBERS)
    return member_page(request, session, partnership, member, is_added=bool(added))


def _member(
    session: Session, slug: str, membership_id: UUID, actor: Actor, action: Action
) -> tuple[Partnership, Member]:
    partnership = partnership_by_slug(session, slug, actor, action)
    return partnership, members.member_for(session, partnership, membership_id, actor, action)


def member_page(
    request: Request,
    session: Session,
    partnership: Partnership,
    member: Member,
    problems: dict[str, str] | None = None,
    *,
    form: Form | None = None,
    part: str = "",
    is_added: bool = False,
) -> Response:
    """``part`` names the form of the page that ``form`` and ``problems`` belong to."""
    at, address = clock.now(), address_of(session, member.person.id)
    return page(
        request,
        "partnerships/member.html",
        422 if problems else 200,
        partnership=partnership,
        member=shown_members(session, [member.membership.id], at)[0],
        known_address=lambda part: getattr(address, part),
        agreements=consent.history(session, member.person),
        purposes=Purpose,
        ways_of_giving=GivenHow,
        states=MemberState,
        today=today(),
        last_day=last_day,
        as_read=as_read,
        typed=form.text if form else None,
        part=part,
        is_added=is_added,
        problems=problems or {},
    )


@router.post("/partnerships/{slug}/members/{membership_id}")
def change_member(
    slug: str,
    membership_id: UUID,
    request: Request,
    actor: Keep,
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership, member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    try:
        members.change(session, actor, member, member_forms.changes(form))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return member_page(
            request, session, partnership, member, problems, form=form, part="details"
        )
    return _back(slug, membership_id)


def _back(slug: str, membership_id: UUID) -> Response:
    return go_to(f"/partnerships/{slug}/members/{membership_id}")


@router.post("/partnerships/{slug}/members/{membership_id}/ways")
def give_way(
    slug: str,
    membership_id: UUID,
    request: Request,
    actor: Keep,
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership, member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    try:
        is_shared = bool(form.text("is_shared"))
        members.give_way(session, actor, member, form.text("way"), is_shared=is_shared)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        part = "shared-way" if _may_share(refusal.problems) else "way"
        return member_page(request, session, partnership, member, problems, form=form, part=part)
    return _back(slug, membership_id)


@router.post("/partnerships/{slug}/members/{membership_id}/ways/{point_id}")
def change_way(
    slug: str,
    membership_id: UUID,
    point_id: UUID,
    request: Request,
    actor: Keep,
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership, member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    point = members.way_for(session, member, point_id)
    try:
        members.change_way(session, actor, member, point, form.text("way"))
    except BadInput as refusal:
        told = sentences(refusal.problems, language_of(request))
        problems = {f"way-{point_id}": sentence for sentence in told.values()}
        return member_page(
            request, session, partnership, member, problems, form=form, part=str(point_id)
        )
    return _back(slug, membership_id)


@router.post("/partnerships/{slug}/members/{membership_id}/ways/{point_id}/remove")
def remove_way(
    slug: str,
    membership_id: UUID,
    point_id: UUID,
    actor: Keep,
    _form: PostedForm,
    session: DbSession,
) -> Response:
    _partnership, member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    members.take_way(session, actor, member, members.way_for(session, member, point_id))
    return _back(slug, membership_id)


@router.post("/partnerships/{slug}/members/{membership_id}/consents")
def write_agreement(
    slug: str,
    membership_id: UUID,
    request: Request,
    actor: Keep,
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership, member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    try:
        members.agree(session, actor, member, member_forms.agreement(form))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return member_page(
            request, session, partnership, member, problems, form=form, part="agreement"
        )
    return _back(slug, membership_id)


@router.post("/partnerships/{slug}/members/{membership_id}/consents/{purpose}/withdraw")
def withdraw_agreement(
    slug: str,
    membership_id: UUID,
    purpose: Purpose,
    actor: Keep,
    _form: PostedForm,
    session: DbSession,
) -> Response:
    _partnership, member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    members.take_back(session, actor, member, purpose)
    return _back(slug, membership_id)


@router.get("/partnerships/{slug}/members/{membership_id}/end")
def ask_to_end(
    slug: str, membership_id: UUID, request: Request, actor: Keep, session: DbSession
) -> Response:
    partnership, member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    return page(request, "partnerships/member_end.html", partnership=partnership, member=member)


@router.post("/partnerships/{slug}/members/{membership_id}/end")
def end_membership(
    slug: str, membership_id: UUID, actor: Keep, _form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    # A second click finds it ended.
    member = members.member_for(
        session, partnership, membership_id, actor, Action.KEEP_MEMBERS, or_former=True
    )
    members.end(session, actor, member)
    return go_to(f"/partnerships/{slug}/members")
