"""What a member wishes: closed hours, no calls, his ways in his order, away for a while."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from hub import clock
from hub.db import unit_of_work
from messaging import (
    call_list,
    composer,
    drafts,
    escalation,
)
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    Step,
)
from partnerships.models import (
    Channel,
    ChannelChoice,
    Membership,
    Partnership,
)
from tests.agreed_plans import agree_on
from tests.messaging.agreed_sending import (
    BOTH,
    DISPATCHER,
    MONDAY_MORNING,
    SATURDAY_EVENING,
    TEXTS,
    WEDNESDAY_NIGHT,
    WEDNESDAY_NOON,
    WITHOUT_RELAY,
    actor,
    advice,
    alert,
    at,
    claimed,
    feedback_on,
    land_line_members,
    members_of_both,
    mobile_members,
    quiet_advice,
    reason_of,
    reasons,
    release,
    rows,
    rows_of,
    send,
    status_of,
    wish,
    write,
)

pytestmark = pytest.mark.usefixtures("demo_zone")


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(WEDNESDAY_NOON)


@pytest.fixture
def on_land_lines(demo_zone: str) -> Sequence[UUID]:
    with unit_of_work(read_only=True) as session:
        return land_line_members(session)


@pytest.fixture
def with_mobile(demo_zone: str) -> Sequence[UUID]:
    with unit_of_work(read_only=True) as session:
        return mobile_members(session)


# What a member wishes


def closed_at_night(people: Sequence[UUID]) -> None:
    wish(people, no_calls_from=time(22, 0), no_calls_until=time(7, 0))


def test_no_telephone_rings_in_hours_its_owner_closed(on_land_lines: Sequence[UUID]) -> None:
    closed_at_night(on_land_lines)
    at(WEDNESDAY_NIGHT)
    sent = alert()
    assert {one.reason for one in rows_of(sent, *on_land_lines)} == {"calls_closed"}
    assert len(rows(sent)) == 40
    at(WEDNESDAY_NOON + timedelta(days=1))
    by_day = alert(client="two")
    assert {one.state for one in rows_of(by_day, *on_land_lines)} == {DeliveryState.QUEUED}


def test_whoever_has_another_way_gets_it_by_that(with_mobile: Sequence[UUID]) -> None:
    for slug in BOTH:
        agree_on(slug, kinds={"urgent_alert": {"channels": ["voice", "email"]}})
    closed_at_night(with_mobile)
    at(WEDNESDAY_NIGHT)
    sent = alert()
    ways = {one.channel for one in rows_of(sent, *with_mobile) if one.reason is None}
    assert ways == {Channel.EMAIL}


def test_partners_may_agree_that_alerts_ring_all_the_same(on_land_lines: Sequence[UUID]) -> None:
    for slug in BOTH:
        agree_on(slug, kinds={"urgent_alert": {"rings_in_closed_hours": True}})
    closed_at_night(on_land_lines)
    # But whoever wants no calls at all gets none.
    wish(on_land_lines[:1], takes_calls=False)
    at(WEDNESDAY_NIGHT)
    sent = alert()
    assert claimed(sent) > 0
    by_person = {one.person_id: one for one in rows_of(sent, *on_land_lines)}
    silent = by_person.pop(on_land_lines[0])
    assert (silent.state, silent.reason) == (DeliveryState.SKIPPED, "calls_closed")
    assert {one.state for one in by_person.values()} == {DeliveryState.SENDING}


def test_a_call_that_waited_its_turn_into_closed_hours_is_not_made(
    on_land_lines: Sequence[UUID], with_mobile: Sequence[UUID]
) -> None:
    for slug in BOTH:
        agree_on(slug, kinds={"urgent_alert": {"channels": ["voice", "email"]}})
    people = [*on_land_lines, *with_mobile]
    closed_at_night(people)
    # 21:59 on the wall.
    at(WEDNESDAY_NIGHT - timedelta(minutes=61))
    sent = alert()
    calls = [one for one in rows_of(sent, *people) if one.channel is Channel.VOICE]
    assert {one.state for one in calls if one.reason is None} == {DeliveryState.QUEUED}
    at(WEDNESDAY_NIGHT - timedelta(minutes=59))
    claimed(sent)
    assert {one.reason for one in rows_of(sent, *people) if one.channel is Channel.VOICE} <= {
        "calls_closed",
        "no_consent",
    }
    # Who has an address gets it by that now; who has none, has none.
    with unit_of_work() as session:
        escalation.escalate(session, sent)
    after = {one.person_id: one for one in rows_of(sent, *people)}
    assert {after[one].channel for one in with_mobile if after[one].reason is None} == {
        Channel.EMAIL
    }
    assert {after[one].reason for one in on_land_lines} == {"calls_closed"}


# When the closed hours end: seven in the morning by a Belgian clock.
OPEN_AGAIN = datetime(2026, 6, 4, 5, 0, tzinfo=UTC)


def lasting_alert() -> UUID:
    """It is still worth hearing the next morning."""
    return alert(expires_at=OPEN_AGAIN + timedelta(hours=1))


def test_a_call_waits_for_the_end_of_closed_hours_while_the_alert_is_worth_hearing(
    on_land_lines: Sequence[UUID],
) -> None:
    closed_at_night(on_land_lines)
    wish(on_land_lines[:1], takes_calls=False)
    at(WEDNESDAY_NIGHT)
    sent = lasting_alert()
    silent, *others = (rows_of(sent, one) for one in on_land_lines)
    assert [(one.state, one.reason) for one in silent] == [(DeliveryState.SKIPPED, "calls_closed")]
    found = [one for (one,) in others]
    assert {(one.state, one.not_before) for one in found} == {(DeliveryState.QUEUED, OPEN_AGAIN)}
    claimed(sent)
    at(OPEN_AGAIN - timedelta(seconds=1))
    assert claimed(sent) == 0
    at(OPEN_AGAIN)
    assert claimed(sent) == len(found)


def test_an_alert_that_ends_before_the_closed_hours_do_says_why_he_is_not_called(
    on_land_lines: Sequence[UUID],
) -> None:
    closed_at_night(on_land_lines)
    at(WEDNESDAY_NIGHT)
    sent = alert(expires_at=OPEN_AGAIN)
    assert {one.reason for one in rows_of(sent, *on_land_lines)} == {"calls_closed"}


def test_a_text_comes_first_and_the_call_waits_for_the_morning(
    with_mobile: Sequence[UUID],
) -> None:
    """SMS, then mail, then the call that may not ring yet."""
    for slug in BOTH:
        agree_on(slug, kinds={"urgent_alert": {"channels": ["voice", "sms", "email"]}})
    closed_at_night(with_mobile)
    at(WEDNESDAY_NIGHT)
    sent = lasting_alert()
    one = next(row.person_id for row in rows_of(sent, *with_mobile) if row.reason is None)
    assert [row.channel for row in rows_of(sent, one)] == [Channel.SMS]
    for _way in range(2):
        fail_last_way(sent, one)
        with unit_of_work() as session:
            escalation.escalate(session, sent)
    ways = rows_of(sent, one)
    assert [row.channel for row in ways] == [Channel.SMS, Channel.EMAIL, Channel.VOICE]
    assert (ways[-1].state, ways[-1].not_before) == (DeliveryState.QUEUED, OPEN_AGAIN)


def fail_last_way(broadcast_id: UUID, person_id: UUID) -> None:
    with unit_of_work() as session:
        last = session.get_one(Delivery, rows_of(broadcast_id, person_id)[-1].id)
        last.state, last.reason = DeliveryState.FAILED, "stop_point"
        session.add(last)


def test_a_call_whose_turn_came_in_closed_hours_is_made_after_them(
    on_land_lines: Sequence[UUID],
) -> None:
    closed_at_night(on_land_lines)
    # 21:59 on the wall.
    at(WEDNESDAY_NIGHT - timedelta(minutes=61))
    sent = lasting_alert()
    at(WEDNESDAY_NIGHT - timedelta(minutes=59))
    claimed(sent)
    assert {one.reason for one in rows_of(sent, *on_land_lines)} == {"calls_closed"}
    with unit_of_work() as session:
        escalation.escalate(session, sent)
    waiting = [one for one in rows_of(sent, *on_land_lines) if one.reason is None]
    assert {one.not_before for one in waiting} == {OPEN_AGAIN}
    assert {one.person_id for one in waiting} == set(on_land_lines)
    at(OPEN_AGAIN)
    assert claimed(sent) == len(on_land_lines)


def test_the_clock_that_changes_at_night_moves_the_end_of_closed_hours(
    on_land_lines: Sequence[UUID],
) -> None:
    closed_at_night(on_land_lines)
    # The evening before winter time: it is eight hours to seven in the morning, and one more.
    at(datetime(2026, 10, 24, 21, 0, tzinfo=UTC))
    morning = datetime(2026, 10, 25, 6, 0, tzinfo=UTC)
    sent = alert(expires_at=morning + timedelta(minutes=1))
    assert {one.not_before for one in rows_of(sent, *on_land_lines)} == {morning}


def test_who_wants_no_calls_is_not_called_by_hand_either(with_mobile: Sequence[UUID]) -> None:
    agree_on("valdor-gare", kinds={"urgent_alert": {"channels": ["sms"]}})
    sent = alert("valdor-gare")
    silent, other = rows_of(sent, *with_mobile)[:2]
    wish([silent.person_id], takes_calls=False)
    with unit_of_work() as session:
        for one in (silent, other):
            failed = session.get_one(Delivery, one.id)
            failed.state, failed.escalated_at = DeliveryState.FAILED, clock.now()
            session.add(failed)
    with unit_of_work(read_only=True) as session:
        found = session.get_one(Broadcast, sent)
        listed = call_list.entries(session, actor(session, DISPATCHER), found)
    numbers = {one.person_id: len(one.numbers) for one in listed}
    assert numbers == {silent.person_id: 0, other.person_id: 1}


def test_a_member_puts_the_ways_in_his_own_order(with_mobile: Sequence[UUID]) -> None:
    chooser = with_mobile[0]
    with unit_of_work() as session:
        for position, channel in enumerate((Channel.WHATSAPP, Channel.EMAIL), start=1):
            session.add(ChannelChoice(person_id=chooser, channel=channel, position=position))
    sent = alert()
    assert [one.channel for one in rows_of(sent, chooser)] == [Channel.EMAIL]
    others = Counter(one.channel for one in rows_of(sent, *with_mobile[1:]))
    assert set(others) == {Channel.SMS}
    # What the plan does not allow, he cannot choose.
    for slug in BOTH:
        agree_on(slug, kinds={"urgent_alert": {"channels": ["voice", "sms"]}})
    assert [one.channel for one in rows_of(alert(client="two"), chooser)] == [Channel.VOICE]


def test_who_is_away_gets_urgent_alerts_and_their_outcome_only(
    with_mobile: Sequence[UUID],
) -> None:
    traveller = with_mobile[0]
    for slug in BOTH:
        agree_on(slug, kinds=WITHOUT_RELAY)
    wish([traveller], paused_from=date(2026, 6, 3), paused_until=date(2026, 6, 10))
    urgent = alert()
    assert [one.reason for one in rows_of(urgent, traveller)] == [None]
    assert claimed(urgent) == 39
    with unit_of_work() as session:
        wanted = drafts.FollowUp(Step.FEEDBACK, BroadcastKind.FEEDBACK, TEXTS, "outcome")
        first = session.get_one(Broadcast, urgent)
        outcome = drafts.create_follow_up(session, actor(session, DISPATCHER), first, wanted).id
    assert send(outcome)
    assert [one.reason for one in rows_of(outcome, traveller)] == [None]
    during = advice(client="two")
    (nothing,) = rows_of(during, traveller)
    assert (nothing.state, nothing.reason) == (DeliveryState.SKIPPED, "paused")
    assert reasons(during)["paused"] == 1
    assert len(rows(during)) == 40
    # The last day is included.
    at(datetime(2026, 6, 10, 17, 0, tzinfo=UTC))
    assert reasons(advice(client="three"))["paused"] == 1
    at(datetime(2026, 6, 11, 8, 0, tzinfo=UTC))
    assert reasons(advice(client="four"))["paused"] == 0


def test_the_pause_counts_on_the_day_a_message_leaves(with_mobile: Sequence[UUID]) -> None:
    for slug in BOTH:
        agree_on(slug, kinds=WITHOUT_RELAY)
    wish(with_mobile[:1], paused_from=date(2026, 6, 7), paused_until=date(2026, 6, 7))
    wish(with_mobile[1:2], paused_from=date(2026, 6, 8))
    at(SATURDAY_EVENING)
    sent = advice()
    back, gone = rows_of(sent, with_mobile[0]), rows_of(sent, with_mobile[1])
    assert [one.reason for one in back] == [None]
    assert [one.reason for one in gone] == ["paused"]


def test_whoever_goes_away_while_it_waits_gets_nothing_cold(with_mobile: Sequence[UUID]) -> None:
    sent = quiet_advice()
    wish(with_mobile[:1], paused_from=date(2026, 6, 8))
    at(MONDAY_MORNING)
    assert claimed(sent) == 38
    (nothing,) = rows_of(sent, with_mobile[0])
    assert (nothing.state, nothing.reason) == (DeliveryState.SKIPPED, "paused")


def test_who_is_back_when_his_other_partnership_writes_gets_it_from_that() -> None:
    """One of his partnerships writes on Sundays; he is back on Monday."""
    agree_on("valdor-gare", kinds=WITHOUT_RELAY)
    agree_on("haut-valdor", kinds=WITHOUT_RELAY, messages_on_sundays=True)
    with unit_of_work(read_only=True) as session:
        in_both = members_of_both(session)
        slugs = {one.id: one.slug for one in session.exec(select(Partnership))}
    wish(list(in_both), paused_from=date(2026, 6, 7), paused_until=date(2026, 6, 7))
    at(SATURDAY_EVENING)
    found = [one for one in rows_of(advice(), *in_both) if one.reason != "no_consent"]
    assert found
    assert {one.reason for one in found} == {None}
    assert {slugs[one.partnership_id] for one in found} == {"valdor-gare"}
    assert {one.not_before for one in found} == {MONDAY_MORNING}


def test_a_suspended_member_gets_nothing_there_but_what_comes_from_elsewhere() -> None:
    with unit_of_work() as session:
        upper = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
        here = session.exec(select(Membership).where(Membership.partnership_id == upper.id)).all()
        in_both = {
            one.person_id for one in session.exec(select(Membership)).all()
        } & members_of_both(session)
        for membership in here:
            membership.suspended_until = WEDNESDAY_NOON + timedelta(days=1)
            session.add(membership)
    sent = alert()
    assert len(rows(sent)) == 40
    assert reasons(sent)["suspended"] == len(here) - len(in_both) - 1  # one never agreed
    assert {one.reason for one in rows_of(sent, *in_both)} == {None}
    at(WEDNESDAY_NOON + timedelta(days=1))
    assert reasons(alert(client="two"))["suspended"] == 0


def test_every_reason_is_counted_before_it_is_sent(
    on_land_lines: Sequence[UUID], with_mobile: Sequence[UUID]
) -> None:
    for slug in BOTH:
        agree_on(slug, kinds=WITHOUT_RELAY)
    wish(on_land_lines, takes_calls=False)
    wish(with_mobile[:3], paused_from=date(2026, 6, 1))
    with unit_of_work(read_only=True) as session:
        chosen = session.exec(select(Partnership)).all()
        before = composer.preview(session, chosen, BroadcastKind.PREVENTION, TEXTS).audience
    sent = advice()
    after = reasons(sent)
    assert after.pop(None) == before.reached
    assert dict(after) == before.not_reached
    assert before.not_reached["calls_closed"] == len(on_land_lines)
    assert before.not_reached["paused"] == 3
    assert before.people == 40


# Calls whose turn comes in closed hours


def test_a_call_with_the_outcome_waits_for_the_end_of_closed_hours(
    on_land_lines: Sequence[UUID],
) -> None:
    closed_at_night(on_land_lines)
    wish(on_land_lines[:1], no_calls_from=None, no_calls_until=None)
    # 21:59 on the wall.
    at(WEDNESDAY_NIGHT - timedelta(minutes=61))
    sent = alert()
    claimed(sent)
    with unit_of_work() as session:
        release(session, sent)
    ended = feedback_on(sent)
    calls = rows_of(ended, *on_land_lines)
    assert {one.not_before for one in calls} == {None}
    wish(on_land_lines[:1], takes_calls=False)
    at(WEDNESDAY_NIGHT - timedelta(minutes=59))
    claimed(ended)
    silent, *others = (reason_of(ended, one) for one in on_land_lines)
    assert silent == (DeliveryState.SKIPPED, "calls_closed")
    assert set(others) == {(DeliveryState.QUEUED, None)}
    at(OPEN_AGAIN - timedelta(seconds=1))
    assert claimed(ended) == 0
    at(OPEN_AGAIN)
    assert claimed(ended) == len(others)


def test_a_call_that_can_wait_is_made_when_closed_hours_and_quiet_hours_are_over(
    on_land_lines: Sequence[UUID],
) -> None:
    for slug in BOTH:
        agree_on(slug, kinds=WITHOUT_RELAY)
    sent = advice()
    wish(on_land_lines, no_calls_from=time(11, 0), no_calls_until=time(21, 0))
    claimed(sent)
    evening = datetime(2026, 6, 3, 19, 0, tzinfo=UTC)
    assert {one.not_before for one in rows_of(sent, *on_land_lines)} == {evening}
    at(evening)
    assert claimed(sent) == 0
    morning = datetime(2026, 6, 4, 6, 0, tzinfo=UTC)
    assert {one.not_before for one in rows_of(sent, *on_land_lines)} == {morning}
    at(morning)
    assert claimed(sent) == len(on_land_lines)


def test_at_night_what_keeps_the_hours_agreed_on_asks_when_it_would_leave_at_night() -> None:
    """Messages until 23:00, night from 22:00."""
    changes: dict[str, Any] = {"kinds": WITHOUT_RELAY, "second_person_at_night": True}
    agree_on("haut-valdor", messages_until="23:30", **changes)
    at(WEDNESDAY_NIGHT)
    asked = write("haut-valdor", kind=BroadcastKind.PREVENTION)
    assert not send(asked)
    assert status_of(asked) is BroadcastStatus.AWAITING_APPROVAL
    # Half an hour later it would leave the next morning.
    at(WEDNESDAY_NIGHT + timedelta(minutes=30))
    assert send(write("haut-valdor", kind=BroadcastKind.PREVENTION, client="two"))
