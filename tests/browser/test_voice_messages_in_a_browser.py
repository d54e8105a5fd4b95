"""A member calls the hub and speaks; an officer listens, makes a sighting of it and answers.
Another asks something on her own page, and reads the answers there."""

import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from hub import clock
from hub.audit import Decision
from hub.db import unit_of_work
from partnerships import contact
from partnerships.models import CommunicationPlan
from tests.browser.test_accessibility_in_a_browser import faults_of
from tests.conftest import forget_settings, use_database
from tests.running_hub import RunningHub, eventually
from tests.windows import DESKTOP, is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("simulator", "web", "worker default", "worker urgent", "timetable")
MEMBER, WRITER, STRANGER = "+32470001000", "+32470001002", "+32470998877"
SAID = "Camionnette blanche 1-ABC-234, deux hommes, vers la gare"
QUESTION, TOLD = "Waar krijg ik een sticker voor mijn deur?", "Op 4 maart om 20 u. in de zaal."


@pytest.fixture(scope="module", autouse=True)
def rows(hub: RunningHub) -> Iterator[None]:
    """The running hub's database, read from here; texts may leave at any hour."""
    with pytest.MonkeyPatch.context() as patch:
        use_database(hub.database_url, hub.folder, patch)
        with unit_of_work() as session:
            for plan in session.exec(select(CommunicationPlan)):
                plan.messages_from, plan.messages_until = time(0, 0), time(23, 59, 59)
                plan.messages_on_sundays = plan.messages_on_holidays = True
                session.add(plan)
            for number in (MEMBER, WRITER):
                for point in contact.points_with_value(session, number):
                    point.vouched_at = clock.now()
                    session.add(point)
        yield
        forget_settings()


def watched(page: Page) -> list[str]:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    return faults


def pictures(page: Page, gallery: Path, name: str) -> None:
    for scheme, ending in (("dark", "-dark"), ("light", "")):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        show(page, gallery, name + ending)
        assert faults_of(page) == []


def texts(hub: RunningHub, number: str) -> list[str]:
    entries = hub.carrier.phone(number)["entries"]
    return [one["text"] for one in entries if one["kind"] != "call" and one["direction"] == "in"]


def times_heard() -> int:
    with unit_of_work(read_only=True) as session:
        heard = select(Decision).where(Decision.action == "voicemail.listen")
        return len(session.exec(heard).all())


def call(page: Page, number: str) -> Page:
    """This telephone in a window of its own, which has just called the hub."""
    phone = page.context.new_page()
    phone.goto(f"/simulator/phones/{number}")
    phone.get_by_role("button", name="Call the hub").click()
    expect(phone.locator(".call").last).to_contain_text("talking")
    return phone


def speak(phone: Page, seconds: int) -> None:
    phone.get_by_label("Seconds spoken after the tone").fill(str(seconds))
    phone.get_by_role("button", name="Speak").click()
    expect(phone.locator(".call").last).to_contain_text("ended")


