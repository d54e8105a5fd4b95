"""A citizen follows the link in an alert and tells the police what he saw."""

import html
import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlmodel import select

from feedback import owed_answers
from feedback.models import AnswerWay, SightingPhoto
from hub.db import unit_of_work
from hub.i18n import Language, translate
from hub.sealing import unseal
from messaging import rendering
from partnerships.models import Channel
from tests import in_process
from tests.citizens import Citizen, link_in, problems, words
from tests.conftest import Templates
from tests.feedback.seen_things import (
    DISPATCHER,
    DUTCH,
    NOON,
    alert,
    at,
    kept,
    number_on,
    path_of,
    photo_with_place,
    send,
    tell,
)
from tests.running_hub import Api, Visitor

# As the page says it.
NEXT = (
    "What happens next: an officer reads it and puts it beside what others saw. You get an answer, "
    "by the way you got the alert. Perhaps the police call you to ask more."
)
pytestmark = pytest.mark.usefixtures("demo_zone")


@pytest.fixture
def api(demo_zone: str) -> Api:
    at(timedelta())
    return in_process.api(DISPATCHER)


@pytest.fixture
def dispatcher(api: Api, templates: Templates) -> Visitor:
    return in_process.signed_in(**templates.accounts["dispatcher"])


def test_what_a_citizen_saw_is_kept_with_its_incident_and_an_answer_is_owed(api: Api) -> None:
    incident, delivery = alert(api)
    at(timedelta(minutes=8))
    sent = tell(
        delivery,
        what="vehicle",
        plate="1 abc-2?4",
        description="Camionnette blanche, aile abîmée",
        place="rue Haute",
        direction="gare",
        when="minutes",
        minutes="3",
    )
    (one,) = kept()
    assert number_on(sent) == one.number
    assert (one.plate, one.plate_index) == ("1ABC2?4", None)
    assert (one.vehicle, one.person_seen) == ("Camionnette blanche, aile abîmée", "")
    assert one.observed_at == NOON + timedelta(minutes=5)
    assert one.received_at == NOON + timedelta(minutes=8)
    assert str(one.incident_id) == incident
    with unit_of_work(read_only=True) as session:
        owed = owed_answers.of_sighting(session, one.id)
    assert owed
    assert owed.way is AnswerWay.SMS


def test_the_page_says_101_first_and_shows_nothing_of_anybody(api: Api) -> None:
    _incident, delivery = alert(api)
    page = Citizen().get(path_of(delivery))
    main = page.text.partition("<main")[2]
    assert main.index('href="tel:101"') < main.index("<form")
    for secret in ("Goossens", "470001002", "rue du Moulin", "Moulin"):
        assert secret not in main


def test_the_page_speaks_the_language_of_whoever_got_the_alert(api: Api) -> None:
    _incident, delivery = alert(api)
    assert '<html lang="nl">' in in_process.client().get(path_of(delivery)).text


def test_the_thanks_carry_the_number_what_comes_next_and_101_and_nothing_that_was_sent(
    api: Api,
) -> None:
    _incident, delivery = alert(api)
    somebody = Citizen()
    sent = tell(delivery, somebody, what="other", description="Secret words")
    assert 'href="tel:101"' in sent.text
    assert translate(Language.DUTCH, NEXT) in sent.text
    again = somebody.get(path_of(delivery))
    assert "Secret words" not in sent.text + again.text


def test_sent_twice_it_is_one_and_with_a_word_more_another(api: Api) -> None:
    _incident, delivery = alert(api)
    somebody, path = Citizen(), path_of(delivery)
    somebody.get(path)
    first_page = somebody.page
    first = number_on(send(somebody, path, what="person", description="Man"))
    somebody.page = first_page
    assert number_on(send(somebody, path, what="person", description="Man")) == first
    somebody.page = first_page
    assert number_on(send(somebody, path, what="person", description="Man, 40")) != first
    assert len(kept()) == 2


def test_a_link_that_nobody_made_and_one_of_another_purpose_are_not_found(api: Api) -> None:
    _incident, delivery = alert(api)
    token = rendering.callback_url(delivery, Channel.SMS).rpartition("/")[2]
    for reference in (f"{delivery}.aaaaaaaaaaaaaaaaaaaaaa", token, "1", "x" * 300, "9" * 30):
        assert Citizen().get(f"/seen/{reference}").status_code == 404


def test_the_link_is_worth_nothing_some_days_after_the_alert(api: Api) -> None:
    _incident, delivery = alert(api)
    somebody, path = Citizen(), path_of(delivery)
    at(timedelta(days=6, hours=23))
    somebody.get(path)
    open_page = somebody.page
    at(timedelta(days=7))
    late = somebody.get(path)
    assert late.status_code == 410
    assert 'href="tel:101"' in late.text
    somebody.page = open_page
    assert send(somebody, path, what="other", description="Late").status_code == 410
    assert kept() == []


def test_a_stranger_with_the_address_can_send_five_and_no_more(api: Api) -> None:
    _incident, delivery = alert(api)
    for number in range(5):
        tell(delivery, Citizen(place=f"10.0.0.{number}"), description=f"Spam {number}")
    refused = tell(delivery, Citizen(place="10.0.1.1"), what="other", description="One more")
    assert refused.status_code == 429
    assert "One more" in refused.text  # what was typed is kept
    assert "101" in words(refused)
    assert len(kept()) == 5


