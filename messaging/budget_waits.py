"""What was planned and may not leave when its moment comes, because the money is not there: it
waits, those who can do something are told once, and it leaves by itself when there is enough."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.db import insert_new
from messaging import budget_notices, budgets, cold_setting_out, relay_asking
from messaging.budget_rule import OverBudget, Short
from messaging.models import (
    BudgetWait,
    ColdMessage,
    ColdStatus,
    Relay,
    RelayState,
)
from partnerships.models import Account

# How often it is looked whether there is money by now.
LOOK_EVERY = timedelta(seconds=30)


def looked_at_lately() -> Any:
    """Of the messages and relays that wait: those that need not be looked at again yet."""
    return select(BudgetWait.subject_id).where(
        col(BudgetWait.ended_at).is_(None),
        col(BudgetWait.looked_at) > clock.now() - LOOK_EVERY,
    )


def keep_message(session: Session, message_id: UUID, refusal: OverBudget) -> None:
    """Let a planned message wait; its writer and the keepers are told the first time."""
    message = session.get_one(ColdMessage, message_id)
    if message.status is not ColdStatus.SCHEDULED:
        return
    if _note(session, message.id, message, refusal.first):
        audit.record(session, "cold.wait_for_budget", ("cold_message", message.id), by=None)
        author = session.get_one(Account, message.author_id)
        _tell(session, message, refusal.first, {author.id: (author, f"/cold/{message.id}")})


def keep_relay(session: Session, relay_id: UUID, refusal: OverBudget) -> None:
    """Let what a coordinator wanted to pass on at a moment wait; he and the keepers are told the
    first time, and so is the writer of the message."""
    relay = session.get_one(Relay, relay_id)
    if relay.state is not RelayState.SCHEDULED:
        return
    message = session.get_one(ColdMessage, relay.message_id)
    if _note(session, relay.id, message, refusal.first):
        audit.record(session, "relay.wait_for_budget", ("relay", relay.id), by=None)
        author = session.get_one(Account, message.author_id)
        told = {author.id: (author, f"/cold/{message.id}")}
        if relay.decided_by is not None:
            coordinator = session.get_one(Account, relay.decided_by)
            told[coordinator.id] = (coordinator, f"/relay/{relay.id}")
        _tell(session, message, refusal.first, told)


def _note(session: Session, subject_id: UUID, message: ColdMessage, short: Short) -> bool:
    """Put on record what is missing; whether this is the first time."""
    figures = {
        "scope_kind": short.scope.kind,
        "scope_id": short.scope.id,
        "needed": short.cost,
        "left": short.left,
        "looked_at": clock.now(),
    }
    new = insert_new(session, BudgetWait).values(
        subject_id=subject_id,
        message_id=message.id,
        since=clock.now(),
        has_left=False,
        **figures,
    )
    is_first = bool(session.execute(new.returning(col(BudgetWait.subject_id))).all())
    if not is_first:
        same = update(BudgetWait).where(col(BudgetWait.subject_id) == subject_id)
        session.execute(same.values(**figures).execution_options(synchronize_session=False))
    return is_first


def _tell(
    session: Session,
    message: ColdMessage,
    short: Short,
    told: dict[UUID, tuple[Account, str]],
) -> None:
    # Who can raise it gets the page on which he can, whoever he is besides.
    keepers = {one.id: (one, short.scope.path) for one in budgets.keepers(session, short.scope)}
    everybody = {**told, **keepers}.values()
    budget_notices.message_waits(session, message, short.scope, short.cost, short.left, everybody)


def late(session: Session) -> list[UUID]:
    """What waited until it was not worth sending any more: messages and relays."""
    found = (
        select(BudgetWait.subject_id)
        .join(ColdMessage, col(ColdMessage.id) == col(BudgetWait.message_id))
        .where(col(BudgetWait.ended_at).is_(None), col(ColdMessage.good_until) <= clock.now())
    )
    return list(session.exec(found))


def end_late(session: Session, subject_id: UUID) -> None:
    """End one of these, with the reason on record."""
    # The wait first: it is a row, and what follows writes in the log.
    _end(session, subject_id, has_left=False)
    message = session.get(ColdMessage, subject_id)
    if message is not None:
        _end_message(session, message)
    else:
        _end_relay(session, subject_id)


def _end_message(session: Session, message: ColdMessage) -> None:
    scheduled, lapsed = ColdStatus.SCHEDULED, ColdStatus.LAPSED
    if not cold_setting_out.take(session, message, scheduled, status=lapsed):
        return
    session.execute(
        update(Relay)
        .where(col(Relay.message_id) == message.id, col(Relay.state) == RelayState.PLANNED)
        .values(state=RelayState.LAPSED, decided_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    subject = ("cold_message", message.id)
    audit.record(session, "cold.lapse", subject, by=None, reason="budget")


def _end_relay(session: Session, relay_id: UUID) -> None:
    relay = session.get_one(Relay, relay_id)
    values = {"state": RelayState.LAPSED, "decided_at": clock.now()}
    if relay_asking.take(session, relay, RelayState.SCHEDULED, **values):
        audit.record(session, "relay.lapse", ("relay", relay.id), by=None, reason="budget")


def left(session: Session, subject_id: UUID) -> None:
    """A message or relay has left after all, or does not wait any more for another reason."""
    _end(session, subject_id, has_left=True)


def _end(session: Session, subject_id: UUID, *, has_left: bool) -> None:
    session.execute(
        update(BudgetWait)
        .where(col(BudgetWait.subject_id) == subject_id, col(BudgetWait.ended_at).is_(None))
        .values(ended_at=clock.now(), has_left=has_left)
        .execution_options(synchronize_session=False)
    )


def of_subjects(session: Session, ids: Iterable[UUID]) -> dict[UUID, BudgetWait]:
    """What waits, or waited, for money: of these messages and relays."""
    rows = session.exec(select(BudgetWait).where(col(BudgetWait.subject_id).in_(list(ids))))
    return {one.subject_id: one for one in rows}
