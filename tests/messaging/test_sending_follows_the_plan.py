"""Sending follows the plan of its moment: who may send, through whom, when, how long."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from hub.audit import Decision
from hub.db import unit_of_work
from hub.errors import BadInput, Conflict
from hub.roles import Role
from messaging import (
    composer,
    deviations,
    fan_out,
)
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastPartnership,
    DeliveryState,
)
from partnerships import accounts
from partnerships.models import (
    Channel,
    Organisation,
    Partnership,
    PartnershipStatus,
)
from tests import in_process
from tests.agreed_plans import agree_on
from tests.conftest import Templates
from tests.messaging.agreed_sending import (
    BOTH,
    DISPATCHER,
    MONDAY_MORNING,
    OFFICER,
    SATURDAY_EVENING,
    TEXTS,
    WEDNESDAY_NIGHT,
    WEDNESDAY_NOON,
    WITHOUT_RELAY,
    advice,
    alert,
    approve,
    at,
    claimed,
    only_the_officer,
    quiet_advice,
    reasons,
    release,
    rows,
    said_of,
    send,
    told,
    with_second_person,
    write,
)

pytestmark = pytest.mark.usefixtures("demo_zone")


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(WEDNESDAY_NOON)


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
