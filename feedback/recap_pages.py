"""The pages of recap lists: what to list, the list, its paper and its file.

Asked for by a form that is posted: a street or a person is nothing for an address.
"""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlmodel import Session

from feedback import recap, recap_file, report_words, reports_reach
from feedback.models import ReportSource
from feedback.recap import Wish
from feedback.report_list import Mark
from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession, ReadingSession, unit_of_work
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import language_of, page
from partnerships import days, spreadsheets
from partnerships.models import Organisation

router = APIRouter(include_in_schema=False)

_FIELDS = ("town", "street", "person", "since", "until", "category", "service", "source")


@router.get("/recap")
def ask_for_list(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_REPORTS)],
    session: DbSession,
    town: str = "",
) -> Response:
    chosen = _town(session, actor, town)
    return _form_page(request, session, actor, chosen, _usual(chosen), {})


def _usual(town: Organisation) -> dict[str, str]:
    today = days.today()
    known = {
        "town": town.slug,
        "since": (today - timedelta(days=recap.USUAL_DAYS)).isoformat(),
        "until": today.isoformat(),
    }
    return {**dict.fromkeys(_FIELDS, ""), **known}


def _town(session: Session, actor: Actor, slug: str) -> Organisation:
    within = reports_reach.towns(session, actor, Action.SEE_REPORTS)
    found = next((one for one in within if slug in ("", one.slug)), None)
    if found is None:
        raise NotFound
    return found


@router.post("/recap")
def show_list(
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_REPORTS)],
    form: PostedForm,
    session: ReadingSession,
) -> Response:
    town = _town(session, actor, form.text("town"))
    typed = {name: form.text(name) for name in _FIELDS} | {"town": town.slug}
    try:
        wish = recap.checked(session, actor, _wish(form, town), typed["street"], typed["person"])
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _form_page(request, session, actor, town, typed, problems)
    shown_as = form.text("as") if form.text("as") in ("paper", "file") else "page"
    # Before anything is shown, and by itself: what is only read keeps nobody waiting.
    with unit_of_work() as recording:
        recap.put_on_record(recording, actor, wish, shown_as)
    if shown_as == "file":
        return _file(request, actor, wish)
    return _list(request, session, actor, wish, typed, shown_as, Mark.read(form.text("after")))


def _wish(form: Form, town: Organisation) -> Wish:
    problems: list[FieldProblem] = []
    since, until = (_day(form, name, problems) for name in ("since", "until"))
    if problems:
        raise BadInput(*problems)
    return Wish(
        town=town,
        since=since,
        until=until,
        category=form.text("category")[:120],
        service=_service(form.text("service")),
        source=_source(form.text("source")),
    )


def _day(form: Form, name: str, problems: list[FieldProblem]) -> date:
    try:
        found = date.fromisoformat(form.text(name))
    except ValueError:
        found = date.min
    # Beyond these years a day has no midnight in Brussels, or no day after it.
    if not 1900 <= found.year <= 2999:
        problems.append(FieldProblem(name, mark("Give a date.")))
    return found


def _service(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        return None


def _source(typed: str) -> ReportSource | None:
    return ReportSource(typed) if typed in set(ReportSource) else None


def _file(request: Request, actor: Actor, wish: Wish) -> Response:
    name = f"recap-{wish.town.slug}-{wish.since}-{wish.until}.csv"
    return StreamingResponse(
        recap_file.as_csv(actor, wish, language_of(request)),
        media_type=spreadsheets.MEDIA_TYPES[spreadsheets.Format.CSV],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def _list(
    request: Request,
    session: Session,
    actor: Actor,
    wish: Wish,
    typed: dict[str, str],
    shown_as: str,
    after: Mark | None,
) -> Response:
    is_paper = shown_as == "paper"
    rows = recap.MOST_PRINTED if is_paper else recap.PAGE
    return _form_page(
        request,
        session,
        actor,
        wish.town,
        typed,
        {},
        template="feedback/recap_paper.html" if is_paper else "feedback/recap.html",
        found=recap.page(session, actor, wish, None if is_paper else after, rows),
        counts=recap.counts(session, actor, wish),
        wish=wish,
        after=after,
    )


def _form_page(
    request: Request,
    session: Session,
    actor: Actor,
    town: Organisation,
    typed: dict[str, str],
    problems: dict[str, str],
    template: str = "feedback/recap.html",
    **found: Any,
) -> Response:
    language = language_of(request)
    names = recap_file.Names(session, town.id, language)
    return page(
        request,
        template,
        422 if problems else 200,
        town=town,
        towns=reports_reach.towns(session, actor, Action.SEE_REPORTS),
        typed=typed,
        names=names,
        categories=sorted(names.categories.items(), key=lambda one: one[1].casefold()),
        sources=[(one, report_words.source(one, language)) for one in ReportSource],
        may_look_for_people=recap.may_look_for_people(session, actor, town),
        most_printed=recap.MOST_PRINTED,
        most_in_file=recap.MOST_IN_FILE,
        made_at=clock.now(),
        problems=problems,
        **{"found": None, "counts": None, "wish": None, "after": None, **found},
    )
