"""The health of a partnership: what is wrong in its register, how bad it is, and what mends it.

What depends on messages, the silence in either direction (R31), is added on a floor above.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session, col

from hub.config import settings
from hub.db import Condition
from hub.roles import Role
from partnerships import appointment_gaps, communication_plan, households
from partnerships.appointment_gaps import Gap
from partnerships.days import last_day
from partnerships.member_states import (
    agrees,
    has_lost_contact,
    has_unverified_number,
    is_reachable,
)
from partnerships.models import (
    CommunicationPlan,
    JoinRequest,
    JoinStatus,
    Membership,
    Partnership,
    Person,
    Purpose,
)

# From this share of the members on, a fault is one of the whole partnership.
_MANY = 0.1
# A partnership so young has not had the time to be written to.
_NEW_FOR_DAYS = 14


class Level(IntEnum):
    """How bad it is; the worst is the greatest."""

    GREEN = 0
    ORANGE = 1
    RED = 2


class Concern(StrEnum):
    """What is looked at."""

    COORDINATOR = "coordinator"
    OFFICER = "officer"
    MEMBERS = "members"
    UNREACHABLE = "unreachable"
    LOST = "lost"
    UNVERIFIED = "unverified"
    NO_CONSENT = "no_consent"
    REQUESTS = "requests"
    PLAN = "plan"
    HOUSEHOLDS = "households"
    SILENCE_OF_POLICE = "silence_of_police"
    SILENCE_OF_MEMBERS = "silence_of_members"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``count`` counts people, requests or days, as the concern has it;
    ``day`` is when something ends or was due; ``is_missing`` says that there is none at all."""

    concern: Concern
    level: Level
    count: int = 0
    day: date | None = None
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class _Register:
    members: int = 0
    unreachable: int = 0
    lost: int = 0
    unverified: int = 0
    no_consent: int = 0


def findings(
    session: Session, partnerships: Sequence[Partnership], at: datetime
) -> dict[UUID, list[Finding]]:
    """All that the register tells of these partnerships: a few questions, however many they are."""
    ids = [one.id for one in partnerships]
    registers = _registers(session, ids)
    gaps = appointment_gaps.of(session, partnerships, at)
    requests = _requests(session, ids)
    plans = communication_plan.in_force_of(session, ids, at)
    covered = households.covered(session, ids)
    return {
        one: [
            *_of_appointments(gaps.get(one, [])),
            *_of_register(registers.get(one, _Register())),
            _of_requests(requests.get(one), at),
            _of_plan(plans.get(one)),
            Finding(Concern.HOUSEHOLDS, Level.GREEN, covered.get(one, 0)),
        ]
        for one in ids
    }


def _registers(session: Session, ids: Sequence[UUID]) -> dict[UUID, _Register]:
    counted = session.execute(
        select(
            col(Membership.partnership_id),
            func.count(),
            _number(~is_reachable()),
            _number(has_lost_contact()),
            _number(has_unverified_number()),
            _number(~agrees(Purpose.URGENT_ALERTS)),
        )
        .select_from(Membership)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(col(Membership.partnership_id).in_(ids), col(Membership.left_at).is_(None))
        .group_by(col(Membership.partnership_id))
    )
    return {partnership_id: _Register(*numbers) for partnership_id, *numbers in counted}


def _number(is_so: Condition) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((is_so, 1), else_=0)), 0)


@dataclass(frozen=True, slots=True)
class _Requests:
    waiting: int
    since: datetime


def _requests(session: Session, ids: Sequence[UUID]) -> dict[UUID, _Requests]:
    counted = session.execute(
        select(col(JoinRequest.partnership_id), func.count(), func.min(col(JoinRequest.created_at)))
        .where(
            col(JoinRequest.partnership_id).in_(ids),
            col(JoinRequest.status) == JoinStatus.WAITING,
        )
        .group_by(col(JoinRequest.partnership_id))
    )
    return {one: _Requests(waiting, since) for one, waiting, since in counted}


_CONCERN_OF_ROLE = {
    Role.COORDINATOR: Concern.COORDINATOR,
    Role.MANDATED_OFFICER: Concern.OFFICER,
}


def _of_appointments(gaps: Sequence[Gap]) -> Iterator[Finding]:
    by_role = {gap.role: gap for gap in gaps}
    for role, concern in _CONCERN_OF_ROLE.items():
        gap = by_role.get(role)
        if gap is None:
            yield Finding(concern, Level.GREEN)
        elif gap.is_open:
            yield Finding(concern, Level.RED, is_missing=True)
        else:
            yield Finding(concern, Level.ORANGE, day=gap.last_day)


def _of_register(register: _Register) -> Iterator[Finding]:
    level = Level.GREEN if register.members else Level.ORANGE
    yield Finding(Concern.MEMBERS, level, register.members, is_missing=not register.members)
    yield Finding(
        Concern.UNREACHABLE, _by_share(register.unreachable, register), register.unreachable
    )
    yield Finding(Concern.LOST, _if_any(register.lost), register.lost)
    yield Finding(Concern.NO_CONSENT, _by_share(register.no_consent, register), register.no_consent)
    yield Finding(Concern.UNVERIFIED, _if_any(register.unverified), register.unverified)


def _if_any(count: int) -> Level:
    return Level.ORANGE if count else Level.GREEN


def _by_share(count: int, register: _Register) -> Level:
    """Red where alerts miss many; one of a few members is not many."""
    is_many = count > 1 and count >= _MANY * register.members
    return Level.RED if is_many else _if_any(count)


def _of_requests(requests: _Requests | None, at: datetime) -> Finding:
    if requests is None:
        return Finding(Concern.REQUESTS, Level.GREEN)
    too_long = requests.since <= at - timedelta(days=settings().request_alarm_days)
    level = Level.RED if too_long else Level.ORANGE
    return Finding(Concern.REQUESTS, level, requests.waiting, last_day(requests.since))


def _of_plan(plan: CommunicationPlan | None) -> Finding:
    if plan is None:
        return Finding(Concern.PLAN, Level.RED, is_missing=True)
    is_due = bool(communication_plan.review_state(plan))
    return Finding(Concern.PLAN, _if_any(is_due), day=plan.review_on)


def of_silence(concern: Concern, last: datetime | None, since: datetime, at: datetime) -> Finding:
    """How long one side has said nothing: since its last message, or since there is a partnership.

    Orange and red begin where the settings say. Members who were never sent anything do not know
    that it works, nor does anybody else: that is orange as soon as the partnership is not new.
    """
    days = max(0, (at - (last or since)).days)
    is_untried = last is None and concern is Concern.SILENCE_OF_POLICE and days >= _NEW_FOR_DAYS
    level = _if_any(is_untried)
    if days >= settings().silence_warning_days:
        level = Level.ORANGE
    if days >= settings().silence_alarm_days:
        level = Level.RED
    return Finding(concern, level, days, is_missing=last is None)


def worst_first(found: Sequence[Finding]) -> list[Finding]:
    """The findings as somebody with little time wants to read them."""
    return sorted(found, key=lambda one: -one.level)


def severity(found: Sequence[Finding]) -> tuple[int, int]:
    """How many are red, and how many orange: the greater, the worse."""
    levels = [one.level for one in found]
    return levels.count(Level.RED), levels.count(Level.ORANGE)
