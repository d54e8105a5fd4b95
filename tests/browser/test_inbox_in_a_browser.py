"""The inbox as an officer has it open: live, with a sound for whoever asked for one."""

import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.running_hub import RunningHub
from tests.windows import is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("web",)
MEMBER, STRANGER = "+32470001000", "+32470998877"
SECONDS_TO_THE_SCREEN = 3.0


def watched(page: Page) -> list[str]:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    return faults


def text(hub: RunningHub, body: str, sender: str) -> None:
    form = {"MessageSid": f"SM{body}", "From": sender, "To": "+32460000001", "Body": body}
    assert hub.webhook("/webhooks/twilio/sms/inbound", form).status_code == 200


def test_a_call_for_help_comes_to_the_screen_by_itself_and_first(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    page = signed_in(browser, hub, "mandated_officer").new_page()
    faults = watched(page)
    text(hub, "Quand est la prochaine réunion ?", MEMBER)
    page.goto("/inbox")
    button = page.get_by_role("button", name="Sound at a new reply")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    text(hub, "<script>document.title='x'</script> vu une voiture noire rue Basse", STRANGER)
    at = time.monotonic()
    text(hub, "au secours on force ma porte", STRANGER)
    first = page.locator(".reply").first
    expect(first).to_contain_text("au secours", timeout=SECONDS_TO_THE_SCREEN * 1000)
    assert time.monotonic() - at < SECONDS_TO_THE_SCREEN + 1
    expect(first).to_contain_text("Call for help")
    expect(page.locator("main")).to_contain_text("<script>document.title='x'</script>")
    show(page, gallery, "inbox")
    page.emulate_media(color_scheme="dark")
    show(page, gallery, "inbox-dark")
    page.emulate_media(color_scheme="light")
    assert not Axe().run(page).response["violations"]
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Questions", exact=True).first.click()
    page.get_by_role("link", name="Pass on to the coordinator…").click()
    show(page, gallery, "pass-on")
    assert not Axe().run(page).response["violations"]
    page.get_by_role("button", name="It holds no sighting: pass it on").click()
    coordinator = signed_in(browser, hub, "coordinator").new_page()
    coordinator.goto("/questions")
    expect(coordinator.locator(".reply")).to_contain_text("prochaine réunion")
    expect(coordinator.locator("main")).not_to_contain_text("voiture noire")
    show(coordinator, gallery, "questions")
    assert not Axe().run(coordinator).response["violations"]
    assert faults == []
