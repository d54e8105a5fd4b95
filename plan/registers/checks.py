"""What cannot be, whatever each cell says by itself."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from hub import clock
from hub.db import hold_alone
from hub.errors import FieldProblem
from hub.i18n import mark
from plan.models import Shift
from plan.registers.circle import Circle

LONGEST_SHIFT = timedelta(hours=24)
ENDS_BEFORE = mark("It ends before it begins.")
TOO_LONG = mark("A shift lasts 24 hours at most.")
_OVERLAPS = mark("This worker has another shift at that time.")
_IS_OPEN = mark("This worker is clocked in already.")
_NEEDS_END = mark("Give the end. Who is still there uses “I am here” instead.")
_BEFORE = mark("This is before the other day.")
_NO_VICTIM = mark("Only a victim has a day of the offence.")
_NOBODY_CAME = mark("What was not held has nobody present.")
_PLANNED_BEFORE = mark("This day is still to come: the meeting is planned, not held.")

Values = Mapping[str, Any]
Check = Callable[[Session, Circle, Values, UUID | None], list[FieldProblem]]


def problems(
    session: Session, circle: Circle, kind: str, values: Values, own_id: UUID | None
) -> list[FieldProblem]:
    """What is wrong with an entry as a whole; ``own_id`` is the one that is put right."""
    return _CHECKS[kind](session, circle, values, own_id) if kind in _CHECKS else []


def is_too_long(began_at: datetime, ended_at: datetime) -> bool:
    """Longer than a day, both by the hours and by the clock on the wall: the day on which the clock
    is put back has 25 hours, and may be worked through."""
    by_the_wall = clock.in_brussels(ended_at).replace(tzinfo=None) - clock.in_brussels(
        began_at
    ).replace(tzinfo=None)
    return min(by_the_wall, ended_at - began_at) > LONGEST_SHIFT


def _shift(
    session: Session, _circle: Circle, values: Values, own_id: UUID | None
) -> list[FieldProblem]:
    began, ended = values["began_at"], values["ended_at"]
    if ended is None:
        own = session.get(Shift, own_id) if own_id else None
        if own is None or own.ended_at is not None:
            return [FieldProblem("ended_at", _NEEDS_END)]
    elif ended <= began:
        return [FieldProblem("ended_at", ENDS_BEFORE)]
    elif is_too_long(began, ended):
        return [FieldProblem("ended_at", TOO_LONG)]
    worker = values["worker_id"]
    if worker is None:
        return []
    # One worker's shifts are written one after the other: two at once would not see each other.
    hold_alone(session, worker)
    return overlap(session, worker, began, ended or clock.now(), own_id)


def overlap(
    session: Session, worker: UUID, began: datetime, ended: datetime, own_id: UUID | None
) -> list[FieldProblem]:
    """Whether a worker is elsewhere in this time."""
    wanted = select(Shift).where(
        Shift.worker_id == worker,
        col(Shift.taken_back_at).is_(None),
        col(Shift.began_at) < ended,
        or_(col(Shift.ended_at).is_(None), col(Shift.ended_at) > began),
    )
    if own_id:
        wanted = wanted.where(Shift.id != own_id)
    found = session.exec(wanted.limit(1)).first()
    if found is None:
        return []
    return [FieldProblem("began_at", _OVERLAPS if found.ended_at else _IS_OPEN)]


def _visit(
    _session: Session, _circle: Circle, values: Values, _own_id: UUID | None
) -> list[FieldProblem]:
    asked, offence, visited = (
        values[name] for name in ("requested_on", "offence_on", "visited_on")
    )
    found = []
    if offence and values["requester"] != "victim":
        found.append(FieldProblem("offence_on", _NO_VICTIM))
    elif offence and offence > asked:
        found.append(FieldProblem("requested_on", _BEFORE))
    if visited and visited < asked:
        found.append(FieldProblem("visited_on", _BEFORE))
    return found


def _meeting(
    _session: Session, _circle: Circle, values: Values, _own_id: UUID | None
) -> list[FieldProblem]:
    if values["status"] != "held":
        return [FieldProblem("present", _NOBODY_CAME)] if values["present"] else []
    is_ahead = values["day"] > clock.in_brussels(clock.now()).date()
    return [FieldProblem("status", _PLANNED_BEFORE)] if is_ahead else []


def _in_order(first: str, then: str) -> Check:
    def check(
        _session: Session, _circle: Circle, values: Values, _own_id: UUID | None
    ) -> list[FieldProblem]:
        is_wrong = values[first] and values[then] and values[then] < values[first]
        return [FieldProblem(then, _BEFORE)] if is_wrong else []

    return check


_CHECKS: Mapping[str, Check] = {
    "shifts": _shift,
    "visits": _visit,
    "meetings": _meeting,
    "certificates": _in_order("obtained_on", "expires_on"),
    "obligations": _in_order("asked_on", "sent_on"),
    "staff": _in_order("started_on", "left_on"),
    "tools": _in_order("published_on", "withdrawn_on"),
}
