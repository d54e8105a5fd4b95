"""Belgian working days: Monday to Friday, without the public holidays of the whole country."""

from datetime import date, timedelta

from partnerships.quiet_hours import is_holiday

_SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Whether offices are open in the whole of Belgium on ``day``."""
    return day.weekday() < _SATURDAY and not is_holiday(day)


def working_day_after(day: date, number: int) -> date:
    """The ``number``-th working day after ``day``, which itself does not count."""
    while number:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


def first_working_day(year: int, month: int) -> date:
    """The first working day of a month."""
    return working_day_after(date(year, month, 1) - timedelta(days=1), 1)
