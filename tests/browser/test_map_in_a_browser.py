"""A zone drawn, mended, typed and taken from a file in Chromium; no map provider is asked."""

import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.partnerships.zone_samples import SQUARE, as_file, polygon
from tests.running_hub import RunningHub
from tests.windows import DESKTOP, PHONE, is_fault, show, signed_in

pytestmark = pytest.mark.browser

PROCESSES = ("web",)

ZONE = "/partnerships/haut-valdor/zone"
DEMO = [
    *([5.5701, 50.6402], [5.5813, 50.6402], [5.5813, 50.6473], [5.5701, 50.6473]),
    [5.5701, 50.6402],
]
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63"
    "6460f85f0f0002870180eb47ba920000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def _as_in_the_demo(hub: RunningHub) -> None:
    """Every story begins with the zone the demo has."""
    officer = hub.api("mandated_officer").http
    answer = officer.put("/partnerships/haut-valdor/zone", json=polygon(DEMO))
    assert answer.status_code == 200, answer.text


def open_page(
    browser: Browser, hub: RunningHub, path: str, role: str = "mandated_officer"
) -> tuple[Page, list[str]]:
    """A page in a window of its own, and the list of what goes wrong on it."""
    page = signed_in(browser, hub, role).new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    page.on("request", lambda asked: faults.append(asked.url) if _is_elsewhere(asked.url) else None)

    def _is_elsewhere(url: str) -> bool:
        return not url.startswith((hub.url, "data:", "blob:"))

    page.goto(path)
    return page, faults


def corner_of(page: Page, x: float, y: float) -> tuple[float, float]:
    """A place on the map, as parts of its width and height."""
    box = page.locator("#map").bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def rightmost(handles: Locator) -> tuple[float, float]:
    """The middle of the handle that is furthest to the right."""
    boxes = [box for one in handles.all() if (box := one.bounding_box())]
    box = max(boxes, key=lambda one: one["x"])
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tool(page: Page, name: str) -> Locator:
    return page.locator(f"#map .leaflet-pm-icon-{name}")


def lines(page: Page) -> list[str]:
    return page.locator("#geometry").input_value().splitlines()


def test_a_zone_is_drawn_bent_and_kept(browser: Browser, hub: RunningHub, gallery: Path) -> None:
    page, faults = open_page(browser, hub, ZONE)
    expect(page.locator("#map path.own")).to_have_count(1)
    expect(page.locator("#map")).to_contain_text("PLP Valdor-Gare")
    expect(page.locator("#map .leaflet-control-scale-line")).to_be_visible()
    expect(page.locator("#map")).to_contain_text("nobody learns where you look")
    show(page, gallery, "20-zone")
    before = lines(page)
    assert len(before) == 4

    # A corner in the middle of a side is pulled out.
    tool(page, "edit").click()
    expect(page.locator("#map .marker-icon:not(.marker-icon-middle)")).to_have_count(4)
    page.mouse.move(*rightmost(page.locator("#map .marker-icon-middle")))
    page.mouse.down()
    page.mouse.move(*corner_of(page, 0.9, 0.5), steps=8)
    page.mouse.up()
    assert len(lines(page)) == 5
    expect(page.locator("#map-told")).to_contain_text("not kept yet")
    show(page, gallery, "21-zone-bent")

    # A second part is drawn beside it.
    page.keyboard.press("Escape")
    tool(page, "polygon").click()
    ring = [(0.85, 0.05), (0.97, 0.05), (0.97, 0.25), (0.85, 0.05)]
    for place in ring:
        page.mouse.click(*corner_of(page, *place))
        page.wait_for_timeout(150)
    assert "" in lines(page), "a blank line between the parts"
    page.get_by_role("button", name="Keep this zone").click()
    expect(page.locator(".facts")).to_contain_text("8")
    expect(page.get_by_role("heading", name="Former zones")).to_be_visible()
    assert faults == []


def test_a_crossing_is_shown_where_it_is(browser: Browser, hub: RunningHub, gallery: Path) -> None:
    page, faults = open_page(browser, hub, ZONE)
    page.get_by_text("The corners as text").click()
    page.locator("#geometry").fill("50.640 5.570\n50.648 5.582\n50.640 5.582\n50.648 5.570")
    page.get_by_role("button", name="Keep this zone").click()
    expect(page.locator("#problem-geometry")).to_contain_text("itself at 50.64400, 5.57600")
    expect(page.locator("#map path.wrong")).to_be_visible()
    expect(page.locator("#map path.own")).to_be_visible()
    show(page, gallery, "22-zone-crossing")
    # Refused by its answer, which Chromium calls an error of the network.
    assert [one for one in faults if "422" not in one] == []


