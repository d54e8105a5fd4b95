"""A plan's document is taken in, confirmed and put in force: clicked through at desk and phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_accessibility_in_a_browser import faults_of
from tests.plan.kept_plans import DOCUMENT
from tests.running_hub import RunningHub
from tests.windows import DESKTOP, PHONE, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("web",)
PARTS = ("", "/reading?show=waiting", "/tree", "/feeds", "/sheet", "/journal")


def test_a_document_is_read_confirmed_and_put_in_force(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    page = signed_in(browser, hub, "prevention_officer").new_page()
    page.goto("/plans")
    page.get_by_label("Document", exact=True).set_input_files(DOCUMENT)
    page.get_by_role("button", name="Read the document").click()
    expect(page.get_by_role("heading", name="What was read", exact=True)).to_be_visible()
    show(page, gallery, "plan-kept-1-reading")

    # What is inferred is confirmed one by one, or for an objective at once.
    before = page.locator(".lead").inner_text()
    page.get_by_role("button", name="Confirm all of this objective").first.click()
    expect(page.locator(".lead")).not_to_have_text(before)

    # A text that contradicts itself offers its readings.
    choice = page.locator(".keeping-choice").first
    expect(choice).to_contain_text("Which is meant?")
    choice.get_by_role("button").first.click()
    page.locator("#result-p1\\.s1\\.o1\\.r1").scroll_into_view_if_needed()
    expect(page.locator("#result-p1\\.s1\\.o1\\.r1")).to_contain_text("confirmed on")

    # An X is a blank to fill in.
    blank = page.locator(".keeping-result", has_text="no number: fill it in").first
    blank.get_by_role("link", name="Fill in the number").click()
    page.get_by_label("Number", exact=True).fill("many")
    page.get_by_role("button", name="Save and confirm").click()
    expect(page.locator("#problem-target")).to_contain_text("Type a number")
    show(page, gallery, "plan-kept-2-refused")
    page.get_by_label("Number", exact=True).fill("25")
    page.get_by_label("Comparison", exact=True).select_option(">=")
    page.get_by_role("button", name="Save and confirm").click()
    expect(page.get_by_role("heading", name="What was read", exact=True)).to_be_visible()

    page.goto(page.url.split("/reading")[0])
    page.get_by_role("button", name="Put in force").click()
    expect(page.locator("main")).to_contain_text("in force")
    address = page.url.removeprefix(hub.url)
    assert _looked_at(page, address) == []


def _looked_at(page: Page, address: str) -> list[str]:
    """What is wrong with the pages of the plan, by day at a desk and by night on a phone."""
    found: list[str] = []
    for part in PARTS:
        page.goto(address + part)
        for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
            found += faults_of(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                found.append(f"{part} is {wide} wide")
    return found
