"""A notice on how thieves work, in a browser: written once, adapted, declined, left without answer.

The coordinators look at it on a telephone.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from sqlmodel import col, select

from hub import clock
from hub.db import unit_of_work
from messaging.models import Relay
from partnerships.models import Partnership
from tests import twelve_partnerships
from tests.conftest import forget_settings, use_database
from tests.running_hub import EVERY_PROCESS, RunningHub, eventually
from tests.twelve_partnerships import PASSWORD, SLUGS, coordinator, deputy
from tests.windows import PHONE, is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = EVERY_PROCESS
SILENT = 12


@pytest.fixture(scope="module", autouse=True)
def twelve(hub: RunningHub) -> Iterator[None]:
    """Twelve partnerships beside those of the demo, whose coordinators may sign in."""
    with pytest.MonkeyPatch.context() as patch:
        use_database(hub.database_url, hub.folder, patch)
        with unit_of_work() as session:
            twelve_partnerships.make(session, keeps_quiet_hours=False)
        for number in (1, 2, SILENT):
            for email in (coordinator(number), deputy(number)):
                hub.accounts[email] = {"email": email, "password": PASSWORD}
        yield
        forget_settings()


def make_older(hours: int) -> None:
    """Let the silent one have been asked so many hours ago."""
    with unit_of_work() as session:
        silent = select(Partnership.id).where(Partnership.slug == SLUGS[SILENT - 1])
        session.execute(
            update(Relay)
            .where(col(Relay.partnership_id).in_(silent))
            .values(asked_at=clock.now() - timedelta(hours=hours))
        )


def on_a_phone(browser: Browser, hub: RunningHub, email: str, faults: list[str]) -> Page:
    page = signed_in(browser, hub, email).new_page()
    page.set_viewport_size(PHONE)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    return page


def test_the_notice_goes_its_way(browser: Browser, hub: RunningHub, gallery: Path) -> None:
    faults: list[str] = []
    officer = signed_in(browser, hub, "mandated_officer").new_page()
    officer.goto("/cold")
    show(officer, gallery, "cold-1-empty")
    officer.get_by_role("link", name="How thieves work at the moment").click()
    officer.get_by_label("Phenomenon of the prevention plan").select_option("cambriolage")
    for slug in SLUGS:
        officer.locator(f'input[name="partnerships"][value="{slug}"]').check()
    for code, words in _WORDS.items():
        for part, said in words.items():
            officer.locator(f'[name="{code}.{part}"]').fill(said)
    show(officer, gallery, "cold-2-form")
    officer.get_by_role("button", name="Save and look at it").click()
    expect(officer.locator(".figure")).to_contain_text("37")
    expect(officer.locator(".as-mail").first).to_contain_text("Comment ils procèdent")
    show(officer, gallery, "cold-3-draft")
    officer.get_by_role("button", name="Release it now").click()
    expect(officer.locator(".relays > li")).to_have_count(12)
    message = officer.url

    # The first coordinator finds it on his first page and adds a line of his own.
    first = on_a_phone(browser, hub, coordinator(1), faults)
    first.goto("/")
    show(first, gallery, "relay-0-home")
    first.set_viewport_size(PHONE)
    first.get_by_role("link", name="1 message to pass on to your members").click()
    show(first, gallery, "relay-1-inbox")
    first.set_viewport_size(PHONE)
    first.get_by_role("link", name="Attention aux faux releveurs").click()
    show(first, gallery, "relay-2-message")
    first.set_viewport_size(PHONE)
    first.get_by_text("Add words of your own").click()
    first.locator('[name="fr.introduction"]').fill("Chers voisins, lisez ceci.")
    first.get_by_role("button", name="See how it looks").click()
    expect(first.get_by_role("status")).to_contain_text("Nothing has left yet")
    expect(first.locator(".as-mail").first).to_contain_text("Chers voisins, lisez ceci.")
    show(first, gallery, "relay-3-look")
    first.set_viewport_size(PHONE)
    first.get_by_role("button", name="Pass it on now").last.click()
    expect(first.locator("main")).to_contain_text("Thank you.")
    show(first, gallery, "relay-4-done")

    # The second declines; the mail that brought him here has a link.
    has_mail(hub, coordinator(2), "un message à transmettre", "/relay/")
    second = on_a_phone(browser, hub, coordinator(2), faults)
    second.goto("/relay")
    second.get_by_role("link", name="Attention aux faux releveurs").click()
    second.get_by_text("Do not pass it on").click()
    second.get_by_label("Why not?").fill("Déjà dit à la réunion de lundi.")
    second.get_by_role("button", name="Decline").click()
    expect(second.locator("main")).to_contain_text("Déjà dit à la réunion de lundi.")

    # A member reads it in his coordinator's words.
    member = "member-1-0@demo.example"
    has_mail(hub, member, "Chers voisins, lisez ceci.", "Demandez leur carte.", "PLP Rue 1")

    # The last says nothing: reminded, his deputy asked, overdue; by mail, once each.
    for hours, address, said in (
        (25, coordinator(SILENT), "un message vous attend toujours"),
        (49, deputy(SILENT), "merci de remplacer le coordinateur"),
        (73, "officer@demo.example", "personne n'a transmis votre message"),
    ):
        make_older(hours)
        has_mail(hub, address, said)
    officer.goto(message)
    expect(officer.locator(".relays")).to_contain_text("No answer: overdue")
    expect(officer.locator(".relays")).to_contain_text("Déjà dit à la réunion de lundi.")
    expect(officer.locator(".relays")).to_contain_text("Passed on, with words added")
    show(officer, gallery, "cold-4-relays")
    officer.goto("/")
    expect(officer.locator("main")).to_contain_text("nobody has passed on in time")
    officer.goto("/cold")
    show(officer, gallery, "cold-5-month")
    officer.emulate_media(color_scheme="dark")
    officer.goto(message)
    show(officer, gallery, "cold-6-dark")
    assert faults == []


def has_mail(hub: RunningHub, address: str, *said: str) -> None:
    """Wait until a mail to this address says all of this."""
    eventually(
        lambda: any(all(one in str(mail) for one in said) for mail in hub.carrier.mailbox(address)),
        f"a mail to {address}",
    )


_WORDS = {
    "fr": {
        "subject": "Attention aux faux releveurs",
        "short": "PLP INFO: faux releveurs de compteurs. Demandez leur carte. Un doute? 101.",
        "how": "Deux hommes se présentent comme releveurs de compteurs.",
        "places": "Autour de la gare et de la rue Haute",
        "times": "En semaine, entre 9 et 12 heures",
        "targets": "Bijoux et argent liquide",
        "advice": "Demandez leur carte. Appelez leur société. N'ouvrez pas la porte.",
    },
    "nl": {
        "subject": "Opgelet voor valse meteropnemers",
        "short": "BIN INFO: valse meteropnemers. Vraag hun kaart. Twijfel? 101.",
        "how": "Twee mannen doen zich voor als meteropnemers.",
        "advice": "Vraag hun kaart. Bel hun firma. Doe de deur niet open.",
    },
}
