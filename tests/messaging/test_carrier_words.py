"""What the carriers' codes come to: words on a page, an alarm, a number that is given up."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from channels.contract import Accepted, Meaning, Refused, Result
from hub import clock
from hub.access import Action, Actor
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import (
    alarms,
    broadcasts,
    carrier_words,
    claims,
    drafts,
    fan_out,
    follow_ups,
    incidents,
    outcomes,
    receipts,
)
from messaging.alarms import Alarm
from messaging.carrier_words import Answer
from messaging.models import Broadcast, BroadcastKind, Delivery, Step
from messaging.texts import Words
from partnerships import accounts
from partnerships.lost_contacts import lost_contacts
from partnerships.models import Channel, ContactPoint, ContactStop, Partnership, Person
from tests.running_hub import THE_LINE

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TEXTS = {Language(one): Words("Subject", f"Short {line}", "") for one, line in THE_LINE.items()}
GARE = "valdor-gare"
GONE = "30005"


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    clock.set_source(lambda: NOON)


def actor(session: Session, who: str) -> Actor:
    account = accounts.by_email(session, f"{who}@demo.example")
    assert account is not None
    return accounts.actor_for(session, account)


def alert(name: str, incident_id: UUID | None = None) -> UUID:
    """A released and fanned-out alert to one partnership."""
    with unit_of_work() as session:
        dispatcher = actor(session, "dispatcher")
        draft = drafts.Draft(
            name, BroadcastKind.URGENT_ALERT, TEXTS, [GARE], incident_id=incident_id
        )
        broadcast = drafts.create(session, dispatcher, draft)
        broadcasts.send(session, dispatcher, broadcast)
    with unit_of_work() as session:
        fan_out.fan_out(session, broadcast.id)
    return broadcast.id


def incident() -> UUID:
    with unit_of_work() as session:
        return incidents.open_incident(
            session,
            actor(session, "dispatcher"),
            phenomenon="cambriolage",
            place="rue Haute",
            facts_at=NOON - timedelta(hours=1),
        ).id


def texts_of(broadcast_id: UUID) -> list[claims.Claimed]:
    with unit_of_work() as session:
        broadcast = session.get_one(Broadcast, broadcast_id)
        return claims.claim(session, broadcast, 0, Channel.SMS, 1000)


def answered(taken: Sequence[claims.Claimed], result: Result) -> None:
    ends = clock.now() + timedelta(hours=1)
    with unit_of_work() as session:
        outcomes.record(session, [outcomes.outcome_of(one, result, ends) for one in taken])


def reported(taken: Sequence[claims.Claimed], status: str, code: str = "") -> None:
    with unit_of_work() as session:
        receipts.fold(
            session,
            [receipts.Receipt(one.id, "sms", status, "SM1", code, clock.now()) for one in taken],
        )


def answers(broadcast_id: UUID) -> list[Answer]:
    with unit_of_work(read_only=True) as session:
        broadcast = session.get_one(Broadcast, broadcast_id)
        return list(carrier_words.answers(session, broadcast))


def alarms_of(broadcast_id: UUID) -> list[Alarm]:
    with unit_of_work(read_only=True) as session:
        return alarms.of_broadcast(session, session.get_one(Broadcast, broadcast_id))


def test_the_carriers_codes_are_counted_where_the_message_did_not_arrive() -> None:
    broadcast_id = alert("one")
    taken = texts_of(broadcast_id)
    assert len(taken) >= 4
    answered(taken[:1], Refused(Meaning.STOP_POINT, "21211"))
    answered(taken[1:], Accepted("SM1"))
    reported(taken[1:3], "undelivered", "30003")
    reported(taken[3:], "delivered")
    assert answers(broadcast_id) == [Answer("30003", 2), Answer("21211", 1)]
    assert alarms_of(broadcast_id) == []


@pytest.mark.parametrize(
    ("language", "known", "unknown"),
    [
        ("en", "The phone is off or out of range.", "a code we do not know (12345)"),
        ("fr", "Le téléphone est éteint ou hors de portée.", "que nous ne connaissons pas (12345)"),
        ("nl", "De telefoon staat uit of heeft geen bereik.", "die we niet kennen (12345)"),
        ("de", "Das Telefon ist aus oder hat keinen Empfang.", "den wir nicht kennen (12345)"),
    ],
)
def test_a_code_is_a_sentence_in_four_languages(language: str, known: str, unknown: str) -> None:
    assert carrier_words.sentence("30003", Language(language)) == known
    assert unknown in carrier_words.sentence("12345", Language(language))
    assert "{x}" in carrier_words.sentence("{x}", Language(language))


def test_wrong_credentials_are_an_alarm_until_the_messages_leave() -> None:
    broadcast_id = alert("one")
    taken = texts_of(broadcast_id)
    answered(taken, Refused(Meaning.STOP_SENDER, "20003"))
    assert alarms_of(broadcast_id) == [Alarm("20003", Channel.SMS, len(taken), 0)]
    clock.set_source(lambda: NOON + timedelta(minutes=10))
    again = texts_of(broadcast_id)
    assert len(again) == len(taken)
    answered(again, Accepted("SM1"))
    assert alarms_of(broadcast_id) == []


def test_messages_taken_for_spam_are_an_alarm_for_a_day() -> None:
    broadcast_id = alert("one")
    taken = texts_of(broadcast_id)
    answered(taken, Accepted("SM1"))
    reported(taken[:2], "undelivered", "30007")
    assert alarms_of(broadcast_id) == [Alarm("30007", Channel.SMS, 0, 2)]
    clock.set_source(lambda: NOON + timedelta(hours=25))
    assert alarms_of(broadcast_id) == []


def test_an_alarm_is_seen_by_those_who_may_see_the_message() -> None:
    broadcast_id = alert("one")
    answered(texts_of(broadcast_id), Refused(Meaning.STOP_SENDER, "20003"))
    with unit_of_work(read_only=True) as session:
        police, coordinator = actor(session, "dispatcher"), actor(session, "coordinator")
        assert alarms.within_reach(session, police, Action.SEE_BROADCASTS)
        assert not alarms.within_reach(session, coordinator, Action.SEE_BROADCASTS)


def update_of(alert_id: UUID, name: str) -> UUID:
    """An update of an alert, released and fanned out."""
    with unit_of_work() as session:
        followed = session.get_one(Broadcast, alert_id)
        news = follow_ups.FollowUp(Step.UPDATE, name, TEXTS)
        update = follow_ups.send(session, actor(session, "dispatcher"), followed, news)
    with unit_of_work() as session:
        fan_out.fan_out(session, update.id)
    return update.id


def gone(name: str, sent: UUID | None = None) -> claims.Claimed:
    """One message, or else a new alert, in which one number, always the same, is reported as
    unknown."""
    taken = texts_of(sent or alert(name))
    answered(taken, Accepted("SM1"))
    one = min(taken, key=lambda claimed: claimed.to)
    reported([one], "undelivered", GONE)
    reported([other for other in taken if other is not one], "delivered")
    return one


def point_of(one: claims.Claimed) -> UUID:
    with unit_of_work(read_only=True) as session:
        point_id = session.get_one(Delivery, one.id).contact_point_id
        assert point_id is not None
        return point_id


def stops() -> set[tuple[UUID, str, str]]:
    with unit_of_work(read_only=True) as session:
        found = session.exec(select(ContactStop)).all()
        return {(one.contact_point_id, one.channel.value, one.reason) for one in found}


def test_a_number_unknown_in_two_alerts_is_called_no_more() -> None:
    before = stops()
    first = gone("one", alert("one", incident()))
    assert stops() == before
    gone("two", alert("two", incident()))
    closed = stops() - before
    assert {channel for _point, channel, _reason in closed} >= {"sms", "voice"}
    assert {(point, reason) for point, _channel, reason in closed} == {
        (point_of(first), "dead_number")
    }
    assert first.to not in {one.to for one in texts_of(alert("three", incident()))}


def test_two_messages_about_one_incident_are_one_alert() -> None:
    before, first = stops(), alert("one", incident())
    second = update_of(first, "two")
    gone("one", first)
    gone("two", second)
    assert stops() == before


def test_a_receipt_that_comes_twice_is_one_alert() -> None:
    before = stops()
    one = gone("one")
    reported([one], "undelivered", GONE)
    reported([one], "failed", GONE)
    assert stops() == before


def test_a_number_that_took_a_message_in_between_is_alive() -> None:
    before = stops()
    first = gone("one")
    taken = texts_of(alert("two"))
    answered(taken, Accepted("SM1"))
    reported([one for one in taken if one.to == first.to], "delivered")
    gone("three")
    assert stops() == before
    gone("four")
    assert stops() != before


def test_the_coordinator_is_told_whose_number_is_gone() -> None:
    one = gone("one")
    gone("two")
    with unit_of_work(read_only=True) as session:
        point = session.get_one(ContactPoint, point_of(one))
        owner = session.get_one(Person, point.person_id)
        partnership = session.exec(select(Partnership).where(col(Partnership.slug) == GARE)).one()
        [lost] = lost_contacts(session, partnership.id)
        assert (lost.name, lost.kind) == (owner.name, point.kind)
        delivery = session.get_one(Delivery, one.id)
        assert delivery.carrier_code == GONE
