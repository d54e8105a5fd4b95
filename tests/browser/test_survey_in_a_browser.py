"""A survey by text message, told in a browser: started in two clicks, answered in German and in
French, closed, read."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_accessibility_in_a_browser import RULES
from tests.running_hub import EVERY_PROCESS, RunningHub, eventually
from tests.windows import PHONE, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = EVERY_PROCESS
SETTINGS = {"HUB_SMS_SEGMENT_PRICE": "0.055", "HUB_MAIL_PRICE": "0.001"}
PLANS = "/partnerships/haut-valdor/communication-plans"
CAPACITIES = ("mayor", "chief_of_police", "mandated_officer", "coordinator")
GERMAN = ("4", "2", "5", "zu wenige", "Ja")
FRENCH = ("5 merci", "3", "4", "2", "oui")
DUTCH = ("3", "1", "4", "Net goed, bedankt", "nee")


def let_messages_leave_at_any_hour(hub: RunningHub) -> None:
    """The test may run on a Sunday night."""
    http = hub.api("mandated_officer").http
    draft = http.post(PLANS).json()
    hours = {
        "messages_from": "00:00",
        "messages_until": "23:59:59",
        "messages_on_sundays": True,
        "messages_on_holidays": True,
    }
    changed = http.patch(f"{PLANS}/{draft['version']}", json=hours)
    assert changed.status_code == 200, changed.text
    signatures = {one: {"name": f"The {one}", "signed_on": "2026-01-15"} for one in CAPACITIES}
    agreement = {"seal": changed.json()["seal"], "signatures": signatures}
    agreed = http.post(f"{PLANS}/{draft['version']}/agree", json=agreement)
    assert agreed.status_code == 200, agreed.text


def received(hub: RunningHub, number: str) -> list[dict[str, Any]]:
    """The texts this phone got, oldest first."""
    entries = hub.carrier.phone(number)["entries"]
    return [one for one in entries if one["direction"] == "in" and one["kind"] == "sms"]


def phones_asked(hub: RunningHub, words: str) -> list[str]:
    numbers = [str(one["number"]) for one in hub.carrier.phones()]
    return [one for one in numbers if any(words in text["text"] for text in received(hub, one))]


def answer(hub: RunningHub, number: str, said: tuple[str, ...]) -> None:
    for words in said:
        told = hub.carrier.reply(number, words)["replies"]
        assert len(told) == 1, told


def nothing_is_wrong(page: Page) -> None:
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


def test_a_survey_goes_out_is_answered_and_its_results_are_read(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    let_messages_leave_at_any_hour(hub)
    page = signed_in(browser, hub, "coordinator").new_page()
    page.goto("/surveys")
    nothing_is_wrong(page)
    show(page, gallery, "survey-1-none")
    page.get_by_role("button", name="Feeling of safety").click()
    expect(page.locator("main")).to_contain_text("It costs")
    nothing_is_wrong(page)
    show(page, gallery, "survey-2-draft")
    page.get_by_text("Change the words").click()
    nothing_is_wrong(page)
    page.get_by_role("button", name="Start the survey").click()
    expect(page.locator("main")).to_contain_text("Close it now")

    in_german = eventually(
        lambda: phones_asked(hub, "Fühlen Sie sich") if _all_asked(page) else [], "the Germans"
    )
    in_french = phones_asked(hub, "Vous sentez-vous")
    in_dutch = phones_asked(hub, "Voelt u zich")[:3]
    for number in in_german:
        answer(hub, number, GERMAN)
    for number in in_french:
        answer(hub, number, FRENCH)
    for number in in_dutch:
        answer(hub, number, DUTCH)
    texts = [one for number in in_german + in_french for one in received(hub, number)]
    assert {one["segments"] for one in texts} == {1}
    by_text = len(in_german) + len(in_french) + len(in_dutch)
    page.reload()
    show(page, gallery, "survey-3-open")
    nothing_is_wrong(page)

    letter = next(
        one for box in hub.carrier.mailboxes() for one in hub.carrier.mailbox(box["address"])
    )
    link = next(one for one in str(letter).replace("\\n", " ").split() if "/survey/" in one)
    citizen = browser.new_context(base_url=hub.url, locale="fr-BE").new_page()
    citizen.goto("/survey/" + link.split("/survey/")[1].strip("',\""))
    nothing_is_wrong(citizen)
    show(citizen, gallery, "survey-4-page")
    citizen.get_by_role("group").first.get_by_text("4", exact=True).click()
    citizen.locator("form[method=post] button.large").click()
    expect(citizen.get_by_role("status")).to_be_visible()
    nothing_is_wrong(citizen)

    page.get_by_role("button", name="Close it now").click()
    expect(page.locator("[data-answered]")).to_have_text(str(by_text + 1))
    expect(page.locator("main")).to_contain_text(f"n = {by_text + 1}")
    expect(page.locator("main")).to_contain_text(f"n = {by_text}")
    nothing_is_wrong(page)
    show(page, gallery, "survey-5-results")


def _all_asked(page: Page) -> bool:
    page.reload()
    return "Not asked yet" not in page.locator("main").inner_text()
