"""An officer speaks the message; the carrier fetches it and plays it twice."""

import html
import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests import sounds
from tests.running_hub import RunningHub, Visitor, eventually

pytestmark = pytest.mark.journey

LANDLINE = "+3242000004"


def draft(hub: RunningHub, **changes: Any) -> str:
    made = hub.api().draft("haut-valdor", **changes)
    assert made.status_code == 201, made.text
    broadcast_id: str = made.json()["id"]
    return broadcast_id


def upload(
    officer: Visitor, broadcast_id: str, content: bytes, language: str = "fr"
) -> httpx.Response:
    page = officer.get("/")
    found = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert found
    # The name says one thing and the bytes another: only the bytes count.
    return officer.http.post(
        f"/broadcasts/{broadcast_id}/recordings/{language}",
        data={"form_token": found[1]},
        files={"sound": ("holiday.pdf", content, "application/pdf")},
    )


def send(officer: Visitor, broadcast_id: str) -> None:
    assert officer.post(f"/broadcasts/{broadcast_id}/send").status_code == 303


def calls_to(hub: RunningHub, number: str) -> set[str]:
    """The ids of the calls on this telephone, of other tests too."""
    entries = hub.carrier.phone(number)["entries"]
    return {str(one["sid"]) for one in entries if one["kind"] == "call"}


def send_and_answer(
    hub: RunningHub, officer: Visitor, broadcast_id: str, number: str
) -> dict[str, Any]:
    """Send it, and pick up the telephone that rings for it."""
    before = calls_to(hub, number)
    send(officer, broadcast_id)
    [sid] = eventually(lambda: calls_to(hub, number) - before, "the telephone rings")
    shown: dict[str, Any] = hub.carrier.answer(sid)["call"]
    return shown


def test_a_recording_is_kept_heard_and_played_twice_to_whoever_answers(hub: RunningHub) -> None:
    hub.carrier.set(answering="by_hand")
    officer, alert, sound = hub.signed_in("dispatcher"), draft(hub), sounds.wav(3)
    officer.get("/language/en?back=/")
    assert upload(officer, alert, sound).status_code == 303
    assert officer.get(f"/broadcasts/{alert}/recordings/fr").content == sound
    assert "Calls play this recording" in officer.get(f"/broadcasts/{alert}/recordings").text

    call = send_and_answer(hub, officer, alert, LANDLINE)
    first, second, *prompt = str(call["heard"]).splitlines()
    assert (first, second) == ("♪", "♪")
    assert "1" in prompt[0]
    assert call["waiting_for_digit"]
    [address] = call["played"]
    fetched = httpx.get(address)
    assert fetched.content == sound
    assert fetched.headers["Content-Type"] == "audio/wav"
    assert fetched.headers["Cache-Control"] == "no-store"
    assert httpx.head(address).headers["Content-Length"] == str(len(sound))
    assert f"{alert}/recordings/fr" in officer.get(f"/broadcasts/{alert}").text
    shown = html.unescape(officer.get(f"/simulator/phones/{LANDLINE}/screen").text)
    assert f'src="{urlsplit(address).path}"' in shown


def test_of_a_recording_in_an_exercise_it_is_said_each_time_that_it_is_one(
    hub: RunningHub,
) -> None:
    hub.carrier.set(answering="by_hand")
    officer, alert = hub.signed_in("dispatcher"), draft(hub, is_drill=True)
    assert upload(officer, alert, sounds.wav(3)).status_code == 303
    before = calls_to(hub, LANDLINE)
    assert officer.post(f"/broadcasts/{alert}/send", is_drill="yes").status_code == 303
    [sid] = eventually(lambda: calls_to(hub, LANDLINE) - before, "the telephone rings")
    heard = str(hub.carrier.answer(sid)["call"]["heard"]).splitlines()
    assert heard[:4] == ["Exercice.", "♪", "Exercice.", "♪"]


def test_a_language_without_a_recording_is_read_aloud(hub: RunningHub) -> None:
    hub.carrier.set(answering="by_hand")
    officer, alert = hub.signed_in("dispatcher"), draft(hub)
    assert upload(officer, alert, sounds.mp3(3), "nl").status_code == 303
    call = send_and_answer(hub, officer, alert, LANDLINE)
    assert call["played"] == []
    assert str(call["heard"]).splitlines()[0] == str(call["heard"]).splitlines()[1]