def test_what_a_member_says_after_an_alert_is_heard_made_a_sighting_and_answered(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    api = hub.api()
    incident = api.incident()["id"]
    api.send("haut-valdor", incident_id=incident)
    eventually(lambda: texts(hub, MEMBER), "the alert arrives")
    page = signed_in(browser, hub, "dispatcher").new_page()
    faults = watched(page)
    page.goto("/inbox")

    # He calls back, hears the alert once more, and speaks.
    phone = call(page, MEMBER)
    phone.get_by_role("button", name="Press 2").click()
    show(phone, gallery, "voice-phone-speaks")
    speak(phone, 3)

    # It comes to the screen by itself, and so does its sound.
    card = page.locator(".reply").first
    expect(card).to_contain_text("Voice message, 3 seconds")
    expect(card).to_contain_text("Nobody has listened to it yet.")
    pictures(page, gallery, "voice-inbox")
    player = card.locator("audio")
    player.evaluate("one => one.play()")
    eventually(lambda: player.evaluate("one => one.currentTime > 0.2"), "it plays")
    # What comes in meanwhile does not stop it.
    form = {"MessageSid": "SMmeanwhile", "From": STRANGER, "To": "+32460000001", "Body": "Merci"}
    assert hub.webhook("/webhooks/twilio/sms/inbound", form).status_code == 200
    expect(page.locator(".reply")).to_have_count(2)
    card = page.locator(".reply", has=page.locator("audio"))
    player = card.locator("audio")
    eventually(lambda: player.evaluate("one => one.ended"), "it plays to its end")
    expect(card).to_contain_text("Last listened to:")
    player.evaluate("one => { one.currentTime = 1 }")
    eventually(lambda: player.evaluate("one => !one.seeking"), "it is at its second second")
    assert times_heard() == 1

    # The officer writes down what he heard, and makes a sighting of it.
    card.get_by_role("link", name="Write down what was said").click()
    pictures(page, gallery, "voice-words")
    page.get_by_label("What was said").fill(SAID)
    page.get_by_label("Something he saw").check()
    page.get_by_role("button", name="Keep these words").click()
    expect(card).to_contain_text(SAID)
    pictures(page, gallery, "voice-inbox-written")
    card.get_by_role("link", name="Make it a sighting").click()
    expect(page.get_by_label("Number plate")).to_have_value("1-ABC-234")
    pictures(page, gallery, "voice-sighting")
    page.get_by_label("Where it was seen").fill("Rue de la Gare")
    page.get_by_role("button", name="Keep this sighting").click()

    # The answer goes to the telephone he called from.
    page.get_by_role("link", name="Give the answer", exact=True).click()
    page.get_by_role("button", name=re.compile("Merci")).first.click()
    page.get_by_role("button", name="Send the text message").click()
    expect(page.get_by_role("heading", name="What he was told")).to_be_visible()
    eventually(lambda: [one for one in texts(hub, MEMBER) if "Merci" in one], "the answer arrives")

    page.goto("/inbox")
    page.get_by_role("link", name="Keys pressed").click()
    expect(page.locator(".reply")).to_contain_text("Pressed 2: wants to leave a voice message")
    pictures(page, gallery, "voice-keys")
    assert faults == []


def test_a_stranger_who_calls_hears_101_and_is_listened_to_all_the_same(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    page = signed_in(browser, hub, "dispatcher").new_page()
    phone = call(page, "+32470998866")
    expect(phone.locator(".heard").last).to_contain_text("101")
    speak(phone, 2)
    page.goto("/inbox?show=unknown")
    card = page.locator(".reply", has_text="+32470998866")
    expect(card).to_contain_text("Unverified")
    expect(card.locator("audio")).to_be_visible()
    assert phone.locator("audio").count() == 0


def test_a_member_asks_her_coordinator_and_the_police_and_reads_their_answers(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    before = len(texts(hub, WRITER))
    window = browser.new_context(base_url=hub.url, viewport=DESKTOP, locale="en-GB")
    page = window.new_page()
    faults = watched(page)
    page.goto("/language/en?back=/me/link")
    page.locator("input[name=way]").fill(WRITER)
    page.locator("main form button.primary").click()
    linked = eventually(
        lambda: [one for one in texts(hub, WRITER)[before:] if "/me/" in one], "her link arrives"
    )
    page.goto(re.findall(r"https?://\S+", linked[-1])[0])
    page.locator("main form button").first.click()
    page.goto("/me/ask")
    pictures(page, gallery, "ask")
    page.get_by_label("My coordinator: a question about the partnership").check()
    page.get_by_label("Your question or message").fill(QUESTION)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("main")).to_contain_text("For your coordinator: the police pass it on")

    officer = signed_in(browser, hub, "mandated_officer").new_page()
    officer.goto("/inbox")
    card = officer.locator(".reply", has_text=QUESTION)
    expect(card).to_contain_text("For the coordinator")
    card.get_by_role("link", name="Pass on to the coordinator…").click()
    officer.get_by_role("button", name="It holds no sighting: pass it on").click()
    coordinator = signed_in(browser, hub, "coordinator").new_page()
    coordinator.goto("/questions")
    coordinator.get_by_label("Your answer").fill(TOLD)
    coordinator.get_by_role("button", name="Send the answer").click()
    eventually(lambda: [one for one in texts(hub, WRITER) if TOLD in one], "the answer arrives")

    # What she saw is for the police, whomever she meant it for.
    page.get_by_label("My coordinator: a question about the partnership").check()
    page.get_by_label("Your question or message").fill("Ik zag een man over het hek klimmen")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("main")).to_contain_text(TOLD)
    asked, seen = page.locator(".card", has_text=QUESTION), page.locator(".card", has_text="hek")
    expect(asked).to_contain_text("With your coordinator")
    expect(seen).to_contain_text("With the police")
    pictures(page, gallery, "ask-answered")
    officer.goto("/inbox")
    card = officer.locator(".reply", has_text="over het hek")
    expect(card).to_contain_text("Sighting")
    expect(card.get_by_role("link", name="Pass on to the coordinator…")).to_have_count(0)
    coordinator.goto("/questions")
    expect(coordinator.locator("main")).not_to_contain_text("over het hek")
    assert faults == []
