"""A plan goes from its document to coloured dashboard and printed report, with every process
running: what the hub does and services write down fills it, and one figure is typed."""

import io
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_accessibility_in_a_browser import looked_at
from tests.plan.kept_plans import DOCUMENT
from tests.running_hub import EVERY_PROCESS, RunningHub
from tests.windows import show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = EVERY_PROCESS
YEAR = date.today().year  # noqa: DTZ011 - the running hub's own year


@pytest.fixture
def page(browser: Browser, hub: RunningHub) -> Page:
    page = signed_in(browser, hub, "prevention_officer").new_page()
    page.set_default_timeout(30_000)
    return page


def read_in(page: Page) -> str:
    """Take the document in, move it to this year, and put it in force; its address."""
    page.goto("/plans")
    page.get_by_label("Document", exact=True).set_input_files(DOCUMENT)
    page.get_by_role("button", name="Read the document").click()
    expect(page.get_by_role("heading", name="What was read", exact=True)).to_be_visible()
    address = re.sub(r"^https?://[^/]+|/reading.*$", "", page.url)
    page.goto(address)
    page.get_by_text("Change title or period").click()
    page.get_by_label("First day").first.fill(f"{YEAR}-01-01")
    page.get_by_label("Last day").first.fill(f"{YEAR + 1}-12-31")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Put in force").click()
    expect(page.locator("main")).to_contain_text("in force")
    return address


def type_in(page: Page) -> None:
    """Whatever the first missing figure is: a yes, or a number."""
    if page.get_by_label("Yes", exact=True).count():
        page.get_by_label("Yes", exact=True).check()
        return
    page.locator("#value").fill("3")


@pytest.mark.timeout(400)
def test_a_plan_goes_from_its_document_to_its_printed_report(page: Page, gallery: Path) -> None:
    address = read_in(page)
    page.goto(f"{address}/feeds")
    page.get_by_role("button", name="Take all proposals").click()

    # What somebody writes down ...
    page.goto("/registers/meetings")
    page.locator("#body").fill("Réunion de coordination")
    page.locator("main form button.primary").first.click()
    expect(page.locator("main")).to_contain_text("Réunion de coordination")

    # ... is counted when it is asked for.
    page.goto(f"{address}/dashboard?period={YEAR}")
    expect(page.locator("main")).to_contain_text("75 grey")
    page.locator("a[href*='/measured/']").first.evaluate("one => one.click()")
    page.get_by_role("button", name="Measure now").click()
    expect(page.locator("#measuring")).to_contain_text("Last measured on")
    page.goto(f"{address}/dashboard?period={YEAR}")
    counted = re.search(r"(\d+) grey", page.locator("main").inner_text())
    assert counted
    assert int(counted[1]) < 75, "something was counted"
    show(page, gallery, "plan-story-1-dashboard")

    # What nothing counts is typed once, sent in and approved.
    page.goto(f"/figures?plan={address.rsplit('/', 1)[1]}&span={YEAR}")
    page.locator("a[href*='/figures/']").first.evaluate("one => one.click()")
    type_in(page)
    page.get_by_role("button", name="Send in").click()
    page.get_by_role("button", name="Approve the figure", exact=True).click()
    expect(page.locator("main")).to_contain_text("Approved")
    show(page, gallery, "plan-story-2-figure")

    # The officer accepts what the rule suggests, where it is green.
    page.goto(f"{address}/colours?span={YEAR}")
    show(page, gallery, "plan-story-3-colours")

    # The report is issued, and prints itself.
    page.goto(f"{address}/report")
    page.get_by_role("button", name="Issue this report").click()
    expect(page.locator("#preport-files")).to_contain_text(re.compile("[0-9a-f]{64}"))
    show(page, gallery, "plan-story-4-issued")
    for kind, beginning in (("XLSX", b"PK"), ("DOCX", b"PK"), ("PDF", b"%PDF")):
        with page.expect_download() as coming:
            page.get_by_role("button", name=kind, exact=True).click()
        content = Path(coming.value.path()).read_bytes()
        assert content.startswith(beginning)
        if kind == "XLSX":
            book = openpyxl.load_workbook(io.BytesIO(content))
            words = {str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row}
            assert any("Résultats attendus" in one for one in words)
            assert any("dans les délais prescrits" in one for one in words)
    assert looked_at(page, (f"{address}/report", f"{address}/reports", "/counts")) == ""
