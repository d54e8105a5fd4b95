"""The month of what can wait: what is planned, what waits at coordinators, what was sent."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, or_, select

from hub import clock
from hub.access import Action, Actor
from messaging import by_the_plan, cold_reach, cold_schedule, leaving
from messaging.by_the_plan import Target
from messaging.models import ColdMessage, ColdStatus, Relay, RelayState
from partnerships import communication_plan, scope
from partnerships.days import start_of
from partnerships.models import BroadcastKind, CommunicationPlan, Partnership
from partnerships.quiet_hours import is_closed_on, is_holiday

_SUNDAY = 6
_SHOWN = (ColdStatus.SCHEDULED, ColdStatus.RELEASED, ColdStatus.WITHDRAWN)


class Course(StrEnum):
    """How far a message is, for some of its partnerships."""

    PLANNED = "planned"
    WAITING = "waiting"  # a coordinator is asked
    SCHEDULED = "scheduled"  # its coordinator chose a moment
    SENT = "sent"


_COURSE_OF = {
    RelayState.PLANNED: Course.PLANNED,
    RelayState.WAITING: Course.WAITING,
    RelayState.SCHEDULED: Course.SCHEDULED,
    RelayState.RELAYED: Course.SENT,
    RelayState.DIRECT: Course.SENT,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One message on one day, for the partnerships for which it is as far as that."""

    at: datetime
    course: Course
    message: ColdMessage
    subject: str
    partnerships: tuple[str, ...]
    # Later than ``at`` where the hours agreed on have not begun by then.
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month. ``closed`` is the number of plans in force that keep it quiet."""

    date: date
    is_holiday: bool
    closed: int
    entries: tuple[Entry, ...]
    # The partnerships whose members get more than one message on it.
    crowded: tuple[str, ...]

    @property
    def is_sunday(self) -> bool:
        return self.date.weekday() == _SUNDAY


@dataclass(frozen=True, slots=True)
class Month:
    """Its weeks from Monday to Sunday; ``None`` for a day of another month."""

    weeks: tuple[tuple[Day | None, ...], ...]
    plans: int

    @property
    def is_empty(self) -> bool:
        return not any(day.entries for week in self.weeks for day in week if day)


@dataclass(frozen=True, slots=True)
class _Line:
    """One message for one partnership."""

    at: datetime
    course: Course
    message: ColdMessage
    partnership: Partnership


def month(session: Session, actor: Actor, first: date) -> Month:
    """The month that begins on ``first``, within the reach of ``actor``."""
    following = (first + timedelta(days=32)).replace(day=1)
    entries, crowds = _entries(session, actor, start_of(first), start_of(following))
    plans = _plans(session, actor)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        tuple(
            tuple(
                _day(one, entries, crowds, plans) if one.month == first.month else None
                for one in week
            )
            for week in weeks
        ),
        len(plans),
    )


def _plans(session: Session, actor: Actor) -> Sequence[CommunicationPlan]:
    """The plans in force now of the partnerships within reach."""
    ids = {one.id for one in scope.partnerships_of(session, actor, Action.SEE_COLD)}
    return list(communication_plan.in_force_of(session, ids, clock.now()).values())


def _day(
    day: date,
    entries: Iterable[Entry],
    crowds: Mapping[date, Sequence[str]],
    plans: Iterable[CommunicationPlan],
) -> Day:
    here = tuple(one for one in entries if clock.in_brussels(one.at).date() == day)
    closed = sum(is_closed_on(plan, day) for plan in plans)
    return Day(day, is_holiday(day), closed, here, tuple(crowds.get(day, ())))


def _entries(
    session: Session, actor: Actor, begins: datetime, ends: datetime
) -> tuple[list[Entry], dict[date, list[str]]]:
    lines = _lines(session, actor, begins, ends)
    starts = _starts(session, lines)
    grouped: dict[tuple[UUID, Course, date], list[_Line]] = defaultdict(list)
    for one in lines:
        day = clock.in_brussels(one.at).date()
        grouped[one.message.id, one.course, day].append(one)
    entries = [_entry(session, few, starts) for few in grouped.values()]
    return sorted(entries, key=lambda one: one.at), _crowds(lines, starts)


_Starts = Mapping[tuple[UUID, UUID], datetime]


def _entry(session: Session, few: Sequence[_Line], starts: _Starts) -> Entry:
    first = few[0]
    return Entry(
        at=min(one.at for one in few),
        course=first.course,
        message=first.message,
        subject=cold_schedule.subject_of(session, first.message),
        partnerships=tuple(one.partnership.name for one in few),
        starts_at=min(starts[one.message.id, one.partnership.id] for one in few),
    )


def _lines(session: Session, actor: Actor, begins: datetime, ends: datetime) -> list[_Line]:
    moments = (ColdMessage.leaves_at, Relay.asked_at, Relay.relay_at, Relay.decided_at)
    rows = session.exec(
        select(Relay, ColdMessage, Partnership)
        .join(ColdMessage, col(ColdMessage.id) == col(Relay.message_id))
        .join(Partnership, col(Partnership.id) == col(Relay.partnership_id))
        .where(
            cold_reach.within_reach(actor, Action.SEE_COLD),
            scope.within_reach(actor, Action.SEE_COLD),
            col(ColdMessage.status).in_(_SHOWN),
            col(Relay.state).in_(tuple(_COURSE_OF)),
            or_(*((col(one) >= begins) & (col(one) < ends) for one in moments)),
        )
        .order_by(col(Partnership.name))
    )
    found = []
    for relay, message, partnership in rows:
        moment = _moment(relay, message)
        if moment is not None and begins <= moment < ends:
            found.append(_Line(moment, _COURSE_OF[relay.state], message, partnership))
    return found


def _moment(relay: Relay, message: ColdMessage) -> datetime | None:
    """When it was, or will be, as far as it is now."""
    moments = {
        RelayState.PLANNED: message.leaves_at,
        RelayState.WAITING: relay.asked_at,
        RelayState.SCHEDULED: relay.relay_at,
    }
    return moments.get(relay.state, relay.decided_at)


def _starts(session: Session, lines: Sequence[_Line]) -> dict[tuple[UUID, UUID], datetime]:
    """When the hours that a partnership agreed on let each of them leave."""
    by_kind: dict[BroadcastKind, dict[UUID, Target]] = {}
    for kind in {one.message.kind for one in lines}:
        chosen = {one.partnership.id: one.partnership for one in lines if one.message.kind is kind}
        found = by_the_plan.targets(session, chosen.values(), kind, clock.now())
        by_kind[kind] = {one.partnership.id: one for one in found}
    starts = {}
    for one in lines:
        target = by_kind[one.message.kind].get(one.partnership.id)
        waits = [target] if target and one.course is not Course.WAITING else []
        starts[one.message.id, one.partnership.id] = leaving.last_start(waits, one.at)
    return starts


def _crowds(lines: Iterable[_Line], starts: _Starts) -> dict[date, list[str]]:
    """By day, the partnerships whose members get more than one message on it."""
    messages: dict[tuple[date, str], set[UUID]] = defaultdict(set)
    for one in lines:
        day = clock.in_brussels(starts[one.message.id, one.partnership.id]).date()
        messages[day, one.partnership.name].add(one.message.id)
    crowds: dict[date, list[str]] = defaultdict(list)
    for (day, name), ids in sorted(messages.items()):
        if len(ids) > 1:
            crowds[day].append(name)
    return crowds


def beside(session: Session, actor: Actor, message: ColdMessage) -> list[Entry]:
    """What else the members of its partnerships get on the day on which it leaves: today where
    nobody has said when."""
    if message.status is ColdStatus.WITHDRAWN:
        return []
    moment = message.leaves_at or message.released_at or clock.now()
    day = clock.in_brussels(moment).date()
    begins = start_of(day)
    names = {one.name for one in cold_reach.partnerships_of(session, message)}
    entries, _crowded = _entries(session, actor, begins, start_of(day + timedelta(days=1)))
    return [
        one
        for one in entries
        if one.message.id != message.id and names.intersection(one.partnerships)
    ]
