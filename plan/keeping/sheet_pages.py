"""A plan as a spreadsheet: out, changed elsewhere, and in again."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlmodel import Session

from hub import audit
from hub.access import Action, Actor, allowed
from hub.db import DbSession, unit_of_work
from hub.i18n import translate
from hub.web.forms import PostedForm
from hub.web.pages import language_of, page
from partnerships import spreadsheets
from partnerships.members_import.cells import UnreadableList
from plan.keeping import course, reach, sheet, sheet_importing, tree
from plan.keeping.list_pages import MOST_BODY_BYTES
from plan.keeping.plan_pages import facts_of
from plan.keeping.sheet_importing import SheetRefused, Taken
from plan.keeping.sheet_table import SheetProblem
from plan.keeping.storing import Source
from plan.models import Plan
from plan.reading.files import LARGEST

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Keep = Annotated[Actor, allowed(Action.KEEP_PLAN)]


@router.get("/plans/{plan_id}/sheet")
def show_sheet(plan_id: UUID, request: Request, actor: See, session: DbSession) -> Response:
    return _page(request, session, actor, reach.plan_for(session, plan_id, actor))


@router.get("/plans/{plan_id}/sheet.{kind}")
def export_sheet(
    plan_id: UUID, kind: spreadsheets.Format, actor: See, session: DbSession
) -> Response:
    plan = reach.plan_for(session, plan_id, actor)
    rows = list(sheet.rows(tree.of_plan(session, plan)))
    name = f"plan-{plan.starts_on.year}-{plan.ends_on.year}.{kind}"
    # By itself: the page that hands it out only reads.
    with unit_of_work() as recording:
        audit.record(
            recording, "plan.export", ("plan", plan.id), by=actor.account_id, rows=len(rows) - 1
        )
    return StreamingResponse(
        spreadsheets.written(rows, kind),
        media_type=spreadsheets.MEDIA_TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.post("/plans/{plan_id}/sheet", max_body_size=MOST_BODY_BYTES)
def import_sheet(
    plan_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    plan = reach.held(session, plan_id, actor)
    course.refuse_closed(plan)
    source = Source(form.file_name("file"), form.file("file", LARGEST))
    try:
        with session.begin_nested():
            taken = sheet_importing.take(session, plan, source, actor.account_id)
    except UnreadableList as refused:
        sentence = translate(language_of(request), refused.message, **refused.values)
        return _page(request, session, actor, plan, problems={"file": sentence})
    except SheetRefused as refused:
        return _page(request, session, actor, plan, wrong=refused.problems)
    return _page(request, session, actor, plan, taken=taken)


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    plan: Plan,
    *,
    problems: dict[str, str] | None = None,
    wrong: Sequence[SheetProblem] = (),
    taken: Taken | None = None,
) -> Response:
    return page(
        request,
        "plan/keeping/sheet.html",
        422 if problems or wrong else 200,
        **facts_of(request, session, actor, plan),
        problems=problems or {},
        wrong=told(wrong, request),
        taken=taken,
    )


def told(wrong: Sequence[SheetProblem], request: Request) -> list[tuple[int, str, str]]:
    """Row, column and sentence of each thing that is wrong."""
    language = language_of(request)
    return [
        (one.row, one.column, translate(language, one.message, **dict(one.values))) for one in wrong
    ]
