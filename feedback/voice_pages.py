"""The spoken message of a reply: for the police to listen to, and to write down."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import voicemail_listening, voicemail_words
from feedback.models import Meaning
from hub.access import Action, Actor, allowed
from hub.db import DbSession, unit_of_work
from hub.errors import BadInput
from hub.web.byte_ranges import sent_by_parts
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page

router = APIRouter(include_in_schema=False)

_Reader = Annotated[Actor, allowed(Action.SEE_INBOX)]


@router.get("/inbox/{reply_id}/voice")
def listen(reply_id: UUID, request: Request, actor: _Reader) -> Response:
    """The sound, or a part of it. Who listened is on record, so even this GET writes."""
    with unit_of_work() as session:
        content, media_type = voicemail_listening.listened(session, actor, reply_id)
    answer = sent_by_parts(request, content, media_type)
    answer.headers.update({"Cache-Control": "no-store", "Content-Disposition": "inline"})
    return answer


@router.get("/inbox/{reply_id}/words")
def show_words(reply_id: UUID, request: Request, actor: _Reader, session: DbSession) -> Response:
    message = voicemail_words.message_for(session, actor, reply_id)
    # Before anybody listened it is nothing in particular: that is for him to say.
    meaning = message.meaning if message.body else ""
    return _words(request, session, actor, reply_id, message.body, meaning, {})


@router.post("/inbox/{reply_id}/words")
def write_down(
    reply_id: UUID, request: Request, actor: _Reader, form: PostedForm, session: DbSession
) -> Response:
    typed, meaning = form.text("words"), form.text("meaning")
    try:
        voicemail_words.write_down(session, actor, reply_id, typed, meaning)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _words(request, session, actor, reply_id, typed, meaning, problems)
    return go_to("/inbox")


def _words(
    request: Request,
    session: Session,
    actor: Actor,
    reply_id: UUID,
    typed: str,
    meaning: str | Meaning,
    problems: dict[str, str],
) -> Response:
    return page(
        request,
        "feedback/voice_words.html",
        422 if problems else 200,
        reply=voicemail_words.message_for(session, actor, reply_id),
        spoken=voicemail_listening.of_reply(session, reply_id),
        typed=typed,
        meaning=meaning,
        meanings=voicemail_words.MEANINGS,
        problems=problems,
        longest=voicemail_words.LONGEST,
    )
