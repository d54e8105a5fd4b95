"""What a machine can find of WCAG 2.2 AA, on every page: by day at a desk, by night on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.running_hub import RunningHub
from tests.windows import DESKTOP, PHONE, signed_in

pytestmark = pytest.mark.browser

# Nothing is sent: the pages are looked at as they are.
PROCESSES = ("web",)
HOME = "/partnerships/haut-valdor"
PAGES = {
    "dispatcher": ("/", "/incidents", "/incidents/new", "/inbox", "/sightings"),
    "mandated_officer": (
        "/",
        "/partnerships",
        "/partnerships/new",
        HOME,
        f"{HOME}/edit",
        f"{HOME}/appointments",
        f"{HOME}/zone",
        f"{HOME}/measures",
        "/map",
        "/health",
        "/answers",
        "/silence",
        "/rises",
        "/counts",
        f"{HOME}/summaries",
        "/groups",
        "/organisations",
        "/organisations/zone-valdor",
        "/evaluations",
        "/evaluations/haut-valdor/2025",
    ),
    "coordinator": (
        "/",
        "/questions",
        HOME,
        f"{HOME}/members",
        f"{HOME}/members/new",
        f"{HOME}/requests",
        f"{HOME}/import",
        f"{HOME}/health",
        "/silence",
        f"{HOME}/communication-plan",
        f"{HOME}/communication-plan/1",
        "/surveys",
    ),
    "prevention_officer": (
        "/",
        "/plan",
        "/plans",
        "/measures-of-the-plan",
        "/registers",
        "/counts",
    ),
    "administrator": ("/", "/organisations"),
}
FOR_ANYBODY = ("/sign-in", "/join/haut-valdor", "/me/link")
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


def faults_of(page: Page) -> list[str]:
    """What axe finds on the page as it stands now."""
    found = Axe().run(page, options=RULES)
    return [
        f"{page.url}: {one['id']}: {node['target']}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


def looked_at(page: Page, paths: tuple[str, ...]) -> str:
    """What is wrong with these pages, by day at a desk and by night on a phone; a line each."""
    found: list[str] = []
    for path in paths:
        answer = page.goto(path)
        assert answer
        assert answer.status == 200, f"{path} answers {answer.status}"
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESKTOP)
        found += faults_of(page)
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(PHONE)
        found += faults_of(page)
    return "\n".join(found)


@pytest.mark.parametrize("role", PAGES)
def test_the_pages_of_a_role_can_be_used_by_everybody(
    browser: Browser, hub: RunningHub, role: str
) -> None:
    page = signed_in(browser, hub, role).new_page()
    assert looked_at(page, PAGES[role]) == ""


def test_what_anybody_sees_can_be_used_by_everybody(browser: Browser, hub: RunningHub) -> None:
    page = browser.new_context(base_url=hub.url).new_page()
    assert looked_at(page, FOR_ANYBODY) == ""


def test_an_alert_can_be_written_checked_and_followed_by_everybody(
    browser: Browser, hub: RunningHub
) -> None:
    api = hub.api()
    incident = api.incident()["id"]
    draft = api.draft("haut-valdor", incident_id=incident).json()["id"]
    sent = api.send("valdor-gare", incident_id=incident)
    page = signed_in(browser, hub, "dispatcher").new_page()
    paths = (
        f"/incidents/{incident}",
        f"/incidents/{incident}/alert",
        f"/broadcasts/{draft}/confirm",
        f"/broadcasts/{draft}/recordings",
        f"/broadcasts/{sent}",
    )
    assert looked_at(page, paths) == ""


def test_a_member_of_the_list_is_looked_at_and_changed_by_everybody(
    browser: Browser, hub: RunningHub
) -> None:
    page = signed_in(browser, hub, "coordinator").new_page()
    page.goto(f"{HOME}/members")
    member = page.locator(".member-name").first.get_attribute("href")
    assert member
    assert looked_at(page, (member,)) == ""
