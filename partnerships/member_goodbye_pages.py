"""A member takes his data with him, leaves a partnership, or is forgotten; leaving asks first."""

import json
from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import open_to_all
from hub.db import DbSession
from hub.errors import NotFound
from hub.web.forms import PostedForm
from hub.web.pages import go_to, page
from partnerships import leaving, own_data
from partnerships.member_visit import MemberHere, came_by, is_sure, let_out
from partnerships.models import Membership, Partnership, Person
from partnerships.own_data import Holder

router = APIRouter(include_in_schema=False)

_OWN = open_to_all("The cookie of a member's visit says whose data it is; there is no other.")
_HOW = "own_page"


def _others(request: Request) -> Sequence[Holder]:
    # The roof puts here what the rooms above know about people.
    found: Sequence[Holder] = request.app.state.holders
    return found


@router.get("/me/data", dependencies=[_OWN])
def show_data(request: Request, person: MemberHere, session: DbSession) -> Response:
    held = own_data.what_he_may_read(session, person, came_by(request), _others(request))
    return page(request, "partnerships/me_data.html", held=held, is_sure=is_sure(request))


@router.get("/me/data.json", dependencies=[_OWN])
def download_data(request: Request, person: MemberHere, session: DbSession) -> Response:
    held = own_data.what_he_may_read(session, person, came_by(request), _others(request))
    return Response(
        json.dumps(held, ensure_ascii=False, indent=2, default=str),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@router.get("/me/leave/{membership_id}", dependencies=[_OWN])
def ask_to_leave(
    membership_id: UUID, request: Request, person: MemberHere, session: DbSession
) -> Response:
    _membership, partnership = _own(session, person, membership_id)
    last = len(leaving.present(session, person)) == 1
    return page(request, "partnerships/me_leave.html", partnership=partnership, is_last=last)


@router.post("/me/leave/{membership_id}", dependencies=[_OWN])
def leave(
    membership_id: UUID, person: MemberHere, _form: PostedForm, session: DbSession
) -> Response:
    membership, _partnership = _own(session, person, membership_id)
    leaving.leave(session, membership, _HOW)
    return go_to("/me?saved=partnerships#partnerships")


def _own(session: Session, person: Person, membership_id: UUID) -> tuple[Membership, Partnership]:
    for membership, partnership in leaving.present(session, person):
        if membership.id == membership_id:
            return membership, partnership
    raise NotFound


@router.get("/me/erase", dependencies=[_OWN])
def ask_to_erase(request: Request, _person: MemberHere) -> Response:
    return page(request, "partnerships/me_erase.html", is_done=False)


@router.post("/me/erase", dependencies=[_OWN])
def erase(request: Request, person: MemberHere, _form: PostedForm, session: DbSession) -> Response:
    own_data.erase(session, person, _others(request), _HOW)
    answer = page(request, "partnerships/me_erase.html", is_done=True)
    let_out(answer)
    return answer
