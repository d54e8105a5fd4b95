"""The pages of hot spots: the list with its map, one of them, opening, following and closing."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import hot_spot_counts, hot_spot_log, hot_spot_reach, hot_spots, report_categories
from feedback import hot_spot_forms as forms
from feedback.counted_reports import sight_of
from feedback.models import HotSpot, HotSpotActionKind
from feedback.reports_reach import towns
from hub import clock
from hub.access import Action, Actor, allowed
from hub.config import settings
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships.map_features import told_to_map
from partnerships.models import Account, Organisation

router = APIRouter(include_in_schema=False)

_LINKED = 20
_FIELDS = ("name", "street", "latitude", "longitude", "category", "why", "town")
_KINDS = {"action": HotSpotActionKind.ACTION, "note": HotSpotActionKind.NOTE}


@router.get("/hot-spots")
def list_hot_spots(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_HOT_SPOTS)],
    session: DbSession,
    closed: str = "",
    after: str = "",
) -> Response:
    known = {one.id: one for one in towns(session, actor, Action.SEE_HOT_SPOTS)}
    sight = sight_of(session, actor)
    shown = hot_spots.listed(session, list(known), closed=bool(closed), after=after)
    on_map = [] if closed else hot_spots.open_in(session, list(known))
    return page(
        request,
        "feedback/hot_spots.html",
        200,
        spots=shown.spots,
        next_cursor=shown.next_cursor,
        closed=bool(closed),
        trends=hot_spot_counts.trends(session, shown.spots, sight),
        towns=known,
        names=report_categories.names(session, list(known), language_of(request)),
        circles=[_on_map(one) for one in on_map],
        map_is_full=len(on_map) == hot_spots.MOST_ON_A_MAP,
        may_log=hot_spot_reach.town_ids(session, actor, Action.LOG_PRESENCE),
        **told_to_map(),
    )


def _on_map(spot: HotSpot) -> dict[str, Any]:
    return {
        "latitude": spot.latitude,
        "longitude": spot.longitude,
        "metres": spot.radius_metres,
        "name": spot.name,
        "href": f"/hot-spots/{spot.id}",
        "closed": spot.closed_at is not None,
    }


@router.get("/hot-spots/new")
def new_hot_spot(
    request: Request, actor: Annotated[Actor, allowed(Action.KEEP_HOT_SPOTS)], session: DbSession
) -> Response:
    return _new(request, session, actor, forms.empty(*_FIELDS, radius=forms.USUAL_RADIUS), {})


def _new(
    request: Request,
    session: Session,
    actor: Actor,
    typed: dict[str, str],
    problems: dict[str, str],
) -> Response:
    within = towns(session, actor, Action.KEEP_HOT_SPOTS)
    names = report_categories.names(session, [one.id for one in within], language_of(request))
    return page(
        request,
        "feedback/hot_spot_new.html",
        422 if problems else 200,
        towns=within,
        categories=sorted(names.items(), key=lambda one: one[1].casefold()),
        typed=typed,
        problems=problems,
        circles=[_on_map(one) for one in hot_spots.open_in(session, [one.id for one in within])],
        **told_to_map(),
    )


@router.post("/hot-spots")
def open_hot_spot(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_HOT_SPOTS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    town = hot_spot_reach.town_by_slug(session, actor, Action.KEEP_HOT_SPOTS, form.text("town"))
    try:
        wanted = forms.wanted_in(session, form, town, sight_of(session, actor))
        spot = hot_spots.open_by_hand(session, actor, town, wanted)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        typed = forms.typed_of(form, *_FIELDS, "radius")
        return _new(request, session, actor, typed, problems)
    return go_to(f"/hot-spots/{spot.id}")


@router.get("/hot-spots/mine")
def own_presence(
    request: Request, actor: Annotated[Actor, allowed(Action.LOG_PRESENCE)], session: DbSession
) -> Response:
    """What is kept of one's own presence: whoever works here can see what is written of him."""
    return page(
        request,
        "feedback/hot_spot_mine.html",
        lines=hot_spot_log.own_lines(session, actor),
        most=hot_spot_log.MOST_SHOWN,
        kept_days=settings().presence_kept_days,
    )


@router.get("/hot-spots/{spot_id}")
def show_hot_spot(
    spot_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_HOT_SPOTS)],
    session: DbSession,
) -> Response:
    spot = hot_spot_reach.hot_spot_for(session, actor, spot_id)
    return _one(request, session, actor, spot)


