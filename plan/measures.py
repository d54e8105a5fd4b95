"""The measures the hub can take by itself, each with its exact definition."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from hub.clock import BRUSSELS
from messaging.broadcasts import feedback_delay
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    Step,
)
from partnerships.models import Partnership


@dataclass(frozen=True, slots=True)
class Ratio:
    """Numerator and denominator are kept: shares are added by their parts, never averaged."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> float | None:
        """None when there is no case: no case is not zero percent."""
        return 100 * self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Period:
    """From a civil day to a civil day in Brussels, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, BRUSSELS)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time.min, BRUSSELS)


Measure = Callable[[Session, UUID, Period, datetime], Ratio]


def alerts_with_feedback_in_time(
    session: Session, municipality_id: UUID, period: Period, as_of: datetime
) -> Ratio:
    """Share of urgent alerts whose members were told how it ended within the agreed delay (R27).

    Denominator: alerts to a partnership of the municipality, released in the period, drills left
    out, that are settled: feedback was given, or the delay of the communication plan has passed.
    Numerator: those whose feedback was released within that delay. Where plans differ, the
    shortest delay counts.
    """
    numerator = denominator = 0
    for alert in _alerts(session, municipality_id, period):
        due = _due(session, alert)
        given = _feedback_released_at(session, alert)
        if (given is None or given > as_of) and due > as_of:
            continue
        denominator += 1
        numerator += given is not None and given <= min(due, as_of)
    return Ratio(numerator, denominator)


def _alerts(session: Session, municipality_id: UUID, period: Period) -> list[Broadcast]:
    here = (
        select(BroadcastPartnership.broadcast_id)
        .join(Partnership, col(Partnership.id) == col(BroadcastPartnership.partnership_id))
        .where(Partnership.municipality_id == municipality_id)
    )
    alerts = select(Broadcast).where(
        Broadcast.kind == BroadcastKind.URGENT_ALERT,
        Broadcast.step == Step.FIRST,
        col(Broadcast.is_drill).is_(False),
        col(Broadcast.released_at) >= period.start,
        col(Broadcast.released_at) < period.end,
        col(Broadcast.id).in_(here),
    )
    return list(session.exec(alerts))


def _due(session: Session, alert: Broadcast) -> datetime:
    assert alert.released_at is not None
    return alert.released_at + timedelta(hours=feedback_delay(session, alert))


def _feedback_released_at(session: Session, alert: Broadcast) -> datetime | None:
    released = select(Broadcast.released_at).where(
        Broadcast.follows_id == alert.id,
        Broadcast.step == Step.FEEDBACK,
        col(Broadcast.released_at).is_not(None),
    )
    return session.exec(released.order_by(col(Broadcast.released_at)).limit(1)).first()


MEASURES: dict[str, Measure] = {"m.alerts_with_feedback_in_time": alerts_with_feedback_in_time}
