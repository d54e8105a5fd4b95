"""The plans of one's municipalities, and the door through which a document becomes one."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.i18n import mark, translate
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships.members_import.cells import UnreadableList
from partnerships.models import Organisation
from plan.keeping import confirming, importing, reach, sheet_importing
from plan.keeping.sheet_importing import SheetRefused
from plan.keeping.storing import Source
from plan.keeping.words import refusal, sought, words
from plan.models import Plan
from plan.reading.document import NoPlan
from plan.reading.files import LARGEST

# Room for a file that is too large, so that the page can say so beside the field.
MOST_BODY_BYTES = LARGEST + 4_000_000

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Keep = Annotated[Actor, allowed(Action.KEEP_PLAN)]
# Of what is wrong in a table; the rest shows once these are mended.
_MOST_TOLD = 10
_TYPED = ("town", "title", "starts_on", "ends_on", "method")


@router.get("/plans")
def show_plans(request: Request, actor: See, session: DbSession) -> Response:
    return _list(request, session, actor)


@router.post("/plans/read", max_body_size=MOST_BODY_BYTES)
def read_document(request: Request, actor: Keep, form: PostedForm, session: DbSession) -> Response:
    source = Source(form.file_name("file"), form.file("file", LARGEST))
    wish = importing.Wish(**{name: form.text(name) for name in _TYPED})
    towns = reach.towns(session, actor)
    try:
        with session.begin_nested():
            plan = _kept(session, source, wish, towns, actor)
    except UnreadableList as refused:
        sentence = translate(language_of(request), refused.message, **refused.values)
        return _list(request, session, actor, form, {"file": sentence})
    except SheetRefused as refused:
        return _list(request, session, actor, form, _in_rows(refused, request))
    except NoPlan as refused:
        language = language_of(request)
        looked_for = sought(refused, language)
        return _list(
            request, session, actor, form, {"file": refusal(refused, language)}, looked_for
        )
    except BadInput as refused:
        problems = sentences(refused.problems, language_of(request))
        return _list(request, session, actor, form, problems)
    return go_to(f"/plans/{plan.id}/reading")


def _in_rows(refused: SheetRefused, request: Request) -> dict[str, str]:
    language = language_of(request)
    said = [
        translate(
            language,
            mark("Row {row}, column {column}: {what}"),
            row=one.row,
            column=one.column,
            what=translate(language, one.message, **dict(one.values)),
        )
        for one in refused.problems
    ]
    return {"file": " ".join(said[:_MOST_TOLD])}


def _kept(
    session: Session,
    source: Source,
    wish: importing.Wish,
    towns: Sequence[Organisation],
    actor: Actor,
) -> Plan:
    if sheet_importing.is_sheet(source):
        return sheet_importing.as_new_plan(session, source, wish, towns, actor.account_id)
    found = importing.document(source.content, source.name)
    return importing.keep(session, found, source, wish, towns, actor.account_id)


def _list(
    request: Request,
    session: Session,
    actor: Actor,
    form: Form | None = None,
    problems: dict[str, str] | None = None,
    looked_for: list[tuple[str, int]] | None = None,
) -> Response:
    plans = reach.plans(session, actor)
    return page(
        request,
        "plan/keeping/plans.html",
        422 if problems else 200,
        plans=plans,
        progress=confirming.progress_of(session, plans),
        towns={one.id: one for one in reach.towns(session, actor, Action.SEE_PLAN)},
        own_towns=reach.towns(session, actor),
        said=words(language_of(request)),
        typed=form.text if form else lambda _name: "",
        problems=problems or {},
        looked_for=looked_for or [],
    )
