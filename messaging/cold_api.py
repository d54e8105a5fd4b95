"""Messages that are not urgent, and their relay, for machines."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.i18n import Language
from hub.roles import Role
from hub.web.forms import on_the_clock
from messaging import (
    attachments,
    cold,
    cold_reach,
    cold_release,
    cold_review,
    cold_view,
)
from messaging.cold_words import ColdWords
from messaging.forms import LONGEST_REQUEST_ID
from messaging.models import BroadcastKind, ColdMessage, ColdStatus, RelayState, Topic
from partnerships.documents import LARGEST_BYTES, Upload

router = APIRouter(prefix="/api/v1", tags=["cold messages"])

_MOST_BODY_BYTES = 16 * 1024 * 1024


class _Input(BaseModel):
    # A misspelled field must not be a field silently left out.
    model_config = ConfigDict(extra="forbid")


class ColdWordsInput(_Input):
    """One language. A notice on how thieves work says ``how`` and ``advice``, and may say where,
    when and after what; its mail is made of them."""

    subject: str
    short: str = Field(description="For text messages and calls; goes out as it is.")
    long: str = Field(default="", description="For mail; the short text where this is empty.")
    passage: str = Field(
        default="", description="The only part that a coordinator may put in his own words."
    )
    how: str = ""
    places: str = ""
    times: str = ""
    targets: str = ""
    advice: str = ""


class ColdInput(_Input):
    """What somebody writes. Moments without an offset are on a Belgian clock."""

    client_request_id: str = Field(min_length=1, max_length=LONGEST_REQUEST_ID)
    kind: BroadcastKind
    texts: dict[Language, ColdWordsInput]
    partnerships: list[str] = Field(default_factory=list)
    everywhere: bool = Field(default=False, description="All partnerships within your reach.")
    group: str = Field(default="", description="The slug of a group of partnerships.")
    topic: Topic | None = None
    phenomenon: str = ""
    leaves_at: datetime | None = None
    good_until: datetime | None = None
    series: UUID | None = Field(default=None, description="The series it is a part of.")


class ReviewInput(_Input):
    remark: str = ""


class ApproveInput(_Input):
    """``seal`` is that of the message as it was read."""

    seal: str = Field(max_length=64)


class OwnOutput(BaseModel):
    """What a coordinator added in one language."""

    introduction: str
    closing: str
    passage: str


class RelayOutput(BaseModel):
    """One partnership: who was asked, since when, and what became of it."""

    id: UUID
    partnership: str
    state: RelayState
    asked_at: datetime | None
    asked_role: Role | None
    reminded_at: datetime | None
    deputy_asked_at: datetime | None
    overdue_at: datetime | None
    decided_at: datetime | None
    decided_by: UUID | None
    relay_at: datetime | None
    is_adapted: bool
    own: dict[Language, OwnOutput]
    reason: str


class PaperOutput(BaseModel):
    id: UUID
    file_name: str
    size: int
    pages: int
    address: str


class ColdSummary(BaseModel):
    id: UUID
    client_request_id: str
    kind: BroadcastKind
    topic: Topic | None
    phenomenon: str | None
    status: ColdStatus
    is_own: bool
    created_at: datetime
    leaves_at: datetime | None
    good_until: datetime
    series_id: UUID | None = None
    released_at: datetime | None
    withdrawn_at: datetime | None


class ColdOutput(ColdSummary):
    """A message, and what its coordinators decided. ``counts`` are partnerships by state."""

    reviewed_at: datetime | None
    review_remark: str
    seal: str = Field(description="Of its words, papers and partnerships: to approve just these.")
    counts: dict[RelayState, int]
    adapted: int
    overdue: int
    relays: list[RelayOutput]
    papers: list[PaperOutput]
    broadcasts: list[UUID]


def _wanted(given: ColdInput) -> cold.Wanted:
    return cold.Wanted(
        client_request_id=given.client_request_id,
        kind=given.kind,
        texts={one: ColdWords(**words.model_dump()) for one, words in given.texts.items()},
        partnerships=given.partnerships,
        everywhere=given.everywhere,
        group=given.group,
        topic=given.topic,
        phenomenon=given.phenomenon,
        leaves_at=given.leaves_at and on_the_clock("leaves_at", given.leaves_at),
        good_until=given.good_until and on_the_clock("good_until", given.good_until),
        series=given.series,
    )


@router.post("/cold-messages", status_code=201)
def write_message(
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)], wanted: ColdInput, session: DbSession
) -> ColdOutput:
    """Store a draft. The same ``client_request_id`` again gives the same message."""
    return described(session, actor, cold.write(session, actor, _wanted(wanted)))


@router.put("/cold-messages/{message_id}")
def change_message(
    message_id: UUID,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    wanted: ColdInput,
    session: DbSession,
) -> ColdOutput:
    """Write a draft anew, or one that the police sent back."""
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    cold.change(session, actor, message, _wanted(wanted))
    return described(session, actor, message)


@router.get("/cold-messages")
def list_messages(
    actor: Annotated[Actor, allowed(Action.SEE_COLD)],
    session: DbSession,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[ColdSummary]:
    """The newest messages within reach."""
    return [
        ColdSummary.model_validate(one, from_attributes=True)
        for one in cold_reach.newest(session, actor, limit)
    ]


@router.get("/cold-messages/{message_id}")
def show_message(
    message_id: UUID, actor: Annotated[Actor, allowed(Action.SEE_COLD)], session: DbSession
) -> ColdOutput:
    """A message, and who has passed it on, adapted it, declined it, or says nothing."""
    message = cold_reach.message_for(session, message_id, actor, Action.SEE_COLD)
    return described(session, actor, message)


@router.post("/cold-messages/{message_id}/release", status_code=202)
def release_message(
    message_id: UUID, actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)], session: DbSession
) -> ColdOutput:
    """Let a draft go: to its coordinators, to the police who read it first, or at its moment."""
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    cold_release.release(session, actor, message)
    return described(session, actor, message)


@router.post("/cold-messages/{message_id}/withdraw")
def withdraw_message(
    message_id: UUID, actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)], session: DbSession
) -> ColdOutput:
    """Take back what no coordinator has passed on yet."""
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    cold_release.withdraw(session, actor, message)
    return described(session, actor, message)


@router.post("/cold-messages/{message_id}/approve", status_code=202)
def approve_message(
    message_id: UUID,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    wanted: ApproveInput,
    session: DbSession,
) -> ColdOutput:
    """Let what a coordinator wrote leave; for officers of the zone. 409 where it was written anew
    since it was read."""
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    cold_review.approve(session, actor, message, wanted.seal)
    return described(session, actor, message)


@router.post("/cold-messages/{message_id}/send-back")
def send_message_back(
    message_id: UUID,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    wanted: ReviewInput,
    session: DbSession,
) -> ColdOutput:
    """Give it back to its coordinator with a remark; for officers of the zone."""
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    cold_review.send_back(session, actor, message, wanted.remark)
    return described(session, actor, message)


@router.post("/cold-messages/{message_id}/papers", status_code=201, max_body_size=_MOST_BODY_BYTES)
def keep_paper(
    message_id: UUID,
    actor: Annotated[Actor, allowed(Action.COMPOSE_COLD)],
    file: UploadFile,
    session: DbSession,
) -> ColdOutput:
    """Add a PDF to a draft."""
    message = cold_reach.message_for(session, message_id, actor, Action.COMPOSE_COLD)
    cold_reach.refuse_others(session, actor, message)
    cold.refuse_sent(message)
    upload = Upload(file.file.read(LARGEST_BYTES + 1), file.filename or "")
    attachments.keep(session, actor, message, upload)
    return described(session, actor, message)


def described(session: Session, actor: Actor, message: ColdMessage) -> ColdOutput:
    """A message as the API tells it to this reader."""
    shown = cold_view.shown(session, actor, message)
    columns = set(ColdOutput.model_fields) & set(ColdMessage.model_fields)
    return ColdOutput(
        **message.model_dump(include=columns),
        seal=cold_review.seal(session, message),
        counts={state: shown.counts[state] for state in RelayState},
        adapted=shown.adapted,
        overdue=shown.overdue,
        relays=[
            RelayOutput(
                partnership=one.partnership.slug,
                own={
                    language: OwnOutput(
                        introduction=words.introduction,
                        closing=words.closing,
                        passage=words.passage,
                    )
                    for language, words in one.own.items()
                },
                **one.relay.model_dump(),
            )
            for one in shown.lines
        ],
        papers=[
            PaperOutput(
                id=one.id,
                file_name=one.file_name,
                size=one.size,
                pages=one.pages,
                address=attachments.address_of(one),
            )
            for one in shown.papers
        ],
        broadcasts=[one.id for one in shown.broadcasts],
    )
