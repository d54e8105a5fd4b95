"""All zones within reach on one map, and which of them are near a place."""

import math
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session, col, select

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import language_of, page
from partnerships import zone_words
from partnerships.ground import Box, point
from partnerships.map_features import in_box, told_to_map, whole_box
from partnerships.models import Partnership, Zone
from partnerships.near import FURTHEST_METRES, Near, partnerships_near
from partnerships.scope import within_reach

router = APIRouter(include_in_schema=False)

_USUAL_METRES = "300"
# The register has the whole list, page by page.
_MOST_LISTED = 200

_Longitude = Annotated[float, Query(ge=-180, le=180)]
_Latitude = Annotated[float, Query(ge=-90, le=90)]


@router.get("/map")
def show_map(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
) -> Response:
    return _map_page(request, session, actor)


@router.get("/map/zones")
def zones_in_sight(
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
    west: _Longitude,
    south: _Latitude,
    east: _Longitude,
    north: _Latitude,
) -> Response:
    """The zones in a box, as GeoJSON, for the map to draw as it is moved."""
    features = in_box(session, actor, Box(west, south, east, north))
    return JSONResponse(
        {"type": "FeatureCollection", "features": features}, media_type="application/geo+json"
    )


@router.post("/map")
def ask_what_is_near(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """Posted, not linked: where something happened is nothing for the list of visited pages."""
    asked = {name: form.text(name).strip() for name in ("latitude", "longitude", "metres")}
    try:
        place = _asked_place(form)
        metres = _number(form, "metres", 0, FURTHEST_METRES)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _map_page(request, session, actor, asked, problems=problems)
    found = partnerships_near(session, place, metres, actor, Action.SEE_PARTNERSHIPS)
    return _map_page(request, session, actor, asked, found=found)


def _asked_place(form: Form) -> dict[str, Any]:
    return point(_number(form, "longitude", -180, 180), _number(form, "latitude", -90, 90))


def _number(form: Form, name: str, least: int, most: int) -> float:
    """What was typed, with a point or a comma. Raises ``BadInput`` naming the field."""
    try:
        number = float(form.text(name).strip().replace(",", "."))
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        sentence = mark("Give a number from {least} to {most}.")
        raise BadInput(FieldProblem(name, sentence, (("least", least), ("most", most))))
    return number


def _map_page(
    request: Request,
    session: Session,
    actor: Actor,
    asked: dict[str, str] | None = None,
    found: list[Near] | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "partnerships/map.html",
        422 if problems else 200,
        box=whole_box(session, actor),
        drawn=_listed(session, actor, with_zone=True),
        undrawn=_listed(session, actor, with_zone=False),
        most_listed=_MOST_LISTED,
        asked=asked or {"latitude": "", "longitude": "", "metres": _USUAL_METRES},
        found=found,
        problems=problems or {},
        metres=lambda distance: zone_words.distance(distance, language_of(request)),
        **told_to_map(),
    )


def _listed(session: Session, actor: Actor, *, with_zone: bool) -> list[Partnership]:
    drawn = select(Zone.partnership_id)
    has_zone = col(Partnership.id).in_(drawn)
    wanted = select(Partnership).where(
        within_reach(actor, Action.SEE_PARTNERSHIPS), has_zone if with_zone else ~has_zone
    )
    return list(session.exec(wanted.order_by(col(Partnership.name)).limit(_MOST_LISTED)))
