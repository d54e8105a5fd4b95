"""Street work and a territorial strategy go from their example files to colours and a report."""

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine
from sqlmodel import Session, select

from feedback.models import ReportService
from partnerships.models import Organisation
from tests.browser.test_accessibility_in_a_browser import looked_at
from tests.running_hub import EVERY_PROCESS, RunningHub
from tests.windows import show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = EVERY_PROCESS
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
YEAR = date.today().year  # noqa: DTZ011 - the running hub's own year


@pytest.fixture
def page(browser: Browser, hub: RunningHub) -> Page:
    page = signed_in(browser, hub, "prevention_officer").new_page()
    page.set_default_timeout(30_000)
    return page


def read_in(page: Page, name: str, kind: str) -> str:
    """Take an example in for this year and the next, and put it in force; its address."""
    page.goto("/plans")
    page.get_by_label("Document", exact=True).set_input_files(EXAMPLES / name)
    page.get_by_label("Kind of plan").select_option(label=kind)
    page.get_by_text("Title and period, where the document does not say them").click()
    page.get_by_label("Title", exact=True).fill(f"{kind} in Valdor")
    page.get_by_label("First day").fill(f"{YEAR}-01-01")
    page.get_by_label("Last day").fill(f"{YEAR + 1}-12-31")
    page.get_by_role("button", name="Read the document").click()
    expect(page.get_by_role("heading", name="What was read", exact=True)).to_be_visible()
    address = re.sub(r"^https?://[^/]+|/reading.*$", "", page.url)
    page.goto(f"{address}/feeds")
    proposals = page.get_by_role("button", name="Take all proposals")
    if proposals.count():
        proposals.click()
    page.goto(address)
    page.get_by_role("button", name="Put in force").click()
    expect(page.locator("main")).to_contain_text("in force")
    return address


def issue(page: Page, address: str) -> None:
    page.goto(f"{address}/report")
    page.get_by_role("button", name="Issue this report").click()
    expect(page.locator("#preport-files")).to_contain_text(re.compile("[0-9a-f]{64}"))
    with page.expect_download() as coming:
        page.get_by_role("button", name="PDF", exact=True).click()
    assert Path(coming.value.path()).read_bytes().startswith(b"%PDF")


@pytest.fixture
def street_workers(hub: RunningHub) -> str:
    """A service of the town."""
    with Session(create_engine(hub.database_url)) as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        session.add(ReportService(municipality_id=town.id, name="Street work of a story"))
        session.commit()
    return "Street work of a story"


@pytest.mark.timeout(300)
def test_street_work_goes_from_its_example_to_its_report(
    page: Page, street_workers: str, gallery: Path
) -> None:
    address = read_in(page, "street-work.fr.txt", "Street work")

    # A worker counts on a page of the registers ...
    page.goto("/registers/staff")
    page.locator("#name").fill("Anne Fictive")
    page.locator("#role").fill("Travailleuse de rue")
    page.locator("#service_id").select_option(label=street_workers)
    page.locator("#started_on").fill(f"{YEAR}-01-01")
    page.locator("main form button.primary").first.click()
    expect(page.locator("main")).to_contain_text("Anne Fictive")
    page.goto("/registers/contacts")
    page.locator("#staff_member_id").select_option(label="Anne Fictive")
    page.locator("#month").fill(f"{YEAR}-01")
    page.locator("#code").select_option(value="trust_relations")
    page.locator("#count").fill("14")
    page.locator("main form button.primary").first.click()
    expect(page.locator("main")).to_contain_text("14")

    # ... and it stands on the page of street work, and in the figures.
    page.goto(f"{address}/street-work")
    expect(page.locator("#t-trust_relations ~ div tbody")).to_contain_text("14")
    show(page, gallery, "methods-1-street-work")
    page.goto(f"{address}/dashboard?period={YEAR}")
    page.locator("a[href*='/measured/']").first.evaluate("one => one.click()")
    page.get_by_role("button", name="Measure now").click()
    expect(page.locator("#measuring")).to_contain_text("Last measured on")
    page.goto(f"{address}/dashboard?period={YEAR}")
    expect(page.locator(".pd-whole")).to_contain_text("green")
    show(page, gallery, "methods-2-street-work-dashboard")
    assert looked_at(page, (f"{address}/street-work",)) == ""
    issue(page, address)


@pytest.mark.timeout(300)
def test_a_strategy_goes_from_its_example_to_its_report(page: Page, gallery: Path) -> None:
    address = read_in(page, "territorial-strategy.fr.csv", "Territorial strategy")
    page.goto(address)
    page.get_by_role("link", name="Table of the strategy").click()
    main = page.locator("main")
    expect(main).to_contain_text("Axe 2")
    expect(main).to_contain_text("Gardiens de la paix")
    expect(main.get_by_role("heading", level=3)).to_have_count(9)
    show(page, gallery, "methods-3-strategy")
    assert looked_at(page, (f"{address}/strategy",)) == ""
    issue(page, address)
