"""Taking in a list of members: upload, match the columns, look at the bad rows, import, undo."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession, unit_of_work
from hub.errors import BadInput
from hub.i18n import translate
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships import members_export, spreadsheets
from partnerships.members_import import corrected_file, course, findings, preview, undo
from partnerships.members_import.cells import UnreadableList
from partnerships.members_import.duplicates import Decision
from partnerships.members_import.headings import Field, Mapping
from partnerships.members_import.reading import MOST_FILE_BYTES
from partnerships.members_import.words import FIELD_NAMES, field_name, sentence
from partnerships.models import ImportStatus, MembersImport, Partnership
from partnerships.scope import covers, partnership_by_slug

router = APIRouter(include_in_schema=False)

# Room for a file that is too large, so that the page can say so beside the field.
MOST_BODY_BYTES = MOST_FILE_BYTES + 8 * 1024 * 1024
_MEGABYTE = 1024 * 1024
# A list of which more is wrong than this is corrected in the file, not read on a page.
_MOST_SHOWN = 100

Importer = Annotated[Actor, allowed(Action.IMPORT_MEMBERS)]


def _folder(partnership: Partnership) -> str:
    return f"/partnerships/{partnership.slug}/import"


@router.get("/partnerships/{slug}/import")
def show_imports(slug: str, request: Request, actor: Importer, session: DbSession) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.IMPORT_MEMBERS)
    return _imports(request, session, actor, partnership, {})


def _imports(
    request: Request,
    session: Session,
    actor: Actor,
    partnership: Partnership,
    problems: dict[str, str],
) -> Response:
    return page(
        request,
        "partnerships/import.html",
        422 if problems else 200,
        partnership=partnership,
        imports=course.of_partnership(session, partnership.id),
        may_export=covers(actor, Action.EXPORT_MEMBERS, partnership),
        megabytes=MOST_FILE_BYTES // _MEGABYTE,
        problems=problems,
    )


@router.post("/partnerships/{slug}/import", max_body_size=MOST_BODY_BYTES)
def receive_list(
    slug: str, request: Request, actor: Importer, form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.IMPORT_MEMBERS)
    content, name = form.file("list", MOST_FILE_BYTES), form.file_name("list")
    try:
        imported = course.receive(session, actor, partnership, name, content)
    except UnreadableList as refusal:
        told = translate(language_of(request), refusal.message, **refusal.values)
        return _imports(request, session, actor, partnership, {"list": told})
    return go_to(f"{_folder(partnership)}/{imported.id}")


@router.get("/partnerships/{slug}/import/{import_id}")
def show_import(
    slug: str, import_id: UUID, request: Request, actor: Importer, session: DbSession
) -> Response:
    """The step this import is at."""
    partnership = partnership_by_slug(session, slug, actor, Action.IMPORT_MEMBERS)
    imported = course.import_for(session, partnership, import_id)
    if imported.status is ImportStatus.UPLOADED:
        return _columns(request, partnership, imported, {})
    if imported.status in course.UNDER_WAY:
        return _step(request, "progress", partnership, imported)
    if imported.status is ImportStatus.CHECKED:
        return _checked(request, session, partnership, imported)
    return _step(
        request,
        "end",
        partnership,
        imported,
        problem=course.problem_of(imported, language_of(request)),
        kept=undo.kept(session, imported.id) if imported.undone_at else [],
    )


def _step(
    request: Request, step: str, partnership: Partnership, imported: MembersImport, **more: object
) -> Response:
    problems = more.get("problems")
    return page(
        request,
        f"partnerships/import_{step}.html",
        422 if problems else 200,
        partnership=partnership,
        imported=imported,
        here=f"{_folder(partnership)}/{imported.id}",
        **more,
    )


def _columns(
    request: Request,
    partnership: Partnership,
    imported: MembersImport,
    problems: dict[str, str],
) -> Response:
    members = course.list_of(imported)
    heading = course.heading_of(imported, members)
    return _step(
        request,
        "columns",
        partnership,
        imported,
        columns=preview.columns(members, heading),
        people=preview.people(members, heading, language_of(request)),
        sheet=members.sheet.name if members.sheet else "",
        heading_row=imported.heading_row or preview.first_row(members),
        has_heading=imported.heading_row > 0,
        fields=FIELD_NAMES,
        problems=problems,
    )


@router.post("/partnerships/{slug}/import/{import_id}/columns")
def choose_columns(
    slug: str,
    import_id: UUID,
    request: Request,
    actor: Importer,
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.IMPORT_MEMBERS)
    imported = course.import_for(session, partnership, import_id)
    heading_row, mapping = _typed_columns(form)
    try:
        course.choose_columns(session, imported, heading_row, mapping)
    except BadInput as refusal:
        return _columns(
            request, partnership, imported, sentences(refusal.problems, language_of(request))
        )
    return go_to(f"{_folder(partnership)}/{import_id}")


@router.post("/partnerships/{slug}/import/{import_id}/preview")
def preview_columns(
    slug: str,
    import_id: UUID,
    request: Request,
    actor: Importer,
    form: PostedForm,
    session: DbSession,
) -> Response:
    """What the first rows are with the columns as they are chosen now; nothing is kept."""
    partnership = partnership_by_slug(session, slug, actor, Action.IMPORT_MEMBERS)
    imported = course.import_for(session, partnership, import_id)
    members = course.list_of(imported)
    imported.heading_row, mapping = _typed_columns(form)
    course.keep_mapping(imported, mapping)
    heading = course.heading_of(imported, members)
    session.expunge(imported)
    people = preview.people(members, heading, language_of(request))
    return page(request, "partnerships/import_preview.html", people=people)


def _typed_columns(form: Form) -> tuple[int, Mapping]:
    known = {field.value for field in Field}
    mapping: Mapping = {}
    for column in range(preview.MOST_COLUMNS):
        chosen = form.text(f"column.{column}")
        if chosen in known:
            mapping[column] = Field(chosen)
    row = form.text("heading_row")
    has_heading = form.text("no_heading") == "" and row.isascii() and row.isdigit()
    return (int(row[:7]) if has_heading else 0), mapping


@router.get("/partnerships/{slug}/import/{import_id}/progress")
def show_progress(
    slug: str, import_id: UUID, request: Request, actor: Importer, session: DbSession
) -> Response:
    """How far the worker is; once it is there, the page is loaded anew."""
    partnership = partnership_by_slug(session, slug, actor, Action.IMPORT_MEMBERS)
    imported = course.import_for(session, partnership, import_id)
    answer = page(request, "partnerships/import_bar.html", imported=imported)
    if imported.status not in course.UNDER_WAY:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _checked(
    request: Request, session: Session, partnership: Partnership, imported: MembersImport
) -> Response:
    language = language_of(request)
    shown = findings.shown(session, imported.id, _MOST_SHOWN)
    return _step(
        request,
        "checked",
        partnership,
        imported,
        shown=shown,
        field_name=lambda field: field_name(field, language),
        sentence=lambda finding: sentence(finding, language),
        decisions=Decision,
    )


@router.get("/partnerships/{slug}/import/{import_id}/left-out")
def fetch_left_out(
    slug: str, import_id: UUID, request: Request, actor: Importer, session: DbSession
) -> Response:
    """The rows left out, as a file to correct: made anew, or as it was kept after the import."""
    partnership = partnership_by_slug(session, slug, actor, Action.IMPORT_MEMBERS)
    imported = course.import_for(session, partnership, import_id)
    members = course.list_of(imported)
    wanted = corrected_file.format_of(members)
    if imported.status is ImportStatus.DONE:
        pieces = iter([members.content])
    else:
        pieces = corrected_file.corrected_file(
            members,
            course.heading_of(imported, members),
            findings.left_out(session, imported.id),
            language_of(request),
        )
    # Read now: the rows of the database are gone once the answer leaves.
    return _download(b"".join(pieces), f"left-out.{wanted}", spreadsheets.MEDIA_TYPES[wanted])


def _download(content: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


@router.post("/partnerships/{slug}/import/{import_id}/run")
def run_import(
    slug: str, import_id: UUID, actor: Importer, form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.IMPORT_MEMBERS)
    imported = course.import_for(session, partnership, import_id)
    known = {decision.value for decision in Decision}
    decisions = {
        finding.row: Decision(form.text(f"row.{finding.row}"))
        for finding in course.undecided(session, imported.id)
        if form.text(f"row.{finding.row}") in known
    }
    course.start(
        session,
        actor,
        imported,
        states_consent=form.text("consent") == "yes",
        decisions=decisions,
    )
    return go_to(f"{_folder(partnership)}/{import_id}")


@router.post("/partnerships/{slug}/import/{import_id}/again")
def match_again(
    slug: str, import_id: UUID, actor: Importer, _form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.IMPORT_MEMBERS)
    course.match_again(session, course.import_for(session, partnership, import_id))
    return go_to(f"{_folder(partnership)}/{import_id}")


@router.post("/partnerships/{slug}/import/{import_id}/drop")
def drop_list(
    slug: str, import_id: UUID, actor: Importer, _form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.IMPORT_MEMBERS)
    course.drop(session, actor, course.import_for(session, partnership, import_id))
    return go_to(_folder(partnership))


@router.post("/partnerships/{slug}/import/{import_id}/undo")
def undo_import(
    slug: str, import_id: UUID, actor: Importer, _form: PostedForm, session: DbSession
) -> Response:
    partnership = partnership_by_slug(session, slug, actor, Action.IMPORT_MEMBERS)
    undo.undo(session, actor, course.import_for(session, partnership, import_id))
    return go_to(f"{_folder(partnership)}/{import_id}")


@router.post("/partnerships/{slug}/export")
def export_members(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.EXPORT_MEMBERS)],
    form: PostedForm,
) -> Response:
    """By POST, because it is noted in the log of decisions; committed before the first byte."""
    try:
        wanted = members_export.Format(form.text("format"))
    except ValueError:
        wanted = members_export.Format.XLSX
    with unit_of_work() as session:
        partnership = partnership_by_slug(session, slug, actor, Action.EXPORT_MEMBERS)
        pieces = members_export.export_members(
            session, actor, partnership, wanted, language_of(request)
        )
    name = f"{partnership.slug}.{members_export.ENDINGS[wanted]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=members_export.MEDIA_TYPES[wanted], headers=headers)
