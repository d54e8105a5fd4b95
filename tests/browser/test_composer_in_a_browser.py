"""The composer as a dispatcher has it before him: how few movements an alert takes, on a phone too,
and that nothing he typed is lost or sent twice."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.running_hub import RunningHub
from tests.windows import PHONE, is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("web",)

MOST_INTERACTIONS = 6


class Hand:
    """Whoever works the page: each movement of his is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.movements = page, 0

    def click(self, role: str, name: str | re.Pattern[str]) -> None:
        self.movements += 1
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    def choose(self, label: str, value: str) -> None:
        self.movements += 1
        self.page.get_by_label(label, exact=True).select_option(value)

    def type(self, label: str, words: str) -> None:
        self.movements += 1
        self.page.get_by_label(label, exact=True).fill(words)

    def point_at(self, place: str) -> None:
        """Click in the middle of something the map draws."""
        self.movements += 1
        box = self.page.locator(place).first.bounding_box()
        assert box
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.fixture
def alert(browser: Browser, hub: RunningHub) -> Page:
    page = signed_in(browser, hub, "dispatcher").new_page()
    page.goto("/")
    return page


def upper_zone(page: Page) -> str:
    """The zone of Haut-Valdor on the map: the northern of the two."""
    expect(page.locator("#map path.other")).to_have_count(2)
    tops = [
        (one.bounding_box() or {"y": 0.0})["y"] for one in page.locator("#map path.other").all()
    ]
    return f"#map path.other >> nth={tops.index(min(tops))}"


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_templated_alert_takes_six_movements(alert: Page, gallery: Path, width: str) -> None:
    faults: list[str] = []
    alert.on("pageerror", lambda error: faults.append(str(error)))
    alert.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    if width == "phone":
        alert.set_viewport_size(PHONE)
    hand = Hand(alert)
    hand.click("link", "New urgent alert")
    hand.choose("Phenomenon", "cambriolage")
    hand.type("Street or crossing", "rue de la Gare")
    alert.locator("#map").scroll_into_view_if_needed()
    hand.point_at(upper_zone(alert))
    expect(alert.get_by_label(re.compile("PLP Haut-Valdor"))).to_be_checked()
    expect(alert.locator('textarea[name="fr.short"]')).to_have_value(
        re.compile("PLP ALERTE .* rue de la Gare: Cambriolage")
    )
    expect(alert.locator("#preview .figure")).to_contain_text("23")
    if width == "desktop":
        show(alert, gallery, "composer")
    hand.click("button", "Check before sending")
    expect(alert.get_by_role("heading", level=1)).to_have_text("Check and send")
    if width == "desktop":
        show(alert, gallery, "composer-check")
    hand.click("button", re.compile("Send now to"))
    expect(alert.get_by_role("heading", level=1)).to_contain_text("Urgent alert")
    assert hand.movements <= MOST_INTERACTIONS
    assert faults == []


def test_what_he_types_himself_stays_while_the_facts_change(alert: Page) -> None:
    alert.goto("/alerts/new")
    alert.get_by_label("Phenomenon", exact=True).select_option("cambriolage")
    alert.get_by_label("PLP Haut-Valdor").check()
    alert.get_by_label("Street or crossing").fill("rue Haute")
    french = alert.locator('textarea[name="fr.short"]')
    expect(french).to_have_value(re.compile("rue Haute"))
    mine = "PLP: chien perdu rue Haute. Appelez le 101. Ne suivez personne."
    french.fill(mine)
    alert.get_by_label("Street or crossing").fill("rue Basse")
    expect(alert.locator('textarea[name="nl.short"]')).to_have_value(re.compile("rue Basse"))
    expect(french).to_have_value(mine)
    expect(alert.locator("#texts")).to_contain_text("The facts or the template changed")
    # In another language of the page, too.
    alert.locator(".languages").get_by_role("link", name="NL Nederlands").click()
    expect(alert.locator("html")).to_have_attribute("lang", "nl")
    expect(alert.locator('textarea[name="fr.short"]')).to_have_value(mine)
    expect(alert.locator("#to-haut-valdor")).to_be_checked()
    expect(alert.locator("#place")).to_have_value("rue Basse")


