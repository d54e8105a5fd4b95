"""When a message that can wait may leave: Belgian wall clocks, Sundays, holidays, both changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.clock import BRUSSELS, in_brussels
from partnerships.models import CommunicationPlan
from partnerships.quiet_hours import is_between, is_holiday, is_night, next_allowed

USUAL = CommunicationPlan()
WITHOUT_REST = CommunicationPlan(messages_on_sundays=True, messages_on_holidays=True)


def on_the_wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2026-06-03 10:15", "2026-06-03 10:15"),  # a Wednesday morning
        ("2026-06-03 07:59:59", "2026-06-03 08:00"),
        ("2026-06-03 08:00", "2026-06-03 08:00"),
        ("2026-06-03 19:59:59", "2026-06-03 19:59:59"),
        ("2026-06-03 20:00", "2026-06-04 08:00"),
        ("2026-06-06 20:30", "2026-06-08 08:00"),  # Saturday evening: over Sunday
        ("2026-06-07 12:00", "2026-06-08 08:00"),  # Sunday noon
        ("2026-04-04 21:00", "2026-04-07 08:00"),  # over Easter and Easter Monday
        ("2026-05-13 20:00", "2026-05-15 08:00"),  # over Ascension Day
        ("2026-07-21 09:00", "2026-07-22 08:00"),  # the national day
        ("2026-12-24 20:00", "2026-12-26 08:00"),  # over Christmas
        ("2026-12-31 23:59", "2027-01-02 08:00"),  # over New Year's Day
        ("2027-11-10 20:00", "2027-11-12 08:00"),  # over Armistice Day
    ],
)
def test_a_message_leaves_in_the_hours_agreed_on(at: str, leaves: str) -> None:
    assert next_allowed(USUAL, on_the_wall(at)) == on_the_wall(leaves)


def test_the_morning_comes_an_hour_earlier_by_utc_after_the_clocks_went_forward() -> None:
    before = next_allowed(WITHOUT_REST, on_the_wall("2027-03-26 22:00"))
    after = next_allowed(WITHOUT_REST, on_the_wall("2027-03-27 22:00"))
    assert before == datetime(2027, 3, 27, 7, 0, tzinfo=UTC)
    assert after == datetime(2027, 3, 28, 6, 0, tzinfo=UTC)
    assert next_allowed(WITHOUT_REST, on_the_wall("2026-10-24 22:00")) == datetime(
        2026, 10, 25, 7, 0, tzinfo=UTC
    )


def test_an_hour_that_does_not_exist_opens_when_the_clock_has_passed_it() -> None:
    early = CommunicationPlan(
        messages_from=time(2, 30), messages_until=time(5, 0), messages_on_sundays=True,
        messages_on_holidays=True,
    )  # fmt: skip
    leaves = next_allowed(early, on_the_wall("2027-03-28 00:10"))
    assert in_brussels(leaves).time() == time(3, 30)


def test_an_hour_that_exists_twice_opens_the_second_time_and_closes_the_first() -> None:
    early = CommunicationPlan(
        messages_from=time(2, 30), messages_until=time(5, 0), messages_on_sundays=True,
        messages_on_holidays=True,
    )  # fmt: skip
    late = CommunicationPlan(
        messages_from=time(1, 0), messages_until=time(2, 30), messages_on_sundays=True,
        messages_on_holidays=True,
    )  # fmt: skip
    midnight = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert next_allowed(early, midnight) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    first_half_past_two = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_allowed(late, first_half_past_two) > first_half_past_two + timedelta(hours=20)


def test_partners_may_agree_on_sundays_and_holidays() -> None:
    assert next_allowed(WITHOUT_REST, on_the_wall("2026-12-25 09:00")) == on_the_wall(
        "2026-12-25 09:00"
    )
    only_sundays = CommunicationPlan(messages_on_sundays=True)
    # Easter is a Sunday and a holiday.
    assert next_allowed(only_sundays, on_the_wall("2026-04-05 09:00")) == on_the_wall(
        "2026-04-07 08:00"
    )


def test_the_belgian_holidays_are_known_for_years_ahead() -> None:
    for year in range(2026, 2036):
        assert all(is_holiday(date(year, *day)) for day in ((1, 1), (5, 1), (7, 21), (12, 25)))
        assert not is_holiday(date(year, 12, 26))


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        (time(22), time(6), (time(22), time(23, 59), time(0), time(5, 59)), (time(6), time(21))),
        (time(12), time(14), (time(12), time(13, 59)), (time(14), time(11, 59))),
        (time(7), time(7), (), (time(7), time(0), time(12))),
    ],
)
def test_a_time_of_day_lies_between_two_others_also_over_midnight(
    start: time, end: time, inside: tuple[time, ...], outside: tuple[time, ...]
) -> None:
    assert all(is_between(one, start, end) for one in inside)
    assert not any(is_between(one, start, end) for one in outside)


def test_the_night_is_the_plans_own() -> None:
    assert is_night(USUAL, on_the_wall("2026-06-03 23:00"))
    assert is_night(USUAL, on_the_wall("2026-06-03 05:59"))
    assert not is_night(USUAL, on_the_wall("2026-06-03 06:00"))


moments = st.datetimes(
    min_value=datetime(2026, 1, 1), max_value=datetime(2032, 12, 31), timezones=st.just(UTC)
)
plans = st.builds(
    lambda start, length, sundays, holidays: CommunicationPlan(
        messages_from=time(start // 60, start % 60),
        messages_until=time((start + length) // 60, (start + length) % 60),
        messages_on_sundays=sundays,
        messages_on_holidays=holidays,
    ),
    st.integers(0, 1200),
    st.integers(1, 239),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(plans, moments)
def test_it_is_the_first_moment_of_agreed_hours_from_now_on(
    plan: CommunicationPlan, at: datetime
) -> None:
    leaves = next_allowed(plan, at)
    wall = in_brussels(leaves)
    assert leaves >= at
    assert next_allowed(plan, leaves) == leaves
    # Whenever somebody looks on the way there, the answer is the same.
    assert next_allowed(plan, at + (leaves - at) / 2) == leaves
    assert plan.messages_on_sundays or wall.weekday() != 6
    assert plan.messages_on_holidays or not is_holiday(wall.date())
    if wall.utcoffset() == in_brussels(leaves - timedelta(hours=3)).utcoffset():
        assert is_between(wall.time(), plan.messages_from, plan.messages_until)
