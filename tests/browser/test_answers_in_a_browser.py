"""Somebody saw something: an officer answers him from the list, and he reads it on his telephone or
in his mail; beside it the silence of the partnerships, and a month in figures."""

from datetime import time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session, select

from feedback import owed_answers
from feedback.models import Report, ReportSource, Sighting
from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from partnerships import contact
from partnerships.models import CommunicationPlan, Organisation, Person
from tests.browser.test_accessibility_in_a_browser import faults_of
from tests.conftest import forget_settings, use_database
from tests.running_hub import RunningHub, eventually
from tests.windows import is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("simulator", "web", "worker default", "worker urgent", "timetable")
DUTCH_PHONE, BY_MAIL = "+32470001002", "member06@demo.example"


def watched(page: Page) -> list[str]:
    """What goes wrong on a page."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    return faults


def pictures(page: Page, gallery: Path, name: str) -> None:
    show(page, gallery, name)
    page.emulate_media(color_scheme="dark")
    show(page, gallery, f"{name}-dark")
    assert faults_of(page) == []
    page.emulate_media(color_scheme="light")
    assert faults_of(page) == []


def _organisation(session: Session, slug: str) -> UUID:
    return session.exec(select(Organisation.id).where(Organisation.slug == slug)).one()


def _seen_by(session: Session, sender: str, words: str) -> UUID:
    (his,) = contact.points_with_value(session, sender)
    made = Sighting(
        police_zone_id=_organisation(session, "zone-valdor"),
        person_id=his.person_id,
        contact_point_id=his.id,
        language=session.get_one(Person, his.person_id).language,
        observed_at=clock.now(),
        received_at=clock.now(),
        place="Molenstraat",
        words=words,
    )
    session.add(made)
    owed_answers.owe_for_sighting(session, made)
    return made.id


def _reported(session: Session) -> UUID:
    made = Report(
        municipality_id=_organisation(session, "valdor"),
        number=7,
        source=ReportSource.POST,
        category="noise",
        words="Bruit chaque nuit devant la gare.",
        street="rue de la Gare",
        received_at=clock.now() - timedelta(days=9),
        reporter_name="Madame Exemple",
        reporter_contact="rue de la Gare 3, Valdor",
        reporter_language=Language.FRENCH,
    )
    session.add(made)
    owed_answers.owe_for_report(session, made)
    return made.id


@pytest.fixture(scope="module")
def told(hub: RunningHub) -> dict[str, UUID]:
    """Two sightings and a report; texts may leave at any hour, whenever the test runs."""
    with pytest.MonkeyPatch.context() as patch:
        use_database(hub.database_url, hub.folder, patch)
        with unit_of_work() as session:
            for plan in session.exec(select(CommunicationPlan)):
                plan.messages_from, plan.messages_until = time(0, 0), time(23, 59, 59)
                plan.messages_on_sundays = plan.messages_on_holidays = True
                session.add(plan)
            made = {
                "text": _seen_by(session, DUTCH_PHONE, "Grijze bestelwagen, twee mannen"),
                "mail": _seen_by(session, BY_MAIL, "Een witte auto"),
                "report": _reported(session),
            }
        forget_settings()
    return made


def test_an_officer_answers_from_the_list_and_he_reads_it_on_his_telephone(
    browser: Browser, hub: RunningHub, gallery: Path, told: dict[str, UUID]
) -> None:
    page = signed_in(browser, hub, "mandated_officer").new_page()
    faults = watched(page)
    page.goto("/")
    expect(page.get_by_role("link", name="3 answers that people are owed")).to_be_visible()
    page.goto("/answers")
    pictures(page, gallery, "answers")
    page.locator(f'a[href="/sightings/{told["text"]}/answer"]').click()
    page.get_by_role("button", name="Dank u. Uw informatie heeft ons geholpen.").click()
    expect(page.get_by_role("status")).to_have_text("Nothing has left yet.")
    pictures(page, gallery, "answer-preview")
    page.get_by_role("button", name="Send the text message").click()
    expect(page.get_by_role("heading", name="What he was told")).to_be_visible()
    phone = page.context.new_page()
    phone.goto(f"/simulator/phones/{DUTCH_PHONE}")
    expect(phone.locator(".screen")).to_contain_text("Uw informatie heeft ons geholpen. Dringend?")
    eventually(lambda: page.goto(page.url) and page.get_by_text("sent", exact=True).count(), "sent")
    pictures(page, gallery, "answer-given")
    assert faults == []


def test_who_has_mail_only_reads_it_there(
    browser: Browser, hub: RunningHub, told: dict[str, UUID]
) -> None:
    page = signed_in(browser, hub, "mandated_officer").new_page()
    page.goto(f"/sightings/{told['mail']}/answer")
    page.get_by_label("Words, in his language: Nederlands").fill("Dank u! De auto was van ons.")
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_role("heading", name="What he was told")).to_be_visible()
    letter = eventually(lambda: hub.carrier.mailbox(BY_MAIL), "the mail")[-1]
    assert "De auto was van ons." in str(letter)
    assert "Het antwoord van de politie op wat u zag" in str(letter)


def test_the_town_notes_a_letter(
    browser: Browser, hub: RunningHub, gallery: Path, told: dict[str, UUID]
) -> None:
    page = signed_in(browser, hub, "prevention_officer").new_page()
    faults = watched(page)
    page.goto(f"/reports/{told['report']}/answer")
    expect(page.locator(".badge.red")).to_have_text("answer overdue")
    pictures(page, gallery, "answer-by-letter")
    page.get_by_label("by letter").check()
    page.get_by_label("What he was told").fill("Lettre du 3 juin")
    page.get_by_role("button", name="Note it").click()
    expect(page.locator(".badge.green")).to_have_text("answered")
    assert faults == []


def test_the_silence_of_both_sides_is_drawn(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    page = signed_in(browser, hub, "mandated_officer").new_page()
    faults = watched(page)
    hub.api().send("haut-valdor")
    page.goto("/silence")
    page.get_by_text("The figures").first.click()
    pictures(page, gallery, "silence")
    assert faults == []


def test_a_month_is_read_by_the_coordinator(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    page = signed_in(browser, hub, "coordinator").new_page()
    faults = watched(page)
    today = clock.in_brussels(clock.now())
    page.goto(f"/partnerships/haut-valdor/summaries/{today:%Y-%m}")
    pictures(page, gallery, "summary")
    page.goto("/silence")
    pictures(page, gallery, "silence-coordinator")
    assert faults == []
