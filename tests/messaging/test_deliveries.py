"""One delivery's life, in the rows: who gets one, who takes it, what moves it and what does not."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from channels.contract import Accepted, Meaning, Refused, Unclear
from hub import clock
from hub.access import Actor
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import broadcasts, claims, drafts, escalation, fan_out, outcomes, receipts, sweep
from messaging.models import (
    Broadcast,
    BroadcastKind,
    BroadcastStatus,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    Step,
)
from messaging.texts import Words
from partnerships import accounts, consent, contact
from partnerships.models import Channel, Purpose

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TEXTS = {one: Words("Subject", f"Short {one}", "Long") for one in (*Language,) if one != "en"}


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    clock.set_source(lambda: NOON)


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


def dispatcher(session: Session) -> Actor:
    account = accounts.by_email(session, "dispatcher@demo.example")
    assert account is not None
    return accounts.actor_for(session, account)


def alert(*partnerships: str) -> UUID:
    """A released and fanned-out alert."""
    with unit_of_work() as session:
        actor = dispatcher(session)
        draft = drafts.Draft("one", BroadcastKind.URGENT_ALERT, TEXTS, partnerships)
        broadcast = drafts.create(session, actor, draft)
        assert broadcasts.send(session, actor, broadcast)
    with unit_of_work() as session:
        fan_out.fan_out(session, broadcast.id)
    return broadcast.id


def follow_up(followed: UUID) -> UUID:
    with unit_of_work() as session:
        actor = dispatcher(session)
        draft = drafts.FollowUp(Step.FEEDBACK, BroadcastKind.FEEDBACK, TEXTS, "two")
        first = session.get_one(Broadcast, followed)
        broadcast = drafts.create_follow_up(session, actor, first, draft)
        broadcasts.send(session, actor, broadcast)
    with unit_of_work() as session:
        fan_out.fan_out(session, broadcast.id)
    return broadcast.id


def claim(broadcast_id: UUID) -> list[claims.Claimed]:
    """Everything due, whatever its chunk and channel."""
    with unit_of_work() as session:
        broadcast = session.get_one(Broadcast, broadcast_id)
        chunks = session.exec(
            select(Delivery.chunk).where(Delivery.broadcast_id == broadcast_id).distinct()
        ).all()
        return [
            one
            for chunk in chunks
            for channel in Channel
            for one in claims.claim(session, broadcast, chunk, channel, 1000)
        ]


def record(taken: list[claims.Claimed], result: Accepted | Refused | Unclear) -> None:
    ends = clock.now() + timedelta(hours=1)
    with unit_of_work() as session:
        outcomes.record(session, [outcomes.outcome_of(one, result, ends) for one in taken])


def receive(delivery_id: int, *statuses: str, code: str = "") -> None:
    with unit_of_work() as session:
        receipts.fold(
            session,
            [receipts.Receipt(delivery_id, "sms", s, "SM1", code, clock.now()) for s in statuses],
        )


def rows(broadcast_id: UUID) -> list[Delivery]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(Delivery).where(Delivery.broadcast_id == broadcast_id)))


def row(delivery_id: int) -> Delivery:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Delivery, delivery_id)


def states(broadcast_id: UUID) -> Counter[DeliveryState]:
    return Counter(one.state for one in rows(broadcast_id))


def sms_of(taken: list[claims.Claimed]) -> claims.Claimed:
    return next(one for one in taken if one.channel is Channel.SMS)


def test_a_member_of_two_partnerships_gets_one_message() -> None:
    people = [one.person_id for one in rows(alert("haut-valdor", "valdor-gare"))]
    assert len(people) == len(set(people)) == 40


def test_two_members_on_one_telephone_are_called_once() -> None:
    with unit_of_work() as session:
        points = contact.points_with_value(session, "+32470001000")
        other = contact.points_with_value(session, "+32470001002")[0]
        other.value, other.value_index = points[0].value, points[0].value_index
        session.add(other)
    sent = rows(alert("haut-valdor"))
    assert Counter(one.reason for one in sent)["shared_number"] == 1


def test_who_never_agreed_gets_a_row_with_the_reason() -> None:
    skipped = [one for one in rows(alert("haut-valdor")) if one.state is DeliveryState.SKIPPED]
    assert [one.reason for one in skipped] == ["no_consent"]


def test_a_second_fan_out_changes_nothing() -> None:
    sent = alert("haut-valdor")
    before = len(rows(sent))
    with unit_of_work() as session:
        fan_out.fan_out(session, sent)
    assert len(rows(sent)) == before


def test_what_one_worker_took_another_does_not_get() -> None:
    sent = alert("haut-valdor")
    assert claim(sent)
    assert claim(sent) == []


def test_an_opt_out_after_the_fan_out_still_counts() -> None:
    sent = alert("haut-valdor")
    with unit_of_work() as session:
        point = contact.points_with_value(session, "+32470001000")[0]
        contact.stop(session, point.id, Channel.SMS, "texted_stop")
    assert "+32470001000" not in {one.to for one in claim(sent)}
    assert Counter(one.reason for one in rows(sent))["opted_out"] == 1


def test_consent_taken_back_after_the_fan_out_still_counts() -> None:
    sent = alert("haut-valdor")
    with unit_of_work() as session:
        point = contact.points_with_value(session, "+32470001000")[0]
        consent.withdraw(session, point.person_id, Purpose.URGENT_ALERTS, "page")
    assert "+32470001000" not in {one.to for one in claim(sent)}
    assert Counter(one.reason for one in rows(sent))["no_consent"] == 2


def test_nothing_is_handed_over_after_its_time() -> None:
    sent = alert("haut-valdor")
    at(NOON + timedelta(hours=2))
    assert claim(sent) == []
    assert set(states(sent)) == {DeliveryState.EXPIRED, DeliveryState.SKIPPED}


def test_a_cancelled_broadcast_sends_nothing_more() -> None:
    sent = alert("haut-valdor")
    with unit_of_work() as session:
        broadcast = session.get_one(Broadcast, sent)
        broadcast.status = BroadcastStatus.CANCELLED
        session.add(broadcast)
    assert claim(sent) == []
    assert set(states(sent)) == {DeliveryState.CANCELLED, DeliveryState.SKIPPED}


def test_feedback_waits_until_the_alert_has_left() -> None:
    sent = alert("haut-valdor")
    feedback = follow_up(sent)
    assert claim(feedback) == []
    record(claim(sent), Accepted("SM1", 1))
    assert len(claim(feedback)) == len(rows(feedback))


def test_receipts_only_move_a_delivery_upwards() -> None:
    one = sms_of(claim(alert("haut-valdor")))
    for statuses in (("delivered",), ("sent",), ("queued", "undelivered")):
        receive(one.id, *statuses)
        assert row(one.id).state is DeliveryState.DELIVERED


def test_a_receipt_before_the_carriers_answer_was_written_down_is_kept() -> None:
    one = sms_of(claim(alert("haut-valdor")))
    receive(one.id, "delivered")
    record([one], Accepted("SM1", 2))
    kept = row(one.id)
    assert (kept.state, kept.carrier_id, kept.segments) == (DeliveryState.DELIVERED, "SM1", 2)


def test_a_repeated_receipt_adds_nothing_to_the_history() -> None:
    one = sms_of(claim(alert("haut-valdor")))
    for _time in range(3):
        receive(one.id, "sent")
    with unit_of_work(read_only=True) as session:
        history = session.exec(
            select(DeliveryEvent).where(DeliveryEvent.delivery_id == one.id)
        ).all()
    assert [event.state for event in history] == ["sent"]


def test_a_receipt_for_nothing_we_sent_is_passed_over() -> None:
    receive(987_654, "delivered")


def test_why_a_text_was_not_delivered_is_kept() -> None:
    one = sms_of(claim(alert("haut-valdor")))
    receive(one.id, "undelivered", code="30003")
    kept = row(one.id)
    assert (kept.state, kept.reason, kept.carrier_code) == (
        DeliveryState.UNDELIVERED,
        "unreachable",
        "30003",
    )


def test_a_claim_that_lost_its_lease_writes_nothing() -> None:
    sent = alert("haut-valdor")
    old = sms_of(claim(sent))
    with unit_of_work() as session:
        delivery = session.get_one(Delivery, old.id)
        delivery.state, delivery.lease_until = DeliveryState.QUEUED, None
        session.add(delivery)
    new = sms_of(claim(sent))
    record([old], Refused(Meaning.STOP_POINT, "21211"))
    assert row(new.id).state is DeliveryState.SENDING
    assert history(new.id) == [("failed", "too late")]
    record([new], Accepted("SM2", 1))
    assert history(new.id) == [("failed", "too late"), ("accepted", "")]


def history(delivery_id: int) -> list[tuple[str, str]]:
    with unit_of_work(read_only=True) as session:
        told = session.exec(
            select(DeliveryEvent)
            .where(DeliveryEvent.delivery_id == delivery_id)
            .order_by(col(DeliveryEvent.id))
        )
        return [(one.state, "too late" if one.is_too_late else "") for one in told]


def test_a_receipt_that_changed_nothing_says_so_in_the_history() -> None:
    one = sms_of(claim(alert("haut-valdor")))
    receive(one.id, "sent", "queued", "delivered")
    # Again, and behind what is known.
    receive(one.id, "sent", "delivered", "undelivered")
    assert history(one.id) == [
        ("queued", ""),
        ("sent", ""),
        ("delivered", ""),
        ("undelivered", "too late"),
    ]


def test_a_receipt_for_what_had_failed_says_in_the_history_that_it_came_too_late() -> None:
    one = sms_of(claim(alert("haut-valdor")))
    record([one], Refused(Meaning.STOP_POINT, "21211"))
    receive(one.id, "delivered")
    assert row(one.id).state is DeliveryState.FAILED
    assert history(one.id) == [("failed", ""), ("delivered", "too late")]


def test_a_lease_that_ended_makes_a_delivery_unknown_not_queued() -> None:
    one = sms_of(claim(alert("haut-valdor")))
    with unit_of_work() as session:
        delivery = session.get_one(Delivery, one.id)
        delivery.lease_until = 1.0
        session.add(delivery)
    with unit_of_work() as session:
        sweep.sweep(session)
    assert row(one.id).state is DeliveryState.UNKNOWN


def test_a_temporary_refusal_comes_back_until_the_message_is_too_old() -> None:
    sent = alert("haut-valdor")
    tries = 0
    moment = NOON
    while taken := [one for one in claim(sent) if one.channel is Channel.SMS]:
        tries += 1
        record(taken, Refused(Meaning.RETRY, "20503"))
        assert claim(sent) == []
        moment += timedelta(minutes=7)
        at(moment)
    assert moment > NOON + timedelta(minutes=54)
    assert tries >= 8
    given_up = [one for one in rows(sent) if one.carrier_code == "20503"]
    assert {one.state for one in given_up} == {DeliveryState.EXPIRED}


def test_an_opt_out_at_the_carrier_closes_the_number_here() -> None:
    one = sms_of(claim(alert("haut-valdor")))
    record([one], Refused(Meaning.OPTED_OUT, "21610"))
    with unit_of_work() as session:
        again = drafts.Draft("again", BroadcastKind.URGENT_ALERT, TEXTS, ["haut-valdor"])
        broadcast = drafts.create(session, dispatcher(session), again)
        broadcasts.send(session, dispatcher(session), broadcast)
        session.flush()
        fan_out.fan_out(session, broadcast.id)
    assert one.to not in {other.to for other in claim(broadcast.id)}


def test_finished_means_that_every_row_is_final() -> None:
    sent = alert("haut-valdor")
    taken = claim(sent)
    record(taken, Accepted("SM1", 1))
    _sweep()
    assert _status(sent) is BroadcastStatus.SENDING
    for one in taken:
        with unit_of_work() as session:
            status = "delivered" if one.channel is Channel.SMS else "key_pressed"
            receipt = receipts.Receipt(one.id, one.channel, status, "X", "", clock.now())
            receipts.fold(session, [receipt])
    with unit_of_work() as session:
        escalation.escalate(session, sent)  # finds that mail was the last way of those left
    _sweep()
    assert _status(sent) is BroadcastStatus.FINISHED


def _sweep() -> None:
    with unit_of_work() as session:
        sweep.sweep(session)


def _status(broadcast_id: UUID) -> BroadcastStatus:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Broadcast, broadcast_id).status
