"""The papers of a message that can wait: added while it is written, opened by its members."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.access import Action, Actor, allowed, open_to_all
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of
from messaging import attachments, cold, cold_reach
from messaging.cold_pages import message_page
from partnerships.documents import LARGEST_BYTES, Upload

# Room for a file that is too large, so that the page can say so beside the field.
MOST_BODY_BYTES = 16 * 1024 * 1024

router = APIRouter(include_in_schema=False)


@router.post("/cold/{message_id}/papers", max_body_size=MOST_BODY_BYTES)
def keep_paper(
    message_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    cold_reach.refuse_others(session, actor, message)
    cold.refuse_sent(message)
    upload = Upload(form.file("file", LARGEST_BYTES), form.file_name("file"))
    try:
        attachments.keep(session, actor, message, upload)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return message_page(request, session, actor, message, problems)
    return go_to(f"/cold/{message.id}#papers")


@router.post("/cold/{message_id}/papers/{paper_id}/remove")
def remove_paper(
    message_id: UUID,
    paper_id: UUID,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    cold_reach.refuse_others(session, actor, message)
    cold.refuse_sent(message)
    attachments.remove(session, actor, message, paper_id)
    return go_to(f"/cold/{message.id}#papers")


@router.get(
    "/papers/{reference}",
    dependencies=[open_to_all("Members have no account; the address itself cannot be guessed.")],
)
def open_paper(reference: str, session: DbSession) -> Response:
    """A paper by the address in a mail, to be saved and never shown inside our own pages."""
    paper = attachments.behind(session, reference)
    plain = paper.file_name.encode("ascii", "replace").decode().replace("?", "_")
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(paper.file_name)}"
    headers = {"Content-Disposition": named, "X-Robots-Tag": "noindex"}
    return Response(paper.content, media_type="application/pdf", headers=headers)
