"""The silence of each partnership in both directions (R31), the longest first, and what breaks it.

When members wrote to the police is known to the police alone: a coordinator who saw that somebody
wrote on the day after an alert would have found a trace of a sighting (R17). He sees when members
last asked something that was passed on to him.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, case, func, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from feedback import silence
from feedback.models import InboundKind, InboundMessage, Sighting
from hub import clock
from hub.access import Action, Actor
from messaging.cold_starters import topic_of
from messaging.models import Broadcast, BroadcastPartnership, ColdMessage, Relay, Topic
from partnerships import health, scope
from partnerships.days import start_of
from partnerships.health import Concern, Finding, Level
from partnerships.models import LIVING_STATUSES, Membership, Partnership

# By partnership, a number for each month.
Counts = dict[UUID, list[int]]

MONTHS = 12
PAGE = 25
# The advice of each month, the first that was not given lately is proposed.
_SEASON: dict[int, tuple[str, ...]] = {
    **dict.fromkeys((10, 11, 12, 1, 2), ("dark_days", "doorstep", "phishing", "vehicles")),
    **dict.fromkeys((3, 4, 5), ("bicycles", "doorstep", "vehicles", "phishing")),
    **dict.fromkeys((6, 7, 8), ("holiday_watch", "bicycles", "doorstep", "phishing")),
    9: ("bicycles", "vehicles", "phishing", "doorstep"),
}
# What was given within this time is not proposed again.
_LATELY = timedelta(days=300)


class Remedy(StrEnum):
    """What may be done about a silence."""

    PREVENTION = "prevention"
    MEETING = "meeting"
    DRILL = "drill"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Row:
    """One partnership. ``said`` is of what this reader may know."""

    partnership: Partnership
    told: Finding
    said: Finding
    # Whether he reads what members write to the police; else only the questions passed to him.
    reads_police: bool

    @property
    def longest(self) -> int:
        """Days of the longer silence that this reader can do something about."""
        return max(self.told.count, self.said.count if self.reads_police else 0)

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        found = [Remedy.PREVENTION] if self.told.level else []
        if self.reads_police and self.said.level and not found:
            found.append(Remedy.DRILL if self.said.is_missing else Remedy.CALL)
        if Level.RED in (self.told.level, self.said.level if self.reads_police else Level.GREEN):
            found.append(Remedy.MEETING)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Month:
    """How many messages went each way in one month."""

    first: date
    told: int
    said: int


def rows(session: Session, actor: Actor, at: datetime) -> list[Row]:
    """The living partnerships within reach, the longest silence first. A few questions, however
    many partnerships there are."""
    living = session.execute(
        select(Partnership).where(
            scope.within_reach(actor, Action.SEE_SILENCE),
            col(Partnership.status).in_(LIVING_STATUSES),
        )
    ).scalars()
    found = list(living)
    readable = {one.id for one in found if reads_police(actor, one)}
    last = silence.last_messages(session, [one.id for one in found], readable)
    made = [_row(one, last[one.id], at, reads=one.id in readable) for one in found]
    return sorted(made, key=lambda one: (-one.longest, one.partnership.name))


def reads_police(actor: Actor, partnership: Partnership) -> bool:
    """Whether this person reads what members of this partnership write to the police."""
    return scope.covers(actor, Action.SEE_INBOX, partnership)


def _row(partnership: Partnership, last: silence.LastMessages, at: datetime, *, reads: bool) -> Row:
    since = partnership.created_at
    return Row(
        partnership,
        health.of_silence(Concern.SILENCE_OF_POLICE, last.to_members, since, at),
        health.of_silence(Concern.SILENCE_OF_MEMBERS, last.from_members, since, at),
        reads,
    )


def starters(session: Session, partnership_ids: Sequence[UUID], at: datetime) -> dict[UUID, str]:
    """For each the advice of the season to begin with: what it has not been given lately."""
    given: dict[UUID, set[Topic]] = {one: set() for one in partnership_ids}
    asked = session.execute(
        select(col(Relay.partnership_id), col(ColdMessage.topic))
        .join(ColdMessage, col(ColdMessage.id) == col(Relay.message_id))
        .where(
            col(Relay.partnership_id).in_(partnership_ids),
            col(ColdMessage.created_at) > at - _LATELY,
            col(ColdMessage.topic).is_not(None),
        )
        .distinct()
    )
    for partnership_id, topic in asked:
        given[partnership_id].add(topic)
    season = _SEASON[clock.in_brussels(at).month]
    return {one: _first_new(season, topics) for one, topics in given.items()}


def _first_new(season: tuple[str, ...], given: set[Topic]) -> str:
    return next((code for code in season if topic_of(code) not in given), season[0])


def months(
    session: Session, partnership_ids: Sequence[UUID], readable: set[UUID], at: datetime
) -> dict[UUID, list[Month]]:
    """The last twelve months of each, this one included. Drills are no messages."""
    firsts = _firsts(clock.in_brussels(at).date())
    told = _told(session, partnership_ids, firsts)
    read = [one for one in partnership_ids if one in readable]
    said = _asked(session, [one for one in partnership_ids if one not in readable], firsts)
    for found in (_said(session, read, firsts), _seen(session, read, firsts)):
        said |= {one: _added(said.get(one), numbers) for one, numbers in found.items()}
    none = [0] * MONTHS
    return {
        one: [
            Month(first, *counts)
            for first, *counts in zip(
                firsts[:MONTHS], told.get(one, none), said.get(one, none), strict=True
            )
        ]
        for one in partnership_ids
    }


def _firsts(today: date) -> list[date]:
    """The first days of the months, and of the one after the last."""
    number = today.year * 12 + today.month - 1
    wanted = range(number - MONTHS + 1, number + 2)
    return [date(one // 12, one % 12 + 1, 1) for one in wanted]


def _sums(moment: Mapped[Any], firsts: Sequence[date]) -> list[ColumnElement[int]]:
    """A column for each month: how many of the rows are of it."""
    starts = [start_of(one) for one in firsts]
    return [
        func.sum(case(((moment >= start) & (moment < end), 1), else_=0))
        for start, end in pairwise(starts)
    ]


def _told(session: Session, ids: Sequence[UUID], firsts: Sequence[date]) -> Counts:
    to = col(BroadcastPartnership.partnership_id)
    released = col(Broadcast.released_at)
    return _by_partnership(
        session,
        select(to, *_sums(released, firsts))
        .join(Broadcast, col(Broadcast.id) == col(BroadcastPartnership.broadcast_id))
        .where(to.in_(ids), released >= start_of(firsts[0]), col(Broadcast.is_drill).is_(False))
        .group_by(to),
    )


def _said(session: Session, ids: Sequence[UUID], firsts: Sequence[date]) -> Counts:
    of, received = col(Membership.partnership_id), col(InboundMessage.received_at)
    return _by_partnership(
        session,
        select(of, *_sums(received, firsts))
        .join(InboundMessage, col(InboundMessage.person_id) == col(Membership.person_id))
        .where(
            of.in_(ids),
            col(Membership.left_at).is_(None),
            received >= start_of(firsts[0]),
            col(InboundMessage.kind) == InboundKind.MESSAGE,
        )
        .group_by(of),
    )


def _seen(session: Session, ids: Sequence[UUID], firsts: Sequence[date]) -> Counts:
    of, received = col(Membership.partnership_id), col(Sighting.received_at)
    return _by_partnership(
        session,
        select(of, *_sums(received, firsts))
        .join(Sighting, col(Sighting.person_id) == col(Membership.person_id))
        .where(
            of.in_(ids),
            col(Membership.left_at).is_(None),
            received >= start_of(firsts[0]),
            # One that was read from a message is counted with the messages.
            col(Sighting.message_id).is_(None),
        )
        .group_by(of),
    )


def _added(before: list[int] | None, numbers: list[int]) -> list[int]:
    return [sum(pair) for pair in zip(before, numbers, strict=True)] if before else numbers


def _asked(session: Session, ids: Sequence[UUID], firsts: Sequence[date]) -> Counts:
    to, received = col(InboundMessage.for_partnership_id), col(InboundMessage.received_at)
    return _by_partnership(
        session,
        select(to, *_sums(received, firsts))
        .where(to.in_(ids), received >= start_of(firsts[0]))
        .group_by(to),
    )


def _by_partnership(session: Session, counted: Executable) -> Counts:
    return {one: [int(number) for number in numbers] for one, *numbers in session.execute(counted)}
