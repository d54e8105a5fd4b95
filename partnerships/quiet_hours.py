"""When a message that can wait may leave: the hours the partners agreed on, on Belgian clocks."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol

import holidays

from hub.clock import BRUSSELS, in_brussels
from hub.i18n import Language
from partnerships.models import CommunicationPlan

_SUNDAY = 6
# No run of Sundays and holidays comes near it.
_MOST_DAYS_AHEAD = 14


class Hours(Protocol):
    """The hours of a communication plan in which messages may leave."""

    @property
    def messages_from(self) -> time: ...
    @property
    def messages_until(self) -> time: ...
    @property
    def messages_on_sundays(self) -> bool: ...
    @property
    def messages_on_holidays(self) -> bool: ...


def next_allowed(plan: Hours, at: datetime) -> datetime:
    """``at`` itself when a message that keeps quiet hours may leave then under ``plan``, else the
    first moment after it when it may."""
    today = in_brussels(at).date()
    for ahead in range(_MOST_DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        opens, closes = _open_hours(plan, day)
        if not is_closed_on(plan, day) and at < closes and opens < closes:
            return max(at, opens)
    raise AssertionError("A plan with no hour to send in is refused when it is written.")


def next_time(at: datetime, clock_time: time) -> datetime:
    """The first moment after ``at`` at which Belgian clocks show this time; the later of two."""
    today = in_brussels(at).date()
    days = (today + timedelta(days=ahead) for ahead in range(3))
    return next(moment for day in days if (moment := max(_moments(day, clock_time))) > at)


def is_night(plan: CommunicationPlan, at: datetime) -> bool:
    """Whether ``at`` is in the night hours of ``plan``."""
    return is_between(in_brussels(at).time(), plan.night_from, plan.night_until)


def is_between(clock_time: time, start: time, end: time) -> bool:
    """Whether a time of day lies from ``start`` to before ``end``, which may be past midnight.

    From a time to the same time is no time at all.
    """
    if start <= end:
        return start <= clock_time < end
    return clock_time >= start or clock_time < end


def is_holiday(day: date) -> bool:
    """Whether ``day`` is a public holiday in the whole of Belgium."""
    return day in _holidays(day.year)


def holiday_name(day: date, language: Language) -> str:
    """What the public holiday on ``day`` is called; empty when it is none."""
    code = "en_US" if language is Language.ENGLISH else language.value
    return _names(day.year, code).get(day, "")


@lru_cache(maxsize=16)
def _names(year: int, code: str) -> Mapping[date, str]:
    return holidays.country_holidays("BE", years=year, language=code)


@lru_cache(maxsize=8)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=year))


def is_closed_on(plan: Hours, day: date) -> bool:
    """Whether nothing that keeps quiet hours may leave on ``day`` under ``plan``."""
    if day.weekday() == _SUNDAY and not plan.messages_on_sundays:
        return True
    return is_holiday(day) and not plan.messages_on_holidays


def _open_hours(plan: Hours, day: date) -> tuple[datetime, datetime]:
    return max(_moments(day, plan.messages_from)), min(_moments(day, plan.messages_until))


def _moments(day: date, clock_time: time) -> tuple[datetime, datetime]:
    """The moments at which a clock may be said to show this time: two where the clock changes.

    Opening at the later and closing at the earlier one, nothing leaves in an hour that is quiet by
    either count.
    """
    local = datetime.combine(day, clock_time)
    first = local.replace(tzinfo=BRUSSELS, fold=0)
    second = local.replace(tzinfo=BRUSSELS, fold=1)
    return _in_utc(first), _in_utc(second)


def _in_utc(local: datetime) -> datetime:
    return local.astimezone(UTC)
