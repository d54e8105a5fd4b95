"""A coordinator brings in the neighbourhood's spreadsheet, as it is, and takes it back."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.partnerships.lists import workbook
from tests.running_hub import RunningHub
from tests.windows import is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("simulator", "web", "worker bulk", "timetable")

IMPORT = "/partnerships/haut-valdor/import"
# Kept by hand for years: titles, a blank column, zeros eaten, two numbers in a cell, a shared
# mobile, a land line among the mobiles, a date where a name was.
SPREADSHEET = workbook(
    ("PLP Haut-Valdor", None, None, None, None, None),
    ("Liste au 1er mars 2026",),
    (),
    (None, "Nom et prénom", "N° de GSM", "Adresse mail", "Rue", "N°", "Remarque"),
    (None, "Dupont Marie", 471990001, "Marie <marie@demo.example>", "Rue Haute", 12, "chien"),
    (None, "Dupont Paul", "04/200.09.99", None, "Rue Haute", 12, None),
    (None, "Lambert Jean", "0471/99.00.03 ou 0471/99.00.04", None, "Rue Haute", "14 bte 2", None),
    (None, "Petit Luc", "0471 99 00 03", None, None, None, "fils de Jean ?"),
    (None, "Renard Zoé", "0471 99 00 5", None, None, None, None),
    (None, "Marchal Ève", "+352 621 123 456", "eve@demo.example", None, None, None),
)


def bring(page: Page, content: bytes, name: str = "liste plp.xlsx") -> None:
    page.goto(IMPORT)
    file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.get_by_label("An Excel file").set_input_files(file)
    page.get_by_role("button", name="Look at this list").click()


def test_the_neighbourhoods_spreadsheet_is_brought_in_corrected_and_taken_back(
    browser: Browser, hub: RunningHub, gallery: Path, tmp_path: Path
) -> None:
    faults: list[str] = []
    page = signed_in(browser, hub, "coordinator").new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)

    page.goto(IMPORT)
    show(page, gallery, "import-1-bring")
    bring(page, SPREADSHEET)
    expect(page.get_by_label("N° de GSM")).to_have_value("mobile")
    expect(page.locator("#preview")).to_contain_text("Dupont Marie")
    # The preview follows the columns as they are chosen.
    page.get_by_label("Rue").select_option(label="Leave this column out")
    expect(page.locator("#preview")).not_to_contain_text("Rue Haute")
    page.get_by_label("Rue").select_option(label="Street")
    expect(page.locator("#preview")).to_contain_text("Rue Haute")
    show(page, gallery, "import-2-columns")
    page.get_by_role("button", name="Check the whole list").click()

    expect(page.get_by_role("heading", name="Check before storing")).to_be_visible(timeout=30_000)
    expect(page.locator("main")).to_contain_text("0471 99 00 5")
    expect(page.locator("main")).to_contain_text("1 row needs your decision")
    expect(page.locator(".side-by-side").first).to_contain_text("Petit Luc")
    show(page, gallery, "import-3-checked")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Fetch these rows").click()
    assert fetched.value.suggested_filename == "left-out.xlsx"
    page.get_by_label("Two people who share it").check()
    page.get_by_label(re.compile("I state that the people")).check()
    page.get_by_role("button", name="Store this list").click()

    expect(page.get_by_role("heading", name="The list is stored")).to_be_visible(timeout=30_000)
    expect(page.locator(".counted dd").first).to_have_text("5")
    show(page, gallery, "import-4-stored")
    page.goto("/partnerships/haut-valdor/members")
    expect(page.locator("main")).to_contain_text("Marchal Ève")

    # What was left out comes back in; its headings are known by now.
    left_out = tmp_path / "left-out.xlsx"
    fetched.value.save_as(left_out)
    bring(page, left_out.read_bytes())
    expect(page.get_by_label("N° de GSM")).to_have_value("mobile")
    page.get_by_role("button", name="Drop this list").click()

    page.get_by_role("link", name="liste plp.xlsx").click()
    page.get_by_text("This was the wrong list").click()
    page.get_by_role("button", name="Take the whole list back").click()
    expect(page.locator("main")).to_contain_text("Everything is as it was before.")
    show(page, gallery, "import-5-taken-back")
    page.goto("/partnerships/haut-valdor/members")
    expect(page.locator("main")).not_to_contain_text("Marchal Ève")
    assert faults == []


def test_it_goes_without_a_mouse_and_without_scripts(browser: Browser, hub: RunningHub) -> None:
    account = hub.accounts["coordinator"]
    context = browser.new_context(base_url=hub.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/language/en?back=/sign-in")
    page.get_by_label("Email address").fill(account["email"])
    page.get_by_label("Password").fill(account["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello")
    bring(page, b"naam;gsm\nKees Zonder;0471990077", "leden.csv")
    page.get_by_role("button", name="Check the whole list").press("Enter")
    # The page loads itself anew until the worker is there.
    expect(page.get_by_role("heading", name="Check before storing")).to_be_visible(timeout=30_000)
    page.get_by_label(re.compile("I state that the people")).press("Space")
    page.get_by_role("button", name="Store this list").press("Enter")
    expect(page.get_by_role("heading", name="The list is stored")).to_be_visible(timeout=30_000)


def test_a_file_that_is_no_list_is_told_beside_its_field(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    page = signed_in(browser, hub, "coordinator").new_page()
    bring(page, b"\xd0\xcf\x11\xe0" + bytes(512), "leden.xls")
    expect(page.locator("#problem-list")).to_contain_text("old Excel file")
    show(page, gallery, "import-6-refused")


def test_a_worker_killed_while_it_stores_leaves_all_or_nothing(
    browser: Browser, hub: RunningHub
) -> None:
    page = signed_in(browser, hub, "coordinator").new_page()
    lines = [f"Member {n};0472{n:06}" for n in range(5_000)]
    bring(page, "\n".join(["naam;gsm", *lines]).encode(), "many.csv")
    page.get_by_role("button", name="Check the whole list").click()
    expect(page.get_by_role("heading", name="Check before storing")).to_be_visible(timeout=120_000)
    page.get_by_role("button", name="Store this list").click()
    expect(page.get_by_role("status").last).to_contain_text(re.compile("rows|stored"))
    hub.kill("worker bulk")
    hub.start("worker bulk")
    expect(page.get_by_role("heading", name="The list is stored")).to_be_visible(timeout=120_000)
    expect(page.locator(".counted dd").first).to_have_text("5000")
