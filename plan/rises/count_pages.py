"""The page on which the police, or a town, type how many facts a week had; and the list of them."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, mark
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import phenomena
from partnerships.members_import.cells import UnreadableList
from plan.models import CountSource
from plan.rises import areas, count_file, counts, drawing, weeks
from plan.rises.areas import Area
from plan.rises.counts import Counted, Series
from plan.rises.judging import judge
from plan.rises.weeks import Week

router = APIRouter(include_in_schema=False)

_Typist = Annotated[Actor, allowed(Action.TYPE_COUNTS)]
_BEFORE = 4
MOST_FILE_BYTES = 5 * 1024 * 1024
MOST_BODY_BYTES = MOST_FILE_BYTES + 64 * 1024


@router.get("/counts")
def show_counts(
    request: Request, actor: _Typist, session: DbSession, area: str = "", week: str = ""
) -> Response:
    chosen = areas.by_key(session, actor, Action.TYPE_COUNTS, area)
    return _page(request, session, actor, chosen, weeks.read(week) or weeks.last_complete())


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    area: Area,
    week: Week,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    file_problems: Sequence[str] = (),
) -> Response:
    week = min(week, weeks.last_complete())
    known = counts.of_area(session, area)
    language = language_of(request)
    typed = typed or {}
    added = [code for code in phenomena.CODES if code in typed]
    rows = sorted({*known, *added}, key=lambda code: phenomena.label(code, language).casefold())
    return page(
        request,
        "plan/rises/counts.html",
        422 if problems or file_problems else 200,
        areas=areas.within_reach(session, actor, Action.TYPE_COUNTS),
        area=area,
        week=week,
        earlier=week.later(-1),
        later=week.later(1) if week < weeks.last_complete() else None,
        before=[week.later(-back) for back in range(_BEFORE, 0, -1)],
        rows=[_row(code, known.get(code, {}), week, typed, language) for code in rows],
        others=[one for one in phenomena.labels(language) if one[0] not in rows],
        drawings=[_drawn(code, series, language) for code, series in known.items()],
        problems=problems or {},
        file_problems=file_problems,
    )


def _row(
    code: str, series: Series, week: Week, typed: dict[str, str], language: Language
) -> dict[str, Any]:
    known = series.get(week)
    return {
        "code": code,
        "name": phenomena.label(code, language),
        "field": counts.field_of(Counted(code, week, 0)),
        "typed": typed.get(code, "" if known is None else str(known)),
        "before": [series.get(week.later(-back)) for back in range(_BEFORE, 0, -1)],
    }


def _drawn(code: str, series: Series, language: Language) -> dict[str, Any]:
    judged = judge(series, weeks.last_complete())
    usual = judged.rise.usual if judged else 0.0
    return {
        "name": phenomena.label(code, language),
        "judged": judged,
        "drawing": drawing.of_series(series, usual),
    }


@router.post("/counts")
def keep_counts(request: Request, actor: _Typist, form: PostedForm, session: DbSession) -> Response:
    area = areas.by_key(session, actor, Action.TYPE_COUNTS, form.text("area"))
    week = weeks.read(form.text("week")) or weeks.last_complete()
    typed = {code: form.text(code).strip() for code in phenomena.CODES if code in form}
    more = form.text("more")
    if more in phenomena.CODES:
        typed.setdefault(more, form.text("more_count").strip())
    try:
        counts.keep(session, actor, area, _counted(typed, week), CountSource.TYPED)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _page(request, session, actor, area, week, typed, problems)
    return go_to(f"/counts?area={area.key}&week={week}")


def _counted(typed: dict[str, str], week: Week) -> list[Counted]:
    """What was typed; an empty field is a week that nobody has counted."""
    found, problems = [], []
    for code, text in typed.items():
        if not text:
            continue
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
        one = Counted(code, week, number)
        if number < 0:
            values = (("most", counts.LARGEST),)
            problems.append(FieldProblem(counts.field_of(one), counts.NO_COUNT, values))
        found.append(one)
    if problems:
        raise BadInput(*problems)
    return found


@router.post("/counts/file", max_body_size=MOST_BODY_BYTES)
def keep_file(request: Request, actor: _Typist, form: PostedForm, session: DbSession) -> Response:
    area = areas.by_key(session, actor, Action.TYPE_COUNTS, form.text("area"))
    week = weeks.last_complete()
    known = areas.within_reach(session, actor, Action.TYPE_COUNTS)
    try:
        read = count_file.read(_content(form), form.file_name("file"), known, area)
        by_key = {one.key: one for one in known}
        for key, figures in read.by_area.items():
            counts.keep(session, actor, by_key[key], figures, CountSource.FILE)
    except UnreadableList as refusal:
        problem = FieldProblem("file", refusal.message, tuple(refusal.values.items()))
        said = sentences((problem,), language_of(request))
        return _page(request, session, actor, area, week, file_problems=list(said.values()))
    except BadInput as refusal:
        said = sentences(refusal.problems, language_of(request))
        return _page(request, session, actor, area, week, file_problems=list(said.values()))
    return go_to(f"/counts?area={area.key}")


def _content(form: Form) -> bytes:
    content = form.file("file", MOST_FILE_BYTES)
    if len(content) > MOST_FILE_BYTES:
        raise BadInput(FieldProblem("file", mark("This file is too large.")))
    return content


@router.get("/counts/file.csv")
def counts_file(request: Request, actor: _Typist, session: DbSession, area: str = "") -> Response:
    chosen = areas.by_key(session, actor, Action.TYPE_COUNTS, area)
    rows = list(count_file.written(session, chosen, language_of(request)))
    name = f"counts-{chosen.code or chosen.zone_slug}.csv"
    return StreamingResponse(
        count_file.as_csv(iter(rows)),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
