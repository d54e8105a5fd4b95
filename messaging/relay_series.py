"""A coordinator passes a whole series on: its later parts leave without asking him again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Actor
from hub.errors import BadInput, Conflict, NotAllowed
from messaging import cold_budget, cold_series, cold_words, relay, relay_leaving
from messaging.cold_words import OwnTexts
from messaging.models import ColdMessage, ColdStatus, Relay, RelayState, SeriesRelay
from messaging.relay import Asked
from partnerships import accounts
from partnerships.models import Account, Partnership

_TO_COME = (ColdStatus.SCHEDULED, ColdStatus.RELEASED)


def to_come(session: Session, asked: Asked) -> list[ColdMessage]:
    """The parts of its series that come after this one, as far as they are planned for this
    partnership."""
    message = asked.message
    if message.series_id is None:
        return []
    here = select(Relay.message_id).where(Relay.partnership_id == asked.partnership.id)
    mine = set(session.exec(here))
    later = cold_series.all_parts(session, message.series_id)
    return [
        one
        for one in later
        if one.id in mine
        and one.status in _TO_COME
        and one.leaves_at is not None
        and (message.leaves_at is None or one.leaves_at > message.leaves_at)
    ]


def standing(
    session: Session, series_id: UUID | None, partnership: Partnership
) -> SeriesRelay | None:
    """Who has passed on all of a series to a partnership; ``None`` where each part is asked for."""
    return session.get(SeriesRelay, (series_id, partnership.id)) if series_id else None


def pass_all_on(
    session: Session, actor: Actor, asked: Asked, own: OwnTexts, at: datetime | None = None
) -> None:
    """Pass this part on, now or ``at`` a moment, and let every further part leave at its moment
    without asking again; those that wait already leave now.

    All or nothing: raises what ``relay.pass_on`` raises before any of them has left, and
    ``NotAllowed`` before it has come to ``actor``.
    """
    if not asked.is_mine or asked.message.series_id is None:
        raise NotAllowed
    # A page that catches the refusal must not keep half of it.
    with session.begin_nested():
        stands = standing(session, asked.message.series_id, asked.partnership) is not None
        others = [] if stands else _waiting_besides(session, asked)
        _hold(session, asked, own, others)
        if not stands:
            _stand(session, actor, asked.message.series_id, asked.partnership)
        relay.pass_on(session, actor, asked, own, at)
        for one in others:
            relay.pass_on(session, actor, one, {})


def _hold(session: Session, asked: Asked, own: OwnTexts, others: Sequence[Asked]) -> None:
    """Take every budget and row that the parts need before the first word in the log, which one
    writes at a time; and find out whether the money is there for all of them."""
    if asked.relay.state is RelayState.WAITING and not cold_words.own_problems(own):
        cold_budget.promise_relay(session, asked, own)
    for one in others:
        cold_budget.promise_relay(session, one, {})
    ids = [one.relay.id for one in (asked, *others)]
    rows: Any = select(Relay.id).where(col(Relay.id).in_(ids)).order_by(col(Relay.id))
    session.exec(rows.with_for_update()).all()


def _stand(session: Session, actor: Actor, series_id: UUID, partnership: Partnership) -> None:
    session.add(
        SeriesRelay(
            series_id=series_id,
            partnership_id=partnership.id,
            relayed_by=actor.account_id,
            since=clock.now(),
        )
    )
    session.flush()
    subject = ("cold_series", series_id)
    facts = {"partnership": str(partnership.id)}
    audit.record(session, "relay.series", subject, by=actor.account_id, **facts)


def _waiting_besides(session: Session, asked: Asked) -> list[Asked]:
    """The other parts that wait for a decision here and are still worth passing on."""
    rows = session.exec(
        select(Relay, ColdMessage)
        .join(ColdMessage, col(ColdMessage.id) == col(Relay.message_id))
        .where(
            ColdMessage.series_id == asked.message.series_id,
            Relay.partnership_id == asked.partnership.id,
            Relay.state == RelayState.WAITING,
            Relay.id != asked.relay.id,
        )
        .order_by(col(ColdMessage.leaves_at), col(Relay.id))
    ).all()
    waiting = [Asked(one, message, asked.partnership, is_mine=True) for one, message in rows]
    return [one for one in waiting if _is_in_time(session, one)]


def _is_in_time(session: Session, asked: Asked) -> bool:
    try:
        found = relay_leaving.target_now(session, asked.message, asked.partnership)
        relay_leaving.refuse_too_late(asked.message, found)
    except Conflict:
        return False
    return True


def ask_each_again(session: Session, actor: Actor, asked: Asked) -> None:
    """Decide part by part again, from the next one on."""
    if not asked.is_mine:
        raise NotAllowed
    stands = standing(session, asked.message.series_id, asked.partnership)
    if stands is None:
        return
    session.delete(stands)
    session.flush()
    subject = ("cold_series", stands.series_id)
    audit.record(session, "relay.series_end", subject, by=actor.account_id)


def why_asked(session: Session, message: ColdMessage, partnership: Partnership) -> str | None:
    """A word for the log, where a part is asked for although its series was passed on."""
    stands = standing(session, message.series_id, partnership)
    if stands is None:
        return None
    account = session.get_one(Account, stands.relayed_by)
    found = session.exec(
        select(Relay).where(Relay.message_id == message.id, Relay.partnership_id == partnership.id)
    ).one()
    if relay.may_decide(accounts.actor_for(session, account), found, partnership):
        return "could_not_leave"
    return "office_ended" if account.disabled_at is None else "account_disabled"


def passes_on(session: Session, message: ColdMessage, partnership: Partnership) -> bool:
    """Pass a part on in the name of whoever passed on its series; whether that was done.

    It is not where he may not decide any more, or where it cannot leave: then it is asked for.
    """
    stands = standing(session, message.series_id, partnership)
    if stands is None:
        return False
    actor = accounts.actor_for(session, session.get_one(Account, stands.relayed_by))
    found = session.exec(
        select(Relay).where(Relay.message_id == message.id, Relay.partnership_id == partnership.id)
    ).one()
    if not relay.may_decide(actor, found, partnership):
        return False
    found.state, found.asked_at = RelayState.WAITING, clock.now()
    session.add(found)
    session.flush()
    try:
        return relay.pass_on(session, actor, Asked(found, message, partnership, is_mine=True), {})
    except (Conflict, BadInput):
        found.state, found.asked_at = RelayState.PLANNED, None
        session.add(found)
        session.flush()
        return False
