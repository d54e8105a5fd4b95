"""The dashboard of a plan and its public page, looked at at a desk, on a phone and on paper."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from plan.models import Colour, EntryState
from tests.browser.test_accessibility_in_a_browser import faults_of, looked_at
from tests.conftest import forget_settings, use_database
from tests.plan.dashboard_plan import (
    EARLY_SUMMER,
    LATE_SUMMER,
    RESIDENTS,
    SPRING,
    TRADERS,
    YEAR,
    by_zone,
    decided,
    in_force,
    measured,
    typed,
)
from tests.running_hub import RunningHub
from tests.windows import DESKTOP, PHONE, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("web",)
AUTUMN = (LATE_SUMMER[0].replace(month=10), YEAR[1])


@pytest.fixture(scope="module")
def plan_id(hub: RunningHub) -> UUID:
    """The document's plan in force, some of it green, orange and red, with a figure by zone."""
    with pytest.MonkeyPatch.context() as patch:
        use_database(hub.database_url, hub.folder, patch)
        made = in_force()
        for code, values in ((TRADERS, (20, 14, 6, 12)), (RESIDENTS, (80, 40, 20, 60))):
            for days, value in zip(
                (SPRING, EARLY_SUMMER, LATE_SUMMER, AUTUMN), values, strict=True
            ):
                measured(made, code, days, value)
            measured(made, code, YEAR, sum(values))
        by_zone(made, TRADERS, YEAR, [40, 9, 3])
        typed(made, "coord.s1.o1.r1", YEAR, state=EntryState.YES)
        decided(made, TRADERS, Colour.GREEN)
        decided(made, RESIDENTS, Colour.ORANGE, "The letters left two months late.")
        forget_settings()
    return made


@pytest.fixture
def page(browser: Browser, hub: RunningHub) -> Page:
    return signed_in(browser, hub, "prevention_officer").new_page()


def test_it_can_be_used_by_everybody(page: Page, plan_id: UUID) -> None:
    address = f"/plans/{plan_id}/dashboard"
    assert looked_at(page, ("/", address, f"{address}?paper=1")) == ""


def test_a_section_opens_to_its_indicators_by_the_keyboard(
    page: Page, plan_id: UUID, gallery: Path
) -> None:
    page.goto(f"/plans/{plan_id}/dashboard")
    show(page, gallery, "dashboard-1-closed")
    fold = page.locator(".pd-fold").nth(1)
    fold.locator("summary").first.press("Enter")
    expect(fold.locator(".pd-figures", has_text="52 / 50")).to_be_visible()
    trend = fold.locator(".pd-indicator", has_text="52 / 50").locator(".pd-trend")
    trend.locator("summary").click()
    expect(trend.get_by_role("img")).to_be_visible()
    expect(trend.get_by_role("table")).to_be_visible()
    show(page, gallery, "dashboard-2-opened")
    page.emulate_media(color_scheme="dark")
    show(page, gallery, "dashboard-3-by-night")


def test_it_is_read_from_the_back_of_the_room_and_on_paper(
    page: Page, plan_id: UUID, gallery: Path
) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"/plans/{plan_id}/dashboard")
    page.screenshot(path=gallery / "dashboard-4-projector.png")
    page.goto(f"/plans/{plan_id}/dashboard?paper=1")
    page.pdf(path=gallery / "dashboard-5.pdf", format="A4")
    page.emulate_media(media="print")
    expect(page.locator(".pd-filter").first).to_be_hidden()
    # What a printer without colours leaves: the words.
    assert page.locator(".pd-indicator .badge:visible").count() == 75


def test_the_public_page_is_switched_on_and_read_by_anybody(
    page: Page, browser: Browser, hub: RunningHub, plan_id: UUID, gallery: Path
) -> None:
    page.goto(f"/plans/{plan_id}/dashboard")
    page.get_by_role("button", name="Publish").click()
    address = page.locator("#public a").get_attribute("href")
    assert address
    anybody = browser.new_context(base_url=hub.url, locale="en", viewport=DESKTOP).new_page()
    anybody.goto(f"/public/plan/{address.rpartition('/')[2]}")
    expect(anybody.locator(".pd-whole")).to_contain_text("1 green")
    expect(anybody.locator("main")).not_to_contain_text("two months late")
    show(anybody, gallery, "public-plan")
    found = faults_of(anybody)
    anybody.emulate_media(color_scheme="dark")
    anybody.set_viewport_size(PHONE)
    assert found + faults_of(anybody) == []
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_visible()
    # It may have been kept for some minutes where it was read; at the hub it is gone.
    assert hub.visitor().get(f"/public/plan/{address.rpartition('/')[2]}").status_code == 404
