"""The pages from an incident to a message on its way."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel import Session

from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession, unit_of_work
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web import live
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page, render
from messaging import (
    alarms,
    approval,
    audience,
    broadcasts,
    by_the_plan,
    call_list,
    carrier_words,
    composer,
    costs,
    deviations,
    kept_to,
    launch,
    launch_forms,
    leaving,
    lifetimes,
    missed,
    progress,
    recordings,
    reporters,
    second_person,
)
from messaging.models import Broadcast, BroadcastStatus
from messaging.texts import MOST_SEGMENTS

router = APIRouter(include_in_schema=False)


@router.get("/broadcasts/{broadcast_id}/confirm")
def confirm_broadcast(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    if broadcast.status is not BroadcastStatus.DRAFT:
        return go_to(f"/broadcasts/{broadcast.id}")
    return _confirm(request, session, actor, broadcast, {})


def _confirm(
    request: Request,
    session: Session,
    actor: Actor,
    broadcast: Broadcast,
    problems: dict[str, str],
    deviation_reason: str = "",
    why: launch.Decided = launch.NOTHING_SAID,
) -> Response:
    chosen = broadcasts.partnerships_of(session, broadcast)
    texts = broadcasts.texts_of(session, broadcast)
    kept = kept_to.of_broadcast(session, broadcast)
    figures = composer.preview(
        session,
        chosen,
        broadcast.kind,
        texts,
        lifetimes.end_if_released(broadcast, clock.now()),
        audience.languages_kept_to(session, broadcast),
        kept,
    )
    return page(
        request,
        "messaging/confirm.html",
        422 if problems else 200,
        broadcast=broadcast,
        partnerships=chosen,
        kept=kept,
        texts=texts,
        recorded=recordings.recorded_languages(session, broadcast.id),
        preview=figures,
        most_segments=MOST_SEGMENTS,
        is_second_person=second_person.may_be(actor, broadcast, figures.asks),
        why=why,
        reporter=reporters.seen(session, broadcast.incident_id),
        **launch_forms.choices(language_of(request)),
        problems=problems,
        deviation_reason=deviation_reason,
    )


@router.post("/broadcasts/{broadcast_id}/send")
def send_broadcast(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEND_BROADCAST)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEND_BROADCAST)
    reason = form.text("deviation_reason")
    try:
        if form.text("alone"):
            by_the_plan.require_reason(reason)
        elif broadcast.is_drill and not form.text("is_drill"):
            # Else an exercise and the real thing would be one and the same click.
            raise BadInput(FieldProblem("is_drill", mark("Say that it is an exercise.")))
        # A decision is not kept when what comes after it on the same form is refused.
        with session.begin_nested():
            launch.say_why(session, actor, broadcast, launch_forms.decided_in(form, launched=True))
            broadcasts.send(session, actor, broadcast, reason if form.text("alone") else "")
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        if broadcast.status is BroadcastStatus.AWAITING_APPROVAL:
            return _watched(request, session, actor, broadcast, problems, reason)
        why = launch_forms.decided_in(form, launched=True)
        return _confirm(request, session, actor, broadcast, problems, reason, why)
    return go_to(f"/broadcasts/{broadcast.id}")


@router.get("/broadcasts/{broadcast_id}")
def watch_broadcast(
    broadcast_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)],
    session: DbSession,
) -> Response:
    broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    return _watched(request, session, actor, broadcast, {})


def _watched(
    request: Request,
    session: Session,
    actor: Actor,
    broadcast: Broadcast,
    problems: dict[str, str],
    deviation_reason: str = "",
) -> Response:
    asks = approval.asks_of(session, broadcast)
    return page(
        request,
        "messaging/broadcast.html",
        422 if problems else 200,
        broadcast=broadcast,
        partnerships=broadcasts.partnerships_of(session, broadcast),
        texts=broadcasts.texts_of(session, broadcast),
        recorded=recordings.recorded_languages(session, broadcast.id),
        deviations=deviations.of_broadcast(session, broadcast.id),
        may_approve=second_person.may_be(actor, broadcast, asks),
        beyond=[one.name for one in second_person.beyond(actor, asks)],
        may_go_alone=actor.may(Action.SEND_BROADCAST) and all(one.may_be_alone for one in asks),
        problems=problems,
        deviation_reason=deviation_reason,
        cost=costs.of_broadcast(session, broadcast),
        **_followed(request, session, actor, broadcast),
    )


def _followed(
    request: Request, session: Session, actor: Actor, broadcast: Broadcast
) -> dict[str, Any]:
    """What changes on the page of a broadcast while its messages are on their way."""
    return {
        "waits": leaving.quiet_hours_of(session, broadcast, clock.now()).until,
        "is_past": broadcast.expires_at <= clock.now(),
        "progress": progress.progress_of(session, broadcast),
        "missed": missed.count_once_over(session, broadcast),
        "to_call": call_list.count(session, actor, broadcast),
        "alarms": alarms.of_broadcast(session, broadcast),
        "carrier_answers": carrier_words.answers(session, broadcast),
        "carrier_sentence": carrier_words.in_language(language_of(request)),
    }


def _watcher(broadcast_id: UUID, actor: Annotated[Actor, allowed(Action.SEE_BROADCASTS)]) -> Actor:
    """Whoever may watch this broadcast; refused before the stream begins, not inside it."""
    with unit_of_work(read_only=True) as session:
        broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    return actor


@router.get("/broadcasts/{broadcast_id}/events", response_class=EventSourceResponse)
async def broadcast_events(
    broadcast_id: UUID, request: Request, actor: Annotated[Actor, Depends(_watcher)]
) -> AsyncIterator[ServerSentEvent]:
    """The deliveries of a broadcast, as they change."""

    def fragment() -> tuple[str, bool]:
        with unit_of_work(read_only=True) as session:
            return _progress_fragment(request, session, actor, broadcast_id)

    async for event in live.changes(request, "progress", fragment):
        yield event


def _progress_fragment(
    request: Request, session: Session, actor: Actor, broadcast_id: UUID
) -> tuple[str, bool]:
    found: Broadcast = broadcasts.broadcast_for(session, broadcast_id, actor, Action.SEE_BROADCASTS)
    followed = _followed(request, session, actor, found)
    html = render(request, "messaging/progress.html", broadcast=found, **followed)
    is_over = found.status in (BroadcastStatus.FINISHED, BroadcastStatus.NOT_APPROVED)
    return html, is_over
