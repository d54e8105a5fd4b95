"""Who was not proved to be reached is tried by his next way, and by no other once one is proof."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import UUID

import pytest
from sqlmodel import Session, col, func, select

from channels.contract import Accepted, Meaning, Refused
from hub import clock
from hub.access import Actor
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import (
    broadcasts,
    call_list,
    claims,
    drafts,
    escalation,
    fan_out,
    outcomes,
    progress,
    receipts,
    sweep,
)
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryState,
    Step,
)
from messaging.texts import Words
from partnerships import accounts, consent, contact
from partnerships.models import (
    Channel,
    CommunicationPlan,
    ContactKind,
    ContactPoint,
    Person,
    PlanChannel,
    Purpose,
)

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TEXTS = {one: Words("Subject", f"Short {one}", "Long") for one in Language if one != "en"}
# Members of PLP Haut-Valdor: a mobile and an address each.
ANNE, BEN = "+32470001000", "+32470001002"
LANDLINE = "+3242000999"


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> Iterator[None]:
    at(0)
    yield
    clock.set_source(None)


def at(seconds: float) -> None:
    """Set the clock to so many seconds after noon."""
    moment = NOON + timedelta(seconds=seconds)
    clock.set_source(lambda: moment)


def dispatcher(session: Session, role: str = "dispatcher") -> Actor:
    account = accounts.by_email(session, f"{role}@demo.example")
    assert account is not None
    return accounts.actor_for(session, account)


def alert(*partnerships: str) -> UUID:
    """A released and fanned-out alert, to PLP Haut-Valdor unless told otherwise."""
    with unit_of_work() as session:
        slugs = partnerships or ("haut-valdor",)
        draft = drafts.Draft("one", BroadcastKind.URGENT_ALERT, TEXTS, slugs)
        broadcast = drafts.create(session, dispatcher(session), draft)
        assert broadcasts.send(session, dispatcher(session), broadcast)
    with unit_of_work() as session:
        fan_out.fan_out(session, broadcast.id)
    return broadcast.id


def point_of(session: Session, number: str) -> ContactPoint:
    return contact.points_with_value(session, number)[0]


def ways_of(broadcast_id: UUID, number: str = ANNE) -> list[Delivery]:
    """The deliveries of the person behind this number, oldest first."""
    with unit_of_work(read_only=True) as session:
        wanted = select(Delivery).where(
            Delivery.broadcast_id == broadcast_id,
            Delivery.person_id == point_of(session, number).person_id,
        )
        return list(session.exec(wanted.order_by(col(Delivery.id))))


def told(broadcast_id: UUID, number: str = ANNE) -> list[str]:
    """The same in words: ``sms delivered``, ``voice queued``."""
    return [f"{one.channel} {one.state}" for one in ways_of(broadcast_id, number)]


def hand_over(broadcast_id: UUID, answer: Accepted | Refused | None = None) -> None:
    """The carriers take everything that is due."""
    with unit_of_work() as session:
        broadcast = session.get_one(Broadcast, broadcast_id)
        for chunk in fan_out.chunks_to_send(session, broadcast_id):
            for channel in claims.channels_due(session, broadcast, chunk):
                taken = claims.claim(session, broadcast, chunk, channel, 1000)
                outcomes.record(
                    session,
                    [
                        outcomes.outcome_of(
                            one, answer or Accepted(f"ID{one.id}"), broadcast.expires_at
                        )
                        for one in taken
                    ],
                )


def receive(delivery: Delivery, status: str, code: str = "") -> None:
    with unit_of_work() as session:
        one = receipts.Receipt(delivery.id or 0, delivery.channel, status, "X1", code, clock.now())
        receipts.fold(session, [one])


def confirm_all_but(broadcast_id: UUID, *numbers: str) -> None:
    """Everyone else has confirmed, so that only these are in question."""
    with unit_of_work() as session:
        left = [point_of(session, number).person_id for number in numbers]
        others = session.exec(
            select(Delivery).where(
                Delivery.broadcast_id == broadcast_id,
                col(Delivery.person_id).not_in(left),
                Delivery.state != DeliveryState.SKIPPED,
            )
        )
        for one in others:
            one.state, one.delivered_at = DeliveryState.DELIVERED, clock.now()


def handed_over_to(*numbers: str) -> UUID:
    """An alert that everybody but these has confirmed; they were sent a text each."""
    broadcast_id = alert()
    hand_over(broadcast_id)
    confirm_all_but(broadcast_id, *(numbers or (ANNE,)))
    return broadcast_id


def escalate(broadcast_id: UUID) -> int:
    """What the timetable does; how many ways were added."""
    before = deliveries(broadcast_id)
    with unit_of_work() as session:
        assert not escalation.escalate(session, broadcast_id)
    return deliveries(broadcast_id) - before


def deliveries(broadcast_id: UUID) -> int:
    with unit_of_work(read_only=True) as session:
        wanted = select(func.count()).where(col(Delivery.broadcast_id) == broadcast_id)
        return session.exec(wanted).one()


def in_need() -> list[UUID]:
    with unit_of_work(read_only=True) as session:
        return escalation.in_need(session)


def sweep_rows() -> None:
    with unit_of_work() as session:
        sweep.sweep(session)


def status_of(broadcast_id: UUID) -> BroadcastStatus:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Broadcast, broadcast_id).status


def add_landline(number: str = ANNE, value: str = LANDLINE) -> None:
    with unit_of_work() as session:
        person = session.get_one(Person, point_of(session, number).person_id)
        contact.add(session, person, ContactKind.LANDLINE, value, 2)


def agree(**changes: int) -> None:
    """Change what the plan of PLP Haut-Valdor says."""
    with unit_of_work() as session:
        for plan in session.exec(select(CommunicationPlan)):
            for name, value in changes.items():
                setattr(plan, name, value)


def test_a_text_without_a_receipt_is_followed_by_a_call_after_the_agreed_time() -> None:
    broadcast_id = handed_over_to(ANNE)
    at(119)
    assert escalate(broadcast_id) == 0
    assert not in_need()
    at(120)
    assert in_need() == [broadcast_id]
    assert escalate(broadcast_id) == 1
    text, call = ways_of(broadcast_id)
    assert (call.channel, call.attempt_kind, call.state) == (Channel.VOICE, "way_2", "queued")
    assert text.escalated_at == clock.now()


def test_a_text_that_failed_is_followed_by_a_call_at_once() -> None:
    broadcast_id = handed_over_to(ANNE)
    at(5)
    receive(ways_of(broadcast_id)[0], "undelivered", "30003")
    assert escalate(broadcast_id) == 1
    assert told(broadcast_id) == ["sms undelivered", "voice queued"]


def test_a_refused_text_is_followed_by_a_call_too() -> None:
    broadcast_id = alert()
    confirm_all_but(broadcast_id, ANNE)
    hand_over(broadcast_id, Refused(Meaning.STOP_POINT, "21211"))
    assert escalate(broadcast_id) == 1
    assert told(broadcast_id) == ["sms failed", "voice queued"]


def test_a_carrier_that_sends_a_text_back_for_long_is_not_waited_for() -> None:
    sent = alert()
    hand_over(sent, Refused(Meaning.RETRY, "20503", whole_carrier=True))
    at(119)
    escalate(sent)
    assert told(sent) == ["sms queued"]
    at(121)
    escalate(sent)
    assert told(sent) == ["sms queued", "voice queued"]
    receive(ways_of(sent)[1], receipts.KEY_PRESSED)
    escalate(sent)
    assert told(sent) == ["sms skipped", "voice delivered"]


def test_a_text_that_waits_for_its_turn_is_no_reason_to_call() -> None:
    sent = alert()
    at(600)
    escalate(sent)
    assert told(sent) == ["sms queued"]


def test_nobody_who_has_confirmed_is_called() -> None:
    broadcast_id = handed_over_to(ANNE)
    receive(ways_of(broadcast_id)[0], "delivered")
    at(3000)
    assert escalate(broadcast_id) == 0
    assert told(broadcast_id) == ["sms delivered"]


def test_escalating_again_changes_nothing() -> None:
    broadcast_id = handed_over_to(ANNE)
    at(120)
    assert escalate(broadcast_id) == 1
    assert escalate(broadcast_id) == 0
    at(600)
    assert escalate(broadcast_id) == 0, "the call is still to leave"
    assert told(broadcast_id) == ["sms accepted", "voice queued"]


def test_two_timetables_at_once_take_one_next_way() -> None:
    broadcast_id = handed_over_to(ANNE, BEN)
    at(120)
    both = [Thread(target=escalate, args=(broadcast_id,)) for _one in range(4)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert told(broadcast_id, ANNE) == told(broadcast_id, BEN) == ["sms accepted", "voice queued"]


def test_the_second_number_is_called_when_the_first_was_not_answered_in_all_its_tries() -> None:
    add_landline()
    broadcast_id = handed_over_to(ANNE)
    at(120)
    escalate(broadcast_id)
    hand_over(broadcast_id)
    receive(ways_of(broadcast_id)[-1], "no-answer")
    escalate(broadcast_id)
    again = ways_of(broadcast_id)[-1]
    assert (again.attempt_kind, again.channel, again.state) == ("way_3", Channel.VOICE, "queued")
    assert again.contact_point_id == ways_of(broadcast_id)[1].contact_point_id
    assert again.not_before == clock.now() + timedelta(seconds=60)
    hand_over(broadcast_id)
    assert ways_of(broadcast_id)[-1].state == "queued", "not before the pause is over"
    at(180)
    hand_over(broadcast_id)
    receive(ways_of(broadcast_id)[-1], "busy")
    escalate(broadcast_id)
    second = ways_of(broadcast_id)[-1]
    with unit_of_work(read_only=True) as session:
        assert second.contact_point_id == point_of(session, LANDLINE).id
    assert second.not_before is None


@pytest.mark.parametrize(("tries", "calls"), [(1, 1), (3, 3)])
def test_a_number_is_called_as_often_as_the_plan_says(tries: int, calls: int) -> None:
    agree(call_tries=tries)
    broadcast_id = handed_over_to(ANNE)
    at(120)
    escalate(broadcast_id)
    for later in range(1, 6):
        at(120 + 100 * later)
        hand_over(broadcast_id)
        last = ways_of(broadcast_id)[-1]
        if last.channel is Channel.VOICE:
            receive(last, "busy")
        escalate(broadcast_id)
    channels = [one.channel for one in ways_of(broadcast_id)]
    assert channels == [Channel.SMS, *[Channel.VOICE] * calls, Channel.EMAIL]


def test_a_call_that_a_machine_took_goes_on_to_the_next_number() -> None:
    add_landline()
    broadcast_id = handed_over_to(ANNE)
    at(120)
    escalate(broadcast_id)
    hand_over(broadcast_id)
    receive(ways_of(broadcast_id)[-1], "completed")
    escalate(broadcast_id)
    numbers = {one.contact_point_id for one in ways_of(broadcast_id)}
    assert len(numbers) == 2
    assert told(broadcast_id)[1:] == ["voice undelivered", "voice queued"]


def test_calls_come_before_texts_where_the_plan_says_so() -> None:
    with unit_of_work() as session:
        urgent = select(PlanChannel).where(PlanChannel.kind == BroadcastKind.URGENT_ALERT)
        for one in session.exec(urgent):
            one.position = {Channel.VOICE: 1, Channel.SMS: 2}.get(one.channel, 3)
    add_landline()
    agree(call_tries=1)
    broadcast_id = handed_over_to(ANNE)
    for way in range(2):
        receive(ways_of(broadcast_id)[way], "busy")
        escalate(broadcast_id)
        hand_over(broadcast_id)
    assert told(broadcast_id) == ["voice undelivered", "voice undelivered", "sms accepted"]


def test_mail_is_no_proof_and_is_not_waited_for() -> None:
    agree(call_tries=1)
    broadcast_id = handed_over_to(ANNE)
    receive(ways_of(broadcast_id)[0], "undelivered", "30003")
    escalate(broadcast_id)
    hand_over(broadcast_id)
    receive(ways_of(broadcast_id)[-1], "busy")
    escalate(broadcast_id)
    hand_over(broadcast_id)
    assert told(broadcast_id)[-1] == "email sent"
    assert escalate(broadcast_id) == 0, "no way is left"
    assert ways_of(broadcast_id)[-1].escalated_at == clock.now()


def test_mail_first_is_followed_by_a_text_at_once() -> None:
    with unit_of_work() as session:
        urgent = select(PlanChannel).where(PlanChannel.kind == BroadcastKind.URGENT_ALERT)
        for one in session.exec(urgent):
            one.position = {Channel.EMAIL: 1, Channel.SMS: 2}.get(one.channel, 3)
    broadcast_id = handed_over_to(ANNE)
    assert told(broadcast_id) == ["email sent"]
    assert escalate(broadcast_id) == 1
    assert told(broadcast_id) == ["email sent", "sms queued"]


def test_a_closed_channel_is_passed_over() -> None:
    broadcast_id = handed_over_to(ANNE)
    with unit_of_work() as session:
        contact.stop(session, point_of(session, ANNE).id, Channel.VOICE, "key_9")
    at(120)
    escalate(broadcast_id)
    assert told(broadcast_id) == ["sms accepted", "email queued"]


def test_a_channel_closed_while_its_delivery_waits_leads_to_the_next_way() -> None:
    broadcast_id = handed_over_to(ANNE)
    at(120)
    escalate(broadcast_id)
    with unit_of_work() as session:
        contact.stop(session, point_of(session, ANNE).id, Channel.VOICE, "key_9")
    hand_over(broadcast_id)
    escalate(broadcast_id)
    assert told(broadcast_id) == ["sms accepted", "voice skipped", "email queued"]


def test_whoever_takes_his_consent_back_is_left_in_peace() -> None:
    broadcast_id = handed_over_to(ANNE)
    with unit_of_work() as session:
        person = session.get_one(Person, point_of(session, ANNE).person_id)
        consent.withdraw(session, person.id, Purpose.URGENT_ALERTS, how="paper")
    at(120)
    assert escalate(broadcast_id) == 0
    assert told(broadcast_id) == ["sms accepted"]


def test_a_telephone_two_members_share_rings_once() -> None:
    add_landline(ANNE)
    add_landline(BEN)
    agree(call_tries=1)
    broadcast_id = handed_over_to(ANNE, BEN)
    with unit_of_work() as session:
        for number in (ANNE, BEN):
            contact.stop(session, point_of(session, number).id, Channel.VOICE, "key_9")
    at(120)
    assert escalate(broadcast_id) == 2
    assert sorted([told(broadcast_id, ANNE)[-1], told(broadcast_id, BEN)[-1]]) == [
        "email queued",
        "voice queued",
    ]


def test_nothing_is_begun_after_the_time_of_the_alert() -> None:
    broadcast_id = handed_over_to(ANNE)
    at(3600)
    assert not in_need()
    assert escalate(broadcast_id) == 0


def test_whoever_got_nothing_at_first_has_his_reason_on_record_and_no_other_way() -> None:
    with unit_of_work() as session:
        person = session.get_one(Person, point_of(session, ANNE).person_id)
        consent.withdraw(session, person.id, Purpose.URGENT_ALERTS, how="paper")
    broadcast_id = handed_over_to(ANNE)
    assert told(broadcast_id) == ["sms skipped"]
    at(600)
    assert escalate(broadcast_id) == 0


def test_other_messages_are_not_escalated() -> None:
    alert_id = handed_over_to(ANNE)
    with unit_of_work() as session:
        first = session.get_one(Broadcast, alert_id)
        draft = drafts.FollowUp(Step.FEEDBACK, BroadcastKind.FEEDBACK, TEXTS, "two")
        feedback = drafts.create_follow_up(session, dispatcher(session), first, draft)
        broadcasts.send(session, dispatcher(session), feedback)
    with unit_of_work() as session:
        fan_out.fan_out(session, feedback.id)
    hand_over(feedback.id)
    at(1200)
    assert escalate(feedback.id) == 0


def test_a_late_receipt_ends_the_call_that_still_waits() -> None:
    broadcast_id = handed_over_to(ANNE)
    at(120)
    escalate(broadcast_id)
    receive(ways_of(broadcast_id)[0], "delivered")
    assert in_need() == [broadcast_id]
    escalate(broadcast_id)
    call = ways_of(broadcast_id)[-1]
    assert (call.state, call.reason) == (DeliveryState.SKIPPED, "already_reached")
    assert not in_need()


def test_an_alert_is_not_finished_while_a_next_way_is_due() -> None:
    broadcast_id = handed_over_to(ANNE)
    receive(ways_of(broadcast_id)[0], "undelivered", "30003")
    confirm_all_but(broadcast_id, ANNE)
    sweep_rows()
    assert status_of(broadcast_id) is BroadcastStatus.SENDING
    escalate(broadcast_id)
    sweep_rows()
    assert status_of(broadcast_id) is BroadcastStatus.SENDING, "the call is still to leave"
    hand_over(broadcast_id)
    receive(ways_of(broadcast_id)[-1], "key_pressed")
    sweep_rows()
    assert status_of(broadcast_id) is BroadcastStatus.FINISHED


def test_an_alert_is_finished_when_no_way_is_left() -> None:
    agree(call_tries=1)
    broadcast_id = handed_over_to(ANNE)
    receive(ways_of(broadcast_id)[0], "undelivered", "30003")
    for _way in ("voice", "email"):
        escalate(broadcast_id)
        hand_over(broadcast_id)
        receive(ways_of(broadcast_id)[-1], "busy")
    sweep_rows()
    assert status_of(broadcast_id) is BroadcastStatus.SENDING, "the mail was not looked at"
    escalate(broadcast_id)
    sweep_rows()
    assert status_of(broadcast_id) is BroadcastStatus.FINISHED


def test_an_alert_whose_time_has_passed_is_finished_without_a_next_way() -> None:
    broadcast_id = handed_over_to(ANNE)
    receive(ways_of(broadcast_id)[0], "undelivered", "30003")
    at(3600)
    sweep_rows()
    assert status_of(broadcast_id) is BroadcastStatus.FINISHED


def test_the_counts_are_of_people_however_many_ways_they_have() -> None:
    broadcast_id = handed_over_to(ANNE, BEN)
    with unit_of_work(read_only=True) as session:
        before = progress.progress_of(session, session.get_one(Broadcast, broadcast_id))
    receive(ways_of(broadcast_id, ANNE)[0], "undelivered", "30003")
    at(120)
    escalate(broadcast_id)
    hand_over(broadcast_id)
    receive(ways_of(broadcast_id, ANNE)[-1], "key_pressed")
    with unit_of_work(read_only=True) as session:
        figures = progress.progress_of(session, session.get_one(Broadcast, broadcast_id))
    assert figures.audience == before.audience == sum(figures.by_state.values())
    assert figures.confirmed == before.confirmed + 1
    assert figures.handed_over == 1, "Ben counts once, by his newest way of two"
    assert figures.failed == before.failed
    called = next(line for line in figures.lines if line.channel is Channel.VOICE)
    assert called.confirmed >= 1


def test_feedback_goes_by_the_way_that_reached_a_member() -> None:
    alert_id = handed_over_to(ANNE, BEN)
    at(120)
    escalate(alert_id)
    hand_over(alert_id)
    receive(ways_of(alert_id, ANNE)[-1], "key_pressed")
    receive(ways_of(alert_id, BEN)[-1], "failed")
    with unit_of_work() as session:
        first = session.get_one(Broadcast, alert_id)
        draft = drafts.FollowUp(Step.FEEDBACK, BroadcastKind.FEEDBACK, TEXTS, "two")
        feedback = drafts.create_follow_up(session, dispatcher(session), first, draft)
        broadcasts.send(session, dispatcher(session), feedback)
    with unit_of_work() as session:
        fan_out.fan_out(session, feedback.id)
    assert told(feedback.id, ANNE) == ["voice queued"]
    assert told(feedback.id, BEN) == ["sms queued"]


def listed(broadcast_id: UUID, role: str = "dispatcher") -> list[call_list.Entry]:
    """Whom this role is told to call."""
    with unit_of_work(read_only=True) as session:
        broadcast, actor = session.get_one(Broadcast, broadcast_id), dispatcher(session, role)
        found = call_list.entries(session, actor, broadcast)
        assert call_list.count(session, actor, broadcast) == len(found)
        return found


def test_nobody_is_called_by_hand_while_a_way_is_left() -> None:
    agree(call_tries=1)
    broadcast_id = handed_over_to(ANNE)
    receive(ways_of(broadcast_id)[0], "undelivered", "30003")
    for _way in ("voice", "email"):
        assert listed(broadcast_id) == []
        escalate(broadcast_id)
        assert listed(broadcast_id) == []
        hand_over(broadcast_id)
        receive(ways_of(broadcast_id)[-1], "busy")
    escalate(broadcast_id)
    (anne,) = listed(broadcast_id)
    assert [one.dialled for one in anne.numbers] == [ANNE]
    assert [(one.channel, one.reason) for one in anne.tries] == [
        (Channel.SMS, "unreachable"),
        (Channel.VOICE, "busy"),
        (Channel.EMAIL, None),
    ]


def test_a_late_proof_takes_a_member_off_the_call_list() -> None:
    broadcast_id = handed_over_to(ANNE)
    at(3600)
    assert len(listed(broadcast_id)) == 1
    receive(ways_of(broadcast_id)[0], "delivered")
    assert listed(broadcast_id) == []


def test_whoever_wants_no_calls_or_no_messages_is_not_to_be_called() -> None:
    broadcast_id = handed_over_to(ANNE, BEN)
    at(3600)
    with unit_of_work() as session:
        contact.stop(session, point_of(session, ANNE).id, Channel.VOICE, "key_9")
        ben = point_of(session, BEN).person_id
        consent.withdraw(session, ben, Purpose.URGENT_ALERTS, how="paper")
    (anne,) = listed(broadcast_id)
    assert anne.numbers == []


def test_a_coordinator_sees_only_the_people_of_his_own_partnership() -> None:
    broadcast_id = alert("haut-valdor", "valdor-gare")
    hand_over(broadcast_id)
    at(3600)
    everybody, his = listed(broadcast_id), listed(broadcast_id, "coordinator")
    assert {tuple(one.partnerships) for one in his} == {("PLP Haut-Valdor",)}
    with_his = {one.person_id for one in everybody if "PLP Haut-Valdor" in one.partnerships}
    assert {one.person_id for one in his} == with_his
    assert 0 < len(his) < len(everybody)


def test_ticking_off_proves_it_and_ends_what_still_waits() -> None:
    broadcast_id = handed_over_to(ANNE)
    at(120)
    escalate(broadcast_id)
    for _click in range(2):
        with unit_of_work() as session:
            broadcast = session.get_one(Broadcast, broadcast_id)
            point = point_of(session, ANNE)
            actor = dispatcher(session, "coordinator")
            call_list.tick_off(session, actor, broadcast, point.person_id, point.id)
    hand_over(broadcast_id)
    assert told(broadcast_id) == ["sms accepted", "voice skipped", "voice delivered"]
    with unit_of_work(read_only=True) as session:
        figures = progress.progress_of(session, session.get_one(Broadcast, broadcast_id))
    assert figures.told_by_hand == 1
    assert figures.audience == sum(figures.by_state.values())
    assert "by_hand" not in figures.reasons
