"""The first page: what each role needs first, and nothing of another's."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from feedback import answers_list, box_month, box_register, inbox_list, report_list
from feedback.made_from_replies import made_of
from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.queue import QueueName, queue, redis_answers
from hub.web.pages import language_of, page
from messaging import (
    alarms,
    approval,
    broadcasts,
    call_list,
    carrier_words,
    cold_review,
    incidents,
    overdue_feedback,
    phenomena,
    relay,
    relay_reminders,
)
from messaging.models import Broadcast, Incident, IncidentStatus
from partnerships import appointment_gaps, communication_plan, scope
from partnerships.lost_contacts import lost_contacts
from partnerships.models import Membership, Partnership
from plan.dashboard import summary
from plan.dashboard.words import Words
from plan.rises import hints as rise_hints

router = APIRouter(include_in_schema=False)

_SHOWN = 5


@router.get("/")
def show_home(
    request: Request, actor: Annotated[Actor, allowed(Action.SEE_HOME)], session: DbSession
) -> Response:
    parts: dict[str, Any] = {
        "alerts": _alerts(session, actor) if actor.may(Action.SEE_INCIDENTS) else None,
        "awaiting": approval.awaiting(session, actor)
        if actor.may(Action.APPROVE_BROADCAST)
        else [],
        "unapproved": approval.unapproved(session, actor)
        if actor.may(Action.APPROVE_BROADCAST)
        else [],
        "replies": inbox_list.replies(session, actor, limit=_SHOWN)
        if actor.may(Action.SEE_INBOX)
        else None,
        "partnerships": _partnerships(session, actor)
        if actor.may(Action.SEE_BROADCAST_SUMMARIES)
        else None,
        "plan_summary": summary.of_newest(session, actor) if actor.may(Action.SEE_PLAN) else None,
        "plan_words": Words(language_of(request)),
        "alarms": alarms.within_reach(session, actor, Action.SEE_BROADCASTS)
        if actor.may(Action.SEE_BROADCASTS)
        else [],
        "gaps": _gaps(session, actor) if actor.may(Action.SEE_APPOINTMENTS) else [],
        # What is brought to somebody: an officer's only where nobody else is there.
        "to_relay": relay.waiting_for(session, actor) if actor.may(Action.RELAY) else 0,
        "relays_overdue": relay_reminders.overdue(session, actor)
        if actor.may(Action.COMPOSE_COLD)
        else [],
        "answers_owed": answers_list.waiting(session, actor)
        if actor.may(Action.ANSWER_REPORT)
        else answers_list.Waiting(),
        "to_review": cold_review.awaiting(session, actor) if actor.may(Action.COMPOSE_COLD) else [],
        "rises": rise_hints.hints(session, actor) if actor.may(Action.COMPOSE_COLD) else [],
        "reports_waiting": report_list.waiting(session, actor)
        if actor.may(Action.SEE_REPORTS)
        else None,
        "boxes_to_empty": _boxes_to_empty(session, actor) if actor.may(Action.EMPTY_BOX) else 0,
        "machine": _machine() if _runs_the_machine(actor) else None,
    }
    return page(
        request,
        "hub/home.html",
        phenomenon=lambda code: phenomena.label(code, language_of(request)),
        with_place=True,
        subject_of=lambda one: next(iter(broadcasts.texts_of(session, one).values())).subject,
        **made_of(session, parts["replies"]),
        carrier_sentence=carrier_words.in_language(language_of(request)),
        **parts,
    )


def _runs_the_machine(actor: Actor) -> bool:
    return actor.reach(Action.SEE_HOME).everywhere


def _alerts(session: Session, actor: Actor) -> list[tuple[Incident, str]]:
    """Open incidents and what they wait for, those first whose feedback is overdue."""
    late = [incident for incident, _one in overdue_feedback.within_reach(session, actor)]
    known = {one.id for one in late}
    newest = [
        one
        for one in incidents.recent(session, actor)
        if one.status is IncidentStatus.OPEN and one.id not in known
    ]
    return [
        *((one, "overdue") for one in late),
        *((one, _waits_for(session, one)) for one in newest[:_SHOWN]),
    ]


def _waits_for(session: Session, incident: Incident) -> str:
    return "feedback" if broadcasts.awaiting_feedback(session, incident.id) else "decision"


def _partnerships(session: Session, actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "partnership": one,
            "members": _member_count(session, one),
            "plan": communication_plan.in_force(session, one.id, clock.now()),
            # Names of members are for those who keep them, not for a whole steering group.
            "lost": lost_contacts(session, one.id) if actor.may(Action.SEE_MEMBERS) else [],
            "sent": _sent_to(session, actor, one),
        }
        for one in scope.partnerships_of(session, actor, Action.SEE_BROADCAST_SUMMARIES)
    ]


def _gaps(session: Session, actor: Actor) -> list[tuple[Partnership, list[appointment_gaps.Gap]]]:
    """The partnerships in which somebody is missing or about to stop."""
    within = scope.partnerships_of(session, actor, Action.SEE_APPOINTMENTS)
    return appointment_gaps.by_partnership(session, within)


def _member_count(session: Session, partnership: Partnership) -> int:
    present = select(func.count()).where(
        col(Membership.partnership_id) == partnership.id, col(Membership.left_at).is_(None)
    )
    return session.exec(present).one()


def _boxes_to_empty(session: Session, actor: Actor) -> int:
    boxes = box_register.boxes_seen(session, actor, Action.EMPTY_BOX)
    return box_month.still_to_empty(session, boxes)


def _sent_to(
    session: Session, actor: Actor, partnership: Partnership
) -> list[tuple[Broadcast, str, int]]:
    """The newest messages to one partnership, in its first language; how many to call by hand."""
    sent = broadcasts.sent_to(session, actor, partnership, _SHOWN)
    return [
        (
            one,
            next(iter(broadcasts.texts_of(session, one).values())).subject,
            call_list.count(session, actor, one),
        )
        for one in sent
    ]


def _machine() -> dict[str, Any]:
    """What the one who runs the machine looks at first."""
    answers = redis_answers()
    waiting = {name: queue(name).count for name in QueueName} if answers else {}
    return {"redis": answers, "waiting": waiting}
