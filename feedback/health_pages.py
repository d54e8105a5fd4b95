"""The health of partnerships: what is wrong in one, and in which of a zone it is worst."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from feedback import silence
from feedback.silence import LastMessages
from feedback.silence_monitor import reads_police
from hub import clock
from hub.access import Action, Actor, allowed
from hub.config import settings
from hub.db import DbSession
from hub.web.pages import page
from partnerships import health, scope
from partnerships.health import Concern, Finding, Level
from partnerships.models import LIVING_STATUSES, Partnership

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_HEALTH)]


@router.get("/partnerships/{slug}/health")
def show_health(slug: str, request: Request, actor: See, session: DbSession) -> Response:
    partnership = scope.partnership_by_slug(session, slug, actor, Action.SEE_HEALTH)
    found = findings(session, [partnership], clock.now(), _readable(actor, [partnership]))
    return page(
        request,
        "partnerships/health.html",
        partnership=partnership,
        found=health.worst_first(found[partnership.id]),
        levels=Level,
        thresholds=settings(),
    )


def _readable(actor: Actor, partnerships: Sequence[Partnership]) -> set[UUID]:
    return {one.id for one in partnerships if reads_police(actor, one)}


def findings(
    session: Session, partnerships: Sequence[Partnership], at: datetime, readable: Collection[UUID]
) -> dict[UUID, list[Finding]]:
    """What the register tells of these partnerships, and what the messages tell. When members last
    wrote to the police is told of the ``readable`` ones only (R17)."""
    registers = health.findings(session, partnerships, at)
    last = silence.last_messages(session, list(registers), readable)
    return {
        one.id: [*registers[one.id], *_silences(one, last[one.id], at, reads=one.id in readable)]
        for one in partnerships
    }


def _silences(
    partnership: Partnership, last: LastMessages, at: datetime, *, reads: bool
) -> Iterator[Finding]:
    since = partnership.created_at
    yield health.of_silence(Concern.SILENCE_OF_POLICE, last.to_members, since, at)
    if reads:
        yield health.of_silence(Concern.SILENCE_OF_MEMBERS, last.from_members, since, at)


@router.get("/health")
def show_overview(request: Request, actor: See, session: DbSession) -> Response:
    """Every living partnership within reach, the worst first."""
    living = session.exec(
        select(Partnership).where(
            scope.within_reach(actor, Action.SEE_HEALTH),
            col(Partnership.status).in_(LIVING_STATUSES),
        )
    ).all()
    found = findings(session, living, clock.now(), _readable(actor, living))
    in_order = sorted(living, key=lambda one: (*_from_worst(found[one.id]), one.name))
    return page(
        request,
        "partnerships/health_overview.html",
        rows=[(one, health.worst_first(found[one.id])) for one in in_order],
        severity=health.severity,
        levels=Level,
    )


def _from_worst(found: Sequence[Finding]) -> tuple[int, int]:
    red, orange = health.severity(found)
    return -red, -orange
