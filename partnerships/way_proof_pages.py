"""A coordinator has a member's number or address proved, or vouches for it himself."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import Conflict
from hub.i18n import mark, translate
from hub.web.forms import PostedForm
from hub.web.pages import go_to, language_of
from partnerships import members, own_ways, sign_up_limits, vouching
from partnerships.confirmation import Answer
from partnerships.members import Member
from partnerships.members_pages import member_page
from partnerships.models import ContactPoint, Partnership
from partnerships.scope import partnership_by_slug

router = APIRouter(include_in_schema=False)

Keep = Annotated[Actor, allowed(Action.KEEP_MEMBERS)]

_WAY = "/partnerships/{slug}/members/{membership_id}/ways/{point_id}"
_NO_MORE = mark("No more can be sent now. Try tomorrow.")
_SENTENCES = {
    Answer.WRONG: mark("This is not the code we sent. Look again at the newest text."),
    Answer.SPENT: mark("This code is worth nothing any more. Ask for a new one."),
}


def _found(
    session: Session, slug: str, membership_id: UUID, point_id: UUID, actor: Actor
) -> tuple[Partnership, Member, ContactPoint]:
    partnership = partnership_by_slug(session, slug, actor, Action.KEEP_MEMBERS)
    member = members.member_for(session, partnership, membership_id, actor, Action.KEEP_MEMBERS)
    return partnership, member, members.way_for(session, member, point_id)


@router.post(_WAY + "/vouch")
def vouch(
    slug: str,
    membership_id: UUID,
    point_id: UUID,
    actor: Keep,
    _form: PostedForm,
    session: DbSession,
) -> Response:
    _partnership, _member, point = _found(session, slug, membership_id, point_id, actor)
    vouching.vouch(session, actor, point)
    return go_to(f"/partnerships/{slug}/members/{membership_id}")


@router.post(_WAY + "/prove")
def prove(
    slug: str,
    membership_id: UUID,
    point_id: UUID,
    request: Request,
    actor: Keep,
    form: PostedForm,
    session: DbSession,
) -> Response:
    """Send the code or link, or take the code that the member has read out: ``what`` says which."""
    partnership, member, point = _found(session, slug, membership_id, point_id, actor)
    if point.verified_at is not None:
        raise Conflict(mark("It is verified already."))
    problem = _problem(session, actor, member, point, form.text("code"), form.text("what"))
    if problem is None:
        return go_to(f"/partnerships/{slug}/members/{membership_id}")
    # Shown, not raised: the try must stay counted.
    problems = {f"code-{point.id}": translate(language_of(request), problem)}
    return member_page(request, session, partnership, member, problems)


def _problem(
    session: Session, actor: Actor, member: Member, point: ContactPoint, code: str, what: str
) -> str | None:
    if what == "code":
        answer = own_ways.confirm_by_code(session, point, code)
        if answer is Answer.RIGHT:
            # They have spoken to each other: he knows whose number it is.
            vouching.vouch(session, actor, point)
        return _SENTENCES.get(answer)
    place = sign_up_limits.place_index(str(actor.account_id))
    limit = own_ways.ask_to_confirm(session, member.person, point, place)
    return _NO_MORE if limit is not None else None
