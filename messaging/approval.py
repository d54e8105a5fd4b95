"""The second person: sees what somebody else wrote, and lets it leave or stops it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from hub import audit, clock
from hub.access import Action, Actor
from hub.errors import Conflict, NotAllowed
from hub.i18n import mark
from messaging import broadcasts, by_the_plan, second_person
from messaging.by_the_plan import PlanRefuses
from messaging.models import Broadcast, BroadcastStatus, Step
from messaging.second_person import Ask

_SHOWN_FOR = timedelta(hours=24)


def approve(session: Session, actor: Actor, broadcast: Broadcast) -> bool:
    """Let a broadcast that waits for a second person leave; whether this call did it.

    The communication plans of this moment decide how. Raises ``NotAllowed`` for whoever wrote it,
    ``PlanRefuses`` for somebody who may not approve for every partnership whose plan asks,
    ``Conflict`` when its time has passed.
    """
    broadcasts.refuse_what_is_over(broadcast)
    if broadcast.status is not BroadcastStatus.AWAITING_APPROVAL:
        return False
    _refuse_author(actor, broadcast)
    found = by_the_plan.targets_now(session, broadcast)
    if broadcast.step is Step.FIRST:
        by_the_plan.refuse_ended(found)
        by_the_plan.refuse_relayed(broadcast.kind, found)
    _refuse_beyond(actor, second_person.asks_now(session, broadcast, found))
    awaiting = BroadcastStatus.AWAITING_APPROVAL
    return broadcasts.release(
        session, actor, broadcast, found, awaiting, approved_by=actor.account_id
    )


def decline(session: Session, actor: Actor, broadcast: Broadcast) -> None:
    """Stop a broadcast that waits for a second person; declining twice is declining once.

    Whoever wrote it may. Raises ``PlanRefuses`` for somebody who may not approve for every
    partnership whose plan asks, ``Conflict`` for one that does not wait any more.
    """
    if broadcast.status is BroadcastStatus.CANCELLED:
        return
    if broadcast.status is not BroadcastStatus.AWAITING_APPROVAL:
        raise Conflict(mark("This message does not wait for a second person any more."))
    if actor.account_id != broadcast.author_id:
        _refuse_beyond(actor, asks_of(session, broadcast))
    broadcasts.cancel(session, actor, broadcast)
    audit.record(session, "broadcast.decline", ("broadcast", broadcast.id), by=actor.account_id)


def asks_of(session: Session, broadcast: Broadcast) -> list[Ask]:
    """Why this one, if it waits, needs a second person now."""
    if broadcast.status is not BroadcastStatus.AWAITING_APPROVAL:
        return []
    found = by_the_plan.targets_now(session, broadcast)
    return second_person.asks_now(session, broadcast, found)


def _refuse_beyond(actor: Actor, told: Sequence[Ask]) -> None:
    for partnership in second_person.beyond(actor, told):
        raise PlanRefuses(
            mark("Somebody must decide on it who may approve for {name} as well."),
            name=partnership.name,
        )


def _refuse_author(actor: Actor, broadcast: Broadcast) -> None:
    if actor.account_id == broadcast.author_id:
        raise NotAllowed


@dataclass(frozen=True, slots=True)
class Waiting:
    """A broadcast that waits for a second person, and whether that may be the reader."""

    broadcast: Broadcast
    may_approve: bool


def awaiting(session: Session, actor: Actor) -> list[Waiting]:
    """What waits for a second person within reach, the most urgent first."""
    waiting = select(Broadcast).where(
        broadcasts.within_reach(actor, Action.SEE_BROADCASTS),
        Broadcast.status == BroadcastStatus.AWAITING_APPROVAL,
        col(Broadcast.expires_at) > clock.now(),
    )
    found = session.exec(waiting.order_by(col(Broadcast.expires_at))).all()
    return [Waiting(one, may_approve(session, actor, one)) for one in found]


def may_approve(session: Session, actor: Actor, broadcast: Broadcast) -> bool:
    """Whether ``actor`` can be the second person for this one, which is within reach."""
    return second_person.may_be(actor, broadcast, asks_of(session, broadcast))


def unapproved(session: Session, actor: Actor, limit: int = 5) -> Sequence[Broadcast]:
    """What nobody approved in time within reach, the newest first; for a day."""
    ended = select(Broadcast).where(
        broadcasts.within_reach(actor, Action.SEE_BROADCASTS),
        col(Broadcast.status).in_(
            (BroadcastStatus.AWAITING_APPROVAL, BroadcastStatus.NOT_APPROVED)
        ),
        col(Broadcast.expires_at) <= clock.now(),
        col(Broadcast.expires_at) > clock.now() - _SHOWN_FOR,
    )
    return session.exec(ended.order_by(col(Broadcast.expires_at).desc()).limit(limit)).all()
