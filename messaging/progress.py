"""How a broadcast is getting on: counts that always add up to the audience."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, literal, select, union_all
from sqlmodel import Session, col

from messaging.audience import Rows
from messaging.fan_out import FIRST_ATTEMPT
from messaging.models import FINAL_STATES, Broadcast, Delivery, DeliveryState
from messaging.reached import ALREADY_REACHED, BY_HAND
from messaging.skip_reasons import DIGEST
from partnerships.models import Channel, Partnership

# Where the carrier's yes is on record; "sent" is never called "reached".
_HANDED_OVER = {DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.NO_RECEIPT}
_NOT_YET = {DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN}


@dataclass(slots=True)
class Line:
    """One channel in one partnership."""

    partnership: str
    channel: Channel
    handed_over: int = 0
    confirmed: int = 0
    failed: int = 0
    not_yet: int = 0

    def count(self, state: DeliveryState, number: int) -> None:
        if state is DeliveryState.DELIVERED:
            self.confirmed += number
        elif state in _HANDED_OVER:
            self.handed_over += number
        elif state in _NOT_YET:
            self.not_yet += number
        else:
            self.failed += number


@dataclass(slots=True)
class Progress:
    """The whole of a broadcast at one moment, in people: each counts once, however many ways were
    tried. ``audience`` is the sum over ``by_state``. The lines count deliveries.
    """

    audience: int = 0
    by_state: Counter[DeliveryState] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    segments: int = 0
    # People being tried by a further way now, by the channel of it.
    next_ways: Counter[Channel] = field(default_factory=Counter)
    told_by_hand: int = 0
    # People for whom it waits until their weekly mail leaves.
    in_weekly_mail: int = 0
    last_handed_over_at: datetime | None = None

    @property
    def confirmed(self) -> int:
        return self.by_state[DeliveryState.DELIVERED]

    @property
    def handed_over(self) -> int:
        return sum(self.by_state[state] for state in _HANDED_OVER)

    @property
    def not_yet(self) -> int:
        return sum(self.by_state[state] for state in _NOT_YET)

    @property
    def failed(self) -> int:
        return self.audience - self.confirmed - self.handed_over - self.not_yet


def progress_of(session: Session, broadcast: Broadcast) -> Progress:
    """Count people by the best that became of each, and deliveries by partnership and channel.

    All in one question, so that the figures belong together.
    """
    ways = _all_ways(broadcast) if broadcast.is_escalated else _first_ways(broadcast)
    progress = Progress()
    lines: dict[tuple[str, Channel], Line] = {}
    for counted in _counted(session, ways):
        _count_people(progress, counted)
        _count_next_ways(progress, counted)
        if counted.reason not in (ALREADY_REACHED, BY_HAND):
            name, channel = counted.partnership, counted.channel
            line = lines.setdefault((name, channel), Line(name, channel))
            line.count(counted.state, counted.deliveries)
    progress.lines = list(lines.values())
    return progress


def _first_ways(broadcast: Broadcast) -> Rows:
    """Each person's first way: all there is while nobody was given a second one.

    It leaves out what an escalation may add just now, so the sum is people at any moment.
    """
    return _ways(literal(1), literal(False)).where(
        col(Delivery.broadcast_id) == broadcast.id, col(Delivery.attempt_kind) == FIRST_ATTEMPT
    )


def _all_ways(broadcast: Broadcast) -> Rows:
    """Every delivery. Those of one person are put in order only where he may have several."""
    is_only = and_(
        col(Delivery.attempt_kind) == FIRST_ATTEMPT, col(Delivery.escalated_at).is_(None)
    )
    its_own = col(Delivery.broadcast_id) == broadcast.id
    either = union_all(
        _ways(literal(1), literal(False)).where(its_own, is_only),
        _ways(_place(), _is_next_way()).where(its_own, ~is_only),
    )
    return select(either.subquery("either"))


def _place() -> ColumnElement[int]:
    """The place of a delivery among those of its person: the best, then the newest, first."""
    return func.row_number().over(
        partition_by=col(Delivery.person_id), order_by=(_worth(), col(Delivery.id).desc())
    )


def _is_next_way() -> ColumnElement[bool]:
    """Whether it is under way because an earlier one was given up."""
    return and_(
        func.min(_worth()).over(partition_by=col(Delivery.person_id)) > 0,
        _worth().in_((1, 2)),
        col(Delivery.attempt_kind) != FIRST_ATTEMPT,
        col(Delivery.escalated_at).is_(None),
    )


def _worth() -> ColumnElement[int]:
    state = col(Delivery.state)
    return case(
        (state == DeliveryState.DELIVERED, 0),
        (state.in_(_HANDED_OVER), 1),
        (state.in_(_NOT_YET), 2),
        else_=3,
    )


def _ways(place: ColumnElement[int], is_next_way: ColumnElement[bool]) -> Rows:
    return select(
        col(Delivery.partnership_id),
        col(Delivery.channel),
        col(Delivery.state),
        col(Delivery.reason),
        col(Delivery.segments),
        col(Delivery.handed_over_at),
        place.label("place"),
        is_next_way.label("is_next_way"),
    )


def _counted(session: Session, ways: Rows) -> Sequence[Row[Any]]:
    way = ways.subquery("way")
    groups: tuple[Any, ...] = (
        col(Partnership.name).label("partnership"),
        way.c.channel,
        way.c.state,
        way.c.reason,
    )
    return session.execute(
        select(
            *groups,
            func.count().label("deliveries"),
            func.sum(case((way.c.place == 1, 1), else_=0)).label("people"),
            func.sum(case((way.c.is_next_way, 1), else_=0)).label("next_ways"),
            func.coalesce(func.sum(way.c.segments), 0).label("segments"),
            func.max(way.c.handed_over_at).label("last"),
        )
        .join(Partnership, col(Partnership.id) == way.c.partnership_id)
        .group_by(*groups)
        .order_by(col(Partnership.name), way.c.channel)
    ).all()


def _count_people(progress: Progress, counted: Row[Any]) -> None:
    progress.audience += counted.people
    progress.by_state[counted.state] += counted.people
    progress.segments += counted.segments
    if counted.reason == DIGEST and counted.state is DeliveryState.QUEUED:
        progress.in_weekly_mail += counted.people
    elif counted.reason == BY_HAND:
        progress.told_by_hand += counted.people
    elif counted.reason and counted.people and counted.state in FINAL_STATES:
        progress.reasons[counted.reason] += counted.people
    last = counted.last
    if last and (progress.last_handed_over_at is None or last > progress.last_handed_over_at):
        progress.last_handed_over_at = last


def _count_next_ways(progress: Progress, counted: Row[Any]) -> None:
    if counted.next_ways:
        progress.next_ways[counted.channel] += counted.next_ways


def page_of_deliveries(
    session: Session, broadcast: Broadcast, state: DeliveryState | None, after: int, limit: int
) -> Sequence[Delivery]:
    """Deliveries by number, those after ``after``; at most ``limit``."""
    rows = select(Delivery).where(
        col(Delivery.broadcast_id) == broadcast.id, col(Delivery.id) > after
    )
    if state is not None:
        rows = rows.where(col(Delivery.state) == state)
    return session.execute(rows.order_by(col(Delivery.id)).limit(limit)).scalars().all()
