"""An officer records a message in the page; Chromium's own microphone beeps into it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from channels.sound import read_sound
from tests import sounds
from tests.running_hub import EVERY_PROCESS, RunningHub
from tests.windows import DESKTOP, is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = EVERY_PROCESS

MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
LANDLINE = "+3242000004"


def draft_page(browser: Browser, hub: RunningHub, faults: list[str]) -> tuple[Page, str]:
    """The check-before-sending page of a new alert."""
    broadcast_id = str(hub.api().draft("haut-valdor").json()["id"])
    page = signed_in(browser, hub, "dispatcher").new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    page.goto(f"/broadcasts/{broadcast_id}/confirm")
    return page, broadcast_id


def test_a_message_is_recorded_listened_to_kept_and_played_in_a_call(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    faults: list[str] = []
    page, _broadcast_id = draft_page(browser, hub, faults)
    page.get_by_role("link", name="Speak the message yourself").click()
    french = page.get_by_role("region", name="Français")
    # By keyboard alone: the one button begins and ends.
    french.get_by_role("button", name="Record", exact=True).focus()
    page.keyboard.press("Enter")
    expect(french.get_by_role("status")).to_have_text("Recording. Speak now.")
    expect(french.locator(".clock")).to_contain_text("1 / 60 s")
    show(page, gallery, "10-recording")
    expect(french.get_by_role("button", name="Stop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(french.get_by_role("status")).to_contain_text("Recorded.")
    expect(french.locator(".trial audio")).to_have_js_property("error", None)
    show(page, gallery, "11-recorded")
    french.get_by_role("button", name="Keep this recording").click()

    expect(page.locator(".kept")).to_contain_text("Calls play this recording")
    page.wait_for_function("document.querySelector('.kept audio').readyState > 0")
    show(page, gallery, "12-kept")
    address = page.locator(".kept audio").get_attribute("src")
    kept = page.request.get(f"{hub.url}{address}").body()
    sound = read_sound(kept)
    assert sound is not None
    assert sound.media_type == "audio/wav"
    assert 0.5 < sound.seconds < 60
    assert any(kept[44:]), "there is sound in it, not only silence"

    page.get_by_role("link", name="Back to checking and sending").click()
    expect(page.locator("main")).to_contain_text("Calls play your recording.")
    page.get_by_role("button", name=re.compile("Send now")).click()
    expect(page.locator("audio")).to_have_count(1)
    phone = page.context.new_page()
    phone.goto(f"/simulator/phones/{LANDLINE}")
    phone.get_by_role("button", name="Pick up", exact=True).click()
    player = phone.get_by_label("What the call plays")
    player.evaluate("one => one.play()")
    expect(phone.locator(".heard")).to_contain_text("♪")
    show(phone, gallery, "13-call")
    assert faults == []


def test_what_was_recorded_can_be_thrown_away_before_and_after_it_is_kept(
    browser: Browser, hub: RunningHub
) -> None:
    faults: list[str] = []
    page, broadcast_id = draft_page(browser, hub, faults)
    page.goto(f"/broadcasts/{broadcast_id}/recordings")
    dutch = page.get_by_role("region", name="Nederlands")
    dutch.get_by_role("button", name="Record", exact=True).click()
    expect(dutch.locator(".clock")).to_contain_text("1 / 60 s")
    dutch.get_by_role("button", name="Stop").click()
    dutch.get_by_role("button", name="Throw away").click()
    expect(dutch.locator(".trial")).to_be_hidden()
    assert dutch.locator("input[type=file]").evaluate("one => one.files.length") == 0

    dutch.locator("input[type=file]").set_input_files(
        {"name": "message.mp3", "mimeType": "audio/mpeg", "buffer": sounds.mp3(2)}
    )
    expect(dutch.locator(".trial")).to_be_visible()
    dutch.get_by_role("button", name="Keep this recording").click()
    dutch.get_by_role("button", name="Remove it").click()
    expect(page.locator(".kept")).to_have_count(0)
    assert faults == []


def test_a_recording_of_nothing_is_said_to_be_one(browser: Browser, hub: RunningHub) -> None:
    faults: list[str] = []
    page, broadcast_id = draft_page(browser, hub, faults)
    page.goto(f"/broadcasts/{broadcast_id}/recordings")
    # What a browser gives whose microphone was cut off at once.
    page.evaluate(
        "() => { OfflineAudioContext.prototype.decodeAudioData = () => Promise.reject('empty') }"
    )
    dutch = page.get_by_role("region", name="Nederlands")
    dutch.get_by_role("button", name="Record", exact=True).click()
    dutch.get_by_role("button", name="Stop").click()
    expect(dutch.get_by_role("status")).to_contain_text("Nothing was recorded.")
    expect(dutch.get_by_role("button", name="Record", exact=True)).to_be_enabled()
    expect(dutch.locator(".trial")).to_be_hidden()
    assert faults == []


def test_a_file_that_no_call_can_play_is_refused_beside_its_field(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    page, broadcast_id = draft_page(browser, hub, [])
    page.goto(f"/broadcasts/{broadcast_id}/recordings")
    german = page.get_by_role("region", name="Deutsch")
    german.locator("input[type=file]").set_input_files(
        {"name": "message.mp3", "mimeType": "audio/mpeg", "buffer": sounds.WEBM}
    )
    german.get_by_role("button", name="Keep this recording").click()
    expect(page.get_by_role("alert").first).to_contain_text("Save it as MP3")
    expect(german.locator(".problem")).to_contain_text("Save it as MP3")
    show(page, gallery, "14-refused")


def test_a_message_can_be_uploaded_without_javascript(browser: Browser, hub: RunningHub) -> None:
    broadcast_id = hub.api().draft("haut-valdor").json()["id"]
    cookies = signed_in(browser, hub, "dispatcher").cookies()
    context = browser.new_context(base_url=hub.url, viewport=DESKTOP, java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]  # what one gives, the other takes
    page = context.new_page()
    page.goto(f"/broadcasts/{broadcast_id}/recordings")
    french = page.get_by_role("region", name="Français")
    expect(french.get_by_role("button", name="Record", exact=True)).to_have_count(0)
    french.locator("input[type=file]").set_input_files(
        {"name": "message.wav", "mimeType": "audio/wav", "buffer": sounds.wav(2)}
    )
    french.get_by_role("button", name="Keep this recording").click()
    expect(page.locator(".kept")).to_contain_text("Calls play this recording")
