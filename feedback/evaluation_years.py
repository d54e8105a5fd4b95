"""The year an evaluation is about: from midnight to midnight on a Belgian wall."""

from dataclasses import dataclass
from datetime import date, datetime

from hub import clock
from partnerships.days import start_of

# Partnerships are older; figures of the hub are not.
FIRST_YEAR = 2000
# How many years before it an evaluation is compared with.
COMPARED_YEARS = 3


@dataclass(frozen=True, slots=True)
class Year:
    """A civil year; what happens at ``end`` belongs to the next."""

    number: int

    @property
    def start(self) -> datetime:
        return start_of(date(self.number, 1, 1))

    @property
    def end(self) -> datetime:
        return start_of(date(self.number + 1, 1, 1))

    @property
    def is_over(self) -> bool:
        return self.end <= clock.now()

    def with_those_before(self) -> list["Year"]:
        """The years an evaluation compares, the oldest first and this one last."""
        return [Year(self.number - back) for back in range(COMPARED_YEARS, -1, -1)]


def this_year() -> int:
    """The year on a Belgian wall."""
    return clock.in_brussels(clock.now()).year


def is_known(number: int) -> bool:
    """Whether an evaluation can be about this year."""
    return FIRST_YEAR <= number <= this_year()
