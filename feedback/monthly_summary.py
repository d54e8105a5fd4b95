"""What a partnership's coordinators are told of a month: sent, answered, how it ended, passed on,
joined and left. Nothing of what anybody saw or reported: not even how often (R17)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, distinct, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from feedback.models import InboundKind, InboundMessage
from hub.db import Condition
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    Delivery,
    Relay,
    RelayState,
    Step,
)
from partnerships.days import start_of
from partnerships.models import COLD_KINDS, CommunicationPlan, Membership, Partnership

# Fewer answers than this are not counted out: one answer would be somebody's.
FEWEST_COUNTED = 5


@dataclass(frozen=True, slots=True)
class Month:
    """A month on Belgian clocks."""

    year: int
    month: int

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def start(self) -> datetime:
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        return start_of(self.after.first)

    @property
    def after(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def month_of(day: date) -> Month:
    """The month of a day."""
    return Month(day.year, day.month)


@dataclass(frozen=True, slots=True)
class Ended:
    """How the alerts of the month ended for their members: told in time, told late, not yet."""

    in_time: int = 0
    late: int = 0
    awaited: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of one partnership and month. ``answers`` is ``None`` for a few: fewer than
    ``FEWEST_COUNTED``, and more than none."""

    alerts: int
    follow_ups: int
    cold: Mapping[BroadcastKind, int]
    drills: int
    answers: int | None
    ended: Ended
    relayed: int
    declined: int
    lapsed: int
    joined: int
    left: int
    members: int

    @property
    def sent(self) -> int:
        return self.alerts + self.follow_ups + sum(self.cold.values())

    @property
    def is_empty(self) -> bool:
        """Nothing happened, and nobody is there."""
        happened = (self.sent, self.drills, self.relayed, self.declined, self.lapsed, self.joined)
        return not any((*happened, self.left, self.members))


class _Kind(NamedTuple):
    """What kinds of broadcasts are counted apart."""

    kind: BroadcastKind
    step: Step
    is_drill: bool


def of(session: Session, partnership: Partnership, month: Month, at: datetime) -> Summary:
    """The figures as they stand at ``at``."""
    sent = _sent(session, partnership.id, month)
    passed = _relays(session, partnership.id, month)
    return Summary(
        alerts=sum(number for one, number in sent.items() if _is_alert(one)),
        follow_ups=sum(number for one, number in sent.items() if _is_follow_up(one)),
        cold={
            kind: sum(n for one, n in sent.items() if one.kind is kind and not one.is_drill)
            for kind in BroadcastKind
            if kind in COLD_KINDS
        },
        drills=sum(n for one, n in sent.items() if one.is_drill and one.step is Step.FIRST),
        answers=_answers(session, partnership, month),
        ended=_ended(session, partnership.id, month, at),
        relayed=passed.get(RelayState.RELAYED, 0),
        declined=passed.get(RelayState.DECLINED, 0),
        lapsed=passed.get(RelayState.LAPSED, 0),
        joined=_members(session, partnership.id, _within(col(Membership.joined_at), month)),
        left=_members(session, partnership.id, _within(col(Membership.left_at), month)),
        members=_members(session, partnership.id, _is_member_at(min(month.end, at))),
    )


def _is_follow_up(one: _Kind) -> bool:
    return one.kind not in COLD_KINDS and not one.is_drill and not _is_alert(one)


def _is_alert(one: _Kind) -> bool:
    return one.kind is BroadcastKind.URGENT_ALERT and one.step is Step.FIRST and not one.is_drill


def _within(moment: Any, month: Month) -> Condition:
    return and_(moment >= month.start, moment < month.end)


