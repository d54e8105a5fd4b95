"""Members of a partnership and what they agreed to, as JSON."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, mark
from partnerships import consent, households, members, members_list, paper_consent
from partnerships.households import Address
from partnerships.member_lines import MemberShown, shown_members
from partnerships.members import Changes, Member, NewMember
from partnerships.members_api_shapes import (
    AgreementInput,
    ConsentOutput,
    MemberChange,
    MemberInput,
    MemberOutput,
    MembersPageOutput,
    SearchInput,
    WayInput,
)
from partnerships.members_list import Filters
from partnerships.models import Partnership, Purpose
from partnerships.paper_consent import Agreement
from partnerships.scope import partnership_by_slug

router = APIRouter(prefix="/api/v1/partnerships/{slug}/members", tags=["members"])

See = Annotated[Actor, allowed(Action.SEE_MEMBERS)]
Keep = Annotated[Actor, allowed(Action.KEEP_MEMBERS)]
_MOST = 500


@router.get("")
def list_members(
    slug: str,
    actor: See,
    session: DbSession,
    language: Language | None = None,
    reachable: bool | None = None,
    consent: Purpose | None = None,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
    q: Annotated[str, Query(deprecated=True)] = "",
) -> MembersPageOutput:
    """Present members in the order of joining, a page at a time; follow ``next_cursor`` until it is
    null. To find somebody by name, number or address use ``POST …/members/search``: an address of
    the web is kept in logs, and must carry none of these."""
    if q:
        problem = mark("Search by POST …/members/search: an address must carry no name or number.")
        raise BadInput(FieldProblem("q", problem))
    partnership = partnership_by_slug(session, slug, actor, Action.SEE_MEMBERS)
    return _page(session, partnership, Filters(language, reachable, consent), cursor, limit)


def _page(
    session: Session, partnership: Partnership, filters: Filters, cursor: UUID | None, limit: int
) -> MembersPageOutput:
    found = members_list.after(session, partnership.id, filters, cursor, limit, clock.now())
    return MembersPageOutput(
        items=_described(session, found),
        next_cursor=found[-1].membership.id if len(found) == limit else None,
    )


def _described(session: Session, shown: list[MemberShown]) -> list[MemberOutput]:
    known = households.addresses_of(session, [one.person.id for one in shown])
    return [MemberOutput.of(one, known.get(one.person.id, Address())) for one in shown]


@router.post("/search")
def search_members(
    slug: str, actor: See, wanted: SearchInput, session: DbSession
) -> MembersPageOutput:
    """Present members with these words in their name, or with this number or mail address."""
    partnership = partnership_by_slug(session, slug, actor, Action.SEE_MEMBERS)
    filters = Filters(wanted.language, wanted.reachable, wanted.consent, wanted.words)
    return _page(session, partnership, filters, wanted.cursor, wanted.limit)


@router.post("", status_code=201)
def add_member(slug: str, actor: Keep, wanted: MemberInput, session: DbSession) -> MemberOutput:
    """Make somebody a member, or take a former member back."""
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    membership = members.add(
        session,
        actor,
        partnership,
        NewMember(
            name=wanted.name,
            language=wanted.language,
            ways=wanted.ways,
            address=wanted.address.read(),
            agreement=_read("agreement.", wanted.agreement) if wanted.agreement else None,
            is_shared=wanted.is_shared,
        ),
    )
    return _one(session, membership.id)


def _read(path: str, typed: AgreementInput) -> Agreement:
    """The agreement. Raises ``BadInput`` with ``path`` before each field."""
    try:
        return paper_consent.checked(typed.purposes, typed.how, typed.on.isoformat(), typed.proof)
    except BadInput as refusal:
        problems = [FieldProblem(path + p.field, p.message, p.values) for p in refusal.problems]
        raise BadInput(*problems) from None


def _one(session: Session, membership_id: UUID) -> MemberOutput:
    session.flush()
    return _described(session, shown_members(session, [membership_id], clock.now()))[0]


def _member(
    session: Session, slug: str, membership_id: UUID, actor: Actor, action: Action
) -> Member:
    partnership = partnership_by_slug(session, slug, actor, action)
    return members.member_for(session, partnership, membership_id, actor, action)


@router.get("/{membership_id}")
def show_member(slug: str, membership_id: UUID, actor: See, session: DbSession) -> MemberOutput:
    """One present member."""
    member = _member(session, slug, membership_id, actor, Action.SEE_MEMBERS)
    return _one(session, member.membership.id)


@router.patch("/{membership_id}")
def change_member(
    slug: str, membership_id: UUID, actor: Keep, wanted: MemberChange, session: DbSession
) -> MemberOutput:
    """Change what is given; the rest stays."""
    member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    changes = Changes(
        name=wanted.name,
        language=wanted.language,
        address=wanted.address.read() if wanted.address else None,
        takes_calls=wanted.takes_calls,
        weekly_mail=wanted.weekly_mail,
    )
    members.change(session, actor, member, changes)
    return _one(session, membership_id)


@router.delete("/{membership_id}", status_code=204)
def end_membership(slug: str, membership_id: UUID, actor: Keep, session: DbSession) -> None:
    """End a membership. Ending twice is ending once."""
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    member = members.member_for(
        session, partnership, membership_id, actor, Action.KEEP_MEMBERS, or_former=True
    )
    members.end(session, actor, member)


@router.post("/{membership_id}/ways", status_code=201)
def give_way(
    slug: str, membership_id: UUID, actor: Keep, wanted: WayInput, session: DbSession
) -> MemberOutput:
    """Give a member one more number or mail address."""
    member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    members.give_way(session, actor, member, wanted.value, is_shared=wanted.is_shared)
    return _one(session, membership_id)


@router.delete("/{membership_id}/ways/{way_id}", status_code=204)
def remove_way(
    slug: str, membership_id: UUID, way_id: UUID, actor: Keep, session: DbSession
) -> None:
    """Take a number or address off; one that its owner closed stays (409)."""
    member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    members.take_way(session, actor, member, members.way_for(session, member, way_id))


@router.get("/{membership_id}/consents")
def list_consents(
    slug: str, membership_id: UUID, actor: See, session: DbSession
) -> list[ConsentOutput]:
    """Everything a member agreed to and took back, the newest first."""
    member = _member(session, slug, membership_id, actor, Action.SEE_MEMBERS)
    return [ConsentOutput.of(a.row, a.words) for a in consent.history(session, member.person)]


@router.post("/{membership_id}/consents", status_code=201)
def write_consent(
    slug: str, membership_id: UUID, actor: Keep, wanted: AgreementInput, session: DbSession
) -> list[ConsentOutput]:
    """Write down what a member agreed to. What is in force already is kept."""
    member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    members.agree(session, actor, member, _read("", wanted))
    return [ConsentOutput.of(a.row, a.words) for a in consent.history(session, member.person)]


@router.delete("/{membership_id}/consents/{purpose}", status_code=204)
def withdraw_consent(
    slug: str, membership_id: UUID, purpose: Purpose, actor: Keep, session: DbSession
) -> None:
    """Write down that a member took an agreement back. Twice is once."""
    member = _member(session, slug, membership_id, actor, Action.KEEP_MEMBERS)
    members.take_back(session, actor, member, purpose)
