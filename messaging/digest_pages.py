"""The page on which a police zone chooses when its weekly mails leave."""

from typing import Annotated
from uuid import UUID

from babel.dates import get_day_names
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import digest_times

router = APIRouter(include_in_schema=False)


@router.get("/cold/weekly-mail")
def show_times(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    session: DbSession,
) -> Response:
    return _page(request, session, actor, {})


@router.post("/cold/weekly-mail/{zone_id}")
def settle_time(
    zone_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_TEMPLATES)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    try:
        digest_times.settle(session, actor, zone_id, *(_number(form.text(one)) for one in _FIELDS))
    except BadInput as refusal:
        return _page(request, session, actor, sentences(refusal.problems, language_of(request)))
    return go_to("/cold/weekly-mail?saved=yes")


_FIELDS = ("weekday", "hour")


def _number(typed: str) -> int:
    """What was chosen; what is no number is none of the choices."""
    return int(typed) if typed.isdecimal() and len(typed) < 3 else -1


def _page(request: Request, session: Session, actor: Actor, problems: dict[str, str]) -> Response:
    at = clock.now()
    days = get_day_names("wide", locale=language_of(request).value)
    return page(
        request,
        "messaging/weekly_mail.html",
        422 if problems else 200,
        zones=[
            (zone, its, digest_times.next_moment(its, at))
            for zone, its in digest_times.kept_by(session, actor)
        ],
        days=[(one, days[one]) for one in digest_times.WEEKDAYS],
        hours=digest_times.HOURS,
        problems=problems,
        saved="saved" in request.query_params,
    )
