"""The page on which a hot spot gets another name, reach or reason."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import hot_spot_forms as forms
from feedback import hot_spot_reach, hot_spots, report_categories
from feedback.models import HotSpot, HotSpotOrigin
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.i18n import translate
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page

router = APIRouter(include_in_schema=False)

_FIELDS = ("name", "radius", "category", "why")


@router.get("/hot-spots/{spot_id}/change")
def change_form(
    spot_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_HOT_SPOTS)],
    session: DbSession,
) -> Response:
    spot = hot_spot_reach.hot_spot_for(session, actor, spot_id, Action.KEEP_HOT_SPOTS)
    if spot.closed_at is not None:
        return go_to(f"/hot-spots/{spot.id}")
    typed = {
        "name": spot.name,
        "radius": str(spot.radius_metres),
        "category": spot.category,
        "why": _why(request, spot),
    }
    return _form(request, session, spot, typed, {})


def _why(request: Request, spot: HotSpot) -> str:
    """Of a proposal the sentence is ours, in the language of whoever reads."""
    proposed = spot.origin is HotSpotOrigin.PROPOSED
    return translate(language_of(request), spot.why) if proposed else spot.why


def _form(
    request: Request,
    session: Session,
    spot: HotSpot,
    typed: dict[str, str],
    problems: dict[str, str],
) -> Response:
    names = report_categories.names(session, [spot.municipality_id], language_of(request))
    return page(
        request,
        "feedback/hot_spot_change.html",
        422 if problems else 200,
        spot=spot,
        typed=typed,
        problems=problems,
        categories=sorted(names.items(), key=lambda one: one[1].casefold()),
    )


@router.post("/hot-spots/{spot_id}/change")
def change_hot_spot(
    spot_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_HOT_SPOTS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    spot = hot_spot_reach.hot_spot_for(session, actor, spot_id, Action.KEEP_HOT_SPOTS)
    try:
        wanted = forms.changed_in(form, spot)
        if wanted.why.strip() == _why(request, spot):
            wanted = replace(wanted, why=spot.why)
        hot_spots.change(session, actor, spot, wanted)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _form(request, session, spot, forms.typed_of(form, *_FIELDS), problems)
    return go_to(f"/hot-spots/{spot.id}")
