"""Telling a coordinator by text message, too, that something waits: where he wants that, and at a
number that is proved to be his."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, or_, select

from hub import audit, clock
from hub.access import Actor
from hub.db import insert_new
from hub.i18n import Language, mark, translate
from messaging.models import Relay, RelayByText
from partnerships import communication_plan, notices
from partnerships.models import (
    Account,
    Channel,
    ContactKind,
    ContactPoint,
    ContactStop,
    Membership,
    Partnership,
)
from partnerships.notices import About, Words
from partnerships.quiet_hours import next_allowed

_GOOD_FOR = timedelta(hours=6)
# Without a link: operators hold back texts with one, and the mail has it.
_WAITS = mark(
    "{partnership}: a message waits for you to pass it on. The mail we sent has the link."
)


def number_of(session: Session, account_id: UUID) -> str | None:
    """The mobile of whoever proved the account's address as a member, if that is proved too."""
    account = session.get_one(Account, account_id)
    proved = or_(
        col(ContactPoint.verified_at).is_not(None), col(ContactPoint.vouched_at).is_not(None)
    )
    people = (
        select(ContactPoint.person_id)
        .join(Membership, col(Membership.person_id) == col(ContactPoint.person_id))
        .where(
            ContactPoint.value_index == account.email_index,
            proved,
            col(Membership.left_at).is_(None),
        )
    )
    stopped = select(ContactStop.contact_point_id).where(ContactStop.channel == Channel.SMS)
    mobile = select(ContactPoint.value).where(
        col(ContactPoint.person_id).in_(people),
        ContactPoint.kind == ContactKind.MOBILE,
        proved,
        col(ContactPoint.id).not_in(stopped),
    )
    return session.exec(mobile.order_by(col(ContactPoint.position))).first()


def wants(session: Session, account_id: UUID) -> bool:
    """Whether he asked for texts."""
    return session.get(RelayByText, account_id) is not None


def choose(session: Session, actor: Actor, *, by_text: bool) -> None:
    """Ask for texts, or for none any more."""
    if by_text:
        wish = {"account_id": actor.account_id, "since": clock.now()}
        session.execute(insert_new(session, RelayByText).values(**wish))
    else:
        mine = col(RelayByText.account_id) == actor.account_id
        session.execute(delete(RelayByText).where(mine))
    subject = ("account", actor.account_id)
    audit.record(session, "relay.by_text", subject, by=actor.account_id, wanted=by_text)


def tell(session: Session, relay: Relay, partnership: Partnership, account: Account) -> None:
    """Text one of those who are asked, in the hours of his partnership; else the mail does."""
    number = number_of(session, account.id) if wants(session, account.id) else None
    at = clock.now()
    plan = communication_plan.in_force(session, partnership.id, at)
    if number is None or plan is None or next_allowed(plan, at) > at:
        return
    language = Language(account.language)
    words = Words(language, translate(language, _WAITS, partnership=partnership.name))
    about = About("relay", relay.id)
    notices.write(session, "relay_text", about, Channel.SMS, number, words, _GOOD_FOR)
