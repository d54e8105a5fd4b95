"""An officer takes in the alert of another system, shows one of his to the public, and has another
system called."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.messaging.cap_samples import ALERT
from tests.running_hub import RunningHub
from tests.windows import show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("simulator", "web", "worker default", "timetable")


def bring(page: Page, content: str) -> None:
    file: FilePayload = {
        "name": "alert.xml",
        "mimeType": "application/cap+xml",
        "buffer": content.encode(),
    }
    page.get_by_label("An alert as CAP 1.2 file").set_input_files(file)
    page.get_by_role("button", name="Take in").click()


def test_alerts_come_in_and_go_out_by_the_pages(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    faults: list[str] = []
    api = hub.api()
    sent = api.send("haut-valdor", incident_id=api.incident()["id"])
    page = signed_in(browser, hub, "mandated_officer").new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))

    page.goto("/incidents")
    page.get_by_role("link", name="Other systems").click()
    bring(page, ALERT.replace(">Actual<", ">Serious<").replace("11:50:00+02:00", "09:50:00Z"))
    expect(page.locator("#problem-file")).to_contain_text("alert.status: “Serious” is none of")
    show(page, gallery, "cap-1-refused")
    bring(page, ALERT)
    expect(page.get_by_role("heading", level=1)).to_have_text("Cambriolage en cours")
    expect(page.locator("main")).to_contain_text("PLP Haut-Valdor")
    show(page, gallery, "cap-2-arrival")
    page.get_by_role("button", name="Open the incident").click()
    expect(page).to_have_url(re.compile(r"/incidents/[0-9a-f-]+/alert"))

    page.goto(f"/broadcasts/{sent}")
    page.get_by_role("link", name="For other systems").click()
    expect(page.locator("main")).to_contain_text("Not a word of the message")
    page.get_by_role("button", name="Show it in the public feed").click()
    expect(page.locator("main")).to_contain_text("stand in the public feed")
    page.reload()
    expect(page.get_by_text("Alert", exact=False).first).to_be_visible()
    show(page, gallery, "cap-3-broadcast")
    page.goto("/cap")
    show(page, gallery, "cap-4-overview")

    page.get_by_role("link", name="Tell other systems at once").click()
    page.get_by_label("Address, with https://").fill("https://127.0.0.1/hook")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#problem-url")).to_contain_text("private network")
    page.get_by_label("Address, with https://").fill("https://dispatch.example/hook")
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".cap-secret")).to_contain_text("whsec_")
    show(page, gallery, "webhook-1-secret")
    page.get_by_role("button", name="Send a test").click()
    # Nobody has that name (RFC 2606): it stays on record as not taken.
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".cap-secret")).to_have_count(0)
    show(page, gallery, "webhook-2-calls")
    page.goto("/outgoing-webhooks")
    show(page, gallery, "webhook-3-list")
    assert faults == []
