"""What follows an alert, clicked through: a false alarm corrected, an end, a no put on record."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.running_hub import EVERY_PROCESS, RunningHub, eventually
from tests.windows import is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = EVERY_PROCESS
FRENCH_PHONE = "+32470001000"


def window(browser: Browser, hub: RunningHub, role: str) -> tuple[Page, list[str]]:
    """A page in a window of its own, and what goes wrong on it."""
    page = signed_in(browser, hub, role).new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    return page, faults


def alert(hub: RunningHub, place: str) -> tuple[str, str]:
    """An incident with an alert that has left: their ids."""
    api = hub.api()
    incident = api.incident(place=place)["id"]
    sent = api.send("haut-valdor", incident_id=incident)
    eventually(lambda: api.counts(sent).get("delivered", 0) > 5, "the alert arrives")
    return incident, sent


def dark(page: Page, gallery: Path, name: str) -> None:
    page.emulate_media(color_scheme="dark")
    show(page, gallery, f"{name}-dark")
    page.emulate_media(color_scheme="light")


def test_a_false_alarm_is_corrected_in_three_presses(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    incident, _sent = alert(hub, "rue Fausse")
    page, faults = window(browser, hub, "dispatcher")
    page.goto("/incidents")
    show(page, gallery, "incidents")
    page.get_by_role("link", name=re.compile("rue Fausse")).click()
    expect(page.locator(".timeline")).to_contain_text("Urgent alert")
    show(page, gallery, "incident-alerted")
    dark(page, gallery, "incident-alerted")
    # The words are there in every language: nothing is to be typed.
    page.get_by_role("link", name="False alarm").click()
    expect(page.locator('textarea[name="fr.short"]')).to_have_value(re.compile("FAUSSE ALERTE"))
    show(page, gallery, "incident-correction")
    dark(page, gallery, "incident-correction")
    page.get_by_label("This is the feedback too").check()
    page.get_by_role("button", name="Send the correction now").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Correction: false alarm")
    expect(page.locator(".tiles .confirmed dd")).to_have_text(re.compile("[1-9]"), timeout=30_000)
    phone = page.context.new_page()
    phone.goto(f"/simulator/phones/{FRENCH_PHONE}")
    expect(phone.locator(".screen")).to_contain_text("FAUSSE ALERTE")
    page.goto(f"/incidents/{incident}")
    expect(page.locator("main")).to_contain_text("Closed: the members were told how it ended")
    show(page, gallery, "incident-corrected")
    assert faults == []


def test_the_timeline_moves_by_itself(browser: Browser, hub: RunningHub, gallery: Path) -> None:
    incident, sent = alert(hub, "rue Vivante")
    page, faults = window(browser, hub, "mandated_officer")
    page.goto(f"/incidents/{incident}")
    expect(page.locator(".timeline .update")).to_have_count(0)
    dispatcher, _faults = window(browser, hub, "dispatcher")
    dispatcher.goto(f"/incidents/{incident}/follow-up/update")
    show(dispatcher, gallery, "incident-update")
    for language in ("fr", "nl", "de"):
        field = dispatcher.locator(f'textarea[name="{language}.short"]')
        field.fill(field.input_value().replace("(...)", "camionnette blanche."))
        dispatcher.get_by_text("Email: subject and long text").nth(
            ("fr", "nl", "de").index(language)
        ).click()
        long = dispatcher.locator(f'textarea[name="{language}.long"]')
        long.fill(long.input_value().replace("(...)", "Une camionnette blanche."))
    dispatcher.get_by_role("button", name="Send the update now").click()
    expect(page.locator(".timeline .update")).to_contain_text("Update of the alert")
    hub.carrier.reply(FRENCH_PHONE, "Je l'ai vue, vers la gare")
    expect(page.locator(".timeline .is-reply")).to_contain_text("vers la gare")
    show(page, gallery, "incident-moving")
    # Sent again, paused or stopped: the pages that ask first.
    dispatcher.goto(f"/broadcasts/{sent}/stop")
    show(dispatcher, gallery, "incident-stop")
    dispatcher.goto(f"/broadcasts/{sent}/again")
    show(dispatcher, gallery, "incident-again")
    assert faults == []


def test_a_no_is_put_on_record_by_keyboard(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    page, faults = window(browser, hub, "dispatcher")
    page.goto("/incidents/new")
    show(page, gallery, "incident-new")
    page.get_by_label("Phenomenon").select_option("cambriolage")
    page.get_by_label("Street or crossing").fill("rue Tranquille")
    page.get_by_role("button", name="First decide").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("To alert or not")
    page.get_by_label("There is a threat").press("Space")
    page.get_by_label(re.compile("Who on the ground")).fill("Patrol 12")
    page.get_by_label("Why not").select_option("too_old")
    page.get_by_text("Tell the coordinator of").click()
    page.get_by_label("PLP Haut-Valdor").check()
    show(page, gallery, "incident-decision")
    dark(page, gallery, "incident-decision")
    page.get_by_role("button", name="No: put it on record").press("Enter")
    expect(page.locator(".timeline")).to_contain_text("Decided not to alert: The facts are too old")
    expect(page.locator(".timeline")).to_contain_text("Told to the coordinator of PLP Haut-Valdor")
    show(page, gallery, "incident-not-alerted")
    assert faults == []


def test_two_dispatchers_see_each_other_in_the_composer(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    incident = hub.api().incident(place="rue Partagée")["id"]
    one, _faults = window(browser, hub, "dispatcher")
    two, faults = window(browser, hub, "mandated_officer")
    one.goto(f"/incidents/{incident}/alert")
    expect(one.locator(".presence")).not_to_contain_text("open too")
    two.goto(f"/incidents/{incident}/alert")
    expect(two.locator(".presence")).to_contain_text("has this incident open too")
    show(two, gallery, "incident-composing")
    assert faults == []


def test_an_incident_closed_without_a_word_needs_a_reason(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    incident, _sent = alert(hub, "rue Secrète")
    page, _faults = window(browser, hub, "mandated_officer")
    page.goto(f"/incidents/{incident}")
    page.get_by_role("link", name="Close it without feedback").click()
    page.get_by_label(re.compile("Why")).fill("no")
    page.get_by_role("button", name="Close the incident").click()
    expect(page.get_by_role("alert").first).to_contain_text("Say why nobody is told")
    show(page, gallery, "incident-close")
    page.get_by_label(re.compile("Why")).fill("The prosecutor forbids it.")
    page.get_by_role("button", name="Close the incident").click()
    expect(page.locator(".timeline")).to_contain_text("The prosecutor forbids it.")
