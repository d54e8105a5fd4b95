"""The stretch of days a figure is about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from partnerships.days import start_of


@dataclass(frozen=True, slots=True)
class Period:
    """From a civil day to a civil day in Brussels, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """The moment it is over: nothing of it is at or after this."""
        return start_of(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def within(self, other: "Period") -> "Period | None":
        """The days that both have; ``None`` where they have none."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Period(first, last) if first <= last else None


def whole_weeks(period: Period) -> int:
    """The ISO weeks, Monday to Sunday, that lie wholly in the period."""
    monday = period.first + timedelta(days=-period.first.weekday() % 7)
    return max(0, ((period.last - monday).days + 1) // 7)
