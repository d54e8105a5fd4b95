"""What a town's reports can be about, and the services they are given to; kept on one page."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import report_categories, report_services, reports_reach
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, NotFound
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships.models import Organisation

router = APIRouter(include_in_schema=False)

Keep = Annotated[Actor, allowed(Action.KEEP_REPORT_LISTS)]


@router.get("/reports/lists")
def show_lists(
    request: Request, actor: Keep, session: DbSession, town: UUID | None = None
) -> Response:
    within = reports_reach.towns(session, actor, Action.KEEP_REPORT_LISTS)
    chosen = within[0] if len(within) == 1 else None
    if town is not None:
        chosen = reports_reach.town_for(session, actor, Action.KEEP_REPORT_LISTS, town)
    if chosen is None:
        return page(request, "feedback/report_town.html", towns=within, path_to="/reports/lists")
    return _lists(request, session, chosen)


def _lists(
    request: Request,
    session: Session,
    town: Organisation,
    form: Form | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "feedback/report_lists.html",
        422 if problems else 200,
        town=town,
        categories=report_categories.of_town(session, town.id, language_of(request)),
        services=report_services.of_towns(session, [town.id]),
        typed=form.text if form else lambda _name: "",
        problems=problems or {},
    )


@router.post("/reports/lists/{town_id}")
def change_lists(
    town_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    town = reports_reach.town_for(session, actor, Action.KEEP_REPORT_LISTS, town_id)
    do = _DOINGS.get(form.text("do"))
    if do is None:
        raise NotFound
    try:
        do(session, actor, town, form, request)
    except BadInput as refusal:
        told = sentences(refusal.problems, language_of(request))
        return _lists(request, session, town, form, told)
    return go_to(f"/reports/lists?town={town.id}")


_Doing = Callable[[Session, Actor, Organisation, Form, Request], None]


def _add_category(
    session: Session, actor: Actor, town: Organisation, form: Form, _request: Request
) -> None:
    report_categories.add(session, actor, town.id, form.text("category_name"))


def _use_category(
    session: Session, actor: Actor, town: Organisation, form: Form, _request: Request
) -> None:
    is_used = bool(form.text("is_used"))
    report_categories.use(session, actor, town.id, form.text("code"), is_used=is_used)


def _add_service(
    session: Session, actor: Actor, town: Organisation, form: Form, _request: Request
) -> None:
    is_police = bool(form.text("is_police"))
    name = form.text("service_name")
    report_services.add(session, actor, town.id, name, is_police=is_police)


def _add_usual(
    session: Session, actor: Actor, town: Organisation, _form: Form, request: Request
) -> None:
    report_services.add_usual(session, actor, town.id, language_of(request))


def _use_service(
    session: Session, actor: Actor, town: Organisation, form: Form, _request: Request
) -> None:
    try:
        service_id = UUID(form.text("service"))
    except ValueError:
        raise NotFound from None
    report_services.use(session, actor, town.id, service_id, is_used=bool(form.text("is_used")))


_DOINGS: dict[str, _Doing] = {
    "add_category": _add_category,
    "use_category": _use_category,
    "add_service": _add_service,
    "add_usual": _add_usual,
    "use_service": _use_service,
}
