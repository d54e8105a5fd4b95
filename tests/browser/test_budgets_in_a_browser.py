"""A budget in a browser: set, too small for a message, raised; and what an alert takes of it."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_accessibility_in_a_browser import RULES
from tests.running_hub import EVERY_PROCESS, RunningHub, eventually
from tests.windows import PHONE, is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = EVERY_PROCESS
SETTINGS = {
    "HUB_SMS_SEGMENT_PRICE": "0.055",
    "HUB_CALL_PRICE": "0.08",
    "HUB_MAIL_PRICE": "0.01",
}
UPPER = "/budgets/partnership/haut-valdor"
WORDS = {
    "fr": {"subject": "Cambrioleurs", "short": "PLP INFO: fermez tout le soir.", "long": "Fermez."},
    "nl": {"subject": "Inbrekers", "short": "BIN INFO: sluit 's avonds alles.", "long": "Sluit."},
    "de": {"subject": "Einbrecher", "short": "NIN INFO: Abends alles zu.", "long": "Abschliessen."},
}


def set_budget(page: Page, amount: str, where: str = UPPER) -> None:
    page.goto(where)
    page.get_by_label("in euros, without VAT").fill(amount)
    page.get_by_role("button", name="Set the budget").click()


def nothing_is_wrong(page: Page) -> None:
    """On a desk by day, and on a phone by night, as far as a machine sees."""
    for scheme, size in (("light", None), ("dark", PHONE)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two words
        if size:
            page.set_viewport_size(size)
        found = Axe().run(page, options=RULES).response["violations"]
        assert found == [], page.url
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"{page.url} is wider than the window"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_budget_is_set_is_too_small_and_is_raised(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    faults: list[str] = []
    officer = signed_in(browser, hub, "mandated_officer").new_page()
    officer.on("pageerror", lambda error: faults.append(str(error)))
    officer.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    officer.goto("/cold")
    officer.get_by_role("link", name="Budgets", exact=True).click()
    show(officer, gallery, "budget-1-none")
    set_budget(officer, "0,20")
    expect(officer.locator("main")).to_contain_text("Olivia Officier")
    set_budget(officer, "2 500", "/budgets/zone/zone-valdor")

    wanted = {
        "client_request_id": "budget",
        "kind": "prevention",
        "topic": "theft",
        "partnerships": ["haut-valdor"],
        "texts": WORDS,
    }
    api = hub.api("mandated_officer").http
    message = api.post("/cold-messages", json=wanted).json()["id"]
    officer.goto(f"/cold/{message}")
    expect(officer.locator(".too-much")).to_contain_text("so it cannot leave")
    nothing_is_wrong(officer)
    officer.get_by_role("button", name="Release it now").click()
    expect(officer.locator(".problem").first).to_contain_text("These people may raise it")
    show(officer, gallery, "budget-2-refused")
    # The browser says itself that the page was refused.
    faults[:] = [one for one in faults if "422" not in one]
    set_budget(officer, "5")
    officer.goto(f"/cold/{message}")
    officer.get_by_role("button", name="Release it now").click()
    expect(officer.locator(".relays")).to_contain_text("Waits for an answer")

    # An alert asks nothing of it, and counts.
    dispatcher = hub.api("dispatcher")
    alert = dispatcher.send("haut-valdor", incident_id=dispatcher.incident()["id"])
    cost = f"/broadcasts/{alert}/cost"
    eventually(lambda: dispatcher.http.get(cost).json()["spent"], "the alert is counted")
    officer.goto(UPPER)
    show(officer, gallery, "budget-3-used")
    nothing_is_wrong(officer)
    set_budget(officer, "1,50")
    expect(officer.locator("main")).to_contain_text("Over budget because of urgent alerts")
    show(officer, gallery, "budget-4-over")
    nothing_is_wrong(officer)
    officer.goto("/budgets")
    show(officer, gallery, "budget-5-all")
    nothing_is_wrong(officer)
    officer.goto(f"/broadcasts/{alert}")
    expect(officer.locator("main")).to_contain_text("What it costs")
    officer.get_by_text("By channel").click()
    show(officer, gallery, "budget-6-alert")
    nothing_is_wrong(officer)

    coordinator = signed_in(browser, hub, "coordinator").new_page()
    coordinator.set_viewport_size(PHONE)
    coordinator.goto("/relay")
    coordinator.get_by_role("link", name="Cambrioleurs").click()
    coordinator.get_by_role("button", name="Pass it on now").last.click()
    expect(coordinator.locator(".problem").first).to_contain_text("These people may raise it")
    show(coordinator, gallery, "budget-7-coordinator")
    coordinator.goto(UPPER)
    expect(coordinator.locator("main")).to_contain_text("These people may set it")
    show(coordinator, gallery, "budget-8-phone")
    coordinator.emulate_media(color_scheme="dark")
    coordinator.goto("/budgets")
    show(coordinator, gallery, "budget-9-dark")
    assert faults == []
