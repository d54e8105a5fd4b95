"""The figures of a plan as a table: out, filled in elsewhere, and in again."""

from collections.abc import Iterator, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlmodel import Session

from hub import audit, clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession, unit_of_work
from hub.errors import BadInput, Conflict
from hub.i18n import Language, translate
from hub.web.forms import PostedForm, sentences
from hub.web.pages import language_of, page
from partnerships import spreadsheets
from partnerships.members_import.cells import UnreadableList
from plan.dashboard.reach import plan_of
from plan.dashboard.words import Words
from plan.entries import assigning, entering, table, table_taking, table_workbook
from plan.entries.table_taking import RowProblem, TableRefused, Taken
from plan.models import Plan, PlanStatus
from plan.standing import spans
from plan.standing.spans import Span

router = APIRouter(include_in_schema=False)

Enters = Annotated[Actor, allowed(Action.ENTER_FIGURES)]

_MOST_FILE_BYTES = 4 * 1024 * 1024
MOST_BODY_BYTES = 2 * _MOST_FILE_BYTES
_MOST_PROBLEMS = 50


@router.get("/plans/{plan_id}/figures")
def show_table(
    plan_id: UUID, request: Request, actor: Enters, session: DbSession, span: str = ""
) -> Response:
    plan = plan_of(session, actor, plan_id, Action.ENTER_FIGURES)
    return _page(request, session, actor, plan, _span(plan, span))


@router.get("/plans/{plan_id}/figures.{kind}")
def give_table(
    plan_id: UUID,
    kind: spreadsheets.Format,
    request: Request,
    actor: Enters,
    session: DbSession,
    span: str = "",
) -> Response:
    plan = plan_of(session, actor, plan_id, Action.ENTER_FIGURES)
    language, chosen = language_of(request), _span(plan, span)
    asked = table.asked(session, plan, chosen, entering.own_services(session, actor, plan))
    services = {one.id: one.name for one in assigning.services(session, plan)}
    rows = [table.cells(one, chosen, services, language) for one in asked]
    # By itself: the page that hands it out only reads.
    with unit_of_work() as recording:
        subject = ("plan", plan.id)
        audit.record(recording, "figures.export", subject, by=actor.account_id, rows=len(rows))
    if kind is spreadsheets.Format.CSV:
        content = spreadsheets.as_csv([table.heads(language), *rows])
    else:
        content = iter([table_workbook.workbook(asked, rows, language)])
    return _file(content, kind, f"figures-{chosen.key}.{kind}")


@router.post("/plans/{plan_id}/figures", max_body_size=MOST_BODY_BYTES)
def take_table(
    plan_id: UUID, request: Request, actor: Enters, form: PostedForm, session: DbSession
) -> Response:
    plan = plan_of(session, actor, plan_id, Action.ENTER_FIGURES)
    span, language = _span(plan, form.text("span")), language_of(request)
    content, name = form.file("file", _MOST_FILE_BYTES), form.file_name("file")
    submit = form.text("step") == "submit"
    try:
        taken = table_taking.take(session, actor, plan, content, name, submit=submit)
    except UnreadableList as refusal:
        problems = {"file": translate(language, refusal.message, **refusal.values)}
        return _page(request, session, actor, plan, span, problems=problems)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language)
        return _page(request, session, actor, plan, span, problems=problems)
    except Conflict as refusal:
        problems = {"file": translate(language, refusal.message)}
        return _page(request, session, actor, plan, span, problems=problems)
    except TableRefused as refusal:
        return _page(request, session, actor, plan, span, wrong=refusal.problems)
    return _page(request, session, actor, plan, span, taken=taken)


def _file(content: Iterator[bytes], kind: spreadsheets.Format, name: str) -> Response:
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(content, media_type=spreadsheets.MEDIA_TYPES[kind], headers=named)


def _span(plan: Plan, key: str) -> Span:
    return spans.chosen(plan, key, clock.in_brussels(clock.now()).date())


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    plan: Plan,
    span: Span,
    *,
    problems: dict[str, str] | None = None,
    wrong: Sequence[RowProblem] = (),
    taken: Taken | None = None,
) -> Response:
    language = language_of(request)
    own = entering.own_services(session, actor, plan)
    return page(
        request,
        "plan/entries/table.html",
        422 if problems or wrong else 200,
        plan=plan,
        span=span,
        spans=spans.every(plan),
        words=Words(language),
        rows=len(table.asked(session, plan, span, own)),
        is_open=plan.status is PlanStatus.IN_FORCE,
        problems=problems or {},
        wrong=[_told(one, language) for one in wrong[:_MOST_PROBLEMS]],
        more=max(0, len(wrong) - _MOST_PROBLEMS),
        taken=taken,
    )


def _told(one: RowProblem, language: Language) -> tuple[int, str, str]:
    sentence = translate(language, one.problem.message, **dict(one.problem.values))
    return one.row, translate(language, one.column.label), sentence
