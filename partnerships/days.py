"""Belgian days as moments: rights and measures begin and end with a day."""

from datetime import date, datetime, time, timedelta

from hub import clock


def start_of(day: date) -> datetime:
    """The midnight at which a day begins."""
    return datetime.combine(day, time.min, clock.BRUSSELS)


def end_of(day: date) -> datetime:
    """The midnight at which a day ends: nothing of that day is later."""
    return start_of(day + timedelta(days=1))


def last_day(until: datetime) -> date:
    """The last day that has something before ``until``."""
    return clock.in_brussels(until - timedelta(microseconds=1)).date()


def today() -> date:
    """The date on a Belgian wall."""
    return clock.in_brussels(clock.now()).date()
