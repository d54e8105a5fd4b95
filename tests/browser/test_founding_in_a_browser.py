"""An officer founds a partnership in Chromium, from the proposal to its recognition."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.partnerships.register_zone import pdf
from tests.running_hub import RunningHub, eventually
from tests.windows import PHONE, is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("simulator", "web", "worker default", "timetable")

SIGNATORIES = ("Mayor", "Chief of police", "Mandated officer", "Coordinator")


def put_on_record(page: Page, step: str) -> None:
    """Open what a step says, and take it today."""
    block = page.locator("details.step").filter(has_text=step)
    if block.get_attribute("open") is None:
        block.locator("summary").click()
    block.get_by_role("button", name="Put it on record").click()


def add_paper(page: Page, name: str) -> None:
    paper = page.get_by_role("region", name=name, exact=True)
    paper.locator("input[type=file]").set_input_files(
        {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": pdf(2)}
    )
    paper.get_by_role("button", name="Keep this paper").click()
    expect(page.get_by_role("region", name=name, exact=True)).to_contain_text("2 pages")


def test_a_partnership_is_founded_and_recognised(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    faults: list[str] = []
    page = signed_in(browser, hub, "mandated_officer").new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)

    page.goto("/partnerships")
    show(page, gallery, "20-register")
    page.get_by_role("link", name="New partnership").click()
    page.get_by_label("Name", exact=True).fill("PLP Quai du Halage")
    expect(page.get_by_label("What unites it")).to_be_hidden()
    page.get_by_label("Thematic", exact=True).check()
    page.get_by_label("What unites it").fill("Bateliers")
    page.get_by_label("Full name").first.fill("Nina Voisine")
    page.get_by_label("Email address").first.fill("nina@demo.example")
    show(page, gallery, "21-proposal")
    page.get_by_role("button", name="Put the proposal into the register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("PLP Quai du Halage")

    put_on_record(page, "The information evening was held")
    put_on_record(page, "Work on the charter has begun")
    expect(page.locator("main")).to_contain_text("The signed charter is not among the papers yet.")
    show(page, gallery, "22-what-is-missing")

    page.get_by_role("link", name="Papers").click()
    add_paper(page, "Charter")
    add_paper(page, "House rules")
    for capacity in SIGNATORIES:
        page.get_by_label("Signed as").select_option(capacity)
        page.get_by_label("Full name").fill("Sam Signataire")
        page.get_by_label("Signed on").fill("2026-01-15")
        page.get_by_role("button", name="Record the signature").click()
    expect(page.locator("main")).not_to_contain_text("Not signed yet")
    show(page, gallery, "23-papers")

    page.get_by_role("link", name="Overview").click()
    put_on_record(page, "The papers were sent for recognition")
    page.get_by_role("link", name="Papers").click()
    add_paper(page, "Recognition letter")
    page.get_by_role("link", name="Overview").click()
    put_on_record(page, "The partnership was recognised")
    expect(page.locator("h1 + .badge")).to_have_text("Recognised")

    def told() -> bool:
        page.reload()
        # "1 mail on its way", "2 mails on their way"
        return not re.search(r"on (its|their) way", page.locator(".timeline").inner_text())

    eventually(told, "everybody has been told")
    expect(page.locator(".timeline .recognised")).to_contain_text("3 people told")
    letters = eventually(lambda: hub.carrier.mailbox("nina@demo.example"), "Nina is told")
    assert "reconnu" in letters[-1]["text"]
    show(page, gallery, "24-recognised")
    page.goto("/organisations")
    show(page, gallery, "25-organisations")
    page.get_by_role("link", name="Zone de police Valdor").click()
    show(page, gallery, "26-contacts")
    page.goto("/groups/valdor-ensemble")
    show(page, gallery, "27-group")
    assert faults == []


def test_a_refusal_without_javascript_keeps_what_was_typed(
    browser: Browser, hub: RunningHub
) -> None:
    cookies = signed_in(browser, hub, "mandated_officer").cookies()
    context = browser.new_context(base_url=hub.url, viewport=PHONE, java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]  # what one gives, the other takes
    page = context.new_page()
    page.goto("/partnerships/new")
    page.get_by_label("Name", exact=True).fill("PLP Haut Valdor")
    page.get_by_label("Citizens", exact=True).check()
    page.get_by_label("Full name").first.fill("Nina Voisine")
    page.get_by_label("Email address").first.fill("nina@demo.example")
    page.get_by_role("button", name="Put the proposal into the register").click()
    expect(page.get_by_role("alert")).to_contain_text("exists already in this police zone")
    expect(page.get_by_label("Full name").first).to_have_value("Nina Voisine")
    expect(page.get_by_label("Citizens", exact=True)).to_be_checked()
