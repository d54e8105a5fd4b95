"""The papers of a partnership: to read, to add a newer one to, and who signed the charter."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of
from partnerships import documents, partner_notices, scope, signatures
from partnerships.documents import Upload
from partnerships.models import DocumentKind, Partnership, SignatoryCapacity
from partnerships.register_forms import day_from
from partnerships.register_rendering import register_page
from partnerships.signatures import Signed

# Room for a file that is too large, so that the page can say so beside the field.
MOST_BODY_BYTES = 16 * 1024 * 1024

router = APIRouter(include_in_schema=False)


@router.get("/partnerships/{slug}/documents")
def show_documents(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.SEE_PARTNERSHIPS)
    return _documents(request, session, actor, partnership)


def _documents(
    request: Request,
    session: Session,
    actor: Actor,
    partnership: Partnership,
    problems: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    papers = documents.kept_of(session, partnership)
    return register_page(
        request,
        "partnerships/documents.html",
        422 if problems else 200,
        partnership=partnership,
        keeps=scope.covers(actor, Action.KEEP_PARTNERSHIPS, partnership),
        papers={kind: [one for one in papers if one.kind is kind] for kind in DocumentKind},
        told=partner_notices.told_of(session, "partnership_document", [one.id for one in papers]),
        largest=documents.LARGEST_BYTES // (1024 * 1024),
        signed=signatures.of_paper(session, partnership, DocumentKind.CHARTER),
        may_withdraw=signatures.may_be_withdrawn(partnership),
        typed=typed or {},
        problems=problems or {},
    )


@router.post("/partnerships/{slug}/documents/{kind}", max_body_size=MOST_BODY_BYTES)
def keep_document(
    slug: str,
    kind: DocumentKind,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.KEEP_PARTNERSHIPS)
    upload = Upload(form.file("file", documents.LARGEST_BYTES), form.file_name("file"))
    try:
        documents.keep(session, partnership, kind, upload, actor)
    except BadInput as refusal:
        told = sentences(refusal.problems, language_of(request))
        problems = {f"{field}.{kind}": sentence for field, sentence in told.items()}
        return _documents(request, session, actor, partnership, problems)
    return go_to(f"/partnerships/{slug}/documents#{kind}")


@router.get("/partnerships/{slug}/documents/{document_id}")
def download_document(
    slug: str,
    document_id: UUID,
    actor: Annotated[Actor, allowed(Action.SEE_PARTNERSHIPS)],
    session: DbSession,
) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.SEE_PARTNERSHIPS)
    paper = documents.document_of(session, partnership, document_id)
    headers = {"Content-Disposition": _as_a_file(paper.file_name)}
    return Response(paper.content, media_type="application/pdf", headers=headers)


def _as_a_file(name: str) -> str:
    """To be saved under this name, never shown in the page (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


@router.post("/partnerships/{slug}/signatures")
def record_signature(
    slug: str,
    request: Request,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.KEEP_PARTNERSHIPS)
    capacity = form.text("capacity")
    known = SignatoryCapacity(capacity) if capacity in set(SignatoryCapacity) else None
    try:
        signed = Signed(known, form.text("name"), day_from(form, "signed_on"))
        signatures.record(session, partnership, DocumentKind.CHARTER, signed, actor)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        typed = {field: form.text(field) for field in ("capacity", "name", "signed_on")}
        return _documents(request, session, actor, partnership, problems, typed)
    return go_to(f"/partnerships/{slug}/documents#signatures")


@router.post("/partnerships/{slug}/signatures/{signature_id}/withdraw")
def withdraw_signature(
    slug: str,
    signature_id: UUID,
    actor: Annotated[Actor, allowed(Action.KEEP_PARTNERSHIPS)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.KEEP_PARTNERSHIPS)
    signatures.withdraw(session, partnership, signature_id, actor)
    return go_to(f"/partnerships/{slug}/documents#signatures")
