"""A problem box is emptied on a phone, a letter from it becomes a report with a photo, and that one
is given to the neighbourhood team, followed and done."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_accessibility_in_a_browser import looked_at
from tests.running_hub import RunningHub
from tests.windows import PHONE, is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("web",)


@pytest.fixture
def faults() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def page(browser: Browser, hub: RunningHub, faults: list[str]) -> Page:
    opened = signed_in(browser, hub, "prevention_officer").new_page()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    return opened


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (640, 480), "darkolivegreen").save(made, "JPEG")
    return made.getvalue()


def test_a_letter_in_a_box_becomes_a_report_that_is_followed_until_it_is_done(
    page: Page, gallery: Path
) -> None:
    _lists_are_kept(page)
    _a_box_hangs(page)
    page.set_viewport_size(PHONE)
    # Two taps: the boxes, and what was in this one.
    page.goto("/boxes")
    page.get_by_role("button", name="1 letter").click()
    expect(page.locator("main")).to_contain_text("Emptied at")
    show(page, gallery, "reports-1-box-emptied")
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="Write down a letter").click()
    page.get_by_label("What it is about").select_option(label="Illegal dumping")
    page.get_by_label("What was reported").fill("Every Monday there are bags at the corner.")
    page.get_by_label("Street", exact=True).fill("Rue Fictive")
    page.get_by_label("A photo, or a PDF").set_input_files(
        {"name": "corner.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.locator("#map").click(position={"x": 120, "y": 90})
    expect(page.locator("#point")).to_have_value(re.compile(r"5\d\.\d+, 5\.\d+"))
    page.get_by_role("button", name="Keep this report").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Illegal dumping")
    photo_shown = page.get_by_role("img", name="Photo 1")
    expect(photo_shown).to_have_js_property("naturalWidth", 640)
    page.get_by_label("Service", exact=True).select_option(label="Neighbourhood police")
    page.get_by_label("State", exact=True).select_option(label="In hand")
    page.get_by_label("Note").fill("The team looks on Monday.")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator(".report-history")).to_contain_text("The team looks on Monday.")
    page.get_by_label("State", exact=True).select_option(label="Done")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator(".report-history")).to_contain_text("In hand → Done")
    show(page, gallery, "reports-2-done")
    page.goto("/reports?status=all")
    expect(page.locator("table")).to_contain_text("Every Monday")
    page.get_by_role("link", name="On a map").click()
    expect(page.locator(".report-point")).to_have_count(1)
    show(page, gallery, "reports-3-map")


def _lists_are_kept(page: Page) -> None:
    page.goto("/reports/lists")
    page.get_by_role("button", name="Begin with what most towns have").click()
    expect(page.locator("main")).to_contain_text("Neighbourhood police")


def _a_box_hangs(page: Page) -> None:
    page.goto("/boxes/new")
    page.get_by_label("What it is called").fill("Test box at the station")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", name="Test box at the station")).to_be_visible()


def test_the_pages_of_the_register_can_be_used_by_everybody(
    page: Page, browser: Browser, hub: RunningHub
) -> None:
    page.goto("/reports?status=all")
    report = page.locator("table.reports a").first.get_attribute("href")
    page.goto("/boxes")
    box = page.locator(".boxes-today h3 a").first.get_attribute("href")
    assert report
    assert box
    paths = (
        "/reports",
        "/reports?status=all",
        "/reports/map?status=all",
        "/reports/new",
        "/reports/lists",
        report,
        f"{report}/edit",
        "/boxes",
        "/boxes/new",
        box,
    )
    fresh = signed_in(browser, hub, "prevention_officer").new_page()
    assert looked_at(fresh, paths) == ""
