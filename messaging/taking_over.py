"""What was planned by somebody who has left his office, or whose account is closed: it does not
leave in his name. It waits, with the reason on record, and those who can take over are told."""

from uuid import UUID

from sqlmodel import Session

from hub import audit, clock
from hub.access import Actor
from messaging import cold_reach, cold_setting_out, relay_asking, relay_notices
from messaging.models import ColdMessage, ColdStatus, Relay, RelayState
from partnerships import accounts, appointments
from partnerships.models import Account, Partnership


def still_answers(session: Session, message: ColdMessage) -> Actor | None:
    """In whose name a planned message leaves: who planned it, else its writer, as far as he still
    may; ``None`` where nobody does."""
    chosen = cold_reach.partnerships_of(session, message)
    for account_id in (message.released_by, message.author_id):
        if account_id is None:
            continue
        actor = accounts.actor_for(session, session.get_one(Account, account_id))
        if cold_reach.may_change(actor, message, chosen):
            return actor
    return None


def message_waits(session: Session, message: ColdMessage) -> None:
    """Make a planned message a draft again, and tell the officers of the zone, who may plan it
    anew."""
    reason = _why(session, message.released_by or message.author_id)
    values = {"status": ColdStatus.DRAFT, "released_by": None}
    if not cold_setting_out.take(session, message, ColdStatus.SCHEDULED, **values):
        return
    chosen = cold_reach.partnerships_of(session, message)
    at = clock.now()
    officers = {
        one.account.id: one.account
        for one in appointments.holders_at(session, chosen, at)
        if one.holds_at(at) and one.role in cold_reach.REVIEWERS
    }
    relay_notices.left_behind(session, message, chosen[0], officers.values())
    subject = ("cold_message", message.id)
    audit.record(session, "cold.wait_for_somebody", subject, by=None, reason=reason)


def relay_waits(
    session: Session, relay: Relay, message: ColdMessage, partnership: Partnership
) -> None:
    """Ask whoever relays for the partnership now for what another had planned. The words that one
    added stand there."""
    reason = _why(session, relay.decided_by)
    values = {
        "relay_at": None,
        "decided_at": None,
        "decided_by": None,
        "reminded_at": None,
        "deputy_asked_at": None,
        "overdue_at": None,
    }
    scheduled = RelayState.SCHEDULED
    if relay_asking.take(session, relay, scheduled, state=RelayState.WAITING, **values):
        relay_asking.ask(session, message, partnership, reason)


def _why(session: Session, account_id: UUID | None) -> str:
    account = session.get(Account, account_id) if account_id else None
    is_closed = account is None or account.disabled_at is not None
    return "account_disabled" if is_closed else "office_ended"
