"""Registers in Chromium: a phone's clock, a meeting, a pasted grid, and what a machine finds
wrong."""

import json
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session, create_engine, select

from feedback.models import ReportService
from partnerships.models import Account, Organisation
from plan.models import StaffMember
from tests.browser.test_accessibility_in_a_browser import looked_at
from tests.running_hub import RunningHub
from tests.windows import PHONE, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("web",)
KINDS = ("shifts", "meetings", "contacts", "visits", "campaigns", "certificates", "service-days")


@pytest.fixture(scope="module")
def guard(hub: RunningHub) -> str:
    """A peace officer in the staff of a service."""
    said = ("--email", "guard@demo.example", "--role", "peace_officer", "--scope", "valdor")
    hub.accounts["peace_officer"] = json.loads(hub.command("account", "create", *said, "--json"))
    with Session(create_engine(hub.database_url)) as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        account = session.exec(select(Account).where(Account.email == "guard@demo.example")).one()
        service = ReportService(municipality_id=town.id, name="Gardiens de la paix")
        session.add(service)
        session.flush()
        session.add(
            StaffMember(
                municipality_id=town.id,
                service_id=service.id,
                name="Gaëtan Fictif",
                role="guard",
                account_id=account.id,
                started_on=date(2026, 1, 1),
            )
        )
        session.commit()
    return "peace_officer"


def test_a_guard_clocks_in_and_out_and_writes_down_a_meeting_on_a_phone(
    browser: Browser, hub: RunningHub, guard: str, tmp_path: Path
) -> None:
    page = signed_in(browser, hub, guard).new_page()
    page.set_viewport_size(PHONE)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/registers")
    page.get_by_label("Neighbourhood", exact=True).fill("Gare")
    show(page, tmp_path, "registers")
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="I am here now").click()
    expect(page.get_by_role("heading", name="You are here since")).to_be_visible()
    page.get_by_role("button", name="I leave now").click()
    expect(page.get_by_role("button", name="I am here now")).to_be_visible()
    page.get_by_role("link", name="Meetings").click()
    page.get_by_label("Which meeting").fill("Table de quartier")
    page.get_by_label("Organisation 1").fill("CPAS")
    page.get_by_label("People").first.fill("2")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("link", name="Table de quartier")).to_contain_text("CPAS: 2")
    show(page, tmp_path, "meetings")
    page.get_by_role("link", name="Table de quartier").click()
    show(page, tmp_path, "entry")
    assert faults == []


def test_cells_of_a_spreadsheet_are_pasted_and_enter_goes_down(
    browser: Browser, hub: RunningHub, guard: str, tmp_path: Path
) -> None:
    page = signed_in(browser, hub, guard).new_page()
    page.goto("/registers/contacts/grid?month=2026-05")
    first = page.get_by_label("Gaëtan Fictif, Contacts in the street", exact=True)
    first.focus()
    first.evaluate(
        """(field) => {
          const data = new DataTransfer();
          data.setData("text", "40\\t3\\t8\\n");
          field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }"""
    )
    expect(page.get_by_label("Gaëtan Fictif, Relations of trust")).to_have_value("8")
    show(page, tmp_path, "grid")
    page.get_by_role("button", name="Keep all of it").click()
    expect(page.locator("main")).to_contain_text("40")


def test_the_registers_can_be_used_by_everybody(
    browser: Browser, hub: RunningHub, guard: str
) -> None:
    page = signed_in(browser, hub, guard).new_page()
    paths = ("/registers", "/registers/shifts", "/registers/meetings", "/registers/contacts/grid")
    assert looked_at(page, paths) == ""
    page = signed_in(browser, hub, "prevention_officer").new_page()
    assert looked_at(page, tuple(f"/registers/{one}" for one in KINDS)) == ""
