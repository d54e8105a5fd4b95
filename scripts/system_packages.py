"""Finds a Chromium for the tests that click through the pages, and installs one when it may."""

import argparse
import os
import shutil
import subprocess
import sys

# The shell opens a page in a third of the time: it draws no window around it.
SHELL = "chromium-headless-shell"
PROGRAMS = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without fonts a headless page measures its text as empty boxes.
FONTS = "fonts-dejavu-core"
# Ubuntu and older Debian have no shell.
DEBIAN_PACKAGES = ((SHELL, FONTS), ("chromium", FONTS))


def works(program: str) -> bool:
    """Ubuntu's ``chromium-browser`` may be only a note that says to install a snap."""
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def find_chromium() -> str | None:
    chosen = os.environ.get("CHROMIUM")
    candidates = [chosen] if chosen else [shutil.which(name) for name in PROGRAMS]
    return next((program for program in candidates if program and works(program)), None)


def apt_get(*arguments: str) -> bool:
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    asked = subprocess.run(["apt-get", "-qq", *arguments], env=environment, stdout=sys.stderr)
    return asked.returncode == 0


def install_from_debian() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    # Old package lists may still do, so a failed update is not the end.
    apt_get("update")
    for packages in DEBIAN_PACKAGES:
        print("Installing " + " and ".join(packages), flush=True)
        if apt_get("install", "--yes", "--no-install-recommends", *packages):
            return True
    return False


def playwright_has_its_own() -> bool:
    """Whether Playwright has downloaded its own build; tests that name no program use that one."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return os.path.exists(playwright.chromium.executable_path)


def install_from_playwright() -> bool:
    print("Fetching Playwright's Chromium", flush=True)
    asked = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])
    return asked.returncode == 0 and playwright_has_its_own()


def provide_chromium() -> bool:
    if find_chromium() or playwright_has_its_own():
        return True
    if os.environ.get("CHROMIUM"):
        # A wrong choice is not silently replaced by another browser.
        return False
    return (install_from_debian() and find_chromium() is not None) or install_from_playwright()


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    if not provide_chromium():
        raise SystemExit(
            "The browser tests need Chromium. Install it (Debian, Ubuntu: sudo apt-get install "
            "chromium) or say where it is: make test CHROMIUM=/path/to/chromium"
        )


if __name__ == "__main__":
    main()
