"""A citizen texts a plate, another fills in the form on a telephone; an officer follows both up."""

import io
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, select

from feedback import seen_links
from feedback.models import SightingPhoto
from hub.db import unit_of_work
from hub.sealing import unseal
from messaging.models import Delivery
from partnerships import contact
from tests.browser.test_accessibility_in_a_browser import looked_at
from tests.conftest import forget_settings, use_database
from tests.feedback.seen_things import photo_with_place
from tests.running_hub import RunningHub, eventually
from tests.windows import PHONE, is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("simulator", "web", "worker default", "worker urgent", "timetable")
DUTCH_PHONE, FRENCH_PHONE = "+32470001002", "+32470001000"
SEEN = "Witte bestelwagen 1-ABC-234 richting station, 5 min geleden"
LIVE_MILLISECONDS = 3_000


@pytest.fixture
def rows(hub: RunningHub) -> Iterator[None]:
    """The database of the running hub, read from here."""
    with pytest.MonkeyPatch.context() as patch:
        use_database(hub.database_url, hub.folder, patch)
        patch.setenv("HUB_BASE_URL", hub.url)
        yield
        forget_settings()


def link_of(broadcast_id: str, number: str) -> str:
    """The link in the alert that went to this number, once it has left."""

    def sent() -> int | None:
        with unit_of_work(read_only=True) as session:
            (point,) = contact.points_with_value(session, number)
            its = select(Delivery.id).where(
                Delivery.broadcast_id == UUID(broadcast_id),
                Delivery.person_id == point.person_id,
                col(Delivery.handed_over_at).is_not(None),
            )
            return session.exec(its).first()

    return seen_links.seen_link(eventually(sent, "the alert leaves") or 0)


def text(hub: RunningHub, body: str, sender: str) -> None:
    form = {"MessageSid": f"SM{body}", "From": sender, "To": "+32460000001", "Body": body}
    assert hub.webhook("/webhooks/twilio/sms/inbound", form).status_code == 200


def watched(page: Page) -> list[str]:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    return faults


def pictures(page: Page, gallery: Path, name: str) -> None:
    show(page, gallery, name)
    page.emulate_media(color_scheme="dark")
    show(page, gallery, f"{name}-dark")
    page.emulate_media(color_scheme="light")


