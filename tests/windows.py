"""A browser's windows: how they are opened, what goes wrong in them, and their pictures."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.running_hub import RunningHub

# The shell first: it draws no window around a page, and takes a third of the time for it.
PROGRAMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    # A closed network must not make Chromium wait for its maker's hosts.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Its own microphone, which beeps, and nobody to ask for leave.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium, as CHROMIUM names it or as it is found."""
    found = (shutil.which(name) for name in PROGRAMS)
    program = os.environ.get("CHROMIUM") or next((path for path in found if path), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        yield browser
        browser.close()


def signed_in(browser: Browser, hub: RunningHub, role: str) -> BrowserContext:
    """A browser window of its own, in English, signed in as this role.

    With the cookie that the sign-in page gives: filling in that page again for each of a hundred
    tests would prove nothing more.
    """
    visitor = hub.signed_in(role)
    visitor.get("/language/en?back=/sign-in")
    context = browser.new_context(base_url=hub.url, viewport=DESKTOP)
    context.add_cookies(
        [
            {"name": name, "value": value, "url": hub.url}
            for name, value in visitor.http.cookies.items()
        ]
    )
    return context


def sign_in_by_hand(browser: Browser, hub: RunningHub, role: str) -> BrowserContext:
    """As ``signed_in``, by typing address and password into the page."""
    context = browser.new_context(base_url=hub.url, viewport=DESKTOP)
    page = context.new_page()
    page.goto("/language/en?back=/sign-in")
    page.get_by_label("Email address").fill(hub.accounts[role]["email"])
    page.get_by_label("Password").fill(hub.accounts[role]["password"])
    page.get_by_role("button", name="Sign in").click()
    # The whole page: when it stays where it was, what it says tells why.
    expect(page.locator("main")).to_contain_text("Hello")
    page.close()
    return context


def is_fault(said: ConsoleMessage) -> bool:
    """An error on the console, but for a preview that was under way when its page was left, and for
    the browser's own page around a single photo, which it may not style here."""
    was_left = said.text.startswith(("htmx:afterRequest", "htmx:sendAbort"))
    is_photo = "/photos/" in said.location["url"]
    return said.type == "error" and not was_left and not is_photo


def show(page: Page, gallery: Path, name: str) -> None:
    """Take the page at desktop and at phone width; it may never be wider than the phone."""
    # The caret is left alone: hiding it gives every field a style, which htmx would copy to the
    # field that takes its place and the page's own rules forbid.
    page.screenshot(path=gallery / f"{name}.png", full_page=True, caret="initial")
    page.set_viewport_size(PHONE)
    page.screenshot(path=gallery / f"{name}-phone.png", full_page=True, caret="initial")
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(DESKTOP)
    assert width <= PHONE["width"], f"{name} is {width} wide on a phone"
