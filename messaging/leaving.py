"""When the messages of a broadcast may leave: at once, or when the hours agreed on begin."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, exists, literal, null, or_, select, update
from sqlmodel import Session, col

from hub import clock
from hub.columns import UtcDateTime
from messaging.by_the_plan import Target
from messaging.models import Broadcast, BroadcastPartnership, Delivery, DeliveryState
from messaging.skip_reasons import QUIET_HOURS_EXPIRED
from messaging.waiting_rows import change_waiting
from partnerships.models import CommunicationPlan, Membership, Person, PlanRule
from partnerships.quiet_hours import next_allowed, next_time


@dataclass(frozen=True, slots=True)
class CallsAgain:
    """When calls may ring again for members who closed the hours until ``closed_until``: those of
    these partnerships, or, where none are named, of all that do not wait."""

    partnerships: tuple[UUID, ...]
    closed_until: time
    at: datetime


@dataclass(frozen=True, slots=True)
class Waits:
    """The partnerships whose messages must wait, by the moment at which their hours begin."""

    until: Mapping[datetime, tuple[UUID, ...]] = field(default_factory=dict)
    # Those whose hours begin when the time of the message has passed.
    too_late: tuple[UUID, ...] = ()
    # What is left out begins when the time of the message has passed.
    calls_again: tuple[CallsAgain, ...] = ()

    def not_before(self, partnership_id: Any) -> Any:
        """The moment, as SQL, by the partnership in this column."""
        if not self.until:
            return null()
        return case(
            *(
                (partnership_id.in_(ids), literal(at, UtcDateTime))
                for at, ids in self.until.items()
            ),
            else_=null(),
        )


NO_WAIT = Waits()


def waits_under(
    session: Session, found: Sequence[Target], at: datetime, expires_at: datetime
) -> Waits:
    """Who would have to wait if it were released at ``at`` under these plans."""
    hours = ((one.partnership.id, one.plan) for one in found if one.keeps_quiet_hours)
    waits = _waits(hours, at, expires_at)
    ends = _ends_of_closed_hours(session, [one.partnership.id for one in found])
    return replace(waits, calls_again=_calls_again(ends, waits.until, at, expires_at))


def last_start(found: Iterable[Target], at: datetime) -> datetime:
    """The moment from which it may leave to all of these partnerships, if released at ``at``."""
    return max((next_allowed(one.plan, at) for one in found if one.keeps_quiet_hours), default=at)


def waits_of(session: Session, broadcast: Broadcast, at: datetime) -> Waits:
    """Who has to wait for this broadcast, which was released, at ``at``."""
    waits = quiet_hours_of(session, broadcast, at)
    return replace(waits, calls_again=calls_again(session, broadcast, at, waits.until))


def calls_again(
    session: Session,
    broadcast: Broadcast,
    at: datetime,
    until: Mapping[datetime, tuple[UUID, ...]] | None = None,
) -> tuple[CallsAgain, ...]:
    """When a call that would ring at ``at``, or at the moments of ``until``, in hours that a member
    closed may ring after them, while this broadcast is worth sending."""
    chosen = select(col(BroadcastPartnership.partnership_id)).where(
        col(BroadcastPartnership.broadcast_id) == broadcast.id
    )
    ends = _ends_of_closed_hours(session, chosen)
    return _calls_again(ends, until or {}, at, broadcast.expires_at)


def _ends_of_closed_hours(session: Session, partnerships: Any) -> list[time]:
    """The times of day at which members' closed hours end: few, however many the members."""
    until: Any = col(Person.no_calls_until)
    ends = (
        select(until)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .where(
            col(Membership.partnership_id).in_(partnerships),
            col(Membership.left_at).is_(None),
            until.is_not(None),
            col(Person.takes_calls),
        )
        .distinct()
    )
    return sorted(session.execute(ends).scalars())


