"""Bringing a message to whoever relays for a partnership: the coordinator, or who stands in."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub import audit, clock
from hub.roles import Role
from messaging import relay_notices
from messaging.models import ColdMessage, Relay, RelayState
from partnerships import appointments
from partnerships.appointments import RELAY_ORDER, RelayTo
from partnerships.models import Partnership

# Coordinator and co-coordinator always may; the others once it has come to them.
RANK = {
    Role.COORDINATOR: 0,
    Role.CO_COORDINATOR: 0,
    Role.STEERING_GROUP: 1,
    Role.MANDATED_OFFICER: 2,
    Role.DEPUTY_OFFICER: 2,
}


def ask(
    session: Session, message: ColdMessage, partnership: Partnership, reason: str | None = None
) -> None:
    """Ask the coordinator of a partnership; where there is none, whoever stands in for him.

    ``reason`` is why it is asked for although somebody had decided: a word for the log.
    """
    at = clock.now()
    to = appointments.coordinator_or_deputy(session, partnership.id, at)
    relay = session.exec(
        select(Relay).where(Relay.message_id == message.id, Relay.partnership_id == partnership.id)
    ).one()
    relay.state, relay.asked_at = RelayState.WAITING, at
    relay.asked_role = to.role if to else None
    session.add(relay)
    session.flush()
    if to:
        relay_notices.asked(session, relay, partnership, to.accounts)
    facts = {"reason": reason} if reason else {}
    audit.record(session, "relay.ask", ("relay", relay.id), by=None, role=relay.asked_role, **facts)


def whoever_is_asked(session: Session, relay: Relay, at: datetime) -> RelayTo | None:
    """Those who hold now the role it was brought to, or the first that stands in."""
    standing = _standing(session, relay, at)
    asked = next((one for one in standing if one.role is relay.asked_role), None)
    return asked or next(iter(standing), None)


def next_in_line(session: Session, relay: Relay, at: datetime) -> RelayTo | None:
    """Who stands in for the role it was brought to; ``None`` when there is nobody further."""
    order = list(RELAY_ORDER)
    after = order.index(relay.asked_role) + 1 if relay.asked_role in order else 0
    return next((one for one in _standing(session, relay, at) if one.role in order[after:]), None)


def _standing(session: Session, relay: Relay, at: datetime) -> list[RelayTo]:
    """Everybody who may relay for its partnership now, role by role in their order."""
    partnership = session.get_one(Partnership, relay.partnership_id)
    holders = [
        one for one in appointments.holders_at(session, [partnership], at) if one.holds_at(at)
    ]
    by_role = [
        RelayTo(role, tuple(one.account for one in holders if one.role is role))
        for role in RELAY_ORDER
    ]
    return [one for one in by_role if one.accounts]


def take(session: Session, relay: Relay, *before: RelayState, **values: object) -> bool:
    """Change a relay that is still in one of these states; whether this call did. One UPDATE
    decides between two coordinators, a double click and the timetable."""
    taken = session.execute(
        update(Relay)
        .where(col(Relay.id) == relay.id, col(Relay.state).in_(before))
        .values(**values)
        .returning(col(Relay.id))
    ).all()
    session.refresh(relay)
    return len(taken) == 1