@pytest.mark.usefixtures("rows")
def test_a_plate_by_text_and_a_photo_by_telephone_are_followed_up(
    browser: Browser, hub: RunningHub, gallery: Path, tmp_path: Path
) -> None:
    api = hub.api()
    incident = api.incident()["id"]
    alert = api.send("haut-valdor", incident_id=incident)
    link = link_of(alert, FRENCH_PHONE)
    page = signed_in(browser, hub, "dispatcher").new_page()
    faults = watched(page)

    # By text: the officer makes a sighting of it, beside what was written.
    page.goto("/inbox")
    text(hub, SEEN, DUTCH_PHONE)
    card = page.locator(".reply", has_text=SEEN)
    card.get_by_role("link", name="Make it a sighting").click()
    expect(page.get_by_label("Number plate")).to_have_value("1-ABC-234")
    expect(page.locator(".suggested-note")).to_have_count(4)
    pictures(page, gallery, "sighting-from-text")
    # Another window: what looks for faults makes some of its own.
    beside = page.context.new_page()
    assert looked_at(beside, (page.url.removeprefix(hub.url),)) == ""
    page.get_by_label("Where it was seen").fill("Stationsstraat")
    page.get_by_role("button", name="Keep this sighting").click()
    expect(page.locator("h1")).to_contain_text("Sighting")
    by_text = page.url
    page.get_by_label("Number in your own system").fill("PV-2026/0042")
    page.get_by_role("button", name="Hand on").click()
    expect(page.locator("main")).to_contain_text("Handed on")

    # By telephone, without JavaScript: the incident's page, the inbox and the first page show it.
    watching = [page.context.new_page() for _each in range(3)]
    for one, path in zip(watching, (f"/incidents/{incident}", "/inbox", "/"), strict=True):
        one.goto(path)
        expect(one.locator("main")).not_to_contain_text("Camionnette")
    expect(watching[1].locator(".sightings-new")).to_contain_text("No new sighting.")
    phone = browser.new_context(
        base_url=hub.url, viewport=PHONE, java_script_enabled=False, locale="fr-BE"
    ).new_page()
    _fill_in(phone, link, gallery, tmp_path)
    for one in watching:
        expect(one.locator("main")).to_contain_text("Camionnette", timeout=LIVE_MILLISECONDS)
    pictures(watching[0], gallery, "incident-with-sighting")
    pictures(watching[2], gallery, "home-with-sighting")

    # Perhaps the same: the officer joins the two.
    page.goto("/sightings")
    pictures(page, gallery, "sightings")
    page.get_by_label("Number plate, ? for what was not seen").fill("1abc234")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("li.sighting")).to_have_count(2)
    page.locator("li.sighting a", has_text="Camionnette").click()
    expect(page.locator("#duplicate")).to_contain_text("a plate that may be the same")
    pictures(page, gallery, "sighting")
    by_form = page.url
    page.get_by_role("link", name="Open the photo").click()
    assert page.url.startswith(by_form)
    page.go_back()
    page.reload()
    expect(page.locator("main")).to_contain_text("Photo opened")
    page.locator("summary", has_text="Complete or correct it").click()
    pictures(page, gallery, "sighting-open")
    page.get_by_role("button", name="It is the same as").click()
    expect(page.locator("main")).to_contain_text("The same as")
    paths = ("/sightings", by_text.removeprefix(hub.url), by_form.removeprefix(hub.url))
    assert looked_at(beside, paths) == ""
    assert faults == []
    _is_without_place()


def _fill_in(phone: Page, link: str, gallery: Path, folder: Path) -> None:
    photo = folder / "photo.jpg"
    photo.write_bytes(photo_with_place())
    phone.goto(link)
    phone.screenshot(path=gallery / "seen-form-phone.png", full_page=True)
    assert phone.locator("[href='tel:101']").first.bounding_box()["y"] < 500  # type: ignore[index]
    phone.get_by_text("Un véhicule").click()
    phone.get_by_label("Plaque d’immatriculation").fill("<b>")
    phone.get_by_label("Description").fill("Camionnette blanche")
    phone.get_by_role("button", name="Envoyer à la police").click()
    expect(phone.locator("#problem-plate")).to_be_visible()
    phone.screenshot(path=gallery / "seen-form-wrong-phone.png", full_page=True)
    phone.get_by_label("Plaque d’immatriculation").fill("1 ab? 234")
    phone.get_by_label("Il y a combien de minutes").fill("4")
    phone.get_by_label("Photo").set_input_files(photo)
    phone.get_by_role("button", name="Envoyer à la police").click()
    expect(phone.locator("#number")).to_be_visible()
    phone.screenshot(path=gallery / "seen-sent-phone.png", full_page=True)


def _is_without_place() -> None:
    with unit_of_work(read_only=True) as session:
        photo = session.exec(select(SightingPhoto)).one()
    with Image.open(io.BytesIO(unseal("sighting-photo", photo.sealed))) as opened:
        assert dict(opened.getexif()) == {}


@pytest.mark.usefixtures("rows")
def test_the_citizens_pages_can_be_used_by_everybody_in_every_language(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    alert = hub.api().send("haut-valdor", incident_id=hub.api().incident()["id"])
    path = link_of(alert, DUTCH_PHONE).removeprefix(hub.url)
    page = browser.new_context(base_url=hub.url).new_page()
    for language in ("nl", "fr", "de", "en"):
        page.goto(f"/language/{language}?back={path}")
        assert looked_at(page, (path,)) == ""
        page.emulate_media(color_scheme="light")
        show(page, gallery, f"seen-form-{language}")
