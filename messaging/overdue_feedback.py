"""Feedback that is overdue: shown first, mailed to whoever sent the alert, then to the officers.

A promise of the communication plan (R28): members are told how it ended within so many hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from hub import clock, log
from hub.access import Action, Actor
from hub.config import settings
from hub.db import Condition, insert_new
from hub.i18n import Language, mark, translate
from hub.roles import Role
from messaging import broadcasts, end_told
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    FeedbackReminder,
    Incident,
    IncidentStatus,
    ReminderLevel,
    Step,
)
from partnerships import appointments, notices
from partnerships.models import Account, Channel
from partnerships.notices import About, Words

_log = log.get(__name__)

NOTICE_KIND = "feedback_overdue"
# What the one who sent it has not done by then, his superiors are asked for.
OFFICER_AFTER = timedelta(hours=24)
# Older ones were given up long ago: a hub that starts anew reminds nobody of last year.
_REMINDED_FOR = timedelta(days=30)
_GOOD_FOR = timedelta(days=2)
_OFFICERS = (Role.MANDATED_OFFICER, Role.DEPUTY_OFFICER)


@dataclass(frozen=True, slots=True)
class Overdue:
    """An alert whose members wait for its outcome, and since when it was due."""

    alert: Broadcast
    due_at: datetime


def due_at(session: Session, alert: Broadcast) -> datetime:
    """Until when its feedback was promised, by the strictest of its plans."""
    assert alert.released_at is not None
    return alert.released_at + timedelta(hours=broadcasts.feedback_delay(session, alert))


def of_incident(session: Session, incident: Incident) -> Overdue | None:
    """The alert of an open incident whose feedback is overdue for longest; ``None`` if none is."""
    if incident.status is IncidentStatus.CLOSED:
        return None
    waiting = broadcasts.awaiting_feedback(session, incident.id)
    found = [Overdue(one, due_at(session, one)) for one in waiting if not one.is_drill]
    late = [one for one in found if one.due_at < clock.now()]
    return min(late, key=lambda one: one.due_at, default=None)


def within_reach(session: Session, actor: Actor, limit: int = 20) -> list[tuple[Incident, Overdue]]:
    """The open incidents within reach whose feedback is overdue, the oldest first."""
    reach = actor.reach(Action.SEE_INCIDENTS)
    open_ones = select(Incident).where(
        Incident.status == IncidentStatus.OPEN,
        col(Incident.id).in_(select(Broadcast.incident_id).where(_waits())),
    )
    if not reach.everywhere:
        open_ones = open_ones.where(col(Incident.police_zone_id).in_(reach.police_zones))
    found = session.exec(open_ones.order_by(col(Incident.opened_at)))
    late = ((incident, of_incident(session, incident)) for incident in found)
    return [(incident, one) for incident, one in late if one is not None][:limit]


def _waits() -> Condition:
    return (
        (col(Broadcast.step) == Step.FIRST)
        & (col(Broadcast.kind) == BroadcastKind.URGENT_ALERT)
        & col(Broadcast.is_drill).is_(False)
        & col(Broadcast.released_at).is_not(None)
        # One that was cancelled before any delivery was made has alerted nobody.
        & or_(
            col(Broadcast.status) != BroadcastStatus.CANCELLED,
            col(Broadcast.fanned_out_at).is_not(None),
        )
        & ~end_told.feedback_stands(col(Broadcast.id))
    )


def remind_of(session: Session, broadcast_id: UUID) -> int:
    """Write the reminders of one alert that are due, each once; how many people were written to."""
    alert, written = session.get_one(Broadcast, broadcast_id), 0
    late = clock.now() - due_at(session, alert)
    if late > timedelta() and _is_first(session, alert, ReminderLevel.SENDER):
        written += _write(session, alert, _sender(session, alert))
    if late > OFFICER_AFTER and _is_first(session, alert, ReminderLevel.OFFICER):
        written += _write(session, alert, _officers(session, alert))
    return written


def to_remind_of(session: Session) -> Sequence[UUID]:
    """The alerts that wait, of incidents that were not closed, and were not all reminded of."""
    told = select(FeedbackReminder.broadcast_id).where(
        FeedbackReminder.level == ReminderLevel.OFFICER
    )
    closed = select(Incident.id).where(Incident.status == IncidentStatus.CLOSED)
    waiting = select(Broadcast.id).where(
        _waits(),
        col(Broadcast.released_at) > clock.now() - _REMINDED_FOR,
        col(Broadcast.released_at) < clock.now() - timedelta(hours=1),
        col(Broadcast.id).not_in(told),
        col(Broadcast.incident_id).is_(None) | col(Broadcast.incident_id).not_in(closed),
    )
    return session.exec(waiting.order_by(col(Broadcast.released_at))).all()


def _is_first(session: Session, alert: Broadcast, level: ReminderLevel) -> bool:
    """Whether this reminder was not written yet; from now on it was. Two timetables ask at once."""
    row = {"broadcast_id": alert.id, "level": level, "written_at": clock.now()}
    put = insert_new(session, FeedbackReminder).values(**row)
    added = session.execute(put.returning(col(FeedbackReminder.broadcast_id)))
    return added.first() is not None


def _sender(session: Session, alert: Broadcast) -> list[Account]:
    account = session.get(Account, alert.released_by) if alert.released_by else None
    return [account] if account and account.disabled_at is None else []


def _officers(session: Session, alert: Broadcast) -> list[Account]:
    """The mandated officers and deputies of its partnerships now, but for whoever sent it."""
    at, partnerships = clock.now(), broadcasts.partnerships_of(session, alert)
    standing = appointments.holders_at(session, partnerships, at)
    accounts: dict[UUID, Account] = {
        one.account.id: one.account
        for one in standing
        if one.role in _OFFICERS and one.holds_at(at) and one.account.id != alert.released_by
    }
    return list(accounts.values())


def _write(session: Session, alert: Broadcast, accounts: Sequence[Account]) -> int:
    for account in accounts:
        words = _words(session, alert, account.language)
        about = About("broadcast", alert.id)
        notices.write(session, NOTICE_KIND, about, Channel.EMAIL, account.email, words, _GOOD_FOR)
    if accounts:
        _log.info("feedback_overdue", broadcast_id=str(alert.id), told=len(accounts))
    return len(accounts)


def _words(session: Session, alert: Broadcast, language: Language) -> Words:
    assert alert.released_at is not None
    names = ", ".join(one.name for one in broadcasts.partnerships_of(session, alert))
    path = f"incidents/{alert.incident_id}" if alert.incident_id else f"broadcasts/{alert.id}"
    sentence = mark(
        "The members of {partnerships} were alerted on {day} at {time}. They were promised to hear"
        " how it ended by {due}, and have heard nothing yet.\n\nGive feedback here, or close the"
        " incident with a reason:\n{link}"
    )
    body = translate(
        language,
        sentence,
        partnerships=names,
        day=clock.in_brussels(alert.released_at).strftime("%d/%m/%Y"),
        time=clock.in_brussels(alert.released_at).strftime("%H:%M"),
        due=clock.in_brussels(due_at(session, alert)).strftime("%d/%m %H:%M"),
        link=f"{settings().base_url}/{path}",
    )
    return Words(language, body, f"{names}: {translate(language, mark('Feedback is overdue'))}")