def test_a_place_near_nobody_shows_who_is_nearest(alert: Page, gallery: Path) -> None:
    alert.goto("/alerts/new")
    alert.get_by_label("Phenomenon", exact=True).select_option("vol-de-velo")
    alert.get_by_text("Street, area, distance").click()
    alert.get_by_label("Points: latitude").fill("50.66, 5.5757")
    expect(alert.locator("#partnerships")).to_contain_text(
        "No partnership is in or near this place"
    )
    alert.get_by_label(re.compile("PLP Haut-Valdor")).check()
    expect(alert.locator("#preview .figure")).to_contain_text("23")
    expect(alert.get_by_label(re.compile("PLP Haut-Valdor"))).to_be_checked()
    show(alert, gallery, "composer-nearest")


def test_a_partnership_is_found_by_its_name(alert: Page) -> None:
    alert.goto("/alerts/new")
    alert.get_by_text("Others, or only some").click()
    find = alert.get_by_label("Find a partnership by its name")
    find.press_sequentially("gare", delay=20)
    expect(alert.locator("#partnerships input[name=partnerships]")).to_have_count(1)
    expect(find).to_be_focused()
    expect(find).to_have_value("gare")
    find.press("Enter")
    alert.get_by_label("PLP Valdor-Gare").check()
    expect(alert.locator("#preview .figure strong")).not_to_have_text("0")
    find.fill("")
    expect(alert.locator("#partnerships input[name=partnerships]")).to_have_count(2)
    expect(alert.get_by_label("PLP Valdor-Gare")).to_be_checked()


def test_it_is_kept_to_a_street_and_to_a_group(
    browser: Browser, hub: RunningHub, alert: Page, gallery: Path
) -> None:
    faults: list[str] = []
    keeper = signed_in(browser, hub, "coordinator").new_page()
    for page in (keeper, alert):
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    register = f"{hub.url}/partnerships/haut-valdor"
    keeper.goto(f"{register}/members")
    keeper.get_by_role("link", name="Groups of members").click()
    show(keeper, gallery, "member-groups-none")
    keeper.get_by_label("Name", exact=True).fill("Traders of the square")
    keeper.get_by_role("button", name="Make it").click()
    names = keeper.locator("#members label")
    for place in (2, 3):
        names.nth(place).click()
    keeper.get_by_role("button", name="Put them in").click()
    expect(keeper.locator("ul.rows li")).to_have_count(2)
    show(keeper, gallery, "member-group")
    keeper.goto(f"{register}/members")
    keeper.locator("a.member-name").first.click()
    keeper.get_by_label("Street", exact=True).fill("Rue de l'Église")
    keeper.get_by_role("button", name="Keep these changes").click()

    alert.goto(f"{hub.url}/alerts/new")
    alert.get_by_label("PLP Haut-Valdor").check()
    figure = alert.locator("#preview .figure strong")
    expect(figure).to_have_text("23")
    alert.get_by_text("Others, or only some").click()
    alert.get_by_label(re.compile("Traders of the square")).check()
    expect(figure).to_have_text("2")
    streets = alert.get_by_label("Only people of these streets")
    streets.fill("r. eglise\nrue de l'Eglisse")
    streets.press("Tab")
    expect(alert.locator("#partnerships .problem")).to_contain_text("Nearest: Rue de l'Église")
    expect(figure).to_have_text("3")
    streets.fill("r. eglise")
    streets.press("Tab")
    expect(alert.locator("#partnerships .problem")).to_have_count(0)
    expect(alert.get_by_label(re.compile("Traders of the square"))).to_be_checked()
    alert.get_by_label("Phenomenon", exact=True).select_option("cambriolage")
    alert.get_by_label("Street or crossing").fill("rue Haute")
    expect(alert.locator('textarea[name="fr.short"]')).to_have_value(re.compile("rue Haute"))
    assert faults == []
    show(alert, gallery, "composer-kept-to")
    alert.get_by_role("button", name="Check before sending").last.click()
    expect(alert.locator(".title")).to_contain_text("Rue de l'Église, Traders of the square")
    # Taking a picture leaves styles on the page that htmx may not take over: no fault of ours.
    faults.clear()
    show(alert, gallery, "composer-kept-to-check")
    alert.get_by_role("button", name=re.compile("Send now to 3")).click()
    alert.get_by_role("link", name=re.compile("Who gets it")).click()
    expect(alert.locator("main")).to_contain_text("Rue de l'Église, Traders of the square")
    show(alert, gallery, "why-kept-to")
    assert faults == []


