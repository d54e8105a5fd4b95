"""What somebody must be called for: the carrier refuses everybody, or takes us for spammers.

The source is the rows of the last day: those that wait or are lost with a code whose line in the
error table is an alarm. Messages that leave in the end are in no alarm, so it ends by itself.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from channels.error_table import ALARMS
from hub import clock
from hub.access import Action, Actor
from hub.db import Condition
from messaging.carrier_words import NOT_REACHED
from messaging.models import Broadcast, Delivery, DeliveryState
from partnerships import scope
from partnerships.models import Channel, Partnership

_SHOWN_FOR = timedelta(hours=24)
_WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING)
_LOST = (*NOT_REACHED, DeliveryState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarming code on one channel, and what became of the messages that met it."""

    code: str
    channel: Channel
    waiting: int
    lost: int


def within_reach(session: Session, actor: Actor, action: Action) -> list[Alarm]:
    """The alarms on the last day's broadcasts where ``actor`` may do ``action``."""
    partnerships = select(col(Partnership.id)).where(scope.within_reach(actor, action))
    return _alarms(session, col(Delivery.partnership_id).in_(partnerships))


def of_broadcast(session: Session, broadcast: Broadcast) -> list[Alarm]:
    """The alarms on one broadcast; none any more a day after it was released."""
    return _alarms(session, col(Broadcast.id) == broadcast.id)


def _alarms(session: Session, which: Condition) -> list[Alarm]:
    code, channel, state = (
        col(Delivery.carrier_code), col(Delivery.channel), col(Delivery.state)
    )  # fmt: skip
    found = session.execute(
        select(code, channel, _count(state.in_(_WAITING)), _count(state.in_(_LOST)))
        .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
        .where(
            which,
            col(Broadcast.released_at) > clock.now() - _SHOWN_FOR,
            code.in_(sorted(ALARMS)),
            state.in_((*_WAITING, *_LOST)),
        )
        .group_by(code, channel)
        .order_by(code, channel)
    )
    return [Alarm(*one) for one in found]


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