def test_a_zone_is_changed_by_keyboard_alone(browser: Browser, hub: RunningHub) -> None:
    page, faults = open_page(browser, hub, ZONE)
    summary = page.get_by_text("The corners as text")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#geometry")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("50.6402 5.5701\n50.6402 5.5813\n50.6473 5.5813\n50.6473 5.5701")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Keep this zone")).to_be_focused()
    expect(page.locator("#map-told")).to_contain_text("not kept yet")
    page.keyboard.press("Enter")
    expect(page.locator(".facts")).to_contain_text("0.63 km²")
    assert faults == []


def test_what_two_partnerships_share_is_shown_and_asked(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    page, _faults = open_page(browser, hub, ZONE)
    page.get_by_text("The corners as text").click()
    page.locator("#geometry").fill("50.6360 5.5740\n50.6360 5.5790\n50.6473 5.5813\n50.6473 5.5701")
    page.get_by_role("button", name="Keep this zone").click()
    expect(page.locator("#doubts")).to_contain_text("in the zone of PLP Valdor-Gare too")
    expect(page.locator("#map path.shared")).to_be_visible()
    show(page, gallery, "23-zone-overlap")
    page.get_by_label(re.compile("in the zone of PLP Valdor-Gare too")).check()
    page.get_by_role("button", name="Keep this zone").click()
    expect(page.locator("#doubts")).to_have_count(0)
    expect(page.get_by_role("region", name="Neighbours")).to_contain_text("in both zones")


def test_a_file_is_looked_at_and_kept_without_javascript(browser: Browser, hub: RunningHub) -> None:
    cookies = signed_in(browser, hub, "mandated_officer").cookies()
    context = browser.new_context(base_url=hub.url, viewport=DESKTOP, java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]  # what one gives, the other takes
    page = context.new_page()
    page.goto(ZONE)
    expect(page.locator("#map")).to_be_hidden()
    content = as_file(polygon(SQUARE))
    page.get_by_label(re.compile("GeoJSON, KML")).set_input_files(
        {"name": "zone.geojson", "mimeType": "application/geo+json", "buffer": content}
    )
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("main")).to_contain_text("This zone is not kept yet.")
    page.get_by_role("button", name="Keep this zone").click()
    page.get_by_role("link", name="Until").first.click()
    expect(page.locator("main")).to_contain_text("This zone is not kept yet.")
    page.get_by_role("button", name="Keep this zone").click()
    expect(page.locator(".facts")).to_contain_text("0.63 km²")


def test_all_zones_are_on_one_map_that_answers_what_is_near(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    page, faults = open_page(browser, hub, "/map", "dispatcher")
    expect(page.locator("#map path.other")).to_have_count(2)
    page.mouse.click(*corner_of(page, 0.5, 0.5))
    expect(page.get_by_label("Latitude")).to_have_value(re.compile(r"50\.\d{5}"))
    expect(page.locator("#map path.asked")).to_have_count(2)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("region", name="near a place")).to_contain_text("PLP Valdor-Gare")
    expect(page.locator("#map path.found")).not_to_have_count(0)
    show(page, gallery, "24-map")
    assert faults == []


def test_the_pages_hold_in_the_dark_and_in_other_languages(
    browser: Browser, hub: RunningHub, gallery: Path
) -> None:
    for language, path in (("fr", ZONE), ("nl", "/map"), ("de", ZONE)):
        page, faults = open_page(browser, hub, path)
        page.emulate_media(color_scheme="dark")
        page.goto(f"/language/{language}?back={path}")
        expect(page.locator("#map path.own, #map path.other").last).to_be_visible()
        show(page, gallery, f"25-dark-{language}{path.replace('/', '-')}")
        page.set_viewport_size(PHONE)
        expect(page.locator("#map")).to_be_visible()
        assert faults == []


# What a map provider is told about visitors: the page they come from.
told_to_provider: list[str | None] = []


class _Tiles(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        told_to_provider.append(self.headers.get("Referer"))
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(PIXEL)

    def log_message(self, *_words: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def tiles() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Tiles)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.png"
    server.shutdown()
    server.server_close()


def test_tiles_are_fetched_only_from_where_the_operator_said(
    browser: Browser, hub: RunningHub, tiles: str, gallery: Path
) -> None:
    settings = {
        "HUB_MAP_TILES_URL": tiles,
        "HUB_MAP_ATTRIBUTION": "© Somebody <b>bold</b> https://maps.example.be/copyright",
    }
    mapped = RunningHub(
        hub.folder, hub.database_url, hub.redis_url, settings, accounts=hub.accounts
    )
    mapped.start_only(*PROCESSES)
    try:
        page, faults = open_page(browser, mapped, ZONE)
        expect(page.locator("#map .leaflet-tile-loaded").first).to_be_visible()
        credit = page.locator("#map .leaflet-control-attribution")
        expect(credit.get_by_role("link")).to_have_text("© Somebody <b>bold</b>")
        show(page, gallery, "26-zone-tiles")
        assert [one for one in faults if not one.startswith(tiles.split("/{z}")[0])] == []
    finally:
        mapped.stop()
    # Told which hub it is for, never which page.
    assert set(told_to_provider) == {f"{mapped.url}/"}
