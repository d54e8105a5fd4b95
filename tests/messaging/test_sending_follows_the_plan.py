"""Sending follows the plan: who may send, when, by which way, to whom not, and who else must look.

The demo zone has 40 members; in all that follows each of them has one row, with a reason where he
gets nothing.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session, col, select

from hub import clock
from hub.access import Actor
from hub.audit import Decision
from hub.db import unit_of_work
from hub.errors import BadInput, Conflict
from hub.i18n import Language
from hub.roles import Role
from messaging import (
    broadcasts,
    call_list,
    claims,
    composer,
    deviations,
    drafts,
    escalation,
    fan_out,
    sweep,
)
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    Step,
)
from messaging.texts import Words
from partnerships import accounts
from partnerships.models import (
    Channel,
    ChannelChoice,
    ContactKind,
    ContactPoint,
    Membership,
    Notice,
    Organisation,
    OrganisationKind,
    Partnership,
    PartnershipStatus,
    Person,
)
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates

pytestmark = pytest.mark.usefixtures("demo_zone")

BOTH = ("haut-valdor", "valdor-gare")
DISPATCHER, OFFICER = "dispatcher@demo.example", "officer@demo.example"
TEXTS = {one: Words("Subject", f"Short {one}", "Long") for one in Language if one != "en"}
# By a Belgian clock, in summer: two hours ahead of UTC.
WEDNESDAY_NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
WEDNESDAY_NIGHT = datetime(2026, 6, 3, 21, 0, tzinfo=UTC)
SATURDAY_EVENING = datetime(2026, 6, 6, 19, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
WITHOUT_RELAY = {"prevention": {"needs_relay": False}}


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(WEDNESDAY_NOON)


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


def actor(session: Session, email: str) -> Actor:
    account = accounts.by_email(session, email)
    assert account is not None
    return accounts.actor_for(session, account)


def write(
    *partnerships: str,
    kind: BroadcastKind = BroadcastKind.URGENT_ALERT,
    by: str = DISPATCHER,
    client: str = "one",
    **changes: Any,
) -> UUID:
    """A draft."""
    with unit_of_work() as session:
        wanted = drafts.Draft(client, kind, TEXTS, partnerships or BOTH, **changes)
        return drafts.create(session, actor(session, by), wanted).id


def send(broadcast_id: UUID, by: str = DISPATCHER, reason: str = "") -> bool:
    """Release it, and make its rows if it was."""
    with unit_of_work() as session:
        found = session.get_one(Broadcast, broadcast_id)
        released = broadcasts.send(session, actor(session, by), found, reason)
    if released:
        with unit_of_work() as session:
            fan_out.fan_out(session, broadcast_id)
    return released


def alert(*partnerships: str, **changes: Any) -> UUID:
    """An urgent alert on its way."""
    written = write(*partnerships, **changes)
    assert send(written)
    return written


def advice(*partnerships: str, **changes: Any) -> UUID:
    """Something that can wait, on its way."""
    return alert(*partnerships, kind=BroadcastKind.PREVENTION, **changes)


def rows(broadcast_id: UUID) -> list[Delivery]:
    with unit_of_work(read_only=True) as session:
        wanted = select(Delivery).where(Delivery.broadcast_id == broadcast_id)
        return list(session.exec(wanted.order_by(col(Delivery.id))))


def rows_of(broadcast_id: UUID, *people: UUID) -> list[Delivery]:
    return [one for one in rows(broadcast_id) if one.person_id in people]


def reasons(broadcast_id: UUID) -> Counter[str | None]:
    return Counter(one.reason for one in rows(broadcast_id))


def claimed(broadcast_id: UUID) -> int:
    """How much leaves at this moment."""
    with unit_of_work() as session:
        found = session.get_one(Broadcast, broadcast_id)
        chunks = {one.chunk for one in rows(broadcast_id)}
        return sum(
            len(claims.claim(session, found, chunk, channel, 1000))
            for chunk in sorted(chunks)
            for channel in Channel
        )


def land_line_members(session: Session) -> Sequence[UUID]:
    """Those who have nothing but a land line."""
    points = select(ContactPoint.person_id).where(ContactPoint.kind == ContactKind.LANDLINE)
    return session.exec(points.order_by(col(ContactPoint.person_id))).all()


def mobile_members(session: Session) -> Sequence[UUID]:
    """Those who have a mobile and an address."""
    points = select(ContactPoint.person_id).where(ContactPoint.kind == ContactKind.MOBILE)
    return session.exec(points.order_by(col(ContactPoint.person_id))).all()


def wish(people: Sequence[UUID], **wishes: Any) -> None:
    """Let these members have these wishes."""
    with unit_of_work() as session:
        for person_id in people:
            person = session.get_one(Person, person_id)
            for name, value in wishes.items():
                setattr(person, name, value)
            session.add(person)


@pytest.fixture
def on_land_lines(demo_zone: str) -> Sequence[UUID]:
    with unit_of_work(read_only=True) as session:
        return land_line_members(session)


@pytest.fixture
def with_mobile(demo_zone: str) -> Sequence[UUID]:
    with unit_of_work(read_only=True) as session:
        return mobile_members(session)


def told(refusal: pytest.ExceptionInfo[BadInput]) -> dict[str, str]:
    return {one.field: str(dict(one.values).get("name", "")) for one in refusal.value.problems}


# The plan of the moment


def test_the_next_alert_follows_the_plan_that_was_changed() -> None:
    """Written, signed and sent through the API."""
    before = alert("haut-valdor")
    channels = Counter(one.channel for one in rows(before) if one.reason is None)
    assert max(channels, key=lambda one: channels[one]) is Channel.SMS
    agree_on(
        "haut-valdor",
        kinds={"urgent_alert": {"channels": ["email", "voice"]}},
        escalate_after_seconds=600,
    )
    api = in_process.api(DISPATCHER)
    sent = UUID(api.send("haut-valdor", incident_id=api.incident()["id"]))
    with unit_of_work() as session:
        fan_out.fan_out(session, sent)
    after = Counter(one.channel for one in rows(sent) if one.reason is None)
    assert set(after) == {Channel.EMAIL, Channel.VOICE}
    assert after[Channel.EMAIL] > after[Channel.VOICE]
    # What was sent under the old plan stays as it was.
    assert Counter(one.channel for one in rows(before) if one.reason is None) == channels
    assert len(rows(before)) == len(rows(sent)) == 24


def test_the_plan_of_the_release_decides_not_that_of_the_writing() -> None:
    written = write("haut-valdor")
    plan = agree_on("haut-valdor", kinds={"urgent_alert": {"channels": ["email"]}})
    assert send(written)
    with unit_of_work(read_only=True) as session:
        held = session.exec(
            select(BroadcastPartnership).where(BroadcastPartnership.broadcast_id == written)
        ).one()
        assert str(held.communication_plan_id) == plan["id"]
    assert {one.channel for one in rows(written)} == {Channel.EMAIL}


def test_a_partnership_that_ended_meanwhile_is_not_written_to() -> None:
    written = write()
    with unit_of_work() as session:
        ended = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
        ended.status = PartnershipStatus.ENDED
        session.add(ended)
    with pytest.raises(Conflict) as refused:
        send(written)
    assert refused.value.values["name"] == "PLP Haut-Valdor"
    assert rows(written) == []


# Who may send


def only_the_officer() -> None:
    agree_on("haut-valdor", kinds={"urgent_alert": {"sent_by": ["mandated_officer"]}})


def test_a_role_the_plan_does_not_name_is_refused_with_the_partnerships_name() -> None:
    only_the_officer()
    with pytest.raises(BadInput) as refused:
        write("valdor-gare", "haut-valdor")
    assert told(refused) == {"partnerships.1": "PLP Haut-Valdor"}
    assert rows(write("haut-valdor", by=OFFICER)) == []
    written = write("valdor-gare")
    with unit_of_work(read_only=True) as session:
        assert deviations.of_broadcast(session, written) == []


def test_who_sends_is_judged_when_it_is_sent() -> None:
    only_the_officer()
    written = write("haut-valdor", by=OFFICER)
    answer = in_process.api(DISPATCHER).http.post(f"/broadcasts/{written}/send")
    assert answer.status_code == 403
    assert "PLP Haut-Valdor" in answer.json()["detail"]
    assert rows(written) == []
    assert send(written, by=OFFICER)


def test_a_deputy_stands_in_for_the_officer_who_is_named() -> None:
    only_the_officer()
    with unit_of_work() as session:
        zone = session.exec(select(Organisation).where(Organisation.slug == "zone-valdor")).one()
        account = accounts.create(
            session, email="deputy@demo.example", name="Dee", password="x" * 20
        )
        accounts.appoint(session, account, Role.DEPUTY_OFFICER, zone.id)
    assert send(write("haut-valdor", by="deputy@demo.example"), by="deputy@demo.example")


def test_whoever_is_not_named_sends_it_with_a_reason_that_stays_on_record(
    templates: Templates,
) -> None:
    only_the_officer()
    for empty in ("", "   "):
        with pytest.raises(BadInput):
            write("haut-valdor", deviation_reason=empty)
    with pytest.raises(BadInput) as refused:
        write("haut-valdor", deviation_reason="because")
    assert set(told(refused)) == {"deviation_reason"}
    reason = "Armed man in the street, the officer does not answer."
    sent = alert("haut-valdor", deviation_reason=reason)
    with unit_of_work(read_only=True) as session:
        assert said_of(session, sent) == [("sender", reason)]
        decision = session.exec(select(Decision).where(Decision.action == "broadcast.send")).one()
        assert decision.facts["deviates"] is True
        # The log holds no words of people.
        assert reason not in str(decision.facts)
    account = templates.accounts["mandated_officer"]
    page = in_process.signed_in(account["email"], account["password"])
    assert reason in page.get(f"/broadcasts/{sent}").text


def test_the_composer_tells_of_the_plan_and_takes_a_reason(templates: Templates) -> None:
    only_the_officer()
    account = templates.accounts["dispatcher"]
    page = in_process.signed_in(account["email"], account["password"])
    facts = {"phenomenon": "cambriolage", "place": "rue Haute", "facts_at": "2026-06-03T11:00"}
    composer_page = page.post("/incidents", **facts).headers["location"]
    lines = {
        "fr": "101. Ne suivez personne.",
        "nl": "101. Achtervolg niemand.",
        "de": "101. Niemanden verfolgen.",
    }
    words = {f"{one}.{part}": lines[one] for one in TEXTS for part in ("subject", "short", "long")}
    typed = {"languages": list(TEXTS), "partnerships": "haut-valdor", "form_id": "f", **words}
    assert "deviation_reason" not in page.get(composer_page).text
    refused = page.post(composer_page, **typed)
    assert refused.status_code == 422
    assert "By its communication plan, PLP Haut-Valdor" in refused.text
    assert 'name="deviation_reason"' in refused.text
    typed["deviation_reason"] = "The officer does not answer his telephone."
    assert page.post(composer_page, **typed).headers["location"].endswith("/confirm")


# Through the coordinator or not


def test_what_goes_through_the_coordinator_is_not_sent_straight() -> None:
    agree_on("valdor-gare", kinds=WITHOUT_RELAY)
    with pytest.raises(BadInput) as refused:
        write(kind=BroadcastKind.PREVENTION)
    assert told(refused) == {"partnerships.0": "PLP Haut-Valdor"}
    assert send(write("valdor-gare", kind=BroadcastKind.PREVENTION))


# Quiet hours


def quiet_advice(**changes: Any) -> UUID:
    for slug in BOTH:
        agree_on(slug, kinds=WITHOUT_RELAY)
    at(SATURDAY_EVENING)
    return advice(**changes)


def test_what_can_wait_waits_over_the_sunday_and_leaves_on_monday_morning() -> None:
    sent = quiet_advice()
    queued = [one for one in rows(sent) if one.state is DeliveryState.QUEUED]
    assert len(queued) == 39
    assert {one.not_before for one in queued} == {MONDAY_MORNING}
    assert claimed(sent) == 0
    at(MONDAY_MORNING - timedelta(seconds=1))
    assert claimed(sent) == 0
    at(MONDAY_MORNING)
    assert claimed(sent) == 39
    assert reasons(sent)["no_consent"] == 1


def test_what_would_leave_too_late_never_leaves_and_is_told_beforehand() -> None:
    for slug in BOTH:
        agree_on(slug, kinds=WITHOUT_RELAY)
    at(SATURDAY_EVENING)
    ends = MONDAY_MORNING
    with pytest.raises(BadInput) as refused:
        write(kind=BroadcastKind.PREVENTION, expires_at=ends)
    assert set(told(refused)) == {"partnerships"}
    agree_on("valdor-gare", messages_on_sundays=True)
    written = write(kind=BroadcastKind.PREVENTION, expires_at=ends)
    with unit_of_work(read_only=True) as session:
        chosen = session.exec(select(Partnership).order_by(Partnership.slug)).all()
        shown = composer.preview(session, chosen, BroadcastKind.PREVENTION, TEXTS, ends)
        assert [names for _at, names in shown.waits] == [["PLP Valdor-Gare"], ["PLP Haut-Valdor"]]
    assert send(written)
    late = reasons(written)["quiet_hours_expired"]
    assert late == shown.audience.not_reached["quiet_hours_expired"]
    # Only those of the one; whoever is a member of both gets it by the other.
    assert late == 19
    assert len(rows(written)) == 40
    assert len([one for one in rows(written) if one.state is DeliveryState.QUEUED]) == 20


def test_a_queue_that_is_longer_than_the_day_goes_on_the_next_morning() -> None:
    for slug in BOTH:
        agree_on(slug, kinds=WITHOUT_RELAY)
    evening = datetime(2026, 6, 3, 17, 59, tzinfo=UTC)
    at(evening)
    sent = advice()
    assert {one.not_before for one in rows(sent)} == {None}
    at(evening + timedelta(minutes=1))
    assert claimed(sent) == 0
    morning = datetime(2026, 6, 4, 6, 0, tzinfo=UTC)
    assert {one.not_before for one in rows(sent) if one.reason is None} == {morning}
    at(morning)
    assert claimed(sent) == 39


def test_an_urgent_alert_keeps_no_quiet_hours_unless_it_was_agreed_on() -> None:
    at(WEDNESDAY_NIGHT)
    assert claimed(alert("valdor-gare")) > 0
    agree_on("haut-valdor", kinds={"urgent_alert": {"keeps_quiet_hours": True}})
    waiting = alert("haut-valdor", expires_at=WEDNESDAY_NIGHT + timedelta(days=1), client="two")
    assert claimed(waiting) == 0


def test_feedback_on_a_friday_evening_outlives_the_longest_weekend() -> None:
    """Three days from the moment at which it may leave, not from that at which it was written."""
    for slug in BOTH:
        agree_on(slug, kinds={"feedback": {"keeps_quiet_hours": True}})
    # Christmas Day of 2027 is a Saturday.
    at(datetime(2027, 12, 24, 19, 30, tzinfo=UTC))
    sent = alert()
    assert claimed(sent) == 39
    said = {"subject": "Over", "short": "It is over.", "long": ""}
    given = in_process.api(DISPATCHER).http.post(
        f"/broadcasts/{sent}/feedback", json={"texts": dict.fromkeys(TEXTS, said)}
    )
    outcome = UUID(given.json()["id"])
    with unit_of_work() as session:
        fan_out.fan_out(session, outcome)
    monday = datetime(2027, 12, 27, 7, 0, tzinfo=UTC)
    assert {one.not_before for one in rows(outcome)} == {monday}
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Broadcast, outcome).expires_at == monday + timedelta(days=3)
    with unit_of_work() as session:
        release(session, sent)
    at(monday)
    assert claimed(outcome) == 39


def release(session: Session, broadcast_id: UUID) -> None:
    """The carriers took what was held."""
    for one in session.exec(select(Delivery).where(Delivery.broadcast_id == broadcast_id)):
        if one.state is DeliveryState.SENDING:
            one.state = DeliveryState.ACCEPTED
            session.add(one)


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
        in_both = _members_of_both(session)
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
        } & _members_of_both(session)
        for membership in here:
            membership.suspended_until = WEDNESDAY_NOON + timedelta(days=1)
            session.add(membership)
    sent = alert()
    assert len(rows(sent)) == 40
    assert reasons(sent)["suspended"] == len(here) - len(in_both) - 1  # one never agreed
    assert {one.reason for one in rows_of(sent, *in_both)} == {None}
    at(WEDNESDAY_NOON + timedelta(days=1))
    assert reasons(alert(client="two"))["suspended"] == 0


def _members_of_both(session: Session) -> set[UUID]:
    counted = Counter(one.person_id for one in session.exec(select(Membership)).all())
    return {person_id for person_id, count in counted.items() if count == 2}


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


# The second person


def with_second_person(**changes: Any) -> None:
    for slug in BOTH:
        agree_on(slug, **{"second_person_at_night": True, **changes})


def said_of(session: Session, broadcast_id: UUID) -> list[tuple[str, str]]:
    """Where it deviates, and why."""
    found = deviations.of_broadcast(session, broadcast_id)
    return [(one.kind.value, one.reason) for one in found]


def status_of(broadcast_id: UUID) -> BroadcastStatus:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Broadcast, broadcast_id).status


def approve(broadcast_id: UUID, email: str) -> httpx.Response:
    return in_process.api(email).http.post(f"/broadcasts/{broadcast_id}/approve")


def test_at_night_an_alert_waits_for_somebody_else() -> None:
    with_second_person()
    assert send(write())
    at(WEDNESDAY_NIGHT)
    written = write(client="two")
    answer = in_process.api(DISPATCHER).http.post(f"/broadcasts/{written}/send")
    assert answer.json()["status"] == "awaiting_approval"
    assert rows(written) == []
    assert approve(written, DISPATCHER).status_code == 403
    # Pressing the button again changes nothing.
    assert not send(written)
    approved = approve(written, OFFICER)
    assert (approved.status_code, approved.json()["status"]) == (202, "released")
    assert approved.json()["approved_by"]
    assert approve(written, OFFICER).status_code == 202
    with unit_of_work() as session:
        fan_out.fan_out(session, written)
    assert len(rows(written)) == 40
    with unit_of_work(read_only=True) as session:
        actions = [
            one.action
            for one in session.exec(select(Decision).where(Decision.subject_id == str(written)))
        ]
    assert actions == ["broadcast.ask_approval", "broadcast.send", "broadcast.fan_out"]


def test_above_the_number_agreed_on_an_alert_waits_for_somebody_else() -> None:
    with_second_person(second_person_at_night=False, second_person_above=30)
    assert send(write("valdor-gare"))
    large = write(client="two")
    assert not send(large)
    assert status_of(large) is BroadcastStatus.AWAITING_APPROVAL
    # Whoever sends what another wrote is the second person himself.
    other = write(client="three")
    assert send(other, by=OFFICER)
    assert len(rows(other)) == 40


def test_one_plan_that_asks_is_enough() -> None:
    agree_on("valdor-gare", second_person_at_night=True)
    at(WEDNESDAY_NIGHT)
    assert not send(write())
    assert send(write("haut-valdor", client="two"))


def test_who_is_alone_sends_with_a_reason_only_where_the_plan_lets_him() -> None:
    with_second_person()
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written, reason="Nobody else is on duty tonight.")
    assert status_of(written) is BroadcastStatus.AWAITING_APPROVAL
    with_second_person(alone_with_reason=True)
    alone = write(client="two")
    with pytest.raises(BadInput):
        send(alone, reason="alone")
    assert send(alone, reason="Nobody else is on duty tonight.")
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Broadcast, alone).approved_by is None
        assert said_of(session, alone) == [("alone", "Nobody else is on duty tonight.")]


OFFICER_IS_AWAY = "The officer does not answer his telephone."
NOBODY_ELSE = "Nobody else is on duty tonight."


def test_each_deviation_stays_on_record_with_its_own_reason(templates: Templates) -> None:
    only_the_officer()
    with_second_person(alone_with_reason=True)
    at(WEDNESDAY_NIGHT)
    written = write("haut-valdor", deviation_reason=OFFICER_IS_AWAY)
    assert send(written, reason=NOBODY_ELSE)
    api = in_process.api(DISPATCHER)
    told = api.http.get(f"/broadcasts/{written}").json()["deviations"]
    assert [(one["kind"], one["reason"]) for one in told] == [
        ("sender", OFFICER_IS_AWAY),
        ("alone", NOBODY_ELSE),
    ]
    account = templates.accounts["mandated_officer"]
    page = in_process.signed_in(account["email"], account["password"])
    shown = page.get(f"/broadcasts/{written}").text
    assert OFFICER_IS_AWAY in shown
    assert NOBODY_ELSE in shown


def test_whoever_asks_for_approval_without_being_named_has_his_reason_on_record() -> None:
    with_second_person()
    at(WEDNESDAY_NIGHT)
    written = write("haut-valdor")
    # The plan was changed after he wrote.
    only_the_officer()
    assert not send(written, reason=OFFICER_IS_AWAY)
    assert status_of(written) is BroadcastStatus.AWAITING_APPROVAL
    with unit_of_work(read_only=True) as session:
        assert said_of(session, written) == [("sender", OFFICER_IS_AWAY)]


def test_who_finds_nobody_after_asking_goes_alone_with_a_reason(templates: Templates) -> None:
    with_second_person(alone_with_reason=True)
    at(WEDNESDAY_NIGHT)
    written = write()
    account = templates.accounts["dispatcher"]
    page = in_process.signed_in(account["email"], account["password"])
    page.post(f"/broadcasts/{written}/send")
    assert status_of(written) is BroadcastStatus.AWAITING_APPROVAL
    assert "Nobody else is there" in page.get(f"/broadcasts/{written}").text
    # Pressing the button again is no reason.
    page.post(f"/broadcasts/{written}/send")
    for reason in ("", "alone"):
        refused = page.post(f"/broadcasts/{written}/send", alone="yes", deviation_reason=reason)
        assert refused.status_code == 422
        assert "stays on record" in refused.text
    assert status_of(written) is BroadcastStatus.AWAITING_APPROVAL
    page.post(f"/broadcasts/{written}/send", alone="yes", deviation_reason=NOBODY_ELSE)
    assert status_of(written) is BroadcastStatus.RELEASED
    with unit_of_work(read_only=True) as session:
        assert said_of(session, written) == [("alone", NOBODY_ELSE)]
        assert session.get_one(Broadcast, written).approved_by is None
    # Once more, and the second person comes too late: it is on its way.
    page.post(f"/broadcasts/{written}/send", alone="yes", deviation_reason=NOBODY_ELSE)
    assert approve(written, OFFICER).status_code == 202
    with unit_of_work(read_only=True) as session:
        assert len(said_of(session, written)) == 1


def test_who_has_asked_waits_where_the_plan_lets_nobody_go_alone(templates: Templates) -> None:
    with_second_person()
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    answer = in_process.api(DISPATCHER).http.post(
        f"/broadcasts/{written}/send", json={"deviation_reason": NOBODY_ELSE}
    )
    assert answer.json()["status"] == "awaiting_approval"
    assert answer.json()["deviations"] == []
    account = templates.accounts["dispatcher"]
    page = in_process.signed_in(account["email"], account["password"])
    assert "Nobody else is there" not in page.get(f"/broadcasts/{written}").text


def an_officer(email: str, zone: str, role: Role = Role.MANDATED_OFFICER) -> None:
    with unit_of_work() as session:
        found = session.exec(select(Organisation).where(Organisation.slug == zone)).one()
        account = accounts.by_email(session, email) or accounts.create(
            session, email=email, name="Dee", password="x" * 20, language=Language.DUTCH
        )
        accounts.appoint(session, account, role, found.id)


def in_two_police_zones() -> None:
    """Valdor-Gare belongs to another police zone; the dispatcher works for both."""
    with unit_of_work() as session:
        other = Organisation(
            kind=OrganisationKind.POLICE_ZONE, slug="zone-other", name="Zone Other"
        )
        session.add(other)
        session.flush()
        there = session.exec(select(Partnership).where(Partnership.slug == "valdor-gare")).one()
        there.police_zone_id = other.id
        session.add(there)
    an_officer(DISPATCHER, "zone-other", Role.DISPATCHER)


def test_the_second_person_may_approve_for_every_partnership_that_asks(
    templates: Templates,
) -> None:
    with_second_person()
    in_two_police_zones()
    an_officer("both@demo.example", "zone-valdor")
    an_officer("both@demo.example", "zone-other")
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    refused = approve(written, OFFICER)
    assert (refused.status_code, status_of(written)) == (403, BroadcastStatus.AWAITING_APPROVAL)
    assert "PLP Valdor-Gare" in refused.json()["detail"]
    account = templates.accounts["mandated_officer"]
    officer = in_process.signed_in(account["email"], account["password"])
    assert "Somebody else must approve it." in officer.get("/").text
    shown = officer.get(f"/broadcasts/{written}").text
    assert "Approve and send now" not in shown
    assert "may approve for all of these: PLP Valdor-Gare." in shown
    # Nor is he the second person by sending what another wrote, nor by stopping it.
    assert not send(written, by=OFFICER)
    assert officer.post(f"/broadcasts/{written}/decline").status_code == 403
    assert approve(written, "both@demo.example").status_code == 202
    assert status_of(written) is BroadcastStatus.RELEASED


def test_whose_plan_does_not_ask_need_not_be_approved_for() -> None:
    in_two_police_zones()
    agree_on("haut-valdor", second_person_at_night=True)
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    assert approve(written, OFFICER).status_code == 202


def test_those_who_may_approve_are_told_at_once_in_their_language(templates: Templates) -> None:
    with_second_person()
    an_officer("deputy@demo.example", "zone-valdor", Role.DEPUTY_OFFICER)
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    assert not send(written)
    with unit_of_work(read_only=True) as session:
        written_to = {
            one.to: one
            for one in session.exec(select(Notice).where(Notice.about_id == written)).all()
        }
        assert len(session.exec(select(Notice).where(Notice.about_id == written)).all()) == 2
    assert set(written_to) == {OFFICER, "deputy@demo.example"}
    mail = written_to["deputy@demo.example"]
    assert mail.language is Language.DUTCH
    assert "03/06 23:00" in mail.body
    assert f"/broadcasts/{written}" in mail.body
    assert mail.not_before == WEDNESDAY_NIGHT
    assert mail.expires_at == WEDNESDAY_NIGHT + timedelta(minutes=60)
    # No word of the message itself travels by mail.
    assert "Short" not in mail.subject + mail.body
    account = templates.accounts["mandated_officer"]
    home = in_process.signed_in(account["email"], account["password"]).get("/").text
    assert "Please read and approve, or stop it." in home
    assert "Waiting since" in home


def test_whoever_cannot_approve_for_all_is_not_told_nor_the_one_who_asks() -> None:
    with_second_person()
    in_two_police_zones()
    an_officer("both@demo.example", "zone-valdor")
    an_officer("both@demo.example", "zone-other")
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    with unit_of_work(read_only=True) as session:
        notices = session.exec(select(Notice).where(Notice.about_id == written)).all()
    assert [one.to for one in notices] == ["both@demo.example"]


def test_what_nobody_approves_ends_in_sight_of_everybody(templates: Templates) -> None:
    with_second_person()
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    account = templates.accounts["mandated_officer"]
    officer = in_process.signed_in(account["email"], account["password"])
    assert "Please read and approve, or stop it." in officer.get("/").text
    assert "Approve and send now" in officer.get(f"/broadcasts/{written}").text
    late = WEDNESDAY_NIGHT + timedelta(minutes=61)
    at(late)
    assert approve(written, OFFICER).status_code == 409
    with unit_of_work() as session:
        sweep.sweep(session)
    assert status_of(written) is BroadcastStatus.NOT_APPROVED
    officer = in_process.signed_in(account["email"], account["password"])
    assert "Nobody approved it in time. It was not sent." in officer.get("/").text
    assert (
        "Nobody approved it in time. It was not sent." in officer.get(f"/broadcasts/{written}").text
    )
    assert approve(written, OFFICER).status_code == 409
    assert rows(written) == []
    with pytest.raises(Conflict):
        send(written)


def test_the_second_person_stops_it_for_good(templates: Templates) -> None:
    with_second_person()
    at(WEDNESDAY_NIGHT)
    written = write()
    assert not send(written)
    account = templates.accounts["mandated_officer"]
    officer = in_process.signed_in(account["email"], account["password"])
    officer.post(f"/broadcasts/{written}/decline")
    assert status_of(written) is BroadcastStatus.CANCELLED
    with pytest.raises(Conflict):
        send(written)
    assert "stopped before it was sent" in officer.get(f"/broadcasts/{written}").text
    assert approve(written, OFFICER).status_code == 409


def test_the_page_says_beforehand_that_a_second_person_is_needed(templates: Templates) -> None:
    with_second_person(alone_with_reason=True, second_person_above=20)
    at(WEDNESDAY_NIGHT)
    written = write()
    account = templates.accounts["dispatcher"]
    dispatcher = in_process.signed_in(account["email"], account["password"])
    confirm = dispatcher.get(f"/broadcasts/{written}/confirm").text
    assert "A second person must approve this." in confirm
    assert "it is night, more than 20 people" in confirm
    assert "Ask a second person to approve" in confirm
    refused = dispatcher.post(f"/broadcasts/{written}/send", alone="yes", deviation_reason=" ")
    assert refused.status_code == 422
    assert "Say why: this stays on record." in refused.text
    dispatcher.post(f"/broadcasts/{written}/send")
    assert status_of(written) is BroadcastStatus.AWAITING_APPROVAL
    waiting = dispatcher.get(f"/broadcasts/{written}").text
    assert "You wrote it, so somebody else must approve it." in waiting
    assert "Approve and send now" not in waiting


# Who is no member any more when it leaves


def membership_of(session: Session, person_id: UUID, slug: str = "haut-valdor") -> Membership:
    return session.exec(
        select(Membership)
        .join(Partnership, col(Partnership.id) == col(Membership.partnership_id))
        .where(Membership.person_id == person_id, Partnership.slug == slug)
    ).one()


def change_membership(person_id: UUID, slug: str = "haut-valdor", **changes: datetime) -> None:
    with unit_of_work() as session:
        membership = membership_of(session, person_id, slug)
        for name, value in changes.items():
            setattr(membership, name, value)
        session.add(membership)


def only_here(broadcast_id: UUID) -> list[UUID]:
    """Who gets it and is in one partnership."""
    with unit_of_work(read_only=True) as session:
        in_both = _members_of_both(session)
    found = [one.person_id for one in rows(broadcast_id) if one.reason is None]
    return [one for one in found if one not in in_both]


def reason_of(broadcast_id: UUID, person_id: UUID) -> tuple[DeliveryState, str | None]:
    (row,) = rows_of(broadcast_id, person_id)
    return row.state, row.reason


def test_who_leaves_or_is_suspended_while_it_waits_gets_nothing() -> None:
    agree_on("haut-valdor", kinds=WITHOUT_RELAY)
    at(SATURDAY_EVENING)
    sent = advice("haut-valdor")
    left, suspended, free_again, *others = only_here(sent)
    change_membership(left, left_at=SATURDAY_EVENING)
    change_membership(suspended, suspended_until=MONDAY_MORNING + timedelta(days=9))
    change_membership(free_again, suspended_until=MONDAY_MORNING)
    waiting = len([one for one in rows(sent) if one.reason is None])
    at(MONDAY_MORNING)
    assert claimed(sent) == waiting - 2
    assert reason_of(sent, left) == (DeliveryState.SKIPPED, "left")
    assert reason_of(sent, suspended) == (DeliveryState.SKIPPED, "suspended")
    assert reason_of(sent, free_again) == (DeliveryState.SENDING, None)
    assert others


def test_who_leaves_the_one_partnership_gets_it_from_the_other() -> None:
    sent = quiet_advice()
    with unit_of_work(read_only=True) as session:
        person = next(one.person_id for one in rows_of(sent, *_members_of_both(session)))
    change_membership(person, "haut-valdor", left_at=SATURDAY_EVENING)
    at(MONDAY_MORNING)
    assert claimed(sent) == 39
    assert reason_of(sent, person) == (DeliveryState.SENDING, None)


def test_a_partnership_that_ends_while_it_waits_gets_nothing() -> None:
    agree_on("haut-valdor", kinds=WITHOUT_RELAY)
    at(SATURDAY_EVENING)
    sent = advice("haut-valdor")
    with unit_of_work() as session:
        ended = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
        ended.status = PartnershipStatus.ENDED
        session.add(ended)
    at(MONDAY_MORNING)
    assert claimed(sent) == 0
    assert set(reasons(sent)) == {"not_active", "no_consent"}


def test_leaving_ends_what_is_owed_of_an_alert_and_suspension_does_not() -> None:
    sent = alert("haut-valdor")
    left_before, left_after, suspended, *_others = only_here(sent)
    assert claimed(sent) > 3
    with unit_of_work() as session:
        release(session, sent)
    change_membership(left_before, left_at=WEDNESDAY_NOON)
    change_membership(suspended, suspended_until=WEDNESDAY_NOON + timedelta(days=30))
    ended = feedback_on(sent)
    assert reason_of(ended, left_before) == (DeliveryState.SKIPPED, "left")
    change_membership(left_after, left_at=WEDNESDAY_NOON)
    claimed(ended)
    assert reason_of(ended, left_after) == (DeliveryState.SKIPPED, "left")
    assert reason_of(ended, suspended) == (DeliveryState.SENDING, None)
    assert len(rows(ended)) == len(only_here(sent)) + len(
        [one for one in rows(sent) if one.reason is None and one.person_id not in only_here(sent)]
    )


def feedback_on(alert_id: UUID) -> UUID:
    """Given by the real door, with its rows."""
    said = {"subject": "Over", "short": "It is over.", "long": ""}
    given = in_process.api(DISPATCHER).http.post(
        f"/broadcasts/{alert_id}/feedback", json={"texts": dict.fromkeys(TEXTS, said)}
    )
    assert given.status_code == 201, given.text
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(given.json()["id"]))
    return UUID(given.json()["id"])


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


# How long it is worth sending


def approved_after(minutes: int, **changes: Any) -> datetime:
    """Until when an alert is sent that waited so long for the second person."""
    with_second_person()
    at(WEDNESDAY_NIGHT)
    written = write(**changes)
    assert not send(written)
    at(WEDNESDAY_NIGHT + timedelta(minutes=minutes))
    answer = approve(written, OFFICER)
    assert answer.status_code == 202
    return datetime.fromisoformat(answer.json()["expires_at"])


def test_waiting_for_a_second_person_costs_an_alert_nothing_of_its_time() -> None:
    assert approved_after(40) == WEDNESDAY_NIGHT + timedelta(minutes=100)


def test_the_moment_that_the_sender_gave_stays() -> None:
    ends = WEDNESDAY_NIGHT + timedelta(minutes=60)
    assert approved_after(40, expires_at=ends) == ends


def test_an_alert_that_was_read_again_for_a_while_has_its_whole_hour() -> None:
    written = write()
    at(WEDNESDAY_NOON + timedelta(minutes=59))
    assert send(written)
    at(WEDNESDAY_NOON + timedelta(minutes=118))
    assert claimed(written) == 39
