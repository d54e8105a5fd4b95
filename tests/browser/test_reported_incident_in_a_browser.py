"""A member texts what he sees: an incident is opened from it, and he hears what was decided."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.running_hub import RunningHub
from tests.windows import is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("simulator", "web", "worker default", "worker urgent", "timetable")
DUTCH_PHONE, GERMAN_PHONE = "+32470001002", "+32470001003"


@pytest.fixture
def page(browser: Browser, hub: RunningHub) -> Page:
    return signed_in(browser, hub, "dispatcher").new_page()


def watched(page: Page) -> list[str]:
    """What goes wrong on a page."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    return faults


def text(hub: RunningHub, body: str, sender: str) -> None:
    form = {"MessageSid": f"SM{body}", "From": sender, "To": "+32460000001", "Body": body}
    assert hub.webhook("/webhooks/twilio/sms/inbound", form).status_code == 200


def pictures(page: Page, gallery: Path, name: str) -> None:
    show(page, gallery, name)
    page.emulate_media(color_scheme="dark")
    show(page, gallery, f"{name}-dark")
    page.emulate_media(color_scheme="light")


def open_from_text(page: Page, hub: RunningHub, body: str, sender: str, place: str) -> None:
    """From the inbox, which shows the message by itself, to the decision; by keyboard."""
    page.goto("/inbox")
    text(hub, body, sender)
    card = page.locator(".reply", has_text=body)
    link = card.get_by_role("link", name="Open an incident from this")
    expect(link).to_be_visible()
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_have_text(body)
    page.get_by_label("Phenomenon").select_option("cambriolage")
    page.get_by_label("Street or crossing").fill(place)


def test_he_is_told_that_no_alert_is_sent(page: Page, hub: RunningHub, gallery: Path) -> None:
    faults = watched(page)
    body = "Man met een ladder achter nummer 12 in de Molenstraat."
    open_from_text(page, hub, body, DUTCH_PHONE, "Molenstraat")
    pictures(page, gallery, "reported-incident")
    page.go_back()
    pictures(page, gallery, "inbox-with-report")
    page.go_forward()
    page.get_by_label("Phenomenon").select_option("cambriolage")
    page.get_by_label("Street or crossing").fill("Molenstraat")
    page.get_by_role("button", name="First decide: to alert or not").click()
    page.get_by_label("Tell who reported it, by text message").check()
    page.get_by_label("Why not").select_option("no_danger")
    pictures(page, gallery, "reported-decision")
    page.get_by_role("button", name="No: put it on record").click()
    timeline = page.locator(".timeline")
    expect(timeline.locator("li").first).to_contain_text(body)
    expect(timeline).to_contain_text("Told to whoever reported it")
    pictures(page, gallery, "reported-timeline")
    phone = page.context.new_page()
    phone.goto(f"/simulator/phones/{DUTCH_PHONE}")
    expect(phone.locator(".screen")).to_contain_text("er is geen gevaar meer")
    expect(phone.locator(".screen")).to_contain_text("Bel 101")
    # Whoever comes to the message later is led to what became of it.
    page.goto("/inbox")
    expect(page.locator(".reply", has_text=body)).to_contain_text("Molenstraat")
    page.goto(page.url)
    assert faults == []


def test_he_is_told_that_the_alert_was_sent_and_the_decision_is_completed(
    page: Page, hub: RunningHub, gallery: Path
) -> None:
    faults = watched(page)
    body = "Einbrecher im Haus gegenüber!"
    open_from_text(page, hub, body, GERMAN_PHONE, "Mühlenweg")
    page.get_by_role("button", name="To the message").click()
    page.get_by_label("PLP Haut-Valdor").check()
    page.locator(".actions").get_by_role("button", name="Check before sending").click()
    page.get_by_label("Tell who reported it, by text message").check()
    pictures(page, gallery, "reported-check")
    page.get_by_role("button", name="Send now to").click()
    page.get_by_role("link", name="To the incident, replies and feedback").click()
    timeline = page.locator(".timeline")
    expect(timeline).to_contain_text("Told to whoever reported it")
    phone = page.context.new_page()
    phone.goto(f"/simulator/phones/{GERMAN_PHONE}")
    expect(phone.locator(".screen")).to_contain_text("Der Alarm wurde verschickt")
    page.get_by_role("link", name="Add to it…").click()
    page.get_by_label("There is a threat").check()
    page.get_by_label("Who on the ground asked for it").fill("Patrol 12")
    page.get_by_label("Why").select_option("in_the_act")
    pictures(page, gallery, "decision-addition")
    page.get_by_role("button", name="Put it on record").click()
    expect(timeline).to_contain_text("Added to the decision of")
    expect(timeline).to_contain_text("Asked for by Patrol 12")
    pictures(page, gallery, "decision-completed")
    assert faults == []


def test_whoever_said_stop_is_shown_as_such(page: Page, hub: RunningHub, gallery: Path) -> None:
    stranger = "+32499123456"
    body = "Vreemde auto in de Kerkstraat."
    open_from_text(page, hub, body, stranger, "Kerkstraat")
    page.get_by_role("button", name="First decide: to alert or not").click()
    text(hub, "STOP", stranger)
    page.reload()
    expect(page.locator("main")).to_contain_text("wants no more messages from us (STOP)")
    pictures(page, gallery, "reported-stopped")
