"""A volunteer keeps his members on a phone; an officer appoints, measures and looks after all."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hub.clock import BRUSSELS
from tests.running_hub import RunningHub, eventually
from tests.windows import DESKTOP, PHONE, is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("simulator", "web", "worker default", "timetable")

HOME = "/partnerships/haut-valdor"
# What a person has to fill in, tap or choose to add a member: fewer is quicker (one minute).
MOST_FIELDS = 8
PASSWORD = "four words that I remember"


@pytest.fixture(scope="module")
def coordinator(browser: Browser, hub: RunningHub) -> BrowserContext:
    return signed_in(browser, hub, "coordinator")


@pytest.fixture(scope="module")
def officer(browser: Browser, hub: RunningHub) -> BrowserContext:
    return signed_in(browser, hub, "mandated_officer")


@pytest.fixture
def faults() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    assert found == []


def page_of(context: BrowserContext, faults: list[str], path: str) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    page.goto(path)
    return page


def test_a_member_is_added_on_a_phone_with_few_fields(
    coordinator: BrowserContext, gallery: Path, faults: list[str]
) -> None:
    page = page_of(coordinator, faults, f"{HOME}/members")
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="Add a member").click()
    form = page.locator("main form")
    asked = form.locator("input:visible:not([type=hidden]):not([type=radio]), select:visible")
    # All the radio buttons of the language are one choice.
    assert asked.count() + 1 <= MOST_FIELDS
    show(page, gallery, "members-2-new")
    page.set_viewport_size(PHONE)
    page.get_by_label("First name and family name").fill("Rosa Roos")
    page.get_by_label("Mobile, land line or mail address").fill("04 200 09 99")
    page.get_by_text("Nederlands").last.click()
    page.get_by_label("Urgent alerts").check()
    page.get_by_role("button", name="Add this member").click()
    expect(page.get_by_role("status")).to_contain_text("Rosa Roos is a member now.")
    expect(page.locator("main")).to_contain_text("Cannot take texts: it will be called.")
    show(page, gallery, "members-3-added")


def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    coordinator: BrowserContext, gallery: Path
) -> None:
    page = coordinator.new_page()
    page.goto(f"{HOME}/members/new")
    page.get_by_label("First name and family name").fill("Bert Bad")
    page.get_by_label("Mobile, land line or mail address").fill("0471 99")
    page.get_by_role("button", name="Add this member").click()
    expect(page.get_by_role("alert")).to_contain_text("This number is too short")
    expect(page.get_by_label("First name and family name")).to_have_value("Bert Bad")
    field = page.get_by_label("Mobile, land line or mail address")
    expect(field).to_have_value("0471 99")
    expect(field).to_have_attribute("aria-invalid", "true")
    show(page, gallery, "members-4-mistake")


def test_the_list_is_searched_and_cut(
    coordinator: BrowserContext, gallery: Path, faults: list[str]
) -> None:
    page = page_of(coordinator, faults, f"{HOME}/members")
    show(page, gallery, "members-1-list")
    page.get_by_role("link", name="No consent to alerts").click()
    expect(page.locator(".members > li")).to_have_count(1)
    page.get_by_label("Name, telephone number or mail address").fill("hilgers")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".members > li").first).to_contain_text("Hilgers")
    assert "hilgers" not in page.url.lower()


def test_a_members_page_shows_what_he_agreed_to_and_ends_with_a_question(
    coordinator: BrowserContext, gallery: Path, faults: list[str]
) -> None:
    page = page_of(coordinator, faults, f"{HOME}/members")
    page.locator(".member-name").nth(2).click()
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_text("Add a number or an address").click()
    page.get_by_role("group").get_by_label("Mobile, land line or mail address").fill("0471990055")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".ways-list")).to_contain_text("+32 471 99 00 55")
    show(page, gallery, "members-5-member")
    page.get_by_role("link", name="End the membership…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    show(page, gallery, "members-6-end")
    page.get_by_role("link", name="No, go back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_requests_and_invitations_have_one_page(
    coordinator: BrowserContext, hub: RunningHub, gallery: Path, faults: list[str]
) -> None:
    page = page_of(coordinator, faults, f"{HOME}/requests")
    page.get_by_label("Mobile or mail address").fill("neighbour@demo.example")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    eventually(lambda: hub.carrier.mailbox("neighbour@demo.example"), "the invitation arrives")
    show(page, gallery, "members-7-requests")


def password_link(hub: RunningHub, address: str) -> str:
    """The link in one of the mails to this address; empty while none has come."""
    letters = " ".join(str(one["text"]) for one in hub.carrier.mailbox(address))
    found = re.search(r"/choose-password/\S+", letters)
    return found[0] if found else ""


def test_an_appointment_brings_a_new_person_in_by_a_mailed_link(
    officer: BrowserContext, browser: Browser, hub: RunningHub, gallery: Path, faults: list[str]
) -> None:
    page = page_of(officer, faults, f"{HOME}/appointments")
    page.get_by_label("As", exact=True).select_option("co_coordinator")
    page.get_by_label("Mail address").fill("nora@demo.example")
    page.get_by_label("First name and family name").fill("Nora Nieuw")
    page.get_by_label("Language").last.select_option("en")
    page.get_by_role("button", name="Appoint", exact=True).click()
    expect(page.locator(".appointments")).to_contain_text("no password chosen yet")
    show(page, gallery, "members-8-appointments")

    newcomer = browser.new_context(base_url=hub.url, viewport=PHONE, locale="en-GB").new_page()
    newcomer.goto(eventually(lambda: password_link(hub, "nora@demo.example"), "the link arrives"))
    show(newcomer, gallery, "members-9-password")
    newcomer.get_by_label("New password").fill(PASSWORD)
    newcomer.get_by_label("The same again").fill(PASSWORD)
    newcomer.get_by_role("button", name="Keep this password").click()
    newcomer.get_by_label("Email address").fill("nora@demo.example")
    newcomer.get_by_label("Password").fill(PASSWORD)
    newcomer.get_by_role("button", name="Sign in").click()
    newcomer.goto(f"{HOME}/members")
    expect(newcomer.locator(".members")).to_be_visible()

    # His rights end while he looks.
    entry = page.locator(".appointments > li", has_text="Nora Nieuw")
    entry.get_by_text("End or write again").click()
    today = datetime.now(BRUSSELS).date().isoformat()
    expect(entry.get_by_label("Last day")).to_have_value(today)
    entry.get_by_role("button", name=re.compile("End this appointment")).click()
    newcomer.reload()
    expect(newcomer.locator("main")).to_contain_text("Your role does not allow this.")


def test_the_health_page_leads_to_what_mends_it(
    officer: BrowserContext, gallery: Path, faults: list[str]
) -> None:
    page = page_of(officer, faults, "/health")
    show(page, gallery, "members-10-overview")
    page.get_by_role("link", name="PLP Haut-Valdor").click()
    show(page, gallery, "members-11-health")
    entry = page.locator(".findings > li", has_text="has not agreed to alerts")
    entry.get_by_role("link", name="See who").click()
    expect(page.locator(".members > li")).to_have_count(1)


def test_a_measure_is_recorded_where_only_officers_read(
    officer: BrowserContext, gallery: Path, faults: list[str]
) -> None:
    page = page_of(officer, faults, f"{HOME}/members")
    page.locator(".member-name").first.click()
    page.get_by_role("link", name="Measures about this member").click()
    page.get_by_text("Reprimand in writing").last.click()
    page.get_by_label("Reason").fill("Stopped a car in the street.")
    page.get_by_role("button", name="Record this measure").click()
    expect(page.locator("ol")).to_contain_text("Stopped a car in the street.")
    show(page, gallery, "members-12-measures")


@pytest.mark.parametrize("language", ["fr", "nl", "de"])
def test_the_pages_fit_a_phone_in_each_language(
    officer: BrowserContext, gallery: Path, language: str
) -> None:
    page = officer.new_page()
    for name in ("members", "members/new", "requests", "appointments", "health"):
        page.goto(f"/language/{language}?back={HOME}/{name}")
        assert page.locator("html").get_attribute("lang") == language
        show(page, gallery, f"members-{language}-{name.replace('/', '-')}")
    page.goto("/language/en?back=/")


def test_a_member_is_added_without_javascript_and_in_the_dark(
    browser: Browser, coordinator: BrowserContext, hub: RunningHub, gallery: Path
) -> None:
    context = browser.new_context(
        base_url=hub.url, viewport=DESKTOP, java_script_enabled=False, color_scheme="dark"
    )
    context.add_cookies(coordinator.cookies())  # type: ignore[arg-type]  # what one gives, the other takes
    page = context.new_page()
    page.goto(f"{HOME}/members/new")
    page.get_by_label("First name and family name").fill("Dora Dark")
    page.get_by_label("Mobile, land line or mail address").fill("0471 99 00 66")
    page.get_by_role("button", name="Add this member").click()
    expect(page.get_by_role("status")).to_contain_text("Dora Dark is a member now.")
    page.screenshot(path=gallery / "members-13-dark.png", full_page=True)
    for name in ("members", "health", "appointments"):
        page.goto(f"{HOME}/{name}")
        page.screenshot(path=gallery / f"members-13-dark-{name}.png", full_page=True)
