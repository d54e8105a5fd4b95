"""The main job, clicked through in Chromium; the screenshots are what a person sees.

They go to the folder SCREENSHOTS names (``make screenshots``), else to the test's own.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    expect,
)

from tests.running_hub import EVERY_PROCESS, RunningHub
from tests.windows import DESKTOP, is_fault, show, sign_in_by_hand, signed_in

pytestmark = pytest.mark.browser

PROCESSES = EVERY_PROCESS

FRENCH_PHONE, LANDLINE = "+32470001000", "+3242000004"


def test_the_whole_story_is_clicked_through(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    dispatcher = sign_in_by_hand(browser, hub, "dispatcher")
    inbox = dispatcher.new_page()
    faults: list[str] = []
    alert = dispatcher.new_page()
    alert.on("pageerror", lambda error: faults.append(str(error)))
    alert.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)

    # The dispatcher writes an alert and sees what it will do before it does it.
    alert.goto("/")
    alert.get_by_role("link", name="New urgent alert").first.click()
    alert.get_by_label("Phenomenon").select_option("cambriolage")
    alert.get_by_label("Street or crossing").fill("rue de la Gare")
    show(alert, gallery, "1-incident")
    alert.get_by_label("PLP Haut-Valdor").check()
    alert.get_by_label("PLP Valdor-Gare").check()
    expect(alert.locator("#preview")).to_contain_text("39")
    show(alert, gallery, "2-message")
    alert.get_by_role("button", name="Check before sending").click()
    show(alert, gallery, "3-check")
    alert.get_by_role("button", name=re.compile("Send now to 39")).click()

    # The page moves by itself from handed over to confirmed.
    expect(alert.locator(".progress")).to_contain_text("Not reached")
    expect(alert.locator(".tiles .confirmed dd")).to_have_text("28", timeout=30_000)
    show(alert, gallery, "4-live")

    # A member reads his text, answers, and is told about 101; the police see it without reloading.
    inbox.goto("/inbox")
    phone = dispatcher.new_page()
    phone.goto(f"/simulator/phones/{FRENCH_PHONE}")
    expect(phone.locator(".screen")).to_contain_text("PLP ALERTE")
    phone.get_by_label("Answer by SMS").fill("Camionnette blanche vers la gare")
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator(".screen")).to_contain_text("Urgent")
    expect(phone.locator(".screen")).to_contain_text("101")
    show(phone, gallery, "5-phone")
    expect(inbox.locator(".reply")).to_contain_text("Camionnette blanche", timeout=10_000)
    show(inbox, gallery, "6-replies")

    # A land line rings: what it says can be read, and 1 confirms.
    phone.goto(f"/simulator/phones/{LANDLINE}")
    phone.get_by_role("button", name="Pick up", exact=True).click()
    expect(phone.locator(".screen")).to_contain_text("Alerte de votre partenariat local")
    phone.get_by_role("button", name="Press 1").click()
    expect(alert.locator(".tiles .confirmed dd")).to_have_text("29", timeout=30_000)
    phone.goto("/simulator")
    show(phone, gallery, "7-phones")

    # The officer tells how it ended; the incident closes, and the plan's figure moves.
    officer = signed_in(browser, hub, "mandated_officer").new_page()
    officer.goto("/incidents")
    officer.get_by_role("link", name=re.compile("rue de la Gare")).click()
    for language, words in (("fr", "2 arrestations."), ("nl", "2 gepakt."), ("de", "2 gefasst.")):
        officer.locator(f'textarea[name="{language}.short"]').fill(f"PLP INFO: {words}")
    show(officer, gallery, "8-incident")
    officer.get_by_role("button", name="Send feedback and close").click()
    expect(officer.locator(".tiles .confirmed dd")).to_have_text(
        re.compile("[1-9]"), timeout=30_000
    )
    phone.goto(f"/simulator/phones/{FRENCH_PHONE}")
    expect(phone.locator(".screen")).to_contain_text("2 arrestations.")

    prevention = signed_in(browser, hub, "prevention_officer").new_page()
    prevention.goto("/plan")
    newest = prevention.url.split("/plans/")[1].split("/")[0]
    prevention.goto(f"/plans/{newest}/measuring")
    prevention.get_by_role("button", name="Measure now").click()
    expect(prevention.locator("#measuring")).to_contain_text("Last measured", timeout=30_000)
    prevention.goto("/plan")
    expect(prevention.locator("main")).to_contain_text("100")
    expect(prevention.locator("main")).to_contain_text("green")
    show(prevention, gallery, "9-plan")
    assert faults == []


def test_a_page_whose_stream_broke_says_so(browser: Browser, hub: RunningHub) -> None:
    page = signed_in(browser, hub, "dispatcher").new_page()
    page.route("**/inbox/events*", lambda route: route.abort())
    page.goto("/inbox")
    expect(page.get_by_role("alert")).to_contain_text("The connection is lost")


def test_feedback_left_as_the_page_began_it_is_not_sent(browser: Browser, hub: RunningHub) -> None:
    api = hub.api()
    incident = api.incident(place="rue Neuve")
    api.send("valdor-gare", incident_id=incident["id"])
    page = signed_in(browser, hub, "mandated_officer").new_page()
    page.goto(f"/incidents/{incident['id']}")
    page.get_by_role("button", name="Send feedback and close").click()
    expect(page.get_by_role("alert").first).to_contain_text("Say how it ended")
    expect(page.locator("main")).to_contain_text("Open")


def test_every_role_has_a_first_page_of_its_own(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    for role in hub.accounts:
        window = signed_in(browser, hub, role)
        page = window.new_page()
        page.goto("/")
        show(page, gallery, f"home-{role}")
        window.close()


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_the_sign_in_page_fits_a_phone_in_each_language(
    browser: Browser, hub: RunningHub, gallery: Path, language: str
) -> None:
    page = browser.new_context(base_url=hub.url, viewport=DESKTOP).new_page()
    page.goto(f"/language/{language}?back=/sign-in")
    assert page.locator("html").get_attribute("lang") == language
    show(page, gallery, f"sign-in-{language}")


def test_an_alert_can_be_sent_without_javascript(browser: Browser, hub: RunningHub) -> None:
    context = browser.new_context(base_url=hub.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/language/en?back=/sign-in")
    page.get_by_label("Email address").fill(hub.accounts["dispatcher"]["email"])
    page.get_by_label("Password").fill(hub.accounts["dispatcher"]["password"])
    page.get_by_role("button", name="Sign in").click()
    page.goto("/alerts/new")
    page.get_by_label("Phenomenon").select_option("vol-de-velo")
    page.get_by_label("Street or crossing").fill("place du Marché")
    page.get_by_label("PLP Valdor-Gare").check()
    page.get_by_role("button", name="Check before sending").last.click()
    page.get_by_role("button", name=re.compile("Send now")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Urgent alert")
