"""How a message that can wait sets out: its coordinators are asked, and what asks none leaves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from hub import audit, clock
from hub.access import Actor
from messaging import (
    by_the_plan,
    cold_budget,
    cold_reach,
    relay_asking,
    relay_leaving,
    relay_series,
)
from messaging.models import ColdMessage, ColdStatus, Relay, RelayState
from partnerships.models import LIVING_STATUSES


def let_go(session: Session, actor: Actor, message: ColdMessage, before: ColdStatus) -> bool:
    """Schedule or release a message that nobody need read any more, from the status ``before``.

    Raises ``OverBudget``, and changes nothing, when it costs more than is left.
    """
    if message.status is before:
        cold_budget.promise(session, message)
    values: dict[str, Any] = {"released_by": actor.account_id}
    is_later = message.leaves_at is not None and message.leaves_at > clock.now()
    if is_later:
        taken = take(session, message, before, status=ColdStatus.SCHEDULED, **values)
        if taken:
            subject = ("cold_message", message.id)
            audit.record(session, "cold.schedule", subject, by=actor.account_id)
        return taken
    values["released_at"] = clock.now()
    if not take(session, message, before, status=ColdStatus.RELEASED, **values):
        return False
    audit.record(session, "cold.release", ("cold_message", message.id), by=actor.account_id)
    _set_out(session, actor, message)
    return True


def _set_out(session: Session, actor: Actor, message: ColdMessage) -> None:
    """Ask the coordinators; what needs none leaves. A partnership that has ended gets nothing."""
    chosen = cold_reach.partnerships_of(session, message)
    living = [one for one in chosen if one.status in LIVING_STATUSES]
    under = by_the_plan.targets(session, living, message.kind, clock.now())
    through = [] if message.is_own else [one for one in under if one.needs_relay]
    asked = {one.partnership.id for one in through}
    directly = [one for one in under if one.partnership.id not in asked]
    for one in through:
        if not relay_series.passes_on(session, message, one.partnership):
            reason = relay_series.why_asked(session, message, one.partnership)
            relay_asking.ask(session, message, one.partnership, reason)
    if directly:
        relay_leaving.straight(session, actor, message, directly)
    at = clock.now()
    _settle(session, message, [one.partnership.id for one in directly], RelayState.DIRECT, at)
    left_out = [one.id for one in chosen if one.id not in {t.partnership.id for t in under}]
    _settle(session, message, left_out, RelayState.LAPSED, at)


def _settle(
    session: Session, message: ColdMessage, ids: Sequence[UUID], state: RelayState, at: datetime
) -> None:
    session.execute(
        update(Relay)
        .where(col(Relay.message_id) == message.id, col(Relay.partnership_id).in_(ids))
        .values(state=state, decided_at=at)
    )


def take(session: Session, message: ColdMessage, before: ColdStatus | None, **values: Any) -> bool:
    """Change a message that is still in this status; whether this call did. One UPDATE decides
    between two tabs, a double click and a timetable."""
    still = col(ColdMessage.status) == before if before else col(ColdMessage.id) == message.id
    taken = session.execute(
        update(ColdMessage)
        .where(col(ColdMessage.id) == message.id, still)
        .values(**values)
        .returning(col(ColdMessage.id))
    ).all()
    session.refresh(message)
    return len(taken) == 1