def _calls_again(
    ends: Iterable[time],
    until: Mapping[datetime, tuple[UUID, ...]],
    at: datetime,
    expires_at: datetime,
) -> tuple[CallsAgain, ...]:
    leaving: list[tuple[datetime, tuple[UUID, ...]]] = [*until.items(), (at, ())]
    again = (
        CallsAgain(ids, end, next_time(moment, end)) for end in ends for moment, ids in leaving
    )
    return tuple(one for one in again if one.at < expires_at)


def quiet_hours_of(session: Session, broadcast: Broadcast, at: datetime) -> Waits:
    """Who has to wait for it because of the hours that his partnership agreed on."""
    if not broadcast.keeps_quiet_hours:
        return NO_WAIT
    agreed = and_(
        col(PlanRule.communication_plan_id) == col(BroadcastPartnership.communication_plan_id),
        col(PlanRule.kind) == broadcast.kind,
        col(PlanRule.keeps_quiet_hours),
    )
    rows = session.execute(
        select(
            col(BroadcastPartnership.partnership_id),
            col(CommunicationPlan.messages_from),
            col(CommunicationPlan.messages_until),
            col(CommunicationPlan.messages_on_sundays),
            col(CommunicationPlan.messages_on_holidays),
        )
        .join(PlanRule, agreed)
        .join(
            CommunicationPlan,
            col(CommunicationPlan.id) == col(BroadcastPartnership.communication_plan_id),
        )
        .where(col(BroadcastPartnership.broadcast_id) == broadcast.id)
    )
    hours = ((row.partnership_id, row) for row in rows)
    return _waits(hours, at, broadcast.expires_at)


def _waits(hours: Iterable[tuple[UUID, Any]], at: datetime, expires_at: datetime) -> Waits:
    until: dict[datetime, list[UUID]] = defaultdict(list)
    for partnership_id, agreed in hours:
        moment = next_allowed(agreed, at)
        if moment > at:
            until[moment].append(partnership_id)
    return Waits(
        {moment: tuple(ids) for moment, ids in sorted(until.items())},
        tuple(one for moment, ids in until.items() if moment >= expires_at for one in ids),
    )


def put_off(session: Session, broadcast: Broadcast, chunk: int) -> tuple[UUID, ...]:
    """Keep back what is due in quiet hours: a queue may have been longer than the day. The
    partnerships whose hours these are.

    What another worker holds stays as it is: nothing of these partnerships may leave all the same.
    """
    until = quiet_hours_of(session, broadcast, clock.now()).until
    for moment, partnerships in until.items():
        is_late = moment >= broadcast.expires_at
        kept_back: dict[str, Any] = (
            {"state": DeliveryState.SKIPPED, "reason": QUIET_HOURS_EXPIRED}
            if is_late
            else {"not_before": moment}
        )
        change_waiting(
            session,
            col(Delivery.broadcast_id) == broadcast.id,
            col(Delivery.chunk) == chunk,
            col(Delivery.partnership_id).in_(partnerships),
            or_(col(Delivery.not_before).is_(None), col(Delivery.not_before) < moment),
            passes_held=True,
            **kept_back,
        )
    return tuple(one for partnerships in until.values() for one in partnerships)


def put_off_calls(session: Session, broadcast: Broadcast, calls: Collection[int]) -> set[int]:
    """Let these calls wait for the end of the hours that their owners closed; those for which that
    comes in time. They are ours to change: locked, and in nobody's hands."""
    waiting: set[int] = set()
    for again in calls_again(session, broadcast, clock.now()):
        its_owner_closed = exists().where(
            col(Person.id) == col(Delivery.person_id),
            col(Person.takes_calls),
            col(Person.no_calls_until) == again.closed_until,
        )
        put_off = session.execute(
            update(Delivery)
            .where(col(Delivery.id).in_(calls), its_owner_closed)
            .values(not_before=again.at, changed_at=clock.now())
            .returning(col(Delivery.id))
            .execution_options(synchronize_session=False)
        )
        waiting.update(put_off.scalars())
    return waiting
