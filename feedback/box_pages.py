"""Problem boxes: emptied on a phone in two taps, looked at by the month, kept in a register."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import box_emptying, box_month, box_register, reports_reach
from feedback.box_emptying import EmptiedMeanwhile
from feedback.box_month import Month
from feedback.box_register import Typed
from feedback.models import BoxEmptying, ProblemBox
from feedback.report_view import account_name, zones_of
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships import days
from partnerships.map_features import told_to_map
from partnerships.models import Organisation

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_REPORTS)]
Empty = Annotated[Actor, allowed(Action.EMPTY_BOX)]
Keep = Annotated[Actor, allowed(Action.KEEP_BOXES)]
_FIELDS = ("name", "place", "point", "hung_on", "removed_on")


@router.get("/boxes")
def show_boxes(request: Request, actor: See, session: DbSession, month: str = "") -> Response:
    return _boxes_page(request, session, actor, month)


def _boxes_page(
    request: Request,
    session: Session,
    actor: Actor,
    month: str = "",
    problems: dict[str, str] | None = None,
    *,
    at: UUID | None = None,
) -> Response:
    shown, today = Month.read(month), days.today()
    boxes = box_register.boxes_seen(session, actor, Action.SEE_REPORTS)
    hanging = [one for one in boxes if box_month.hangs(one, today)]
    emptied = box_emptying.between(session, hanging, today, today)
    return page(
        request,
        "feedback/boxes.html",
        422 if problems else 200,
        boxes=[
            (one, emptied.get((one.id, today)), box_month.is_due(one, today)) for one in hanging
        ],
        months=box_month.months_of(session, boxes, shown),
        month=shown,
        today=today,
        towns=_town_names(session, actor),
        mark_of=box_emptying.mark_of,
        problems=problems or {},
        refused=at,
    )


def _town_names(session: Session, actor: Actor) -> dict[UUID, str]:
    within = reports_reach.towns(session, actor, Action.SEE_REPORTS)
    return {one.id: one.name for one in within}


@router.post("/boxes/{box_id}/empty")
def empty_box(
    box_id: UUID, request: Request, actor: Empty, form: PostedForm, session: DbSession
) -> Response:
    try:
        box_emptying.empty(
            session,
            actor,
            box_id,
            _letters(form),
            day=_day(form, "day"),
            note=form.text("note"),
            after=form.text("after"),
        )
    except (BadInput, EmptiedMeanwhile) as refusal:
        if form.text("back"):
            return _box_page(request, session, actor, box_id, refusal=refusal, form=form)
        problems = _sentences(refusal, request)
        return _boxes_page(request, session, actor, problems=problems, at=box_id)
    return go_to(f"/boxes/{box_id}" if form.text("back") else f"/boxes#box-{box_id}")


def _letters(form: Form) -> int:
    typed = form.text("letters").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 6):
        said = mark("Give a number from {least} to {most}.")
        most = box_emptying.MOST_LETTERS
        raise BadInput(FieldProblem("letters", said, (("least", 0), ("most", most))))
    return int(typed)


def _day(form: Form, name: str) -> date | None:
    typed = form.text(name).strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        said = mark("Give a day such as 2026-07-21.")
        raise BadInput(FieldProblem(name, said)) from None


def _sentences(refusal: BadInput | EmptiedMeanwhile, request: Request) -> dict[str, str]:
    language = language_of(request)
    if isinstance(refusal, BadInput):
        return sentences(refusal.problems, language)
    return sentences((FieldProblem("letters", refusal.message),), language)


@router.get("/boxes/new")
def show_new_box(
    request: Request, actor: Keep, session: DbSession, town: UUID | None = None
) -> Response:
    within = reports_reach.towns(session, actor, Action.KEEP_BOXES)
    chosen = within[0] if len(within) == 1 else None
    if town is not None:
        chosen = reports_reach.town_for(session, actor, Action.KEEP_BOXES, town)
    if chosen is None:
        return page(request, "feedback/report_town.html", towns=within, path_to="/boxes/new")
    blank = {**dict.fromkeys(_FIELDS, ""), "working_days_only": ""}
    blank["hung_on"] = days.today().isoformat()
    return _box_form(request, session, chosen, None, blank, {})


def _box_form(
    request: Request,
    session: Session,
    town: Organisation,
    box: ProblemBox | None,
    typed: dict[str, str],
    problems: dict[str, str],
) -> Response:
    return page(
        request,
        "feedback/box_form.html",
        422 if problems else 200,
        town=town,
        box=box,
        typed=typed,
        problems=problems,
        today=days.today(),
        zones=zones_of(session, town),
        **told_to_map(),
    )


@router.post("/boxes/new")
def hang_box(
    request: Request, actor: Keep, form: PostedForm, session: DbSession, town: UUID
) -> Response:
    chosen = reports_reach.town_for(session, actor, Action.KEEP_BOXES, town)
    try:
        box_register.hang(session, actor, chosen.id, _typed(form))
    except BadInput as refusal:
        return _box_form(request, session, chosen, None, _again(form), _sentences(refusal, request))
    return go_to("/boxes")


def _typed(form: Form) -> Typed:
    return Typed(
        form.text("name"),
        form.text("place"),
        form.text("point"),
        _day(form, "hung_on"),
        _day(form, "removed_on"),
        bool(form.text("working_days_only")),
    )


def _again(form: Form) -> dict[str, str]:
    return {name: form.text(name) for name in (*_FIELDS, "working_days_only")}


@router.get("/boxes/{box_id}")
def show_box(box_id: UUID, request: Request, actor: See, session: DbSession) -> Response:
    return _box_page(request, session, actor, box_id)


def _box_page(
    request: Request,
    session: Session,
    actor: Actor,
    box_id: UUID,
    refusal: BadInput | EmptiedMeanwhile | None = None,
    form: Form | None = None,
) -> Response:
    box = box_register.box_for(session, actor, box_id, Action.SEE_REPORTS)
    today = days.today()
    emptied = box_emptying.between(session, [box], today - box_emptying.LATEST_AFTER, today)
    newest = sorted(emptied.values(), key=lambda one: one.day, reverse=True)
    return page(
        request,
        "feedback/box.html",
        422 if refusal else 200,
        box=box,
        town=session.get_one(Organisation, box.municipality_id),
        emptyings=newest,
        now=emptied.get((box.id, today)),
        today=today,
        earliest=max(box.hung_on, today - box_emptying.LATEST_AFTER),
        mark_of=box_emptying.mark_of,
        problems=_sentences(refusal, request) if refusal else {},
        typed=_typed_letters(form),
        **_who(session, newest),
    )


def _typed_letters(form: Form | None) -> dict[str, str]:
    return {name: form.text(name) if form else "" for name in ("letters", "note", "day")}


def _who(session: Session, emptyings: list[BoxEmptying]) -> dict[str, Any]:
    return {"who": {one.id: account_name(session, one.emptied_by) for one in emptyings}}


@router.get("/boxes/{box_id}/edit")
def show_edit_box(box_id: UUID, request: Request, actor: Keep, session: DbSession) -> Response:
    box = box_register.box_for(session, actor, box_id, Action.KEEP_BOXES)
    has_point = box.latitude is not None and box.longitude is not None
    known = {
        "name": box.name,
        "place": box.place,
        "point": f"{box.latitude:.5f}, {box.longitude:.5f}" if has_point else "",
        "hung_on": box.hung_on.isoformat(),
        "removed_on": box.removed_on.isoformat() if box.removed_on else "",
        "working_days_only": "yes" if box.working_days_only else "",
    }
    town = session.get_one(Organisation, box.municipality_id)
    return _box_form(request, session, town, box, known, {})


@router.post("/boxes/{box_id}/edit")
def edit_box(
    box_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    box = box_register.box_for(session, actor, box_id, Action.KEEP_BOXES)
    try:
        box_register.change(session, actor, box_id, _typed(form))
    except BadInput as refusal:
        town = session.get_one(Organisation, box.municipality_id)
        return _box_form(request, session, town, box, _again(form), _sentences(refusal, request))
    return go_to(f"/boxes/{box_id}")


@router.post("/boxes/{box_id}/emptyings/{emptying_id}")
def correct_emptying(
    box_id: UUID,
    emptying_id: UUID,
    request: Request,
    actor: Empty,
    form: PostedForm,
    session: DbSession,
) -> Response:
    emptying, box = box_register.emptying_for(session, actor, emptying_id, Action.EMPTY_BOX)
    try:
        box_emptying.correct(session, actor, emptying, _letters(form), form.text("note"))
    except BadInput as refusal:
        return _box_page(request, session, actor, box.id, refusal=refusal)
    return go_to(f"/boxes/{box_id}")
