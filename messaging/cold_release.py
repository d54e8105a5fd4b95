"""Releasing a message that can wait, and taking back what no coordinator has passed on."""

from sqlalchemy import update
from sqlmodel import Session, col

from hub import audit, clock
from hub.access import Actor
from hub.errors import Conflict
from hub.i18n import mark
from messaging import cold_budget, cold_reach, cold_review, cold_setting_out
from messaging.cold import WRITABLE
from messaging.models import ColdMessage, ColdStatus, Relay, RelayState


def release(session: Session, actor: Actor, message: ColdMessage) -> bool:
    """Let a draft go its way; whether this call did it. Releasing twice is releasing once.

    What a coordinator wrote goes to the police first, where his plan says so; what is to leave
    later waits for its moment. Raises ``Conflict`` for one that was withdrawn or comes too late,
    ``OverBudget`` for one that costs more than is left.
    """
    cold_reach.refuse_others(session, actor, message)
    if message.status is ColdStatus.WITHDRAWN:
        raise Conflict(mark("This message was withdrawn."))
    if message.good_until <= clock.now():
        raise Conflict(mark("The time of this message has passed. Write it again."))
    if message.status not in WRITABLE:
        return False
    if cold_review.is_needed(session, message, actor):
        # Else the police would read what cannot leave.
        cold_budget.refuse(session, message)
        return cold_review.ask(session, actor, message)
    if message.reviewed_by is not None:
        # Sent back, and nobody need read it any more: who did so is no second person for it.
        message.reviewed_by = message.reviewed_at = None
        session.add(message)
        session.flush()
    return cold_setting_out.let_go(session, actor, message, message.status)


def withdraw(session: Session, actor: Actor, message: ColdMessage) -> int:
    """Take back what no coordinator has passed on; how many partnerships that spares.

    What has left stays: a broadcast of it may be stopped on its own page.
    """
    cold_reach.refuse_others(session, actor, message)
    if message.status is ColdStatus.WITHDRAWN:
        return 0
    spared = take_back(session, actor, message)
    record_withdrawal(session, actor, message, spared)
    return spared


def take_back(session: Session, actor: Actor, message: ColdMessage) -> int:
    """Change the rows of a message that is withdrawn; how many partnerships that spares.

    Apart from the log: whoever withdraws several takes all their rows before the first word in it.
    """
    cold_setting_out.take(
        session, message, None, status=ColdStatus.WITHDRAWN, withdrawn_at=clock.now()
    )
    open_states = (RelayState.PLANNED, RelayState.WAITING, RelayState.SCHEDULED)
    spared = session.execute(
        update(Relay)
        .where(col(Relay.message_id) == message.id, col(Relay.state).in_(open_states))
        .values(state=RelayState.WITHDRAWN, decided_at=clock.now(), decided_by=actor.account_id)
        .returning(col(Relay.id))
    ).all()
    return len(spared)


def record_withdrawal(session: Session, actor: Actor, message: ColdMessage, spared: int) -> None:
    """Put on record that a message was withdrawn."""
    audit.record(
        session,
        "cold.withdraw",
        ("cold_message", message.id),
        by=actor.account_id,
        partnerships=spared,
    )
