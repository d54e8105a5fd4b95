"""Change the plan and see the next alert follow it: clicked through, with every process running."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.agreed_plans import CAPACITIES
from tests.running_hub import EVERY_PROCESS, RunningHub
from tests.windows import is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = EVERY_PROCESS

PAGE = "/partnerships/haut-valdor/communication-plan"


def _is_fault(said: ConsoleMessage) -> bool:
    """A fault, but for the page that answers an impossible plan."""
    return is_fault(said) and "422" not in said.text


def way(page: Page, kind: str, place: int, choice: str) -> None:
    page.locator(f'select[name="kinds.{kind}.way{place}"]').select_option(choice)


def test_the_next_alert_follows_the_plan_that_was_changed(
    browser: Browser,
    hub: RunningHub,
    gallery: Path,
) -> None:
    faults: list[str] = []

    # The coordinator writes another version on the page.
    coordinator = signed_in(browser, hub, "coordinator").new_page()
    coordinator.on("pageerror", lambda error: faults.append(str(error)))
    coordinator.on("console", lambda said: faults.append(said.text) if _is_fault(said) else None)
    coordinator.goto(PAGE)
    show(coordinator, gallery, "plan-1-in-force")
    coordinator.get_by_role("button", name="Write a new version").click()
    show(coordinator, gallery, "plan-2-form")
    way(coordinator, "urgent_alert", 1, "email")
    way(coordinator, "urgent_alert", 2, "")
    way(coordinator, "urgent_alert", 3, "email")
    coordinator.get_by_label("Members are told how it ended within").fill("0")
    coordinator.get_by_role("button", name="Save the draft").click()
    expect(coordinator.get_by_role("alert").first).to_contain_text("The same way is there twice.")
    expect(coordinator.locator(".problems")).to_contain_text("A number from 1 to 720.")
    show(coordinator, gallery, "plan-3-refused")
    way(coordinator, "urgent_alert", 3, "")
    coordinator.get_by_label("Members are told how it ended within").fill("24")
    coordinator.get_by_label("A second person must approve above").fill("10")
    coordinator.get_by_role("button", name="Save the draft").click()
    expect(coordinator.locator("main")).to_contain_text("By email alone an alert is read hours")
    show(coordinator, gallery, "plan-4-draft")
    coordinator.get_by_role("link", name="What changed since version 1").click()
    expect(coordinator.locator(".changes")).to_contain_text("1. email")
    show(coordinator, gallery, "plan-5-compared")
    coordinator.goto(f"{PAGE}/2/print")
    expect(coordinator.locator(".to-sign")).to_have_count(4)
    coordinator.pdf(path=gallery / "plan-6-printed.pdf", format="A4")
    show(coordinator, gallery, "plan-6-printed")

    # The officer writes down that the partners have signed.
    officer = signed_in(browser, hub, "mandated_officer").new_page()
    officer.goto(f"{PAGE}/2")
    for one in CAPACITIES:
        officer.locator(f'input[name="signatures.{one}.name"]').fill(f"Person {one}")
        day = date.today().isoformat()  # noqa: DTZ011 - what the browser's owner would type
        officer.locator(f'input[name="signatures.{one}.signed_on"]').fill(day)
    show(officer, gallery, "plan-7-signing")
    officer.get_by_role("button", name="This is agreed").click()
    expect(officer.locator(".plan-state")).to_contain_text("in force since")
    show(officer, gallery, "plan-8-agreed")

    # The next alert asks for a second person, and goes by mail.
    dispatcher = signed_in(browser, hub, "dispatcher").new_page()
    dispatcher.goto("/incidents/new")
    dispatcher.get_by_label("Phenomenon").select_option("cambriolage")
    dispatcher.get_by_label("Street or crossing").fill("rue du Moulin")
    dispatcher.get_by_role("button", name="To the message").click()
    dispatcher.get_by_label("PLP Haut-Valdor").check()
    dispatcher.get_by_role("button", name="Check before sending").click()
    expect(dispatcher.locator(".second-person")).to_contain_text("more than 10 people")
    show(dispatcher, gallery, "plan-9-second-person")
    dispatcher.get_by_role("button", name="Ask a second person to approve").click()
    expect(dispatcher.locator(".state")).to_contain_text("Waits for a second person")
    show(dispatcher, gallery, "plan-10-waits")
    officer.goto("/")
    show(officer, gallery, "plan-11-home")
    officer.locator("#awaiting-approval ~ ul a").first.click()
    show(officer, gallery, "plan-12-approve")
    officer.get_by_role("button", name="Approve and send now").click()
    # Both pages move by themselves.
    expect(dispatcher.locator("#by-channel")).to_contain_text("Email", timeout=30_000)
    expect(dispatcher.locator("#by-channel")).not_to_contain_text("SMS")
    expect(dispatcher.locator(".why")).to_contain_text("no number or address for these channels")
    assert faults == []


def test_the_plan_is_written_without_javascript(
    browser: Browser,
    hub: RunningHub,
) -> None:
    context = browser.new_context(base_url=hub.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/language/en?back=/sign-in")
    page.get_by_label("Email address").fill(hub.accounts["coordinator"]["email"])
    page.get_by_label("Password").fill(hub.accounts["coordinator"]["password"])
    page.get_by_role("button", name="Sign in").click()
    page.goto(PAGE)
    page.locator(f'form[action="{PAGE}/draft"] button, a[href="{PAGE}/draft"]').first.click()
    way(page, "prevention", 1, "sms")
    way(page, "prevention", 2, "email")
    way(page, "prevention", 3, "")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("main")).to_contain_text("1. text message (SMS), 2. email")


@pytest.mark.parametrize("language", ["fr", "nl", "de"])
def test_the_form_fits_a_phone_in_each_language(
    browser: Browser,
    hub: RunningHub,
    gallery: Path,
    language: str,
) -> None:
    page = signed_in(browser, hub, "coordinator").new_page()
    page.goto(f"/language/{language}?back={PAGE}")
    page.locator(f'form[action="{PAGE}/draft"] button, a[href="{PAGE}/draft"]').first.click()
    expect(page.locator(".plan-form")).to_be_visible()
    show(page, gallery, f"plan-form-{language}")
