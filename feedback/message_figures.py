"""What was said to a partnership in a year: hot and cold messages, by day and night, by kind
(domain.md 6a (2) and (3), indicators I1 to I4).

Drills count for nothing but themselves, and of an alert only the first message is a hot message.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Executable, select
from sqlmodel import Session, col

from feedback.evaluation_years import Year
from hub import clock
from hub.config import settings
from hub.db import Condition
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    Incident,
    Step,
)

# In the order in which they are drawn.
COLD_KINDS_SHOWN = (
    BroadcastKind.FEEDBACK,
    BroadcastKind.PREVENTION,
    BroadcastKind.MODUS_OPERANDI,
    BroadcastKind.INCREASE_WARNING,
    BroadcastKind.INFORMATION,
)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class MessageFigures:
    """``cold`` and ``phenomena`` count by code; ``hot_by_month`` and ``cold_by_month`` have twelve
    figures, January first."""

    hot_by_day: int = 0
    hot_by_night: int = 0
    # Updates, all clears and corrections: messages too, but of an alert that is counted already.
    later_steps: int = 0
    drills: int = 0
    cold: dict[str, int] = field(default_factory=dict)
    phenomena: dict[str, int] = field(default_factory=dict)
    hot_by_month: list[int] = field(default_factory=lambda: [0] * _MONTHS)
    cold_by_month: list[int] = field(default_factory=lambda: [0] * _MONTHS)


@dataclass(frozen=True, slots=True)
class _Sent:
    kind: BroadcastKind
    step: Step
    is_drill: bool
    released_at: datetime
    phenomenon: str | None


def of_year(session: Session, partnership_id: UUID, year: Year) -> MessageFigures:
    """What was released to this partnership in the year, whatever became of it afterwards; but not
    what was cancelled before it went to anybody."""
    sent = [_Sent(*row) for row in session.execute(_released(partnership_id, year))]
    real = [one for one in sent if not one.is_drill]
    hot = [one for one in real if _is_hot(one)]
    cold = [one for one in real if one.kind in COLD_KINDS_SHOWN]
    by_day = sum(is_by_day(one.released_at) for one in hot)
    return MessageFigures(
        hot_by_day=by_day,
        hot_by_night=len(hot) - by_day,
        later_steps=len(real) - len(hot) - len(cold),
        drills=sum(one.is_drill and one.step is Step.FIRST for one in sent),
        cold={kind.value: n for kind, n in Counter(one.kind for one in cold).items()},
        phenomena=dict(Counter(one.phenomenon for one in hot if one.phenomenon)),
        hot_by_month=_by_month(one.released_at for one in hot),
        cold_by_month=_by_month(one.released_at for one in cold),
    )


def _is_hot(one: _Sent) -> bool:
    return one.kind is BroadcastKind.URGENT_ALERT and one.step is Step.FIRST


def is_by_day(at: datetime) -> bool:
    """Whether a moment is by day: from 7 to 22 o'clock unless the settings say otherwise (I2)."""
    return settings().day_from_hour <= clock.in_brussels(at).hour < settings().day_until_hour


def _by_month(moments: Iterable[datetime]) -> list[int]:
    counted = Counter(clock.in_brussels(at).month for at in moments)
    return [counted[month] for month in range(1, _MONTHS + 1)]


def _released(partnership_id: UUID, year: Year) -> Executable:
    return (
        select(
            col(Broadcast.kind),
            col(Broadcast.step),
            col(Broadcast.is_drill),
            col(Broadcast.released_at),
            col(Incident.phenomenon),
        )
        .join(BroadcastPartnership, col(BroadcastPartnership.broadcast_id) == col(Broadcast.id))
        .outerjoin(Incident, col(Incident.id) == col(Broadcast.incident_id))
        .where(col(BroadcastPartnership.partnership_id) == partnership_id, released_in(year))
    )


def released_in(year: Year) -> Condition:
    """The condition on ``Broadcast`` that it left in this year."""
    return (
        (col(Broadcast.released_at) >= year.start)
        & (col(Broadcast.released_at) < year.end)
        & (
            (col(Broadcast.status) != BroadcastStatus.CANCELLED)
            | col(Broadcast.fanned_out_at).is_not(None)
        )
    )