def test_nobody_guesses_where_a_recording_is(hub: RunningHub) -> None:
    officer, alert = hub.signed_in("dispatcher"), draft(hub)
    upload(officer, alert, sounds.wav(1))
    door = f"{hub.url}/webhooks/twilio/voice/recordings"
    for token in (f"{alert}_fr", f"{alert}_fr.AAAAAAAAAAAAAAAAAAAAAA", "x", f"{alert}.x", "1.x"):
        assert httpx.get(f"{door}/{token}").status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (sounds.WEBM, "cannot play this file"),
        (sounds.OGG, "cannot play this file"),
        (b"PK\x03\x04 not sound at all", "cannot play this file"),
        (sounds.wav(90), "at most 60 seconds"),
        (sounds.wav(100, rate=16_000), "at most 2 MB"),
        (b"", "Choose a sound file"),
    ],
    ids=["webm", "ogg", "zip", "long", "large", "nothing"],
)
def test_what_cannot_be_played_is_refused_in_words_beside_the_field(
    hub: RunningHub, content: bytes, words: str
) -> None:
    officer, alert = hub.signed_in("dispatcher"), draft(hub)
    officer.get("/language/en?back=/")
    refused = upload(officer, alert, content)
    assert refused.status_code == 422
    assert words in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert officer.get(f"/broadcasts/{alert}/recordings/fr").status_code == 404


def test_a_flood_is_cut_off(hub: RunningHub) -> None:
    officer, alert = hub.signed_in("dispatcher"), draft(hub)
    assert upload(officer, alert, bytes(17 * 1024 * 1024)).status_code == 413


def test_a_language_without_a_text_cannot_be_spoken(hub: RunningHub) -> None:
    officer, alert = hub.signed_in("dispatcher"), draft(hub)
    assert upload(officer, alert, sounds.wav(1), "en").status_code == 422
    assert upload(officer, alert, sounds.wav(1), "xx").status_code == 422


def test_a_message_that_was_sent_keeps_its_recordings(hub: RunningHub) -> None:
    officer, alert = hub.signed_in("dispatcher"), draft(hub)
    upload(officer, alert, sounds.wav(1))
    send(officer, alert)
    assert upload(officer, alert, sounds.wav(2)).status_code == 409
    assert officer.post(f"/broadcasts/{alert}/recordings/fr/remove").status_code == 409
    assert officer.get(f"/broadcasts/{alert}/recordings").status_code == 303
    assert officer.get(f"/broadcasts/{alert}/recordings/fr").content == sounds.wav(1)


def test_a_recording_can_be_replaced_and_removed(hub: RunningHub) -> None:
    officer, alert = hub.signed_in("dispatcher"), draft(hub)
    upload(officer, alert, sounds.wav(1))
    upload(officer, alert, sounds.mp3(2))
    assert officer.get(f"/broadcasts/{alert}/recordings/fr").content == sounds.mp3(2)
    for _twice in range(2):
        assert officer.post(f"/broadcasts/{alert}/recordings/fr/remove").status_code == 303
    assert officer.get(f"/broadcasts/{alert}/recordings/fr").status_code == 404


def test_a_stranger_finds_neither_the_page_nor_the_sound(hub: RunningHub) -> None:
    officer, alert = hub.signed_in("dispatcher"), draft(hub)
    upload(officer, alert, sounds.wav(1))
    coordinator = hub.signed_in("coordinator")
    assert coordinator.get(f"/broadcasts/{alert}/recordings/fr").status_code == 403
    assert upload(coordinator, alert, sounds.wav(1)).status_code == 403
    nowhere = "00000000-0000-0000-0000-000000000000"
    assert upload(officer, nowhere, sounds.wav(1)).status_code == 404
    assert officer.get(f"/broadcasts/{nowhere}/recordings").status_code == 404


def test_a_recording_needs_the_forms_own_token(hub: RunningHub) -> None:
    officer, alert = hub.signed_in("dispatcher"), draft(hub)
    address = f"/broadcasts/{alert}/recordings/fr"
    sent = officer.http.post(address, files={"sound": ("a.wav", sounds.wav(1), "audio/wav")})
    assert sent.status_code == 403
