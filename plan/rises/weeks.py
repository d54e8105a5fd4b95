"""ISO weeks, Monday to Sunday, as the police count by them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from partnerships import days

_WEEK = re.compile(r"(\d{4})\s*-?\s*[wW]?\s*(\d{1,2})")
_FIRST_YEAR = 2000
ONE = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A week of an ISO year: the one its Thursday lies in."""

    year: int
    number: int

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    def later(self, weeks: int) -> "Week":
        return of(self.monday + weeks * ONE)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"


def of(day: date) -> Week:
    """The week a day lies in."""
    its = day.isocalendar()
    return Week(its.year, its.week)


def last_complete() -> Week:
    """The week that ended last Sunday, on a Belgian wall."""
    return of(days.today() - ONE)


def read(typed: str) -> Week | None:
    """A week as people write it: 2026-W07, 2026W7, 2026-07. ``None`` for what is no week."""
    found = _WEEK.fullmatch(typed.strip())
    if found is None or int(found[1]) < _FIRST_YEAR:
        return None
    try:
        # The fifty-third is a week of some years only, and the calendar ends.
        day = date.fromisocalendar(int(found[1]), int(found[2]), 7)
    except ValueError:
        return None
    return of(day)