def _one(
    request: Request,
    session: Session,
    actor: Actor,
    spot: HotSpot,
    problems: dict[str, str] | None = None,
    **typed: dict[str, str] | str,
) -> Response:
    sight = sight_of(session, actor)
    its_town = session.get_one(Organisation, spot.municipality_id)
    weeks = hot_spot_counts.weeks_of(session, spot, sight)
    hours = hot_spot_log.hours_by_week(session, spot, [one.monday for one in weeks])

    def may(action: Action) -> bool:
        return hot_spot_reach.covers(session, actor, its_town.id, action)

    reads_words = its_town.id in sight.words
    return page(
        request,
        "feedback/hot_spot.html",
        422 if problems else 200,
        spot=spot,
        town=its_town,
        trend=hot_spot_counts.trends(session, [spot], sight)[spot.id],
        weeks=list(zip(weeks, hours, strict=True)),
        most_reports=max(one.reports for one in weeks),
        most_hours=max(hours),
        counts_confidential=its_town.id in sight.confidential,
        reads_words=reads_words,
        reports=hot_spot_counts.newest_reports(session, spot, sight, _LINKED),
        # Who was where, and in which words, is for colleagues: a mayor reads the hours.
        lines=hot_spot_log.lines_of(session, spot) if reads_words else [],
        names=report_categories.names(session, [its_town.id], language_of(request)),
        opened_by=session.get_one(Account, spot.opened_by).name,
        closed_by=session.get_one(Account, spot.closed_by).name if spot.closed_by else "",
        may_keep=may(Action.KEEP_HOT_SPOTS),
        may_log=may(Action.LOG_PRESENCE),
        kept_days=settings().presence_kept_days,
        problems=problems or {},
        presence=typed.get("presence") or forms.presence_times(),
        done=typed.get("done") or forms.empty("words", kind="action", at=_now_typed()),
        reason=typed.get("reason", ""),
        circles=[_on_map(spot)],
        **told_to_map(),
    )


def _now_typed() -> str:
    return clock.in_brussels(clock.now()).strftime("%Y-%m-%dT%H:%M")


@router.post("/hot-spots/{spot_id}/presence")
def log_presence(
    spot_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.LOG_PRESENCE)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    spot = hot_spot_reach.hot_spot_for(session, actor, spot_id, Action.LOG_PRESENCE)
    try:
        began_at, ended_at = forms.moments_in(form, "began_at", "ended_at")
        people = forms.whole(form.text("people"))
        hot_spot_log.log_presence(
            session, actor, spot, began_at, ended_at, people, form.text("words")
        )
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        typed = forms.typed_of(form, "began_at", "ended_at", "people", "words")
        # The other form has words as well: what is wrong stands beside its own field.
        problems = {_presence_field(field): said for field, said in problems.items()}
        return _one(request, session, actor, spot, problems, presence=typed)
    return go_to(f"/hot-spots/{spot.id}#log")


def _presence_field(field: str) -> str:
    return "presence_words" if field == "words" else field


@router.post("/hot-spots/{spot_id}/actions")
def log_action(
    spot_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.LOG_PRESENCE)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    spot = hot_spot_reach.hot_spot_for(session, actor, spot_id, Action.LOG_PRESENCE)
    kind = _KINDS.get(form.text("kind"), HotSpotActionKind.NOTE)
    try:
        (at,) = forms.moments_in(form, "at")
        hot_spot_log.log_words(session, actor, spot, kind, at, form.text("words"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        done = forms.typed_of(form, "at", "words", "kind")
        return _one(request, session, actor, spot, problems, done=done)
    return go_to(f"/hot-spots/{spot.id}#log")


@router.post("/hot-spots/{spot_id}/log/{entry_id}/take-back")
def take_back(
    spot_id: UUID,
    entry_id: UUID,
    actor: Annotated[Actor, allowed(Action.LOG_PRESENCE)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    spot = hot_spot_reach.hot_spot_for(session, actor, spot_id, Action.LOG_PRESENCE)
    hot_spot_log.take_back(session, actor, spot, entry_id)
    return go_to(f"/hot-spots/{spot.id}#log")


@router.post("/hot-spots/{spot_id}/close")
def close_hot_spot(
    spot_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_HOT_SPOTS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    spot = hot_spot_reach.hot_spot_for(session, actor, spot_id, Action.KEEP_HOT_SPOTS)
    try:
        hot_spots.close(session, actor, spot, form.text("reason"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _one(request, session, actor, spot, problems, reason=form.text("reason"))
    return go_to(f"/hot-spots/{spot.id}")
