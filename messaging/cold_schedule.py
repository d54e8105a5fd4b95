"""What leaves later: done when its moment has come."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import Conflict
from messaging import (
    budget_waits,
    cold_setting_out,
    relay,
    relay_leaving,
    taking_over,
)
from messaging.models import ColdMessage, ColdStatus, Relay, RelayState
from messaging.relay import Asked
from messaging.relay_asking import take
from partnerships import accounts
from partnerships.models import Account, Partnership


def due_messages(session: Session) -> Sequence[UUID]:
    """The messages whose moment of release has come."""
    due = select(ColdMessage.id).where(
        ColdMessage.status == ColdStatus.SCHEDULED,
        col(ColdMessage.leaves_at) <= clock.now(),
        col(ColdMessage.id).not_in(budget_waits.looked_at_lately()),
    )
    return session.exec(due.order_by(col(ColdMessage.leaves_at))).all()


def release(session: Session, message_id: UUID) -> None:
    """Let one of them go, in the name of whoever planned it or of its writer; once, however many
    look. Where neither may any more, it waits for somebody who takes over. Raises ``OverBudget``.
    """
    message = session.get_one(ColdMessage, message_id)
    actor = taking_over.still_answers(session, message)
    if actor is None:
        taking_over.message_waits(session, message)
        return
    if cold_setting_out.let_go(session, actor, message, ColdStatus.SCHEDULED):
        budget_waits.left(session, message.id)


def due_relays(session: Session) -> Sequence[UUID]:
    """What coordinators wanted to pass on by now."""
    due = select(Relay.id).where(
        Relay.state == RelayState.SCHEDULED,
        col(Relay.relay_at) <= clock.now(),
        col(Relay.id).not_in(budget_waits.looked_at_lately()),
    )
    return session.exec(due.order_by(col(Relay.relay_at))).all()


def pass_on(session: Session, relay_id: UUID) -> None:
    """Let one of these leave; once, however many look. What cannot leave any more lapses; what was
    planned by somebody who may not decide any more is asked for anew.

    Raises ``OverBudget``.
    """
    found = session.get_one(Relay, relay_id)
    if found.state is not RelayState.SCHEDULED or found.decided_by is None:
        # Taken back since it was found to be due.
        return
    message = session.get_one(ColdMessage, found.message_id)
    partnership = session.get_one(Partnership, found.partnership_id)
    try:
        target = relay_leaving.target_now(session, message, partnership)
        relay_leaving.refuse_too_late(message, target)
    except Conflict:
        if take(session, found, RelayState.SCHEDULED, state=RelayState.LAPSED):
            audit.record(session, "relay.lapse", ("relay", found.id), by=None)
        return
    actor = _actor(session, found.decided_by)
    if not relay.may_decide(actor, found, partnership):
        taking_over.relay_waits(session, found, message, partnership)
        return
    asked = Asked(found, message, partnership, is_mine=True)
    if relay.leave_as_scheduled(session, actor, asked):
        budget_waits.left(session, found.id)


def _actor(session: Session, account_id: UUID) -> Actor:
    return accounts.actor_for(session, session.get_one(Account, account_id))


def subject_of(session: Session, message: ColdMessage) -> str:
    """Its subject in the first of its languages."""
    words = relay_leaving.words_of(session, message)
    return next(iter(words.values())).subject
