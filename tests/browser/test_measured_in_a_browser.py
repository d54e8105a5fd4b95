"""Looking into a figure and measuring it now: clicked through, with every process running."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine
from sqlmodel import Session, select

from plan.models import ExpectedResult, PlanNode, ResultMeasure
from tests.running_hub import EVERY_PROCESS, RunningHub
from tests.windows import DESKTOP, PHONE, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = EVERY_PROCESS


def address(hub: RunningHub) -> str:
    """Where the figure that the demo's own plan has is looked into."""
    engine = create_engine(hub.database_url)
    with Session(engine) as session:
        plan, result = session.exec(
            select(PlanNode.plan_id, ExpectedResult.id)
            .join(ExpectedResult)
            .join(ResultMeasure)
            .where(ResultMeasure.measure == "m.alerts_with_feedback_in_time")
        ).first() or (None, None)
    engine.dispose()
    assert plan
    return f"/plans/{plan}/measured/{result}"


def is_for_everybody(page: Page) -> bool:
    return not Axe().run(page).response["violations"]


def test_a_figure_is_taken_anew_while_its_page_tells_how_far_it_is(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    page = signed_in(browser, hub, "prevention_officer").new_page()
    page.set_viewport_size(DESKTOP)
    page.goto(address(hub))
    page.get_by_role("button", name="Measure now").click()
    expect(page.locator("#measuring")).to_contain_text("Last measured on", timeout=30_000)
    page.reload()
    expect(page.locator("main")).to_contain_text("There was no case.")
    expect(page.locator("main")).to_contain_text("within the agreed delay")
    show(page, gallery, "measured-by-day")
    assert is_for_everybody(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    show(page, gallery, "measured-by-night")
    assert is_for_everybody(page)
    page.get_by_role("link", name="What the measures count").click()
    expect(page.locator("main")).to_contain_text("Urgent alerts sent")
    show(page, gallery, "measures-by-night")
