"""Much at once: a month as a grid, a register as a file."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from hub.db import DbSession
from hub.errors import BadInput, NotFound
from hub.i18n import translate
from hub.web.forms import PostedForm
from hub.web.pages import language_of
from partnerships import spreadsheets
from partnerships.days import today
from partnerships.members_import.cells import UnreadableList
from plan.registers import files, grids, rows
from plan.registers.pages import Keeper, Shown

router = APIRouter(include_in_schema=False)

_MOST_FILE_BYTES = 4 * 1024 * 1024
MOST_BODY_BYTES = 2 * _MOST_FILE_BYTES
# Thirty-one days of a dozen workers, with their words.
_MOST_GRID_BYTES = 256 * 1024
_MOST_PROBLEMS = 50


def _month(typed: str) -> date:
    try:
        found = date.fromisoformat(f"{typed[:7]}-01")
    except ValueError:
        return today().replace(day=1)
    return min(max(found, date(1990, 1, 1)), today().replace(day=1))


@router.get("/registers/{kind}/grid")
def show_grid(
    kind: str,
    request: Request,
    actor: Keeper,
    session: DbSession,
    month: str = "",
    quarter: str = "",
) -> Response:
    shown = Shown(request, session, actor)
    return _grid_page(shown, kind, _grid(shown, kind, month, quarter), ())


def _grid(
    shown: Shown, kind: str, month: str, quarter: str, typed: Mapping[str, str] | None = None
) -> grids.Grid:
    if kind not in grids.KINDS:
        raise NotFound
    return grids.grid(
        shown.session, shown.circle, shown.cells, kind, _month(month), quarter.strip()[:200], typed
    )


def _grid_page(
    shown: Shown, kind: str, grid: grids.Grid, refused: Sequence[grids.CellProblem]
) -> Response:
    language = language_of(shown.request)
    problems = {
        one.name: f"{one.row}, {one.column}: "
        + translate(language, one.problem.message, **dict(one.problem.values))
        for one in refused
    }
    register = shown.register(kind)
    quarters = rows.suggestions(shown.session, shown.circle, register).get("quarter", [])
    return shown.page("grid.html", problems, register=register, grid=grid, quarters=quarters)


@router.post("/registers/{kind}/grid", max_body_size=_MOST_GRID_BYTES)
def keep_grid(
    kind: str,
    request: Request,
    actor: Keeper,
    form: PostedForm,
    session: DbSession,
) -> Response:
    shown = Shown(request, session, actor)
    month, quarter = form.text("month"), form.text("quarter")
    now = _grid(shown, kind, month, quarter)
    typed = {cell.name: form.text(cell.name) for line in now.lines for cell in line.cells}
    try:
        grids.keep(session, shown.circle, shown.cells, now, typed)
    except grids.GridRefused as refusal:
        again = _grid(shown, kind, month, quarter, typed)
        return _grid_page(shown, kind, again, refusal.problems)
    return shown.go_to(f"/registers/{kind}")


@router.get("/registers/{kind}/export/{wanted}")
def export(
    kind: str,
    wanted: spreadsheets.Format,
    request: Request,
    actor: Keeper,
    session: DbSession,
) -> Response:
    shown = Shown(request, session, actor)
    register = shown.register(kind)
    content = files.export(shown.circle, register, wanted, language_of(request))
    named = {"Content-Disposition": f'attachment; filename="{kind}.{wanted.value}"'}
    return StreamingResponse(content, media_type=spreadsheets.MEDIA_TYPES[wanted], headers=named)


@router.post("/registers/{kind}/import", max_body_size=MOST_BODY_BYTES)
def take_in(
    kind: str, request: Request, actor: Keeper, form: PostedForm, session: DbSession
) -> Response:
    shown = Shown(request, session, actor)
    register = shown.register(kind)
    content, name = form.file("list", _MOST_FILE_BYTES), form.file_name("list")
    language = language_of(request)
    try:
        taken = files.take_in(session, shown.circle, register, shown.cells, content, name)
    except UnreadableList as refusal:
        told = translate(language, refusal.message, **refusal.values)
        return shown.list_page(register, {"list": told})
    except BadInput as refusal:
        return shown.list_page(register, shown.said(refusal))
    refused: list[Any] = [
        (
            one.row,
            translate(language, one.column),
            translate(language, one.problem.message, **dict(one.problem.values)),
        )
        for one in taken.problems[:_MOST_PROBLEMS]
    ]
    return shown.list_page(register, taken=taken, refused=refused)
