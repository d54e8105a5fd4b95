"""Whoever answers an alert with what he saw gets the way to tell more, in his language."""

import html
from datetime import timedelta

import pytest

from channels.sms_length import measure
from tests import in_process
from tests.citizens import text_from
from tests.feedback.seen_things import DISPATCHER, DUTCH, alert, at, path_of

pytestmark = pytest.mark.usefixtures("demo_zone")

SEEN = "Gele VW Polo gezien, 1-ABC-234, richting station"


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(timedelta())


def answer_to(body: str) -> str:
    return html.unescape(text_from(DUTCH, body))


def test_a_sighting_by_text_is_answered_with_the_form_for_more_and_a_photo() -> None:
    _incident, delivery = alert(in_process.api(DISPATCHER))
    answer = answer_to(SEEN)
    assert path_of(delivery) in answer
    assert "Bel 101" in answer
    assert "STOP" in answer
    assert measure(answer).segments <= 2
    at(timedelta(minutes=5))
    assert answer_to(SEEN) == "", "once an hour"


def test_what_is_no_sighting_gets_no_link() -> None:
    alert(in_process.api(DISPATCHER))
    assert "/seen/" not in answer_to("Bedankt voor het bericht")


def test_a_sighting_that_answers_no_alert_gets_no_link() -> None:
    answer = answer_to(SEEN)
    assert "101" in answer
    assert "/seen/" not in answer
