"""What crosses on the composer's page: answers that come late, and a hand that is quicker."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.running_hub import RunningHub
from tests.windows import is_fault, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("web",)


class Held:
    """Requests for a preview that wait on their way until the test lets them go on."""

    def __init__(self, page: Page) -> None:
        self.page, self.waiting, self.is_open = page, list[Route](), False
        page.route("**/alerts/preview", self._take)

    def _take(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.waiting.append(route)

    def count(self, wanted: int) -> None:
        """Wait until so many are held."""
        while len(self.waiting) < wanted:
            self.page.wait_for_timeout(20)

    def let_go(self, number: int = 0) -> None:
        """Let one go on. Of one that the page gave up meanwhile no answer comes."""
        self.waiting.pop(number).continue_()

    def let_all_go(self) -> None:
        while self.waiting:
            self.let_go()

    def open(self) -> None:
        """Let them all go on, and those that the page asks for only now."""
        self.is_open = True
        self.let_all_go()


@pytest.fixture
def composer(browser: Browser, hub: RunningHub) -> Iterator[Page]:
    page = signed_in(browser, hub, "dispatcher").new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    page.goto("/alerts/new")
    page.get_by_label("Phenomenon", exact=True).select_option("cambriolage")
    expect(page.locator('textarea[name="fr.short"]')).not_to_have_value("")
    yield page
    assert faults == []


def test_a_preview_answered_after_a_later_one_does_not_win(composer: Page) -> None:
    held = Held(composer)
    street = composer.get_by_label("Street or crossing")
    street.fill("rue Vieille")
    held.count(1)
    street.fill("rue Neuve")
    held.count(2)
    held.let_go(1)
    french = composer.locator('textarea[name="fr.short"]')
    expect(french).to_have_value(re.compile("rue Neuve"))
    held.let_all_go()
    composer.wait_for_timeout(500)
    expect(french).to_have_value(re.compile("rue Neuve"))


def test_a_box_pressed_while_an_answer_comes_is_ticked(composer: Page) -> None:
    held = Held(composer)
    composer.get_by_label("Street or crossing").fill("rue Haute")
    held.count(1)
    box = composer.locator("#to-haut-valdor")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place
    composer.mouse.move(place["x"] + 5, place["y"] + 5)
    composer.mouse.down()
    with composer.expect_response("**/alerts/preview"):
        # On a slow machine the one that is held may be of the phenomenon, given up meanwhile.
        held.open()
    composer.wait_for_timeout(200)
    composer.mouse.up()
    expect(box).to_be_checked()
    # What was held back while the button was down is caught up with.
    expect(composer.locator('textarea[name="fr.short"]')).to_have_value(re.compile("rue Haute"))
    expect(composer.locator("#preview .figure strong").first).not_to_have_text("0")


def test_the_map_shows_the_zones_of_the_last_answer(composer: Page) -> None:
    composer.get_by_text("Street, area, distance").click()
    points = composer.get_by_label("Points: latitude")
    for north in ("50.6440", "50.7000"):
        with composer.expect_response("**/alerts/preview"):
            points.fill(f"{north}, 5.5757")
        partnerships = composer.locator("#partnerships")
        expect(partnerships).to_have_attribute("data-zones", re.compile("Feature"))
        found = json.loads(partnerships.get_attribute("data-zones") or "{}")["features"]
        expect(composer.locator("#map path.found")).to_have_count(len(found))


def test_what_nobody_answers_may_be_sent_again(composer: Page) -> None:
    composer.clock.install()
    # Said to the page as the browser says it; a page that waits for an answer tells a test nothing.
    press = """document.getElementById("composer")
        .dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }))"""
    assert [composer.evaluate(press) for _click in range(3)] == [True, False, False]
    composer.clock.fast_forward(16_000)
    assert composer.evaluate(press) is True
