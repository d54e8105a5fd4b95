"""How well those who told us something are answered (I9): the share in time, and how long it took.

A share is kept by its parts, so that shares of towns and years are added and never averaged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from feedback.models import Answer, AnswerStatus
from hub.db import Condition

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Owed:
    """When one answer was owed, due, and given; ``given_at`` is ``None`` before."""

    since: datetime
    due_at: datetime
    given_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """``settled``: answered, or past the day it was promised for. ``median_hours`` is of those who
    were answered, ``None`` where nobody was."""

    settled: int
    answered: int
    in_time: int
    median_hours: float | None

    @property
    def share_answered(self) -> float | None:
        """Percent; ``None`` without a case: no case is not zero percent."""
        return 100 * self.answered / self.settled if self.settled else None

    @property
    def share_in_time(self) -> float | None:
        return 100 * self.in_time / self.settled if self.settled else None


def figures(owed: Iterable[Owed], as_of: datetime) -> Figures:
    """The figures as they stood at ``as_of``: what was given later was not given yet."""
    known = [_as_of(one, as_of) for one in owed if one.since <= as_of]
    settled = [one for one in known if one.given_at is not None or one.due_at <= as_of]
    took = [(one.given_at - one.since) / _HOUR for one in settled if one.given_at is not None]
    return Figures(
        settled=len(settled),
        answered=len(took),
        in_time=sum(one.given_at is not None and one.given_at <= one.due_at for one in settled),
        median_hours=median(took) if took else None,
    )


def _as_of(one: Owed, as_of: datetime) -> Owed:
    is_given = one.given_at is not None and one.given_at <= as_of
    return Owed(one.since, one.due_at, one.given_at if is_given else None)


def of_sightings(
    session: Session, police_zone_id: UUID, start: datetime, end: datetime
) -> Sequence[Owed]:
    """The answers owed for sightings that came in from ``start`` to before ``end``; those that
    were not needed are left out."""
    return _owed(session, start, end, _sightings_of(police_zone_id))


def of_reports(
    session: Session, municipality_id: UUID, start: datetime, end: datetime
) -> Sequence[Owed]:
    """The same of reports."""
    return _owed(session, start, end, _reports_of(municipality_id))


def _sightings_of(police_zone_id: UUID) -> Condition:
    return (col(Answer.police_zone_id) == police_zone_id) & col(Answer.sighting_id).is_not(None)


def _reports_of(municipality_id: UUID) -> Condition:
    return (col(Answer.municipality_id) == municipality_id) & col(Answer.report_id).is_not(None)


def _owed(session: Session, start: datetime, end: datetime, whose: Condition) -> list[Owed]:
    rows = session.execute(
        select(col(Answer.owed_since), col(Answer.due_at), col(Answer.given_at), col(Answer.status))
        .where(
            whose,
            col(Answer.owed_since) >= start,
            col(Answer.owed_since) < end,
            col(Answer.status) != AnswerStatus.NOT_NEEDED,
        )
        .order_by(col(Answer.owed_since))
    )
    return [
        Owed(since, due_at, given_at if status is AnswerStatus.GIVEN else None)
        for since, due_at, given_at, status in rows
    ]
