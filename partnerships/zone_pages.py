"""The territory of one partnership on a map: drawn, typed or taken from a file, checked, kept."""

from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, NotFound
from hub.i18n import translate
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships import zone_text, zone_words, zones
from partnerships.map_features import around, feature, neighbours, told_to_map, zone_feature
from partnerships.models import Partnership
from partnerships.outlines import Corner, Outline, from_geojson
from partnerships.scope import partnership_by_slug
from partnerships.zone_checks import MOST_CORNERS, ZoneRefused, territory
from partnerships.zone_doubts import Doubt, Overlap, Unconfirmed, doubts, overlaps
from partnerships.zone_files import LARGEST_BYTES, SUFFIXES, read_file

router = APIRouter(include_in_schema=False)

# A form encodes a blank or a bracket with three signs.
_MOST_TEXT_BYTES = 3 * 1024 * 1024
# Room for a file that is too large, so that the page can say so beside the field.
_MOST_UPLOAD_BYTES = 2 * LARGEST_BYTES

DISTANCES = (0, 300, 500, 1000, 2000, 5000)
_USUAL_DISTANCE = 500
_FORMER_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page shows beside the zone that is kept."""

    text: str
    problems: dict[str, str] = field(default_factory=dict)
    places: tuple[Corner, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    # A zone from a file, or a former one: seen, not kept.
    is_proposal: bool = False


@router.get("/partnerships/{slug}/zone")
def show_zone(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
    metres: int = _USUAL_DISTANCE,
    former: UUID | None = None,
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.SEE_PARTNERSHIPS)
    if former is None or not _may_draw(actor, partnership):
        sheet = Sheet(_kept_text(session, partnership))
    else:
        found = zones.former_zone(session, partnership.id, former)
        sheet = _looked_at(session, actor, partnership, from_geojson(found.polygon))
    return _zone_page(request, session, actor, partnership, sheet, metres)


@router.post("/partnerships/{slug}/zone", max_body_size=_MOST_TEXT_BYTES)
def keep_zone(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.DRAW_ZONE)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.DRAW_ZONE)
    text = form.text("geometry")
    try:
        outlines = zone_text.read(text)
        zones.change(session, actor, partnership, outlines, form.all("confirmed"))
    except Unconfirmed as refusal:
        sheet = Sheet(text, doubts=refusal.doubts, overlaps=refusal.overlaps)
    except BadInput as refusal:
        sheet = Sheet(text, _told(request, refusal), _places(refusal))
    else:
        return go_to(f"/partnerships/{slug}/zone")
    return _zone_page(request, session, actor, partnership, sheet)


@router.post("/partnerships/{slug}/zone/file", max_body_size=_MOST_UPLOAD_BYTES)
def look_into_file(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.DRAW_ZONE)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """Show the zone in a file. Nothing is kept before somebody has seen it on the map."""
    partnership = partnership_by_slug(session, slug, actor, Action.DRAW_ZONE)
    try:
        outlines = read_file(form.file_name("file"), form.file("file", LARGEST_BYTES))
    except BadInput as refusal:
        sheet = Sheet(_kept_text(session, partnership), _told(request, refusal))
        return _zone_page(request, session, actor, partnership, sheet)
    try:
        sheet = _looked_at(session, actor, partnership, outlines)
    except ZoneRefused as refusal:
        sheet = Sheet(_shown(outlines), _told(request, refusal), refusal.places)
    return _zone_page(request, session, actor, partnership, sheet)


@router.get("/partnerships/{slug}/zone.geojson")
def download_zone(
    slug: str, actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)], session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.SEE_PARTNERSHIPS)
    zone = zones.zone_of(session, partnership.id)
    if zone is None:
        raise NotFound
    return JSONResponse(zone_feature(partnership, zone), media_type="application/geo+json")


def _looked_at(
    session: Session, actor: Actor, partnership: Partnership, outlines: list[Outline]
) -> Sheet:
    """A zone as it would be kept. Raises ``ZoneRefused`` when it cannot be."""
    geometry = territory(outlines)
    overlapping = overlaps(session, actor, partnership.id, geometry)
    return Sheet(
        zone_text.write(from_geojson(geometry)),
        doubts=tuple(doubts(geometry, overlapping)),
        overlaps=tuple(overlapping),
        is_proposal=True,
    )


def _shown(outlines: list[Outline]) -> str:
    """The outline to be mended; nothing where no browser could show it."""
    corners = sum(len(ring) for outline in outlines for ring in outline)
    return zone_text.write(outlines) if corners <= MOST_CORNERS else ""


def _kept_text(session: Session, partnership: Partnership) -> str:
    zone = zones.zone_of(session, partnership.id)
    return zone_text.write(from_geojson(zone.polygon)) if zone else ""


def _told(request: Request, refusal: BadInput) -> dict[str, str]:
    return sentences(refusal.problems, language_of(request))


def _places(refusal: BadInput) -> tuple[Corner, ...]:
    return refusal.places if isinstance(refusal, ZoneRefused) else ()


def _zone_page(
    request: Request,
    session: Session,
    actor: Actor,
    partnership: Partnership,
    sheet: Sheet,
    metres: int = _USUAL_DISTANCE,
) -> Response:
    zone = zones.zone_of(session, partnership.id)
    distance = metres if metres in DISTANCES else _USUAL_DISTANCE
    beside = neighbours(session, actor, partnership, zone, distance) if zone else []
    may_draw = _may_draw(actor, partnership)
    language = language_of(request)
    return page(
        request,
        "partnerships/zone.html",
        422 if sheet.problems else 200,
        partnership=partnership,
        zone=zone,
        corners=zones.corner_count(zone.polygon) if zone else 0,
        area=lambda square_metres: zone_words.area(square_metres, language),
        metres=lambda distance: zone_words.distance(distance, language),
        may_draw=may_draw,
        text=sheet.text,
        problems=sheet.problems,
        doubts=_in_words(request, sheet),
        is_proposal=sheet.is_proposal,
        neighbours=beside,
        distances=DISTANCES,
        distance=distance,
        former=zones.former_zones(session, partnership.id, _FORMER_SHOWN) if may_draw else [],
        suffixes=",".join(SUFFIXES),
        largest=LARGEST_BYTES // (1024 * 1024),
        map_data=_map_data(session, actor, partnership, sheet),
        **told_to_map(),
    )


def _in_words(request: Request, sheet: Sheet) -> list[tuple[str, str]]:
    language = language_of(request)
    return [(one.key, translate(language, one.message, **dict(one.values))) for one in sheet.doubts]


def _may_draw(actor: Actor, partnership: Partnership) -> bool:
    return actor.reach(Action.DRAW_ZONE).covers(
        partnership.police_zone_id, partnership.municipality_id, partnership.id
    )


def _map_data(
    session: Session, actor: Actor, partnership: Partnership, sheet: Sheet
) -> dict[str, Any]:
    """What the map draws besides the zone in the text field."""
    return {
        "neighbours": around(session, actor, partnership),
        "overlaps": [feature(one.geometry) for one in sheet.overlaps],
        "places": [{"longitude": one[0], "latitude": one[1]} for one in sheet.places],
    }
