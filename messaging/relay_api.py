"""The coordinator's inbox and his decision, for machines."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import Language
from hub.web.forms import on_the_clock
from messaging import relay, relay_leaving, relay_series
from messaging.cold_words import OwnWords
from messaging.models import BroadcastKind, RelayState
from messaging.relay import Asked

router = APIRouter(prefix="/api/v1", tags=["cold messages"])


class _Input(BaseModel):
    # A misspelled field must not be a field silently left out.
    model_config = ConfigDict(extra="forbid")


class OwnWordsInput(_Input):
    """What a coordinator adds in one language; ``passage`` only where its writer left one open."""

    introduction: str = ""
    closing: str = ""
    passage: str = ""


class PassOnInput(_Input):
    own: dict[Language, OwnWordsInput] = Field(default_factory=dict)
    relay_at: datetime | None = Field(
        default=None, description="A moment to come; without an offset on a Belgian clock."
    )
    whole_series: bool = Field(
        default=False, description="Let the further parts of its series leave without asking again."
    )


class DeclineInput(_Input):
    reason: str


class LetterOutput(BaseModel):
    """What members read in one language."""

    subject: str
    short: str
    long: str


class AskedOutput(BaseModel):
    """A message that somebody is asked to pass on, as the members of his partnership get it."""

    id: UUID
    message_id: UUID
    partnership: str
    kind: BroadcastKind
    state: RelayState
    is_mine: bool = Field(description="Whether it is yours to decide now.")
    asked_at: datetime | None
    decided_at: datetime | None
    relay_at: datetime | None
    good_until: datetime
    texts: dict[Language, LetterOutput]


@router.get("/relays")
def list_relays(
    actor: Annotated[Actor, allowed(Action.RELAY)], session: DbSession
) -> list[AskedOutput]:
    """What was brought to you: what waits longest first, then what is decided."""
    return [_output(session, one) for one in relay.inbox(session, actor)]


@router.get("/relays/{relay_id}")
def show_relay(
    relay_id: UUID, actor: Annotated[Actor, allowed(Action.RELAY)], session: DbSession
) -> AskedOutput:
    """One of them."""
    return _output(session, relay.asked_for(session, relay_id, actor))


@router.post("/relays/{relay_id}/relay", status_code=202)
def pass_on(
    relay_id: UUID,
    actor: Annotated[Actor, allowed(Action.RELAY)],
    wanted: PassOnInput,
    session: DbSession,
) -> AskedOutput:
    """Pass it on to the members, now or at a moment. Only one coordinator can (409)."""
    asked = relay.asked_for(session, relay_id, actor)
    own = {one: OwnWords(**words.model_dump()) for one, words in wanted.own.items()}
    at = wanted.relay_at and on_the_clock("relay_at", wanted.relay_at)
    if wanted.whole_series:
        relay_series.pass_all_on(session, actor, asked, own, at)
    else:
        relay.pass_on(session, actor, asked, own, at)
    return _output(session, asked)


@router.post("/relays/{relay_id}/take-back")
def take_back(
    relay_id: UUID, actor: Annotated[Actor, allowed(Action.RELAY)], session: DbSession
) -> AskedOutput:
    """Undo a moment that was chosen."""
    asked = relay.asked_for(session, relay_id, actor)
    relay.take_back(session, actor, asked)
    return _output(session, asked)


@router.post("/relays/{relay_id}/decline")
def decline(
    relay_id: UUID,
    actor: Annotated[Actor, allowed(Action.RELAY)],
    wanted: DeclineInput,
    session: DbSession,
) -> AskedOutput:
    """Do not pass it on, and say why."""
    asked = relay.asked_for(session, relay_id, actor)
    relay.decline(session, actor, asked, wanted.reason)
    return _output(session, asked)


def _output(session: Session, asked: Asked) -> AskedOutput:
    own = relay.own_words(session, asked.relay)
    name = asked.partnership.name
    texts = relay_leaving.as_members_read_it(session, asked.message, own, name)
    return AskedOutput(
        id=asked.relay.id,
        message_id=asked.message.id,
        partnership=asked.partnership.slug,
        kind=asked.message.kind,
        state=asked.relay.state,
        is_mine=asked.is_mine,
        asked_at=asked.relay.asked_at,
        decided_at=asked.relay.decided_at,
        relay_at=asked.relay.relay_at,
        good_until=asked.message.good_until,
        texts={
            language: LetterOutput(subject=one.subject, short=one.short, long=one.long)
            for language, one in texts.items()
        },
    )
