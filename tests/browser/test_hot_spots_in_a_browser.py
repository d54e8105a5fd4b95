"""Hot spots in Chromium: presence typed in on a phone, the map, and what a machine finds wrong."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session, create_engine, select

from feedback.models import Report, ReportSource
from hub import clock
from partnerships import streets
from partnerships.models import Organisation
from tests.browser.test_accessibility_in_a_browser import looked_at
from tests.running_hub import RunningHub
from tests.windows import PHONE, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("web",)
STATION = {"latitude": 50.6350, "longitude": 5.5750}
WANTED = {
    **STATION,
    "town": "valdor",
    "name": "Place de la Gare",
    "radius": 150,
    "category": "dumping",
    "why": "Bags every Monday.",
}


@pytest.fixture(scope="module")
def spot(hub: RunningHub) -> str:
    """A hot spot with its reports, a dense place beside it, and a peace officer."""
    words = ("--email", "warden@demo.example", "--role", "peace_officer", "--scope", "valdor")
    hub.accounts["peace_officer"] = json.loads(hub.command("account", "create", *words, "--json"))
    made = hub.api("mandated_officer").http.post("/hot-spots", json=WANTED)
    assert made.status_code == 201, made.text
    with Session(create_engine(hub.database_url)) as session:
        town = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        for number in range(60):
            session.add(_report(town, number))
        session.commit()
    return f"/hot-spots/{made.json()['id']}"


def _report(town: Organisation, number: int) -> Report:
    north = 0.0 if number % 2 else 0.004
    street = "Rue Haute" if number % 2 else "Rue Basse"
    return Report(
        municipality_id=town.id,
        number=number + 1,
        source=ReportSource.TELEPHONE,
        category="dumping" if number % 2 else "noise",
        words=f"Something that somebody saw, number {number}.",
        street=street,
        street_index=streets.index_of(street),
        latitude=STATION["latitude"] + north + number * 0.00001,
        longitude=STATION["longitude"],
        received_at=clock.now() - timedelta(days=number * number / 40),
    )


def test_a_peace_officer_types_in_on_a_phone_that_he_is_there(
    browser: Browser, hub: RunningHub, spot: str
) -> None:
    page = signed_in(browser, hub, "peace_officer").new_page()
    page.set_viewport_size(PHONE)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/hot-spots")
    page.get_by_role("link", name="Place de la Gare").click()
    began = page.get_by_label("From", exact=True).input_value()
    assert began.endswith(("00", "15", "30", "45"))
    page.get_by_label("Until").fill(began)
    page.get_by_role("button", name="Write it down").first.click()
    expect(page.locator("#problem-ended_at")).to_have_text("It ends before it begins.")
    day, hour = began.split("T")[0], int(began.split("T")[1][:2])
    before = clock.in_brussels(clock.now()) - timedelta(hours=2)
    page.get_by_label("From", exact=True).fill(before.strftime("%Y-%m-%dT%H:00"))
    page.get_by_label("Until").fill(f"{day}T{hour:02}:00")
    page.get_by_label("How many of us").fill("2")
    page.get_by_label("Words (if needed)").fill("Quiet.")
    page.get_by_role("button", name="Write it down").first.click()
    expect(page.locator(".hot-spot-log")).to_contain_text("Quiet.")
    expect(page.locator(".hot-spot-log")).to_contain_text("people: 2")
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".hot-spot-log")).to_contain_text("taken back")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert faults == []


def test_a_place_is_pointed_at_on_the_map(browser: Browser, hub: RunningHub, spot: str) -> None:
    page = signed_in(browser, hub, "mandated_officer").new_page()
    page.goto("/hot-spots/new")
    expect(page.locator("#map path.own").first).to_be_visible()
    page.locator("#map").click(position={"x": 200, "y": 80})
    expect(page.locator("#latitude")).to_have_value(re.compile(r"^50\.\d{5}$"))
    expect(page.locator("#map path.asked")).to_have_count(2)
    page.get_by_label("Name of the place").fill("Behind the station")
    page.get_by_label("Why this place?").fill("Loud at night.")
    page.get_by_role("button", name="Open the hot spot").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Behind the station")
    page.get_by_text("Close this hot spot").click()
    page.get_by_label("Why is it watched no longer?").fill("It was a trial.")
    page.get_by_role("button", name="Close it").click()
    expect(page.locator("main")).to_contain_text("It was a trial.")


def test_the_pages_can_be_used_by_everybody(
    browser: Browser, hub: RunningHub, spot: str, gallery: Path
) -> None:
    page = signed_in(browser, hub, "mandated_officer").new_page()
    paths = (
        "/hot-spots",
        "/hot-spots/new",
        "/hot-spots/proposals",
        spot,
        "/hot-spots/mine",
        "/recap",
    )
    assert looked_at(page, paths) == ""
    page.emulate_media(color_scheme="light")
    for path in paths:
        page.goto(path)
        show(page, gallery, "hot" + path.replace(spot, "/spot").replace("/", "-"))
    page.goto("/recap")
    page.get_by_role("button", name="Show the list").click()
    expect(page.locator("#list")).to_have_text("Reports: 60")
    show(page, gallery, "recap-list")
    page.get_by_role("button", name="To print").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Recap list · Valdor")
    page.pdf(path=gallery / "recap.pdf", prefer_css_page_size=True)