def test_one_place_of_the_internet_can_send_only_so_many_in_an_hour(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.seen_links.MOST_FROM_ONE_PLACE", 2)
    deliveries = [alert(api, f"rue {number}")[1] for number in range(3)]
    for delivery in deliveries[:2]:
        tell(delivery, description="Seen")
    assert tell(deliveries[2], description="Seen").status_code == 429
    at(timedelta(minutes=61))
    assert tell(deliveries[2], description="Seen").status_code == 200


def test_a_form_from_another_site_is_refused(api: Api) -> None:
    _incident, delivery = alert(api)
    answer = in_process.client().post(path_of(delivery), data={"description": "x"})
    assert answer.status_code == 403
    assert kept() == []


# Bad input


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "description"),
        ({"description": "x" * 2001}, "description"),
        ({"what": "person", "description": "x" * 1001}, "description"),
        ({"plate": "<script>"}, "plate"),
        ({"plate": "???"}, "plate"),
        ({"plate": "A" * 13}, "plate"),
        ({"place": "x" * 201}, "place"),
        ({"direction": "x" * 201}, "direction"),
        ({"when": "minutes", "minutes": "soon"}, "observed_at"),
        ({"when": "minutes", "minutes": "99999999999999999999"}, "observed_at"),
        ({"when": "minutes", "minutes": "²"}, "observed_at"),
        ({"when": "time", "time": ""}, "observed_at"),
        ({"when": "time", "time": "25:99"}, "observed_at"),
        ({"when": "time", "time": "10:00", "day": "9999-12-31"}, "observed_at"),
        ({"when": "time", "time": "10:00", "day": "0001-01-01"}, "observed_at"),
        ({"when": "time", "time": "10:00", "day": "2026-13-45"}, "observed_at"),
        ({"when": "time", "time": "02:30", "day": "2026-03-29"}, "observed_at"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_nothing_is_lost(
    api: Api, typed: dict[str, Any], field: str
) -> None:
    _incident, delivery = alert(api)
    somebody = Citizen()
    known: dict[str, Any] = {"description": "Kept words", **typed} if typed else {}
    answer = tell(delivery, somebody, **known)
    assert list(problems(answer)) == [field]
    for value in known.values():
        assert html.escape(value, quote=False) in answer.text or value in answer.text
    assert kept() == []


def test_a_photo_of_30_mb_is_refused_kindly_and_the_words_are_kept(api: Api) -> None:
    _incident, delivery = alert(api)
    answer = tell(delivery, photo=b"\xff\xd8" + bytes(30 * 1024 * 1024), description="Red car")
    assert "12 MB" in problems(answer)["photo"]
    assert "Red car" in answer.text
    assert kept() == []


def test_what_is_no_photo_is_refused_kindly(api: Api) -> None:
    _incident, delivery = alert(api)
    answer = tell(delivery, photo=b"<svg onload=alert(1)>", description="Red car")
    assert list(problems(answer)) == ["photo"]


def test_scripts_nul_emoji_and_words_from_right_to_left_are_text(
    api: Api, dispatcher: Visitor
) -> None:
    _incident, delivery = alert(api)
    tell(delivery, description="<script>alert(1)</script>\0 🚗 שלום", place="\0")
    (one,) = kept()
    assert one.words == "<script>alert(1)</script> 🚗 שלום"
    page = dispatcher.get(f"/sightings/{one.id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


# When


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ({"when": "now"}, NOON),
        ({"when": "now", "minutes": "10"}, NOON - timedelta(minutes=10)),
        ({"when": "time", "time": "11:30"}, NOON - timedelta(minutes=30)),
        ({"when": "time", "time": "11h30"}, NOON - timedelta(minutes=30)),
        # Later than now without a day: it was yesterday.
        ({"when": "time", "time": "23:00"}, NOON - timedelta(hours=13)),
        ({"when": "time", "time": "23:00", "day": "01/06/2026"}, NOON - timedelta(hours=37)),
    ],
)
def test_the_time_is_taken_as_people_say_it(api: Api, typed: dict[str, Any], seen: object) -> None:
    _incident, delivery = alert(api)
    tell(delivery, description="Seen", **typed)
    assert kept()[0].observed_at == seen


# The photo


def test_a_photo_is_kept_sealed_and_without_the_place_where_it_was_taken(api: Api) -> None:
    _incident, delivery = alert(api)
    sent = photo_with_place()
    assert b"Fictional Phone" in sent
    tell(delivery, photo=sent)
    with unit_of_work(read_only=True) as session:
        photo = session.exec(select(SightingPhoto)).one()
    assert b"\xff\xd8" not in photo.sealed[:10]
    content = unseal("sighting-photo", photo.sealed)
    assert b"Fictional" not in content
    with Image.open(io.BytesIO(content)) as opened:
        assert dict(opened.getexif()) == {}
        assert opened.size == (640, 480)


# How the link reaches people


def test_a_member_finds_the_alerts_he_got_lately_on_his_own_page(api: Api) -> None:
    _incident, delivery = alert(api)
    _other, second = alert(api, "rue Haute")
    member = Citizen()
    member.get("/me/link")
    member.post("/me/link", way=DUTCH)
    member.get(link_in("member_link"))
    member.post(str(member.page.url))
    assert "/me/seen" in member.get("/me").text
    page = member.get("/me/seen").text
    assert path_of(delivery) in page
    assert path_of(second) in page
    at(timedelta(days=8))
    assert path_of(delivery) not in member.get("/me/seen").text
