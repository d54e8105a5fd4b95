"""The page on which an officer speaks a message, listens to it, keeps it or throws it away."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.i18n import Language
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import broadcasts, recordings
from messaging.models import Broadcast, BroadcastStatus

# Room for a file that is too large, so that the page can say so beside the field.
MOST_BODY_BYTES = 16 * 1024 * 1024

router = APIRouter(include_in_schema=False)


@router.get("/broadcasts/{broadcast_id}/recordings")
def show_recordings(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    if broadcast.status is not BroadcastStatus.DRAFT:
        return go_to(f"/broadcasts/{broadcast.id}")
    return _recordings(request, session, broadcast, {})


def _recordings(
    request: Request, session: Session, broadcast: Broadcast, problems: dict[str, str]
) -> Response:
    return page(
        request,
        "messaging/recordings.html",
        422 if problems else 200,
        broadcast=broadcast,
        texts=broadcasts.texts_of(session, broadcast),
        recorded=recordings.recorded_languages(session, broadcast.id),
        longest=recordings.LONGEST_SECONDS,
        largest=recordings.LARGEST_BYTES // (1024 * 1024),
        problems=problems,
    )


@router.get("/broadcasts/{broadcast_id}/recordings/{language}")
def listen_to_recording(
    broadcast_id: UUID,
    language: Language,
    actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)],
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    found = recordings.recording_of(session, broadcast.id, language)
    return Response(found.content, media_type=found.media_type)


@router.post(
    "/broadcasts/{broadcast_id}/recordings/{language}",
    max_body_size=MOST_BODY_BYTES,
)
def keep_recording(
    broadcast_id: UUID,
    language: Language,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    sound = form.file("sound", recordings.LARGEST_BYTES)
    try:
        recordings.keep(session, actor, broadcast, language, sound)
    except BadInput as refusal:
        told = sentences(refusal.problems, language_of(request))
        problems = {f"{field}.{language}": sentence for field, sentence in told.items()}
        return _recordings(request, session, broadcast, problems)
    return go_to(f"/broadcasts/{broadcast.id}/recordings")


@router.post("/broadcasts/{broadcast_id}/recordings/{language}/remove")
def remove_recording(
    broadcast_id: UUID,
    language: Language,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    recordings.remove(session, actor, broadcast, language)
    return go_to(f"/broadcasts/{broadcast.id}/recordings")
