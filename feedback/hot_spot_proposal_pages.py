"""The page of proposed hot spots: where reports lie close together, and what people make of it."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import hot_spot_forms as forms
from feedback import hot_spot_proposals, hot_spot_reach, report_categories
from feedback.counted_reports import sight_of
from feedback.density import Measure
from feedback.models import HotSpot
from feedback.reports_reach import towns
from hub.access import Action, Actor, allowed
from hub.config import settings
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import phenomena
from partnerships.map_features import told_to_map
from partnerships.models import Organisation

router = APIRouter(include_in_schema=False)


@router.get("/hot-spots/proposals")
def show_proposals(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_HOT_SPOTS)],
    session: DbSession,
    town: str = "",
    metres: str = "",
    days: str = "",
    threshold: str = "",
) -> Response:
    chosen = hot_spot_reach.town_by_slug(session, actor, Action.KEEP_HOT_SPOTS, town)
    typed = {"metres": metres, "days": days, "threshold": threshold}
    try:
        measure = forms.measure_of(**typed)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _proposals(
            request, session, actor, chosen, hot_spot_proposals.usual(), problems, typed
        )
    return _proposals(request, session, actor, chosen, measure, {})


def _proposals(
    request: Request,
    session: Session,
    actor: Actor,
    town: Organisation,
    measure: Measure,
    problems: dict[str, str],
    typed: dict[str, str] | None = None,
    declining: str = "",
    reason: str = "",
) -> Response:
    language = language_of(request)
    sight = sight_of(session, actor)
    found = hot_spot_proposals.proposals(session, town, sight, measure)
    as_measured = {
        "metres": str(measure.metres),
        "days": str(measure.days),
        "threshold": str(measure.threshold),
    }
    return page(
        request,
        "feedback/hot_spot_proposals.html",
        422 if problems else 200,
        town=town,
        towns=towns(session, actor, Action.KEEP_HOT_SPOTS),
        found=found,
        measure=measure,
        typed=typed or as_measured,
        names=report_categories.names(session, [town.id], language),
        phenomenon=lambda code: phenomena.label(code, language),
        sees_incidents=town.id in sight.incidents,
        most_linked=hot_spot_proposals.MOST_LINKED,
        declined_days=settings().hot_spot_declined_days,
        problems=problems,
        declining=declining,
        reason=reason,
        circles=[
            {
                "latitude": place.circle.latitude,
                "longitude": place.circle.longitude,
                "metres": place.circle.metres,
                "name": str(number),
                "href": f"#place-{number}",
                "closed": False,
            }
            for number, place in enumerate(
                (*found.of_reports.places, *found.of_incidents.places), start=1
            )
        ],
        **told_to_map(),
    )


@router.post("/hot-spots/proposals/accept")
def accept_proposal(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_HOT_SPOTS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """One click makes the hot spot; its name can be put right before."""
    town = hot_spot_reach.town_by_slug(session, actor, Action.KEEP_HOT_SPOTS, form.text("town"))
    try:
        spot = _accepted(session, actor, town, form)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _again(request, session, actor, town, form, problems)
    return go_to(f"/hot-spots/{spot.id}")


def _accepted(session: Session, actor: Actor, town: Organisation, form: Form) -> HotSpot:
    place, sight = forms.place_in(form), sight_of(session, actor)
    return hot_spot_proposals.accept(session, actor, town, sight, place, form.text("name"))


@router.post("/hot-spots/proposals/decline")
def decline_proposal(
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_HOT_SPOTS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    town = hot_spot_reach.town_by_slug(session, actor, Action.KEEP_HOT_SPOTS, form.text("town"))
    try:
        place = forms.place_in(form)
        hot_spot_proposals.decline(session, actor, town, place, form.text("reason"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _again(request, session, actor, town, form, problems)
    return go_to(
        f"/hot-spots/proposals?town={town.slug}&metres={place.measure.metres}"
        f"&days={place.measure.days}&threshold={place.measure.threshold}"
    )


def _again(
    request: Request,
    session: Session,
    actor: Actor,
    town: Organisation,
    form: Form,
    problems: dict[str, str],
) -> Response:
    """The page as it was, with what is wrong; the measure as usual where that was the fault."""
    try:
        measure = forms.place_in(form).measure
    except BadInput:
        measure = hot_spot_proposals.usual()
    return _proposals(
        request,
        session,
        actor,
        town,
        measure,
        problems,
        declining=f"{form.text('category')} {form.text('latitude')} {form.text('longitude')}",
        reason=form.text("reason"),
    )