def _sent(session: Session, partnership_id: UUID, month: Month) -> Counter[_Kind]:
    released = session.execute(
        select(col(Broadcast.kind), col(Broadcast.step), col(Broadcast.is_drill), func.count())
        .join(BroadcastPartnership, col(BroadcastPartnership.broadcast_id) == col(Broadcast.id))
        .where(
            col(BroadcastPartnership.partnership_id) == partnership_id,
            _within(col(Broadcast.released_at), month),
            _has_left(),
        )
        .group_by(col(Broadcast.kind), col(Broadcast.step), col(Broadcast.is_drill))
    )
    return Counter({_Kind(*kind): number for *kind, number in released})


def _has_left() -> Condition:
    """What was cancelled before any delivery was made was sent to nobody."""
    return or_(
        col(Broadcast.status) != BroadcastStatus.CANCELLED,
        col(Broadcast.fanned_out_at).is_not(None),
    )


def _answers(session: Session, partnership: Partnership, month: Month) -> int | None:
    """How many members answered a message that went to this partnership."""
    answered = session.execute(
        select(func.count(distinct(col(InboundMessage.person_id))))
        .join(Delivery, col(Delivery.id) == col(InboundMessage.delivery_id))
        .where(
            col(InboundMessage.police_zone_id) == partnership.police_zone_id,
            _within(col(InboundMessage.received_at), month),
            col(InboundMessage.kind) == InboundKind.MESSAGE,
            col(Delivery.partnership_id) == partnership.id,
        )
    ).scalar_one()
    return None if 0 < answered < FEWEST_COUNTED else answered


def _ended(session: Session, partnership_id: UUID, month: Month, at: datetime) -> Ended:
    """Of each alert of the month: when its members were told how it ended, against what the plan of
    this partnership promised them."""
    told = aliased(Broadcast)
    first_told = (
        select(func.min(col(told.released_at)))
        .where(
            col(told.follows_id) == col(Broadcast.id),
            or_(col(told.step) == Step.FEEDBACK, col(told.counts_as_feedback)),
            col(told.status) != BroadcastStatus.CANCELLED,
        )
        .scalar_subquery()
    )
    alerts = session.execute(
        select(
            col(Broadcast.released_at),
            col(CommunicationPlan.feedback_within_hours),
            first_told,
        )
        .join(BroadcastPartnership, col(BroadcastPartnership.broadcast_id) == col(Broadcast.id))
        .join(
            CommunicationPlan,
            col(CommunicationPlan.id) == col(BroadcastPartnership.communication_plan_id),
        )
        .where(
            col(BroadcastPartnership.partnership_id) == partnership_id,
            col(Broadcast.kind) == BroadcastKind.URGENT_ALERT,
            col(Broadcast.step) == Step.FIRST,
            col(Broadcast.is_drill).is_(False),
            _within(col(Broadcast.released_at), month),
            _has_left(),
        )
    )
    ends = Counter(
        _end(sent_at + timedelta(hours=hours), told_at, at) for sent_at, hours, told_at in alerts
    )
    return Ended(ends["in_time"], ends["late"], ends["awaited"], ends["overdue"])


def _end(due_at: datetime, told_at: datetime | None, at: datetime) -> str:
    if told_at is None:
        return "overdue" if due_at < at else "awaited"
    return "in_time" if told_at <= due_at else "late"


def _relays(session: Session, partnership_id: UUID, month: Month) -> dict[RelayState, int]:
    decided = session.execute(
        select(col(Relay.state), func.count())
        .where(
            col(Relay.partnership_id) == partnership_id,
            _within(func.coalesce(col(Relay.decided_at), col(Relay.asked_at)), month),
        )
        .group_by(col(Relay.state))
    )
    return dict(decided.all())


def _members(session: Session, partnership_id: UUID, which: Condition) -> int:
    counted = select(func.count()).where(col(Membership.partnership_id) == partnership_id, which)
    return int(session.execute(counted).scalar_one())


def _is_member_at(at: datetime) -> Condition:
    left = col(Membership.left_at)
    return (col(Membership.joined_at) < at) & or_(left.is_(None), left >= at)