def test_an_exercise_looks_and_reads_like_one(alert: Page, gallery: Path) -> None:
    alert.goto("/alerts/new")
    alert.get_by_label("This is an exercise").check()
    expect(alert.get_by_text("Every text begins with the word")).to_be_visible()
    alert.get_by_label("Phenomenon", exact=True).select_option("cambriolage")
    alert.get_by_label("Street or crossing").fill("rue Haute")
    alert.get_by_label("PLP Haut-Valdor").check()
    expect(alert.locator('textarea[name="de.short"]')).to_have_value(re.compile("^ÜBUNG: "))
    show(alert, gallery, "composer-drill")
    alert.get_by_role("button", name="Check before sending").last.click()
    expect(alert.locator(".drill-band")).to_be_visible()
    show(alert, gallery, "composer-drill-check")
    alert.get_by_label("Yes, this is an exercise").check()
    alert.get_by_role("button", name=re.compile("Send the exercise to 23")).click()
    expect(alert.locator(".drill-band")).to_be_visible()


def test_a_key_held_down_and_a_double_click_send_once(alert: Page, hub: RunningHub) -> None:
    alert.goto("/alerts/new")
    alert.get_by_label("Phenomenon", exact=True).select_option("cambriolage")
    alert.get_by_label("PLP Haut-Valdor").check()
    place = alert.get_by_label("Street or crossing")
    place.fill("rue du Moulin")
    posted: list[str] = []
    alert.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)
    for _times in range(5):
        # Playwright repeats a key that is down already, as a held one does.
        alert.keyboard.down("Enter")
    alert.keyboard.up("Enter")
    expect(alert.get_by_role("heading", level=1)).to_have_text("Check and send")
    assert [one for one in posted if one.endswith("/alerts")] == [f"{hub.url}/alerts"]
    # The key is still held: nothing on this page answers to it.
    for _times in range(3):
        alert.keyboard.down("Enter")
    alert.keyboard.up("Enter")
    expect(alert.get_by_role("heading", level=1)).to_have_text("Check and send")
    alert.get_by_role("button", name=re.compile("Send now to")).dblclick()
    expect(alert.get_by_role("heading", level=1)).to_contain_text("Urgent alert")
    assert len([one for one in posted if one.endswith("/send")]) == 1


def test_an_officer_keeps_his_words(browser: Browser, hub: RunningHub, gallery: Path) -> None:
    page = signed_in(browser, hub, "mandated_officer").new_page()
    page.goto("/templates/zone-valdor")
    show(page, gallery, "templates")
    page.get_by_role("link", name=re.compile("Urgent alert.*Burglary")).click()
    show(page, gallery, "template")
    page.locator('textarea[name="fr.short"]').fill("Vol {rue}. Appelez le 101. Ne suivez personne.")
    page.get_by_role("button", name="Save as the next version").last.click()
    expect(page.get_by_role("alert")).to_contain_text("{rue} stands for nothing")
    show(page, gallery, "template-refused")
    page.locator('textarea[name="fr.short"]').fill(
        "Vol {place}. Appelez le 101. Ne suivez personne."
    )
    page.get_by_role("button", name="Save as the next version").last.click()
    expect(page.locator("table")).to_contain_text("yours, version 1")
