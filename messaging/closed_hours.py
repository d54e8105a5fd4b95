"""The hours and days a member closed himself, as conditions on ``Person``, on a Belgian wall."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Time, and_, case, exists, literal, not_, null, or_
from sqlmodel import col

from hub.clock import in_brussels
from hub.columns import UtcDateTime
from hub.db import Condition
from messaging.leaving import Waits
from messaging.models import Broadcast, BroadcastPartnership, Delivery
from partnerships.models import Person, PlanRule


def closed_to_calls(rings: Any, partnership_id: Any, waits: Waits, at: datetime) -> Condition:
    """He wants no calls, or none at the time at which this one would ring.

    ``rings`` says, row by row, whether his partnership agreed that calls may ring in hours a member
    closed. Who wants no calls at all gets none, whatever was agreed.
    """
    wall = _on_the_wall(partnership_id, waits, at, Time())
    return or_(not_(col(Person.takes_calls)), and_(_is_closed_at(wall), not_(rings)))


def _is_closed_at(wall: Any) -> Condition:
    start, end = col(Person.no_calls_from), col(Person.no_calls_until)
    by_day = and_(start <= wall, wall < end)
    over_midnight = and_(start > end, or_(start <= wall, wall < end))
    return or_(by_day, over_midnight)


def calls_again_at(partnership_id: Any, waits: Waits) -> ColumnElement[datetime | None] | None:
    """The moment, as SQL, at which the hours he closed are over.

    NULL where he closed none, or where that is too late for the message; ``None`` where it is too
    late for everybody.
    """
    if not waits.calls_again:
        return None
    waiting = [one for ids in waits.until.values() for one in ids]
    return case(
        *(
            (
                and_(
                    col(Person.no_calls_until) == literal(one.closed_until, Time()),
                    partnership_id.in_(one.partnerships)
                    if one.partnerships
                    else partnership_id.not_in(waiting),
                ),
                literal(one.at, UtcDateTime),
            )
            for one in waits.calls_again
        ),
        else_=null(),
    )


def calls_closed_to(broadcast: Broadcast, at: datetime) -> Condition:
    """The same as a condition on ``Delivery``, whose call is about to ring."""
    rings = exists().where(
        col(BroadcastPartnership.broadcast_id) == broadcast.id,
        col(BroadcastPartnership.partnership_id) == col(Delivery.partnership_id),
        col(PlanRule.communication_plan_id) == col(BroadcastPartnership.communication_plan_id),
        col(PlanRule.kind) == broadcast.kind,
        col(PlanRule.rings_in_closed_hours),
    )
    his = col(Person.id) == col(Delivery.person_id)
    wall = literal(_part(at, Time()), Time())
    return or_(
        exists().where(his, not_(col(Person.takes_calls))),
        and_(exists().where(his, _is_closed_at(wall)), not_(rings)),
    )


def is_away_on(at: datetime) -> Condition:
    """The condition on ``Delivery`` that its person is away on this Belgian day."""
    return exists().where(
        col(Person.id) == col(Delivery.person_id),
        _covers(literal(_part(at, Date()), Date())),
    )


def away(partnership_id: Any, waits: Waits, at: datetime) -> Condition:
    """He is away on the day on which the message would leave; both days he gave are included."""
    return _covers(_on_the_wall(partnership_id, waits, at, Date()))


def _covers(day: Any) -> Condition:
    last = col(Person.paused_until)
    return and_(col(Person.paused_from) <= day, or_(last.is_(None), day <= last))


def _on_the_wall(partnership_id: Any, waits: Waits, at: datetime, kind: Time | Date) -> Any:
    """The time or the day when the message leaves, which is later where hours have not begun."""
    now = literal(_part(at, kind), kind)
    if not waits.until:
        return now
    later = (
        (partnership_id.in_(ids), literal(_part(moment, kind), kind))
        for moment, ids in waits.until.items()
    )
    return case(*later, else_=now)


def _part(moment: datetime, kind: Time | Date) -> Any:
    local = in_brussels(moment)
    return local.date() if isinstance(kind, Date) else local.time().replace(microsecond=0)
