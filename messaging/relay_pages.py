"""The coordinator's inbox of messages to relay."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.i18n import Language
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import (
    attachments,
    budget_waits,
    cold_budget,
    cold_forms,
    cold_schedule,
    cold_words,
    composer,
    phenomena,
    relay,
    relay_by_text,
    relay_leaving,
    relay_series,
)
from messaging.cold_words import TOPIC_NAMES, OwnWords
from messaging.models import RelayState
from messaging.relay import Asked
from partnerships.models import Account
from partnerships.plan_words import KIND_NAMES

router = APIRouter(include_in_schema=False)


@router.get("/relay")
def show_inbox(
    request: Request, actor: Annotated[Actor, allowed(Action.RELAY)], session: DbSession
) -> Response:
    found = relay.inbox(session, actor)
    waiting = [one for one in found if one.relay.state is RelayState.WAITING]
    return page(
        request,
        "messaging/relay.html",
        waiting=waiting,
        decided=[one for one in found if one not in waiting],
        subject_of=lambda one: cold_schedule.subject_of(session, one),
        kind_names=KIND_NAMES,
        number=relay_by_text.number_of(session, actor.account_id),
        by_text=relay_by_text.wants(session, actor.account_id),
    )


@router.post("/relay/by-text")
def choose_texts(
    actor: Annotated[Actor, allowed(Action.RELAY)], form: PostedForm, session: DbSession
) -> Response:
    relay_by_text.choose(session, actor, by_text=bool(form.text("by_text")))
    return go_to("/relay")


@router.get("/relay/{relay_id}")
def show_relay(
    relay_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.RELAY)],
    session: DbSession,
) -> Response:
    asked = relay.asked_for(session, relay_id, actor)
    own = relay.own_words(session, asked.relay)
    return _message(request, session, actor, asked, own, {})


def _message(
    request: Request,
    session: Session,
    actor: Actor,
    asked: Asked,
    own: dict[Language, OwnWords],
    problems: dict[str, str],
    typed: dict[str, str] | None = None,
    *,
    is_look: bool = False,
) -> Response:
    message, partnership = asked.message, asked.partnership
    texts = relay_leaving.as_members_read_it(session, message, own, partnership.name)
    words = relay_leaving.words_of(session, message)
    spoken = [one for one in words if one in partnership.languages]
    decider = asked.relay.decided_by
    account = session.get(Account, decider) if decider else None
    return page(
        request,
        "messaging/relay_message.html",
        422 if problems else 200,
        asked=asked,
        relay=asked.relay,
        message=message,
        partnership=partnership,
        # His own language first: that one he reads through.
        languages=sorted(spoken, key=lambda one: one != language_of(request)),
        texts=texts,
        passages={one: words[one].passage for one in words},
        own={one: own.get(one, OwnWords()) for one in words},
        papers=attachments.enclosed(session, message),
        preview=composer.preview(session, [partnership], message.kind, texts, message.good_until),
        kind_name=KIND_NAMES[message.kind],
        topic_name=TOPIC_NAMES.get(message.topic) if message.topic else None,
        phenomenon=phenomena.label(message.phenomenon, language_of(request))
        if message.phenomenon
        else None,
        longest_own=cold_words.LONGEST_OWN,
        longest_passage=cold_words.LONGEST_PASSAGE,
        outlook=cold_budget.outlook(session, actor, cold_budget.of_relay(session, asked, own)),
        waits=budget_waits.of_subjects(session, [asked.relay.id]).get(asked.relay.id),
        decided_by=account.name if account else "",
        to_come=[
            (one, relay_leaving.as_members_read_it(session, one, None, partnership.name))
            for one in relay_series.to_come(session, asked)
        ],
        stands=relay_series.standing(session, message.series_id, partnership),
        problems=problems,
        typed=typed or {},
        is_look=is_look,
    )


@router.post("/relay/{relay_id}")
def pass_message_on(
    relay_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.RELAY)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    """Pass it on now or later; or show it again with the words that were typed."""
    asked = relay.asked_for(session, relay_id, actor)
    own = cold_forms.own_in(form)
    typed = {"relay_at": form.text("relay_at")}
    if form.text("look"):
        return _message(request, session, actor, asked, own, {}, typed, is_look=True)
    try:
        if form.text("when") == "series":
            relay_series.pass_all_on(session, actor, asked, own)
        else:
            relay.pass_on(session, actor, asked, own, _moment(form.text("when"), form))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _message(request, session, actor, asked, own, problems, typed)
    return go_to(f"/relay/{relay_id}")


def _moment(when: str, form: Form) -> datetime | None:
    return form.moment("relay_at") if when == "later" else None


@router.post("/relay/{relay_id}/each-again")
def ask_each_again(
    relay_id: UUID,
    actor: Annotated[Actor, allowed(Action.RELAY)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    """Decide on the further parts of its series one by one."""
    asked = relay.asked_for(session, relay_id, actor)
    relay_series.ask_each_again(session, actor, asked)
    return go_to(f"/relay/{relay_id}")


@router.post("/relay/{relay_id}/decline")
def decline_message(
    relay_id: UUID,
    request: Request,
    actor: Annotated[Actor, allowed(Action.RELAY)],
    form: PostedForm,
    session: DbSession,
) -> Response:
    asked = relay.asked_for(session, relay_id, actor)
    try:
        relay.decline(session, actor, asked, form.text("reason"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        typed = {"reason": form.text("reason")}
        return _message(request, session, actor, asked, {}, problems, typed)
    return go_to(f"/relay/{relay_id}")


@router.post("/relay/{relay_id}/take-back")
def take_message_back(
    relay_id: UUID,
    actor: Annotated[Actor, allowed(Action.RELAY)],
    _form: PostedForm,
    session: DbSession,
) -> Response:
    asked = relay.asked_for(session, relay_id, actor)
    relay.take_back(session, actor, asked)
    return go_to(f"/relay/{relay_id}")
