"""The page of a series: its parts beside each other, planned and stopped together."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import cold_pages, cold_schedule, cold_series, series_release
from messaging.cold import WRITABLE
from messaging.models import ColdSeries
from partnerships.plan_words import KIND_NAMES

router = APIRouter(include_in_schema=False)


@router.get("/cold/series")
def show_all(
    request: Request, actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)], session: DbSession
) -> Response:
    return _begin_page(request, session, actor, {}, "")


def _begin_page(
    request: Request, session: Session, actor: Actor, problems: dict[str, str], title: str
) -> Response:
    return page(
        request,
        "messaging/series_new.html",
        422 if problems else 200,
        problems=problems,
        title_typed=title,
        begun=cold_series.unfinished(session, actor),
    )


@router.post("/cold/series")
def begin_series(
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    try:
        series = cold_series.begin(session, actor, form.text("title"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _begin_page(request, session, actor, problems, form.text("title"))
    return go_to(f"/cold/series/{series.id}")


@router.get("/cold/series/{series_id}")
def show_series(
    series_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_COLD)],
    session: DbSession,
) -> Response:
    series = cold_series.series_for(session, series_id, actor, Action.SEE_COLD)
    return _page(request, session, actor, series)


def _page(request: Request, session: Session, actor: Actor, series: ColdSeries) -> Response:
    parts = cold_series.parts(session, actor, series)
    is_mine = series.author_id == actor.account_id
    return page(
        request,
        "messaging/series.html",
        series=series,
        parts=parts,
        subject_of=lambda one: cold_schedule.subject_of(session, one),
        kind_names=KIND_NAMES,
        kinds=cold_pages.kinds_for(actor, session) if is_mine else [],
        drafts=sum(one.status in WRITABLE for one in parts),
        is_mine=is_mine,
        has_room=len(parts) < cold_series.MOST_PARTS,
    )


@router.post("/cold/series/{series_id}/release")
def plan_series(
    series_id: UUID,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    series = cold_series.series_for(session, series_id, actor, Action.COMPOSE_COLD)
    series_release.plan(session, actor, series)
    return go_to(f"/cold/series/{series_id}")


@router.post("/cold/series/{series_id}/stop")
def stop_series(
    series_id: UUID,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    series = cold_series.series_for(session, series_id, actor, Action.COMPOSE_COLD)
    series_release.stop(session, actor, series)
    return go_to(f"/cold/series/{series_id}")
