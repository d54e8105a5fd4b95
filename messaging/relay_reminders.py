"""When a coordinator says nothing: he is reminded, his deputy is asked, its writer is told.

Each once, by the hours of the communication plan in force; looking twice does nothing twice.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from messaging import cold_reach, relay_notices
from messaging.models import ColdMessage, Relay, RelayState
from messaging.relay_asking import next_in_line, take, whoever_is_asked
from partnerships import communication_plan, scope
from partnerships.models import Account, CommunicationPlan, Partnership

_Step = Callable[[Session, Relay, Partnership, datetime], None]


def due(session: Session) -> list[UUID]:
    """The relays for which something is to be done now, the oldest first.

    They are looked at in reading: a write for each that waits would be one every second.
    """
    rows = session.exec(
        select(Relay, ColdMessage.good_until)
        .join(ColdMessage, col(ColdMessage.id) == col(Relay.message_id))
        .where(Relay.state == RelayState.WAITING)
        .order_by(col(Relay.asked_at))
    ).all()
    at = clock.now()
    plans = communication_plan.in_force_of(session, {one.partnership_id for one, _ in rows}, at)
    return [
        one.id
        for one, good_until in rows
        if good_until <= at or _steps(one, plans.get(one.partnership_id), at)
    ]


def look_at(session: Session, relay_id: UUID) -> None:
    """Do for one relay what is due by now."""
    relay = session.get_one(Relay, relay_id)
    message = session.get_one(ColdMessage, relay.message_id)
    at = clock.now()
    if message.good_until <= at:
        _let_lapse(session, relay, at)
        return
    plan = communication_plan.in_force(session, relay.partnership_id, at)
    partnership = session.get_one(Partnership, relay.partnership_id)
    for step in _steps(relay, plan, at):
        step(session, relay, partnership, at)


def _steps(relay: Relay, plan: CommunicationPlan | None, at: datetime) -> list[_Step]:
    """What is due and was not done. Who was not reminded in time is not reminded of what has gone
    to his deputy."""
    if plan is None or relay.asked_at is None:
        return []
    steps: tuple[tuple[int, datetime | None, _Step], ...] = (
        (plan.relay_overdue_hours, relay.overdue_at, _tell_author),
        (plan.relay_deputy_hours, relay.deputy_asked_at, _ask_deputy),
        (plan.relay_reminder_hours, relay.reminded_at or relay.deputy_asked_at, _remind),
    )
    come = [one for one in steps if at - relay.asked_at >= timedelta(hours=one[0])]
    is_with_deputy = any(step is _ask_deputy for _hours, _done, step in come)
    return [
        step
        for _hours, done, step in come
        if done is None and not (step is _remind and is_with_deputy)
    ]


def _let_lapse(session: Session, relay: Relay, at: datetime) -> None:
    values = {"state": RelayState.LAPSED, "decided_at": at}
    if take(session, relay, RelayState.WAITING, **values):
        audit.record(session, "relay.lapse", ("relay", relay.id), by=None)


def _first(session: Session, relay: Relay, column: Any, at: datetime) -> bool:
    """Put on record that something was done for a relay that waits; whether this call was first."""
    first = session.execute(
        update(Relay)
        .where(col(Relay.id) == relay.id, col(Relay.state) == RelayState.WAITING, column.is_(None))
        .values({column.key: at})
        .returning(col(Relay.id))
    ).all()
    session.refresh(relay)
    return len(first) == 1


def _remind(session: Session, relay: Relay, partnership: Partnership, at: datetime) -> None:
    if not _first(session, relay, col(Relay.reminded_at), at):
        return
    to = whoever_is_asked(session, relay, at)
    audit.record(session, "relay.remind", ("relay", relay.id), by=None)
    relay_notices.reminded(session, relay, partnership, to.accounts if to else ())


def _ask_deputy(session: Session, relay: Relay, partnership: Partnership, at: datetime) -> None:
    if not _first(session, relay, col(Relay.deputy_asked_at), at):
        return
    to = next_in_line(session, relay, at)
    if to is None:
        return
    relay.asked_role = to.role
    session.add(relay)
    audit.record(session, "relay.ask_deputy", ("relay", relay.id), by=None, role=to.role)
    relay_notices.deputy_asked(session, relay, partnership, to.accounts)


def _tell_author(session: Session, relay: Relay, partnership: Partnership, at: datetime) -> None:
    if not _first(session, relay, col(Relay.overdue_at), at):
        return
    message = session.get_one(ColdMessage, relay.message_id)
    author = session.get_one(Account, message.author_id)
    audit.record(session, "relay.overdue", ("relay", relay.id), by=None)
    relay_notices.overdue(session, relay, partnership, author)


def overdue(session: Session, actor: Actor) -> list[tuple[Relay, ColdMessage, Partnership]]:
    """What nobody has answered in time, for those who write such messages; the oldest first."""
    rows = session.exec(
        select(Relay, ColdMessage, Partnership)
        .join(ColdMessage, col(ColdMessage.id) == col(Relay.message_id))
        .join(Partnership, col(Partnership.id) == col(Relay.partnership_id))
        .where(
            Relay.state == RelayState.WAITING,
            col(Relay.overdue_at).is_not(None),
            scope.within_reach(cold_reach.as_writer(actor), Action.SEE_COLD),
        )
        .order_by(col(Relay.asked_at))
    )
    return list(rows)
