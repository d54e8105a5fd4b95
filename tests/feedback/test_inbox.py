"""The inbox: what comes in is stored once, answered rightly, and seen by police, whatever it is."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from channels.signature import sign
from feedback.models import InboundMessage
from hub import clock
from hub.config import settings
from hub.db import unit_of_work
from messaging.models import Delivery, DeliveryState
from partnerships.models import ContactKind, ContactPoint, ContactStop
from tests import in_process
from tests.citizens import text_from, words
from tests.conftest import Templates
from tests.feedback.seen_things import DISPATCHER, DUTCH, alert
from tests.running_hub import Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

STRANGER = "+32470998877"
MEETING = "Quand est la prochaine réunion ?"


@pytest.fixture
def dispatcher(templates: Templates) -> Visitor:
    known = templates.accounts["dispatcher"]
    return in_process.signed_in(known["email"], known["password"])


@pytest.fixture
def at() -> Iterator[list[datetime]]:
    """The moment it is, to be moved."""
    moment = [datetime(2026, 3, 2, 12, 0, tzinfo=UTC)]
    clock.set_source(lambda: moment[0])
    yield moment
    clock.set_source(None)


def mobiles(session: Session) -> list[ContactPoint]:
    found = select(ContactPoint).where(ContactPoint.kind == ContactKind.MOBILE)
    return list(session.exec(found.order_by(col(ContactPoint.id))))


def member_number() -> str:
    with unit_of_work(read_only=True) as session:
        return mobiles(session)[0].value


def last() -> InboundMessage:
    with unit_of_work(read_only=True) as session:
        newest = select(InboundMessage).order_by(col(InboundMessage.received_at).desc())
        found = session.exec(newest.order_by(col(InboundMessage.id).desc())).first()
        assert found
        return found


def how_many() -> int:
    with unit_of_work(read_only=True) as session:
        return len(session.exec(select(InboundMessage.id)).all())


def picture_from(number: str, body: str) -> str:
    path = "/webhooks/twilio/sms/inbound"
    form = {"MessageSid": "MM1", "From": number, "Body": body, "NumMedia": "2"}
    signature = sign(settings().base_url + path, list(form.items()), settings().twilio_auth_token)
    http = in_process.client(**{"X-Twilio-Signature": signature})
    return str(http.post(path, data=form).text)


def test_a_member_is_answered_once_an_hour_and_always_when_he_says_stop(
    at: list[datetime],
) -> None:
    number = member_number()
    assert "101" in text_from(number, "vu rue Haute")
    at[0] += timedelta(minutes=5)
    assert text_from(number, "et encore une fois") == ""
    assert "101" in text_from(number, "AIDE")
    assert text_from(number, "Stop. Merci") != ""
    at[0] += timedelta(minutes=61)
    assert "101" in text_from(number, "vu encore")


def test_whoever_calls_for_help_is_told_at_once_that_nobody_may_be_reading(
    at: list[datetime],
) -> None:
    text_from(STRANGER, "bonjour")
    first = text_from(STRANGER, "au secours il y a un cambrioleur dans la maison")
    assert "101" in first
    assert first != text_from(STRANGER, "bonjour")
    at[0] += timedelta(minutes=2)
    assert text_from(STRANGER, "venez vite") == ""
    at[0] += timedelta(minutes=10)
    assert text_from(STRANGER, "venez vite") == first


@pytest.mark.parametrize("sender", ["8810", "PROXIMUS", "", "+32460000001"])
def test_a_machine_is_never_answered(sender: str) -> None:
    assert text_from(sender, "Your code is 1234") == ""
    assert text_from(sender, "STOP") == ""
    assert last().body == "STOP"


def test_two_machines_that_answer_each_other_are_stopped(at: list[datetime]) -> None:
    answered = 0
    for _ in range(40):
        at[0] += timedelta(seconds=20)
        answered += bool(text_from(STRANGER, "HELP"))
    assert answered == 8


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("NUL\0 dedans", "NUL dedans"),
        ("👮‍♀️ vu 🚗💨", "👮‍♀️ vu 🚗💨"),
        ("رأيت رجلا في الحديقة", "رأيت رجلا في الحديقة"),
        ("x" * 1600, "x" * 1600),
        ("", ""),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_whatever_is_typed_is_kept_and_shown_as_text(
    body: str, kept: str, dispatcher: Visitor
) -> None:
    text_from(STRANGER, body)
    assert last().body == kept
    page = dispatcher.get("/inbox")
    assert "<script>alert" not in page.text
    assert (kept or "—") in words(page) or "<script>" in kept
    assert "Unverified" in words(page)


def test_a_picture_by_mms_is_refused_kindly(dispatcher: Visitor) -> None:
    assert "MMS" in picture_from(STRANGER, "voilà la voiture, elle roule vers la gare")
    assert "2 pictures by MMS, not taken" in words(dispatcher.get("/inbox"))


def test_a_number_of_two_members_is_nobodys(dispatcher: Visitor) -> None:
    with unit_of_work() as session:
        first, second = mobiles(session)[:2]
        second.value, second.value_index = first.value, first.value_index
        session.add(second)
    text_from(first.value, "vu un homme rue Haute")
    assert last().is_shared
    assert "Number of several members" in words(dispatcher.get("/inbox"))
    assert "One of several members" in words(dispatcher.get("/inbox"))


@pytest.mark.parametrize(
    ("state", "is_about_it"),
    [
        (DeliveryState.SENDING, True),
        (DeliveryState.UNKNOWN, True),
        (DeliveryState.QUEUED, False),
    ],
)
def test_an_answer_may_come_before_the_carriers_word(
    at: list[datetime], state: DeliveryState, is_about_it: bool
) -> None:
    incident, delivery_id = alert(in_process.api(DISPATCHER))
    with unit_of_work() as session:
        delivery = session.get_one(Delivery, delivery_id)
        delivery.state, delivery.handed_over_at = state, None
        carrier_id = delivery.carrier_id
        session.add(delivery)
    text_from(DUTCH, "Ja, ik heb hem gezien aan het station")
    assert (str(last().incident_id) == incident) is is_about_it
    with unit_of_work(read_only=True) as session:
        delivery = session.get_one(Delivery, delivery_id)
        assert (delivery.state, delivery.carrier_id) == (state, carrier_id), "it may not have left"


def test_calls_for_help_stand_first_and_filters_keep_the_rest_apart(
    at: list[datetime], dispatcher: Visitor
) -> None:
    clock.set_source(lambda: at[0])
    text_from(STRANGER, "au secours on force ma porte")
    at[0] += timedelta(minutes=1)
    text_from(STRANGER, "vu une voiture noire rue Basse")
    at[0] += timedelta(minutes=1)
    text_from(member_number(), MEETING)
    seen = words(dispatcher.get("/inbox"))
    assert seen.index("au secours") < seen.index("Quand est") < seen.index("voiture noire")
    assert "voiture noire" not in words(dispatcher.get("/inbox?show=need_help"))
    assert "voiture noire" in words(dispatcher.get("/inbox?show=sightings"))
    assert "Quand est" in words(dispatcher.get("/inbox?show=questions"))
    assert "Quand est" not in words(dispatcher.get("/inbox?show=unknown"))


def test_older_replies_are_a_page_away_and_one_sender_is_found(
    at: list[datetime], dispatcher: Visitor
) -> None:
    text_from(member_number(), "la toute première")
    for number in range(50):
        at[0] += timedelta(seconds=1)
        text_from(STRANGER, f"numéro {number} fin")
    newest = dispatcher.get("/inbox")
    assert "la toute première" not in words(newest)
    older = re.findall(r'href="(/inbox\?[^"]*before=[^"]*)"', newest.text)[0]
    assert "la toute première" in words(dispatcher.get(older.replace("&amp;", "&")))
    found = dispatcher.post("/inbox/find", sender="0470 99 88 77")
    assert "numéro 3 fin" in words(found)
    assert "la toute première" not in words(found)


def test_stop_in_german_closes_the_number() -> None:
    number = member_number()
    text_from(number, "Bitte keine SMS mehr")
    with unit_of_work(read_only=True) as session:
        point = mobiles(session)[0]
        assert session.exec(
            select(ContactStop).where(ContactStop.contact_point_id == point.id)
        ).all()


def test_a_call_for_help_of_today_stays_first_however_much_came_in_since(
    at: list[datetime], dispatcher: Visitor
) -> None:
    text_from(STRANGER, "Au secours, on entre chez moi")
    for number in range(51):
        at[0] += timedelta(seconds=1)
        text_from(f"+3247099{number:04}", f"vu rue Haute {number}")
    page = words(dispatcher.get("/inbox"))
    assert page.count("Au secours") == 1
    assert page.index("Au secours") < page.index("vu rue Haute 50")
    at[0] += timedelta(hours=25)
    assert "Au secours" not in words(dispatcher.get("/inbox"))
