"""The first page: what each role needs first, and nothing of another's."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from feedback import inbox
from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.queue import QueueName, queue, redis_answers
from hub.web.pages import language_of, page
from messaging import broadcasts, incidents, phenomena
from messaging.models import Broadcast, Incident, IncidentStatus
from partnerships import communication_plan, scope
from partnerships.models import Membership, Partnership
from plan import overview

router = APIRouter(include_in_schema=False)

_SHOWN = 5


@router.get("/")
def show_home(
    request: Request, actor: Annotated[Actor, allowed(Action.SEE_HOME)], session: DbSession
) -> Response:
    parts: dict[str, Any] = {
        "alerts": _alerts(session, actor) if actor.may(Action.SEE_INCIDENTS) else None,
        "replies": inbox.replies(session, actor, limit=_SHOWN)
        if actor.may(Action.SEE_INBOX)
        else None,
        "partnerships": _partnerships(session, actor)
        if actor.may(Action.SEE_BROADCAST_SUMMARIES)
        else None,
        "plans": _plans(session, actor) if actor.may(Action.SEE_PLAN) else None,
        "machine": _machine() if _runs_the_machine(actor) else None,
    }
    return page(
        request,
        "hub/home.html",
        phenomenon=lambda code: phenomena.label(code, language_of(request)),
        with_place=True,
        **parts,
    )


def _runs_the_machine(actor: Actor) -> bool:
    return actor.reach(Action.SEE_HOME).everywhere


def _alerts(session: Session, actor: Actor) -> list[tuple[Incident, bool]]:
    """Open incidents, and whether feedback on them is overdue."""
    shown = [one for one in incidents.recent(session, actor) if one.status is IncidentStatus.OPEN]
    return [(one, _is_overdue(session, one)) for one in shown[:_SHOWN]]


def _is_overdue(session: Session, incident: Incident) -> bool:
    first = next((b for b in incidents.broadcasts_of(session, incident) if b.released_at), None)
    if first is None or first.released_at is None:
        return False
    delay = timedelta(hours=broadcasts.feedback_delay(session, first))
    return first.released_at + delay < clock.now()


def _partnerships(session: Session, actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "partnership": one,
            "members": _member_count(session, one),
            "plan": communication_plan.in_force(session, one.id, clock.now()),
            "sent": _sent_to(session, actor, one),
        }
        for one in scope.partnerships_of(session, actor, Action.SEE_BROADCAST_SUMMARIES)
    ]


def _member_count(session: Session, partnership: Partnership) -> int:
    present = select(func.count()).where(
        col(Membership.partnership_id) == partnership.id, col(Membership.left_at).is_(None)
    )
    return session.exec(present).one()


def _sent_to(
    session: Session, actor: Actor, partnership: Partnership
) -> list[tuple[Broadcast, str]]:
    """The newest messages to one partnership, in its first language."""
    sent = broadcasts.sent_to(session, actor, partnership, _SHOWN)
    return [(one, next(iter(broadcasts.texts_of(session, one).values())).subject) for one in sent]


def _plans(session: Session, actor: Actor) -> list[tuple[Any, list[overview.Figure]]]:
    at = clock.now()
    return [(one, overview.figures(session, one, at)) for one in overview.plans(session, actor)]


def _machine() -> dict[str, Any]:
    """What the one who runs the machine looks at first."""
    answers = redis_answers()
    waiting = {name: queue(name).count for name in QueueName} if answers else {}
    return {"redis": answers, "waiting": waiting}
