"""Keys pressed in our call, and somebody who calls our number back."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlmodel import col, select

from channels.signature import sign
from feedback import answer_way
from feedback.answer_way import Way
from feedback.models import AnswerWay, InboundKind, InboundMessage
from hub import clock
from hub.config import settings
from hub.db import unit_of_work
from hub.i18n import Language
from hub.security import signed_reference
from messaging import broadcasts, drafts, fan_out, incidents
from messaging.models import BroadcastKind, Delivery, DeliveryState
from messaging.rendering import DELIVERY_TOKEN
from messaging.texts import Words
from partnerships import accounts, contact
from partnerships.models import Channel, ContactKind, ContactPoint, ContactStop, Person
from tests import in_process
from tests.citizens import words
from tests.conftest import Templates

pytestmark = pytest.mark.usefixtures("demo_zone")

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TEXTS = {one: Words("Subject", f"Inbraak {one}", "Long") for one in Language if one != "en"}


def carrier(path: str, **form: str) -> httpx.Response:
    url = settings().base_url + path
    signature = sign(url, list(form.items()), settings().twilio_auth_token)
    return in_process.client(**{"X-Twilio-Signature": signature}).post(path, data=form)


@pytest.fixture
def called(demo_zone: str) -> tuple[Delivery, str]:
    """A member to whom an alert was sent a moment ago, and his number."""
    clock.set_source(lambda: NOON)
    with unit_of_work() as session:
        account = accounts.by_email(session, "dispatcher@demo.example")
        assert account
        dispatcher = accounts.actor_for(session, account)
        incident = incidents.open_incident(
            session, dispatcher, phenomenon="cambriolage", place="rue Haute", facts_at=NOON
        )
        draft = drafts.Draft(
            "One",
            BroadcastKind.URGENT_ALERT,
            TEXTS,
            ["valdor-gare"],
            incident_id=incident.id,
        )
        broadcast = drafts.create(session, dispatcher, draft)
        broadcasts.send(session, dispatcher, broadcast)
    with unit_of_work() as session:
        fan_out.fan_out(session, broadcast.id)
    with unit_of_work() as session:
        sent = session.exec(
            select(Delivery).where(col(Delivery.contact_point_id).is_not(None))
        ).first()
        assert sent
        sent.handed_over_at = NOON
        sent.state = DeliveryState.SENT
        session.add(sent)
        number = session.get_one(ContactPoint, sent.contact_point_id).value
    return sent, number


def press(delivery: Delivery, number: str, digit: str) -> httpx.Response:
    token = signed_reference(DELIVERY_TOKEN, delivery.id or 0)
    path = f"/webhooks/twilio/voice/keys/{token}"
    return carrier(path, CallSid="CA1", Digits=digit, To=number, From="+32460000001")


def test_a_key_is_kept_once_on_the_incident_and_fills_no_inbox(
    called: tuple[Delivery, str], templates: Templates
) -> None:
    delivery, number = called
    for _ in (1, 2):
        assert press(delivery, number, "1").status_code == 200
    with unit_of_work(read_only=True) as session:
        [kept] = session.exec(select(InboundMessage)).all()
        assert session.get_one(Delivery, delivery.id).state is DeliveryState.DELIVERED
    assert (kept.kind, kept.body) == (InboundKind.KEY, "1")
    assert kept.incident_id
    known = templates.accounts["dispatcher"]
    page = in_process.signed_in(known["email"], known["password"]).get("/inbox")
    assert "No reply yet." in words(page)


def test_whoever_calls_back_hears_what_was_sent_to_his_number(
    called: tuple[Delivery, str],
) -> None:
    delivery, number = called
    heard = carrier("/webhooks/twilio/voice/inbound", CallSid="CA2", From=number)
    assert f"Inbraak {delivery.language}" in heard.text
    assert "/webhooks/twilio/voice/keys/" in heard.text


def test_a_stranger_or_a_withheld_number_hears_no_message(called: tuple[Delivery, str]) -> None:
    assert called
    for number in ("+32470998877", "anonymous", ""):
        heard = carrier("/webhooks/twilio/voice/inbound", CallSid="CA3", From=number)
        assert "Inbraak" not in heard.text
        assert heard.text.count("101") == 3


def test_after_two_days_there_is_nothing_to_hear_again(called: tuple[Delivery, str]) -> None:
    clock.set_source(lambda: NOON + timedelta(days=3))
    heard = carrier("/webhooks/twilio/voice/inbound", CallSid="CA4", From=called[1])
    assert "Inbraak" not in heard.text


def test_a_call_that_the_carrier_did_not_sign_is_refused() -> None:
    answer = in_process.client().post("/webhooks/twilio/voice/inbound", data={"From": "+32470"})
    assert answer.status_code == 403


def inbox(templates: Templates, show: str = "all") -> str:
    known = templates.accounts["dispatcher"]
    return words(in_process.signed_in(known["email"], known["password"]).get(f"/inbox?show={show}"))


def kept() -> list[InboundMessage]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(InboundMessage).order_by(col(InboundMessage.received_at))))


def speak(
    number: str, call_id: str = "CA1", recording: str = "RE" + "1" * 32, *, by_us: bool = False
) -> httpx.Response:
    """Somebody spoke for nine seconds; it is told as the carrier does, at both doors."""
    who = {"To": number, "Direction": "outbound-api"} if by_us else {"From": number}
    if not by_us:
        who["Direction"] = "inbound"
    said = {"CallSid": call_id, "RecordingSid": recording, "RecordingDuration": "9"}
    heard = carrier("/webhooks/twilio/voice/spoken", **said, **who)
    assert carrier("/webhooks/twilio/voice/stored", **said).status_code == 204
    return heard


@pytest.mark.parametrize(
    ("digit", "said"),
    [
        ("1", "Pressed 1: has heard the message"),
        ("2", "Pressed 2: wants to leave a voice message"),
        ("9", "Pressed 9: wants no more calls"),
        ("7", "Pressed 7 during the call"),
    ],
)
def test_the_police_find_the_keys_apart_from_what_says_something(
    digit: str, said: str, called: tuple[Delivery, str], templates: Templates
) -> None:
    delivery, number = called
    press(delivery, number, digit)
    [key] = kept()
    assert (key.delivery_id, key.incident_id is not None) == (delivery.id, True)
    assert said in inbox(templates, "keys")
    assert "rue Haute" in inbox(templates, "keys")
    assert said not in inbox(templates)


@pytest.mark.parametrize("digit", ["1", "2", "9"])
def test_whoever_presses_a_key_has_heard_it_and_is_not_called_again(
    digit: str, called: tuple[Delivery, str]
) -> None:
    press(*called, digit)
    with unit_of_work(read_only=True) as session:
        assert session.get_one(Delivery, called[0].id).state is DeliveryState.DELIVERED


def test_key_9_posted_again_closes_nothing_that_was_opened_since(
    called: tuple[Delivery, str],
) -> None:
    delivery, number = called
    assert delivery.contact_point_id

    def is_closed() -> bool:
        with unit_of_work(read_only=True) as session:
            point = (delivery.contact_point_id, Channel.VOICE)
            return session.get(ContactStop, point) is not None

    press(delivery, number, "9")
    assert is_closed()
    with unit_of_work() as session:
        contact.take_back_stop(session, session.get_one(ContactPoint, delivery.contact_point_id))
    assert not is_closed()
    assert press(delivery, number, "9").status_code == 200
    assert not is_closed()


def test_a_voice_message_after_key_2_is_joined_to_its_incident_and_delivery(
    called: tuple[Delivery, str], templates: Templates
) -> None:
    delivery, number = called
    assert "<Record" in press(delivery, number, "2").text
    thanked = speak(number, by_us=True).text
    assert thanked.count("101") == 1
    [key, message] = kept()
    assert (message.delivery_id, message.incident_id) == (delivery.id, key.incident_id)
    assert message.person_id == delivery.person_id
    assert message.kind is InboundKind.MESSAGE
    shown = inbox(templates)
    assert "Voice message, 9 seconds" in shown
    assert "rue Haute" in shown


def test_whoever_calls_back_and_presses_2_answers_the_alert_he_heard_again(
    called: tuple[Delivery, str],
) -> None:
    delivery, number = called
    carrier("/webhooks/twilio/voice/inbound", CallSid="CA5", From=number, Direction="inbound")
    token = signed_reference(DELIVERY_TOKEN, delivery.id or 0)
    path = f"/webhooks/twilio/voice/keys/{token}"
    pressed = carrier(path, CallSid="CA5", Digits="2", From=number, Direction="inbound")
    assert "<Record" in pressed.text
    speak(number, "CA5")
    [_key, message] = kept()
    assert (message.delivery_id, message.sender) == (delivery.id, number)
    assert message.incident_id


@pytest.mark.parametrize("said", ["anonymous", "Restricted", "+266696687", "", "unknown\0"])
def test_a_withheld_number_may_speak_and_is_shown_as_withheld(
    said: str, called: tuple[Delivery, str], templates: Templates
) -> None:
    heard = carrier("/webhooks/twilio/voice/inbound", CallSid="CA6", From=said, Direction="inbound")
    assert heard.text.count("101") == 3
    assert "<Record" in heard.text
    speak(said, "CA6")
    [message] = kept()
    assert (message.sender, message.person_id, message.incident_id) == ("", None, None)
    shown = inbox(templates)
    assert "Number withheld" in shown
    assert "266696687" not in shown
    with unit_of_work(read_only=True) as session:
        assert answer_way.to_writer(session, message) == answer_way.NOBODY


def test_one_who_withholds_his_number_and_rings_on_does_not_silence_the_others(
    called: tuple[Delivery, str],
) -> None:
    for number in range(12):
        heard = carrier("/webhooks/twilio/voice/inbound", CallSid=f"CA{number}", From="anonymous")
        assert "<Record" in heard.text


@pytest.mark.parametrize(
    ("number", "way"),
    [
        ("+32470998877", AnswerWay.SMS),
        ("+3242000099", AnswerWay.TELEPHONE),
        ("+4915112345678", AnswerWay.SMS),
        ("+999123456789", AnswerWay.TELEPHONE),
    ],
)
def test_a_stranger_who_spoke_is_answered_by_what_his_telephone_takes(
    number: str, way: AnswerWay, called: tuple[Delivery, str], templates: Templates
) -> None:
    carrier("/webhooks/twilio/voice/inbound", CallSid="CA7", From=number, Direction="inbound")
    speak(number, "CA7")
    [message] = kept()
    with unit_of_work(read_only=True) as session:
        assert answer_way.to_writer(session, message) == Way(way, address=number)
    shown = inbox(templates)
    assert f"Unknown number · {number}" in shown
    assert "Unverified" in shown


def test_on_a_number_of_two_members_nobody_says_whose_voice_it_is(
    called: tuple[Delivery, str], templates: Templates
) -> None:
    delivery, number = called
    with unit_of_work() as session:
        theirs = select(Person).where(Person.id != delivery.person_id)
        other = session.exec(theirs).first()
        assert other
        contact.add(session, other, ContactKind.MOBILE, number, 9)
        name = session.get_one(Person, delivery.person_id).name
    press(delivery, number, "2")
    speak(number, by_us=True)
    [key, message] = kept()
    assert (key.is_shared, message.is_shared) == (True, True)
    assert message.incident_id
    for show in ("all", "keys"):
        shown = inbox(templates, show)
        assert "One of several members" in shown
        assert "Number of several members" in shown
        assert name not in shown
