"""A citizen scans the poster's code and joins on his phone; a member keeps his own page."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.running_hub import RunningHub, eventually
from tests.windows import DESKTOP, PHONE, is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("simulator", "web", "worker urgent", "worker default", "timetable")

NUMBER = "+32471660001"


def on_a_phone(browser: Browser, hub: RunningHub, language: str = "en") -> BrowserContext:
    return browser.new_context(
        base_url=hub.url, viewport=PHONE, locale=f"{language}-BE", has_touch=True
    )


def newest_text(hub: RunningHub, sign: str) -> str:
    def look() -> str:
        try:
            entries = hub.carrier.phone(NUMBER)["entries"]
        except LookupError:
            return ""
        found = [str(one["text"]) for one in entries if sign in str(one["text"])]
        return found[-1] if found else ""

    return eventually(look, f"a text with {sign}")


def watched(page: Page, faults: list[str]) -> Page:
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    return page


def test_a_citizen_joins_in_two_pages_and_a_member_forgets_himself(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    faults: list[str] = []
    page = watched(on_a_phone(browser, hub).new_page(), faults)
    page.goto("/join/haut-valdor")
    fields = page.locator("#join input:visible, #join select:visible, #join textarea:visible")
    expect(fields).to_have_count(8)
    page.get_by_label("Name").fill("Jo Nouveau")
    page.get_by_label("Mobile, or land line").fill("0471 66 00 01")
    page.get_by_label("Street").fill("Rue Haute 12")
    page.get_by_label("urgent alerts of the police").check()
    page.get_by_label("I am an adult").check()
    show(page, gallery, "20-join")
    # One press, and the second page: the script has solved its puzzle meanwhile.
    page.locator("#send").click()
    expect(page.get_by_label("The code")).to_be_focused()
    code = re.findall(r"\d{6}", newest_text(hub, "code"))[0]
    show(page, gallery, "21-code")
    page.get_by_label("The code").fill(code)
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("main")).to_contain_text("This number is yours")
    show(page, gallery, "22-waiting")

    coordinator = watched(signed_in(browser, hub, "coordinator").new_page(), faults)
    coordinator.goto("/partnerships/haut-valdor/requests")
    coordinator.get_by_role("button", name="Approve Jo Nouveau").click()
    newest_text(hub, "You are now a member")

    page.goto("/me/link")
    show(page, gallery, "23-link")
    page.get_by_label("Your mobile number or email address").fill(NUMBER)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("status")).to_contain_text("a link is on its way")
    link = re.findall(r"/me/open/\S+", newest_text(hub, "/me/open/"))[0]
    page.goto(link)
    page.get_by_role("button", name="Open my page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jo Nouveau")
    show(page, gallery, "24-own-page")
    page.get_by_label("from").fill("22:00")
    page.get_by_label("until").fill("07:00")
    page.locator("#calls").get_by_role("button", name="Keep").click()
    expect(page.locator("#calls").get_by_role("status")).to_have_text("Kept.")
    expect(page.get_by_label("from")).to_have_value("22:00")
    point = page.get_by_label("Or a point on the map")
    page.locator("#map").click(position={"x": 120, "y": 160})
    expect(point).to_have_value(re.compile(r"^50\.6\d+, ?5\.\d+$"))
    page.locator("#address").get_by_role("button", name="Keep").click()
    expect(page.locator("#address").get_by_role("status")).to_have_text("Kept.")
    expect(point).to_have_value(re.compile(r"^50\.6\d+, ?5\.\d+$"))
    expect(page.locator("#map .asked")).to_be_visible()
    show(page, gallery, "24-point")
    page.get_by_role("link", name="See everything we hold of you").click()
    expect(page.locator("main")).to_contain_text("Rue Haute")
    show(page, gallery, "25-data")

    page.goto("/me/erase")
    show(page, gallery, "26-erase")
    page.get_by_role("button", name="Erase everything").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are forgotten")
    newest_text(hub, "erased")
    assert faults == []


def test_a_form_sent_before_its_puzzle_is_solved_waits_for_it(
    browser: Browser, hub: RunningHub
) -> None:
    page = on_a_phone(browser, hub).new_page()
    page.goto("/join/valdor-gare")
    page.get_by_label("Name").fill("Vite Fait")
    page.get_by_label("Mobile, or land line").fill("0471 66 00 02")
    page.get_by_label("urgent alerts of the police").check()
    page.get_by_label("I am an adult").check()
    page.evaluate("document.querySelector('[name=answer]').value = ''")
    page.locator("#send").click()
    expect(page.get_by_label("The code")).to_be_visible()


def test_the_page_works_without_javascript_by_mail(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    context = browser.new_context(
        base_url=hub.url, viewport=DESKTOP, locale="nl-BE", java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/join/haut-valdor")
    page.locator("#send").click()
    expect(page.get_by_role("alert")).to_contain_text("Uw naam is nodig")
    show(page, gallery, "27-problems-nl")
    page.get_by_label("Naam").fill("An Peeters")
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_label("Nom", exact=True)).to_have_value("An Peeters")
    page.get_by_label("Adresse e-mail", exact=True).fill("an@example.be")
    page.get_by_label("GSM, ou téléphone fixe").fill("04 222 33 44")
    page.locator("#purposes input").first.check()
    page.locator("#statement input").check()
    page.locator("#send").click()
    page.get_by_label("Appelez-moi à ce numéro").check()
    show(page, gallery, "28-land-line-fr")
    page.locator("#send").click()
    expect(page.locator("main")).to_contain_text("nous l’appellerons")
    expect(page.locator("main")).to_contain_text("an@example.be")
    show(page, gallery, "29-mail-fr")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_legible_by_day_and_by_night(
    browser: Browser, hub: RunningHub, gallery: Path, scheme: str
) -> None:
    context = browser.new_context(
        base_url=hub.url,
        viewport=DESKTOP,
        locale="de-BE",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto("/join/haut-valdor")
    page.locator("#purposes input").first.check()
    show(page, gallery, f"30-join-{scheme}")
