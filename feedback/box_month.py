"""A month of problem boxes: on which days each was emptied, missed, or did not have to be (R39)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from feedback import box_emptying
from feedback.models import BoxEmptying, ProblemBox
from partnerships import days, working_days


class DayKind(StrEnum):
    EMPTIED = "emptied"
    MISSED = "missed"
    # Today, which is not over.
    TO_DO = "to_do"
    NOT_DUE = "not_due"
    # Before it was hung up, after it was taken down, or still to come.
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one box."""

    day: date
    kind: DayKind
    emptying: BoxEmptying | None = None


@dataclass(frozen=True, slots=True)
class BoxMonth:
    """The days of one box. ``done`` of ``due`` days: today counts once it was emptied."""

    box: ProblemBox
    days: list[Day]
    done: int
    due: int
    letters: int


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month."""

    first: date

    @classmethod
    def read(cls, typed: str) -> "Month":
        """The month that an address names as 2026-07; this one for anything else."""
        today = days.today()
        try:
            first = date.fromisoformat(f"{typed}-01")
        except ValueError:
            first = today.replace(day=1)
        # Far from both ends of the calendar, and nothing is known of what is to come.
        return cls(min(max(first, date(1990, 1, 1)), today.replace(day=1)))

    @property
    def last(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def before(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str | None:
        """The next one, unless it is still to come."""
        following = self.last + timedelta(days=1)
        return f"{following:%Y-%m}" if following <= days.today() else None


def months_of(session: Session, boxes: Sequence[ProblemBox], month: Month) -> list[BoxMonth]:
    """Each of these boxes that hung in this month."""
    emptied = box_emptying.between(session, boxes, month.first, month.last)
    found = [span_of(one, emptied, month.first, month.last) for one in boxes]
    return [one for one in found if any(day.kind is not DayKind.NONE for day in one.days)]


def span_of(
    box: ProblemBox,
    emptied: Mapping[tuple[UUID, date], BoxEmptying],
    first: date,
    last: date,
) -> BoxMonth:
    """What became of one box from a first to a last day."""
    shown = [
        _day(box, first + timedelta(days=number), emptied)
        for number in range((last - first).days + 1)
    ]
    was_due = [
        one
        for one in shown
        if is_due(box, one.day) and one.kind in (DayKind.EMPTIED, DayKind.MISSED)
    ]
    done = sum(one.kind is DayKind.EMPTIED for one in was_due)
    letters = sum(one.emptying.letters for one in shown if one.emptying)
    return BoxMonth(box, shown, done, len(was_due), letters)


def _day(box: ProblemBox, day: date, emptied: Mapping[tuple[UUID, date], BoxEmptying]) -> Day:
    row = emptied.get((box.id, day))
    if row is not None:
        return Day(day, DayKind.EMPTIED, row)
    today = days.today()
    if day > today or not hangs(box, day):
        return Day(day, DayKind.NONE)
    if not is_due(box, day):
        return Day(day, DayKind.NOT_DUE)
    return Day(day, DayKind.TO_DO if day == today else DayKind.MISSED)


def hangs(box: ProblemBox, day: date) -> bool:
    """Whether it hung on a day."""
    return box.hung_on <= day and (box.removed_on is None or day < box.removed_on)


def is_due(box: ProblemBox, day: date) -> bool:
    """Whether it is to be emptied on a day on which it hangs."""
    return hangs(box, day) and (not box.working_days_only or working_days.is_working_day(day))


def still_to_empty(session: Session, boxes: Sequence[ProblemBox]) -> int:
    """How many of these are due today and not emptied yet."""
    today = days.today()
    emptied = box_emptying.between(session, boxes, today, today)
    return sum(is_due(one, today) and (one.id, today) not in emptied for one in boxes)
