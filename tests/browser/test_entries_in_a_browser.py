"""Figures and colours, looked at at a desk and on a phone."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlmodel import col, select

from hub.db import unit_of_work
from plan.models import Colour, ExpectedResult, PlanNode, ResultIndicator, ResultKind
from tests.browser.test_accessibility_in_a_browser import looked_at
from tests.conftest import forget_settings, use_database
from tests.plan.dashboard_plan import (
    RESIDENTS,
    TRADERS,
    YEAR,
    decided,
    in_force,
    measured,
    result,
)
from tests.running_hub import RunningHub
from tests.windows import DESKTOP, PHONE, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("web",)


@pytest.fixture(scope="module")
def pages(hub: RunningHub) -> dict[str, str]:
    """The addresses, of the document's plan with some figures."""
    with pytest.MonkeyPatch.context() as patch:
        use_database(hub.database_url, hub.folder, patch)
        plan = in_force()
        measured(plan, TRADERS, YEAR, 22)
        measured(plan, RESIDENTS, YEAR, 300)
        with unit_of_work() as session:
            result(session, plan, RESIDENTS).per = "zone"
        decided(plan, TRADERS, Colour.ORANGE, "The letters left two months late.")
        made = _addresses(plan)
        forget_settings()
    return made


def _addresses(plan: UUID) -> dict[str, str]:
    with unit_of_work(read_only=True) as session:
        traders = result(session, plan, TRADERS).id
        residents = result(session, plan, RESIDENTS).id
        existing = session.exec(
            select(ExpectedResult.id)
            .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
            .where(PlanNode.plan_id == plan, ExpectedResult.kind == ResultKind.EXISTENCE)
            .order_by(ExpectedResult.code)
        ).first()
        shown = select(ResultIndicator.indicator_id).where(ResultIndicator.result_id == traders)
        indicator = session.exec(shown).first()
    return {
        "cockpit": f"/figures?plan={plan}&span=2026",
        "counted": f"/figures/{traders}?span=2026",
        "existing": f"/figures/{existing}?span=2026",
        "zones": f"/figures/{residents}?span=2026",
        "folded": f"/figures?plan={plan}&span=2026&want=overdue",
        "table": f"/plans/{plan}/figures?span=2026",
        "colours": f"/plans/{plan}/colours?span=2026",
        "colour": f"/plans/{plan}/colours/{indicator}?span=2026",
    }


@pytest.fixture
def page(browser: Browser, hub: RunningHub) -> Page:
    return signed_in(browser, hub, "prevention_officer").new_page()


def test_they_can_be_used_by_everybody(page: Page, pages: dict[str, str]) -> None:
    assert looked_at(page, tuple(pages.values())) == ""


def test_a_yes_is_sent_in_and_approved(page: Page, pages: dict[str, str], gallery: Path) -> None:
    page.goto(pages["existing"])
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Send in").click()
    expect(page.get_by_role("heading", name="Approve it?")).to_be_visible()
    show(page, gallery, "entries-1-figure")
    page.get_by_role("button", name="Approve the figure", exact=True).click()
    expect(page.locator("main")).to_contain_text("Yes: Approved")


def test_a_colour_is_decided_with_its_reason(
    page: Page, pages: dict[str, str], gallery: Path
) -> None:
    page.goto(pages["colour"])
    page.get_by_label("red").check()
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("alert")).to_contain_text("Orange and red want a motivation")
    page.get_by_label("Motivation").fill("No letter left at all.")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator("main")).to_contain_text("No letter left at all.")
    show(page, gallery, "entries-2-colour")


@pytest.mark.parametrize(("window", "name"), [(DESKTOP, "desk"), (PHONE, "phone")])
def test_nothing_is_wider_than_the_window(
    page: Page, pages: dict[str, str], gallery: Path, window: ViewportSize, name: str
) -> None:
    page.set_viewport_size(window)
    for which, address in pages.items():
        page.goto(address)
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, address
        show(page, gallery, f"entries-{which}-{name}")
