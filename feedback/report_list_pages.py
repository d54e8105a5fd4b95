"""The list of reports, its map and its file."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlmodel import Session

from feedback import (
    report_categories,
    report_export,
    report_forms,
    report_list,
    report_services,
    report_view,
    reports_reach,
)
from feedback.models import Report
from feedback.report_list import Filter, Mark
from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.web.forms import PostedForm
from hub.web.pages import go_to, language_of, page
from partnerships import days
from partnerships.map_features import told_to_map

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_REPORTS)]


@router.get("/reports")
def show_reports(
    request: Request, actor: See, session: DbSession, after: str = "", rows: int = report_list.PAGE
) -> Response:
    wish = _wish(request)
    # Fifty to read, some hundreds to print.
    wanted = report_list.MOST_PRINTED if rows > report_list.PAGE else report_list.PAGE
    shown = report_list.page(session, actor, wish, Mark.read(after), wanted)
    return page(
        request,
        "feedback/reports.html",
        **_shown(request, session, actor, wish, shown.reports),
        next=shown.next,
        is_later=bool(after),
        is_for_paper=wanted == report_list.MOST_PRINTED,
    )


@router.post("/reports/find")
def find_reports(_actor: See, form: PostedForm) -> Response:
    """By POST: an address must carry no street; it carries what finds it."""
    words = report_forms.address_words(report_forms.filter_of(form))
    place = "/reports/map" if form.text("map") else "/reports"
    return go_to(f"{place}?{words}")


@router.get("/reports/map")
def show_map(request: Request, actor: See, session: DbSession) -> Response:
    wish = _wish(request)
    shown = report_list.placed(session, actor, wish)
    parts = _shown(request, session, actor, wish, shown.reports)
    parts |= told_to_map()
    return page(
        request,
        "feedback/reports_map.html",
        **parts,
        next=shown.next,
        most=report_list.MOST_ON_MAP,
        points=[_point(one, parts["category_names"]) for one in shown.reports],
    )


@router.post("/reports/export")
def export_reports(request: Request, actor: See, form: PostedForm, session: DbSession) -> Response:
    wish = report_forms.read_filter(lambda name: form.text(name).strip())
    pieces = report_export.export(session, actor, wish, language_of(request))
    name = f"reports-{clock.in_brussels(clock.now()).date().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


def _wish(request: Request) -> Filter:
    return report_forms.read_filter(lambda name: request.query_params.get(name, ""))


def _shown(
    request: Request, session: Session, actor: Actor, wish: Filter, found: list[Report]
) -> dict[str, Any]:
    towns = reports_reach.towns(session, actor, Action.SEE_REPORTS)
    ids = [one.id for one in towns]
    language = language_of(request)
    return {
        **report_view.words(request),
        "reports": found,
        "wish": wish,
        "address": report_forms.address_words(wish),
        "towns": {one.id: one.name for one in towns},
        "category_names": report_categories.names(session, ids, language),
        "service_names": {one.id: one.name for one in report_services.of_towns(session, ids)},
        "worker_names": report_view.account_names(session, found),
        # As the first that was found has it: the address carries only what finds it.
        "street_name": found[0].street if wish.street and found else "",
        "today": days.today(),
        "is_narrowed": wish != Filter(),
    }


def _point(report: Report, names: dict[str, str]) -> dict[str, Any]:
    return {
        "at": [report.latitude, report.longitude],
        "number": report.number,
        "name": names.get(report.category, report.category),
        "status": report.status,
        "address": f"/reports/{report.id}",
    }
